"""Findings on what a change newly allows: exposure, credentials, data, destruction, writing everywhere."""

from collections.abc import Collection, Iterator

from troubleshoot.iam.access import Access
from troubleshoot.iam.arn import parse_arn
from troubleshoot.remedy.risk.levels import Finding, Level, risk_data
from troubleshoot.remedy.risk.subject import Reach, Subject, has_level, reach

_DESTROYING = ("Delete", "Terminate", "Purge", "Destroy", "Deregister", "ScheduleKeyDeletion", "Disable")
_NAME_IT = "Name the resources that are needed, or a prefix of them."
_NAMED = "It names its resources already. Leave it out if it is not needed."


def access_findings(subject: Subject, *, told: Collection[str]) -> Iterator[Finding]:
    """Yield what the newly allowed actions mean. Those in `told`, in lower case, were told as ways to more rights."""
    entries = [one for one in subject.new if one.action.lower() not in told]
    yield from _exposure(entries)
    yield from _credentials(entries)
    yield from _data(entries)
    yield from _destruction(entries)
    yield from _writing(entries)
    yield from _roles(subject.new, told)
    yield from _elsewhere(subject)


def _exposure(entries: list[Access]) -> Iterator[Finding]:
    found = [one for one in entries if has_level(one.action, "Permissions management")]
    yield from _one(
        "exposure",
        Level.HIGH,
        found,
        "It changes who may reach a resource, also people outside of the account.",
        "Let the owner of the resource make this one change.",
    )


def _credentials(entries: list[Access]) -> Iterator[Finding]:
    found = _listed(entries, "credentials")
    level = Level.HIGH if any(reach(one) == Reach.EVERY for one in found) else Level.MEDIUM
    yield from _one(
        "credentials", level, found, "It hands out credentials.", "Name the one role or user that is meant."
    )


def _data(entries: list[Access]) -> Iterator[Finding]:
    found = _listed(entries, "data_out")
    yield from _by_reach(
        "data_out",
        found,
        (Level.LOW, Level.LOW, Level.MEDIUM),
        "Data can be read or taken out with it.",
        _NAME_IT,
    )


def _destruction(entries: list[Access]) -> Iterator[Finding]:
    grave = _listed(entries, "destruction")
    yield from _by_reach(
        "destroys_data",
        grave,
        (Level.MEDIUM, Level.MEDIUM, Level.HIGH),
        "Data or keys can be destroyed with it for good.",
        _NAME_IT,
    )
    others = [one for one in entries if one not in grave and _has_verb(one, _DESTROYING)]
    yield from _by_reach(
        "deletes", others, (Level.LOW, Level.LOW, Level.MEDIUM), "Things can be deleted with it.", _NAME_IT
    )


def _writing(entries: list[Access]) -> Iterator[Finding]:
    found = [
        one
        for one in entries
        if has_level(one.action, "Write") and reach(one) == Reach.EVERY and not _has_verb(one, _DESTROYING)
    ]
    yield from _one(
        "writes_everywhere",
        Level.MEDIUM,
        found,
        "It changes every resource of a type, although single ones can be named.",
        _NAME_IT,
    )


def _roles(entries: tuple[Access, ...], told: Collection[str]) -> Iterator[Finding]:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"""
    found = [one for one in entries if one.action.lower() == "iam:passrole" and one.action.lower() not in told]
    yield from _by_reach(
        "passes_role",
        found,
        (Level.LOW, Level.MEDIUM, Level.MEDIUM),
        "A service will act with the rights of the role that is passed.",
        "Name the one role, path included, and the one service.",
    )


def _elsewhere(subject: Subject) -> Iterator[Finding]:
    found = [one for one in subject.new if _account(one.resource) not in ("", subject.change.account)]
    yield from _one(
        "other_account",
        Level.MEDIUM,
        found,
        "It reaches into another account, whose owner does not see this request.",
        "Use a resource of the same account, or ask the other account's owner first.",
    )


def _account(resource: str) -> str:
    arn = parse_arn(resource)
    return "" if arn is None or "*" in arn.account or "?" in arn.account else arn.account


def _listed(entries: list[Access], name: str) -> list[Access]:
    names = frozenset(action.lower() for action in risk_data("risk")[name])
    return [one for one in entries if one.action.lower() in names]


def _has_verb(entry: Access, verbs: tuple[str, ...]) -> bool:
    return entry.action.partition(":")[2].startswith(verbs)


def _by_reach(
    code: str, found: list[Access], levels: tuple[Level, Level, Level], reason: str, narrower: str
) -> Iterator[Finding]:
    """Yield one finding for the widest reach: `levels` for one resource, some of a type, every one."""
    if found:
        widest = max(reach(one) for one in found)
        if widest == Reach.ONE and narrower == _NAME_IT:
            narrower = _NAMED
        yield from _one(code, levels[widest], [one for one in found if reach(one) == widest], reason, narrower)


def _one(code: str, level: Level, found: list[Access], reason: str, narrower: str) -> Iterator[Finding]:
    if found:
        actions = tuple(dict.fromkeys(one.action for one in found))
        resources = tuple(dict.fromkeys(one.resource for one in found))
        yield Finding(code, level, reason, narrower, actions=actions, resources=resources)
