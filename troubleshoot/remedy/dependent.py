"""What one call needs beside the check that failed, as statements that somebody may ask for together with it.

They are offered and never slipped in: only what a person picked becomes a part of a change. A statement that was
picked carries a Sid of its own, so that whoever reads the change, in the portal or in IAM, can tell it.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from troubleshoot.iam.arn import Arn, account_of, parse_arn
from troubleshoot.iam.catalog import PLACEHOLDER, Check, ResourceType, resource_types
from troubleshoot.iam.catalog import action as catalog_action
from troubleshoot.iam.document import parse_policy
from troubleshoot.iam.request import Request
from troubleshoot.remedy.proposal import Change, Edit
from troubleshoot.remedy.statements import PASSED_TO, literal, other_forms

SID = "AlsoAsked"
"""What the Sids of the picked statements begin with."""
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action, no password


@dataclass(frozen=True, slots=True)
class Dependent:
    """An action that `operation` needs too.

    `when`: `always`, `with_tags` (if the call sets tags) or `with_role` (if it names a role). `resources` are what a
    statement would name; they are empty where only the person knows, and then it is of one of the `kinds`.
    """

    action: str
    operation: str
    when: str
    resources: tuple[str, ...]
    kinds: tuple[ResourceType, ...]
    context: tuple[tuple[str, str], ...] = ()

    @property
    def must_be_named(self) -> bool:
        """Whether the person has to say which resource it is about."""
        return not self.resources

    @property
    def kinds_in_words(self) -> str:
        """What it may be about: `dataset or dataset import job`."""
        return " or ".join(_CAPITAL.sub(" ", kind.name).lower() for kind in self.kinds)

    def misfit(self, resource: str, account: str) -> str:
        """Return in words why `resource` cannot be what it is about, or nothing where it can.

        A role is passed within its own account only:
        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
        """
        if "*" in resource or "?" in resource or not any(kind.fits(resource) for kind in self.kinds):
            return f"That is not the ARN of one {self.kinds_in_words}."
        if self.action == _PASS_ROLE and account_of(resource) != account:
            return f"AWS passes only roles of the same account, {account}."
        return ""

    def widest(self) -> dict[str, Any]:
        """Return the statement that allows it on whatever may be meant: to try whether it could help at all."""
        resources = list(self.resources) or [kind.pattern for kind in self.kinds]
        return {**replace(self, resources=tuple(resources)).statement(), "Resource": resources}

    def statement(self, named: str = "") -> dict[str, Any]:
        """Return the statement that allows it. `named` is the resource that the person gave; `ValueError` without.

        Where AWS checks the action on two types of resource, the other stands in the same place.
        """
        resources = list(self.resources)
        if named:
            resources = [literal(named), *other_forms(Request("", self.action, named))]
        if not resources:
            raise ValueError("which resource it is about was not said")
        wanted: dict[str, Any] = {
            "Sid": SID,
            "Effect": "Allow",
            "Action": self.action,
            "Resource": resources[0] if len(resources) == 1 else resources,
        }
        return {**wanted, "Condition": {"StringEquals": dict(self.context)}} if self.context else wanted


def dependents(request: Request, operation: str, checks: Iterable[Check]) -> tuple[Dependent, ...]:
    """Return what of `checks`, the further checks of the call's operation, can be asked for, by action.

    The passing of a role to a service that nobody named is left out: such a statement would be far too wide.
    """
    grouped: dict[str, list[Check]] = {}
    for check in checks:
        if check.action != _PASS_ROLE or PASSED_TO in dict(check.context):
            grouped.setdefault(check.action, []).append(check)
    return tuple(_dependent(request, operation, action, found) for action, found in grouped.items())


def with_added(change: Change, statements: Iterable[Mapping[str, Any]]) -> Change:
    """Return the change with these statements too: in the policy of its own, or in the document that is edited.

    They end when the rest of it ends.
    """
    wanted = tuple(statements)
    if not wanted:
        return change
    if change.edit is None or change.statements:
        taken = {str(one.get("Sid", "")) for one in change.statements}
        return replace(change, statements=(*change.statements, *_named_apart(wanted, taken)))
    return replace(change, edit=_edit_with(change.edit, wanted))


def also_asked(change: Change) -> tuple[Mapping[str, Any], ...]:
    """Return the statements of a change that somebody picked beside what the refused call needs."""
    written = [*change.statements, *(_new_in(change.edit) if change.edit else ())]
    return tuple(one for one in written if str(one.get("Sid", "")).startswith(SID))


def _dependent(request: Request, operation: str, action: str, checks: list[Check]) -> Dependent:
    info = catalog_action(action)
    kinds = tuple(dict.fromkeys(kind for check in checks for kind in _kinds(check)))
    found = [_resource(request, check) for check in checks]
    known = tuple(dict.fromkeys(filter(None, found))) if all(found) else ()
    if info is not None and info.wildcard_only:
        known = ("*",)
    return Dependent(info.name if info else action, operation, checks[0].when, known, kinds, checks[0].context)


def _kinds(check: Check) -> tuple[ResourceType, ...]:
    info = catalog_action(check.action)
    own = tuple(one.type for one in info.resource_types) if info else ()
    if check.resource_type is None:
        return own
    every = (*own, *resource_types(check.action.partition(":")[0]))
    return next(((kind,) for kind in every if kind.name == check.resource_type), ())


def _resource(request: Request, check: Check) -> str:
    """The refused resource where the check is about it, else all of the one kind; empty where that would be a guess.

    Where a Create is checked on what it makes, and that is of no type of its own (a version of a solution), it stands
    below the refused resource.
    """
    kinds, arn = _kinds(check), parse_arn(request.resource)
    if any(kind.fits(request.resource) for kind in kinds):
        creates = check.resource_type is None and ":create" in request.action.lower()
        return literal(request.resource) + ("/*" if creates else "")
    is_same_service = check.action.partition(":")[0] == request.action.partition(":")[0].lower()
    if arn is None or not arn.account or not is_same_service or len(kinds) != 1:
        return ""
    return _in_place(kinds[0], arn)


def _in_place(kind: ResourceType, arn: Arn) -> str:
    """Every resource of the kind, in the account and Region of the refused one."""
    place = {"Partition": arn.partition, "Region": arn.region, "Account": arn.account}
    return PLACEHOLDER.sub(lambda found: place.get(found.group(1), "*"), kind.arn)


def _edit_with(edit: Edit, statements: tuple[Mapping[str, Any], ...]) -> Edit:
    kept = [dict(one) for one in edit.after["Statement"]]
    added = list(_named_apart(statements, {str(one.get("Sid", "")) for one in kept}))
    dated = tuple(range(len(kept), len(kept) + len(added))) if edit.dated else ()
    return replace(edit, after={**edit.after, "Statement": [*kept, *added]}, dated=(*edit.dated, *dated))


def _named_apart(statements: Iterable[Mapping[str, Any]], taken: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the statements with Sids that a document does not have yet: within one they must differ."""
    number = 1
    for statement in statements:
        sid = SID
        while sid in taken:
            number += 1
            sid = f"{SID}{number}"
        taken.add(sid)
        yield {**statement, "Sid": sid}


def _new_in(edit: Edit) -> list[Mapping[str, Any]]:
    """The statements that an edit appends. One that stood there before may have the same Sid."""
    before = parse_policy(edit.before, name="before").statements if edit.before else ()
    old = {one.sid.value for one in before if one.sid}
    return [one for one in edit.after["Statement"] if one.get("Sid") not in old]
