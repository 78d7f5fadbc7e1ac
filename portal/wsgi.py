"""The WSGI application that gunicorn serves. It does not start with a setting that a system check refuses."""

import os
import sys

from django.core import checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()

# `manage.py` runs the checks before every command; gunicorn would start without them.
if problems := [str(message) for message in checks.run_checks() if message.is_serious()]:
    sys.exit("\n".join(["Access Desk does not start:", *problems]))
