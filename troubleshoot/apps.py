"""The Django app."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest


class TroubleshootConfig(AppConfig):
    name = "troubleshoot"
    verbose_name = "Access Desk"

    def ready(self) -> None:
        from portal import checks  # noqa: F401, PLC0415 - registers the system checks

        user_logged_in.connect(_note_sign_in, dispatch_uid="note_sign_in")


def _note_sign_in(request: HttpRequest, **_: Any) -> None:
    """Every way in passes here, so none can forget to note when it was: decisions ask for a fresh sign-in."""
    from troubleshoot.access.freshness import note_sign_in  # noqa: PLC0415 - the models are ready by now

    note_sign_in(request.session)
