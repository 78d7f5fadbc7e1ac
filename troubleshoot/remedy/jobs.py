"""*The whole job* beside *this action*: a persona's permissions, so that nobody asks for one action after another."""

import fnmatch
from collections.abc import Iterator, Mapping
from typing import Any

from troubleshoot.iam.arn import parse_arn
from troubleshoot.remedy.documents.jobs import JOBS, Job, Scope, expand, job_policy
from troubleshoot.remedy.documents.plan import PERSONALIZE, Place
from troubleshoot.remedy.newly import as_texts
from troubleshoot.remedy.proposal import Change
from troubleshoot.remedy.situation import Situation, reserved_role
from troubleshoot.remedy.statements import PASSED_TO

_PASS_ROLE = "iam:passrole"  # noqa: S105 - an action, no password
_SEPARATOR = "-"


def whole_jobs(situation: Situation, *, region: str) -> Iterator[tuple[str, Change]]:
    """Yield each job of Amazon Personalize that the denied action belongs to, by its name, as a change.

    `region` is where the job is done, if the denied resource does not tell. Resources are those that share the
    beginning of the denied one's name (`retail-` of `retail-prod`), or all of the account. A job here gives and never
    takes away: what its policy would deny is left out of what it allows.
    """
    request = situation.request
    if reserved_role(situation.target) or not _is_about_personalize(situation):
        return
    arn = parse_arn(request.resource)
    caller = parse_arn(situation.target)
    if caller is None:
        return
    is_passing = request.action.lower() == _PASS_ROLE
    place = Place(caller.account, arn.region if arn and arn.region else region)
    scope = Scope("all") if is_passing else scope_of(request.resource)
    for name in JOBS:
        document = job_policy(Job(name, place, scope, role=request.resource if is_passing else ""))
        statements = tuple(_only_giving(document["Statement"]))
        if any(_holds(one, request.action) for one in statements):
            yield name, Change(caller.account, situation.target, statements, None)


def scope_of(resource: str) -> Scope:
    """Return the resources that go by the same beginning of a name, or all where the name has no parts."""
    name = resource.partition("/")[2].partition("/")[0]
    prefix, separator, _ = name.partition(_SEPARATOR)
    return Scope("prefix", prefix=prefix + separator) if prefix and separator else Scope("all")


def _is_about_personalize(situation: Situation) -> bool:
    request = situation.request
    if request.action.lower() == _PASS_ROLE:
        return request.context.get(PASSED_TO) == PERSONALIZE
    return request.action.lower().startswith("personalize:")


def _only_giving(statements: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    denied = {name for one in statements if one["Effect"] == "Deny" for name in expand(as_texts(one["Action"]))}
    for statement in statements:
        if statement["Effect"] == "Allow":
            kept = [name for pattern in as_texts(statement["Action"]) for name in _without(pattern, denied)]
            if kept:
                yield {**statement, "Action": kept[0] if len(kept) == 1 else kept}


def _without(pattern: str, denied: set[str]) -> tuple[str, ...]:
    """Return the pattern itself, or the actions that are left of it where some of them are denied."""
    names = expand([pattern])
    return (pattern,) if not denied & set(names) else tuple(name for name in names if name not in denied)


def _holds(statement: Mapping[str, Any], action: str) -> bool:
    names = as_texts(statement["Action"])
    return any(fnmatch.fnmatchcase(action.lower(), name.lower()) for name in names)
