"""The table of the cache that all web processes share: it counts failed sign-ins, wherever they arrive."""

from typing import Any

from django.core.management import call_command
from django.db import migrations


def create(_apps: Any, schema_editor: Any) -> None:
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("troubleshoot", "0003_guide")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
