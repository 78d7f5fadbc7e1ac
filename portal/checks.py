"""System checks: a wrong or missing setting is refused at start, with a hint that says what to do."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from portal import env
from troubleshoot.audit.keys import SHORTEST


@register()
def environment_is_readable(**_: Any) -> list[CheckMessage]:
    """`portal.E001`: a variable of the environment does not hold what it should."""
    return [Error(problem, id="portal.E001") for problem in env.problems]


@register()
def secrets_are_given(**_: Any) -> list[CheckMessage]:
    """`portal.E002` and `portal.E003`: no start without a secret key of 50 characters and the host names."""
    errors: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < 50:
        errors.append(
            Error(
                "ACCESS_DESK_SECRET_KEY is missing or shorter than 50 characters.",
                hint="Set it to a long random text that only this installation knows.",
                id="portal.E002",
            )
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        errors.append(
            Error(
                "ACCESS_DESK_HOSTS does not name the hosts that this portal answers for.",
                hint="Set it to the host names, separated by commas, for example access.example.com.",
                id="portal.E003",
            )
        )
    return errors


@register()
def sandbox_stays_on_the_laptop(**_: Any) -> list[CheckMessage]:
    """`portal.E004`: production never talks to a sandbox instead of AWS."""
    if settings.EMBEDDED or not settings.AWS_ENDPOINT_URL:
        return []
    return [
        Error(
            "ACCESS_DESK_AWS_ENDPOINT_URL points the portal away from AWS.",
            hint="Unset it in production; only the embedded default (`make run`) uses a sandbox.",
            id="portal.E004",
        )
    ]


@register()
def site_address_is_https(**_: Any) -> list[CheckMessage]:
    """`portal.E005`: links in mails lead to HTTPS."""
    if settings.EMBEDDED or settings.SITE_URL.startswith("https://"):
        return []
    return [
        Error(
            f"ACCESS_DESK_SITE_URL is `{settings.SITE_URL}`, which is not an https:// address.",
            hint="Set it to the address that people open, for example https://access.example.com.",
            id="portal.E005",
        )
    ]


@register()
def audit_chain_is_keyed(**_: Any) -> list[CheckMessage]:
    """`portal.E006`: production chains its audit trail with a key that the database does not hold."""
    given = [key for key in (settings.AUDIT_KEY, *settings.AUDIT_OLD_KEYS) if key]
    if (settings.AUDIT_KEY or settings.EMBEDDED) and all(len(key) >= SHORTEST for key in given):
        return []
    return [
        Error(
            f"ACCESS_DESK_AUDIT_KEY is missing, or a key of the audit trail has fewer than {SHORTEST} characters.",
            hint="Set it to a long random text that is kept nowhere in the database, and never lose it.",
            id="portal.E006",
        )
    ]


@register()
def audit_heads_have_a_receiver(**_: Any) -> list[CheckMessage]:
    """`portal.E007`: the heads of the audit chain go to a webhook that the settings name."""
    name = settings.AUDIT_HEAD_RECEIVER
    if not name or (name in settings.RECEIVERS and settings.RECEIVERS[name].channel == "webhook"):
        return []
    return [
        Error(
            f"ACCESS_DESK_AUDIT_HEAD_RECEIVER names `{name}`, which is no webhook of ACCESS_DESK_WEBHOOK_RECEIVERS.",
            hint="Set it to the name of one of the webhooks.",
            id="portal.E007",
        )
    ]
