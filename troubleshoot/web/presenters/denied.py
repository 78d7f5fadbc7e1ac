"""The calls that were denied lately, in words: which, when, and what time was looked through."""

from dataclasses import dataclass
from datetime import datetime

from troubleshoot.access.aws_side import NotAnswered
from troubleshoot.access.denied import DeniedCall, DeniedLately
from troubleshoot.web.presenters.names import Name, list_in_words, principal_name, resource_name


@dataclass(frozen=True, slots=True)
class DeniedRow:
    """One denied call: when, what, on what, and the text to diagnose."""

    at: datetime
    action: str
    resource: str
    text: str


@dataclass(frozen=True, slots=True)
class DeniedView:
    """The page. `why_not` is empty where the trail was read; `limits` say what it does not hold."""

    who: Name | None
    rows: tuple[DeniedRow, ...] = ()
    covered: str = ""
    limits: tuple[str, ...] = ()
    why_not: tuple[str, ...] = ()


def denied_view(found: DeniedLately | NotAnswered, principal: str) -> DeniedView:
    """Return the page of what was found, or of why nothing could be read."""
    who = principal_name(principal)
    if isinstance(found, NotAnswered):
        helped = (f"The permission {found.permission} would help.",) if found.permission else ()
        return DeniedView(who, why_not=(found.why, *helped))
    return DeniedView(who, tuple(_row(call) for call in found.calls), _covered(found), tuple(_limits(found)))


def _row(call: DeniedCall) -> DeniedRow:
    action = (call.denial.action if call.denial else None) or call.name
    resource = resource_name(call.denial.resource) if call.denial else None
    return DeniedRow(call.at, action, resource.short if resource and resource.short != "*" else "", call.text)


def _covered(found: DeniedLately) -> str:
    where = f" in {list_in_words(found.regions)}" if found.regions else ""
    day = f"{found.until.day} {found.until:%B}"
    return f"Looked through CloudTrail{where}, from {found.since:%H:%M} to {found.until:%H:%M} UTC on {day}."


def _limits(found: DeniedLately) -> list[str]:
    limits = ["CloudTrail lags by up to 15 minutes: a call of just now may not be here yet."]
    if not found.is_whole:
        limits.append("There was more than the portal looks through. Older calls of these hours may be missing.")
    if found.only_source:
        limits.append(f"Only calls to {found.only_source} were looked at.")
    limits.append("A role that could not be passed stands here as the call that passes it.")
    return limits
