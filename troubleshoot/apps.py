"""The Django app."""

from django.apps import AppConfig


class TroubleshootConfig(AppConfig):
    name = "troubleshoot"
    verbose_name = "Access Desk"

    def ready(self) -> None:
        from portal import checks  # noqa: F401, PLC0415 - registers the system checks
