"""A diagnosis made because the call was still denied under an active grant names that grant's request."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("troubleshoot", "0005_whole_life"),)

    operations = (
        migrations.AddField(
            model_name="diagnosis",
            name="follows",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="looked_at_again",
                to="troubleshoot.accessrequest",
            ),
        ),
    )
