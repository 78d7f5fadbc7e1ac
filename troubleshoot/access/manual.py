"""Changes that an administrator makes by hand: what stood there before, whether it is exact, what of it is left.

The portal writes nothing here. It reads as carefully as after its own writes, and keeps what was there before.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone

from troubleshoot.access import accounts
from troubleshoot.access.claims import wake
from troubleshoot.access.errors import Refused
from troubleshoot.access.guards import Attempt, may_review
from troubleshoot.access.leftovers import Leftovers, same_document
from troubleshoot.access.same_principal import is_another
from troubleshoot.iam.snapshot import Missing, Snapshot, StoredPolicy
from troubleshoot.models import AccessRequest, Grant, Mode, Person, State
from troubleshoot.remedy import Change, change_from_data
from troubleshoot.remedy.grant import edited_document
from troubleshoot.remedy.proposal import ChangeKind, Edit

CHANGED_SINCE: Final = (
    "Somebody changed the policy after this edit was proposed, so it was not handed over. Ask again from a new check."
)


def look_now(*, request: AccessRequest, person: Person) -> None:
    """Let the worker look now whether what was made by hand is gone. `Refused` where there is nothing to look for."""
    if words := may_review(Attempt(request, person)):
        raise Refused("look_now", words)
    rows = AccessRequest.objects.filter(pk=request.pk, state__in=(State.ACTIVE, State.EXPIRED, State.FAILED))
    if not wake(rows.filter(grant__manual=True, grant__ended_at__isnull=True)):
        raise Refused("nothing_left", "Nothing made by hand is left of this request, as far as the portal knows.")


def is_done_by_hand(request: AccessRequest) -> bool:
    """Tell whether an administrator has to apply the request, by its account's mode or by what it changes."""
    return request.account.mode != Mode.WRITE or change_from_data(request.change).is_manual


def read(request: AccessRequest) -> Snapshot:
    """Return the live state that decides on the request's call, read now."""
    reader = accounts.reader(request.account, case=request.code)
    return reader.snapshot(request.principal_arn, action=request.action, resource=request.resource)


def own_document(change: Change, grant: Grant) -> str:
    """Return the document of the policy that the change creates; empty where it only edits."""
    return grant.document if change.statements else ""


def edit_document(change: Change, grant: Grant) -> str:
    """Return the edited document; empty where the change edits nothing.

    The grant keeps one document. Where that is the change's own policy, the edit follows from the same end.
    """
    if change.edit is None:
        return ""
    return edited_document(change.edit, ends_at=grant.expires_at) if change.statements else grant.document


def before_image(request: AccessRequest, change: Change, snapshot: Snapshot) -> dict[str, Any]:
    """Return what stands in IAM before the change, to be kept with the grant.

    `Refused` where the document is not the one that the approval was given on: a foreign change is not overwritten.
    Where it could not be read, the text of the proposal stands for it, and `unread` says why.
    """
    found: dict[str, Any] = {"at": timezone.now().isoformat(), "attached": _attached(snapshot)}
    if change.edit is None:
        return found
    now = edited_now(snapshot, change)
    if isinstance(now, Missing):
        found["unread"] = now.why
    elif not same_document(now, change.edit.before):
        raise Refused("changed_since", CHANGED_SINCE)
    return {**found, "document": _first_text(request, change.edit, now)}


def edited_now(snapshot: Snapshot, change: Change) -> str | Missing:
    """Return the text of the edited policy as it is now; empty where there is none."""
    if change.edit is None:
        return ""
    if change.kind is ChangeKind.TRUST_EDIT:
        if isinstance(snapshot.resource, Missing):
            return snapshot.resource
        return snapshot.resource.document if snapshot.resource else ""
    if isinstance(snapshot.identity, Missing):
        return snapshot.identity
    edit = change.edit
    return next((policy.document for policy in snapshot.identity if _is_edited(policy, edit)), "")


def not_as_approved(request: AccessRequest, grant: Grant, snapshot: Snapshot) -> str:
    """Return in words what is not in IAM as it was approved; empty where all of it is."""
    change = change_from_data(request.change)
    if change.statements and (words := _own_policy_words(change, grant, snapshot)):
        return words
    return _edit_words(change, grant, snapshot) if change.edit else ""


def remains(request: AccessRequest, grant: Grant, snapshot: Snapshot) -> Leftovers:
    """Return what of a change by hand is still in IAM, as far as the reader sees it.

    Of an edit it is what counts: each statement that it added or changed and that still stands as it was written.
    """
    change = change_from_data(request.change)
    held = _own_policy(grant, snapshot) if change.statements else None
    if isinstance(held, Missing):
        return Leftovers(None, None)
    recreated = is_another(request, snapshot.unique_id)
    own = None if held is None else same_document(held.document, own_document(change, grant))
    if change.edit is None:
        return Leftovers(None, held is not None, foreign=own is False, recreated=recreated)
    now = edited_now(snapshot, change)
    if isinstance(now, Missing):
        return Leftovers(None, None, edited=_name(change.edit))
    there = _new_statements_in(now, change, grant)
    known = (edit_document(change, grant), pre_image_of(change, grant))
    foreign = own is False or not any(same_document(now, text) for text in known)
    attached = there or held is not None
    return Leftovers(False, attached, foreign=foreign, edited=_name(change.edit), recreated=recreated)


def pre_image_of(change: Change, grant: Grant) -> str:
    """Return the text that stood in the edited policy before; empty where there was no such policy."""
    kept: Mapping[str, Any] = grant.pre_image or {}
    return str(kept.get("document", change.edit.before if change.edit else ""))


def statements_of(text: str) -> list[Any]:
    """Return the statements of a document; none where it is empty or broken."""
    try:
        found = json.loads(text).get("Statement", []) if text else []
    except (ValueError, AttributeError):
        return []
    return found if isinstance(found, list) else [found]


def _first_text(request: AccessRequest, edit: Edit, now: str | Missing) -> str:
    """An extension goes on with an edit: what stood there before it is what stood there before the first one."""
    first = request.extends.grant.pre_image if request.extends_id and request.extends else None
    if first and "document" in first:
        return str(first["document"])
    return edit.before if isinstance(now, Missing) else now


def _attached(snapshot: Snapshot) -> list[str] | None:
    if isinstance(snapshot.identity, Missing):
        return None
    own = [policy.arn for policy in snapshot.identity if policy.attached_to == snapshot.principal]
    return sorted(arn for arn in own if arn)


def _is_edited(policy: StoredPolicy, edit: Edit) -> bool:
    if edit.policy_arn is not None:
        return policy.arn == edit.policy_arn
    return (policy.name, policy.arn, policy.attached_to) == (edit.policy_name, None, edit.holder)


def _own_policy(grant: Grant, snapshot: Snapshot) -> StoredPolicy | Missing | None:
    if isinstance(snapshot.identity, Missing):
        return snapshot.identity
    return next((policy for policy in snapshot.identity if policy.arn == grant.policy_arn), None)


def _own_policy_words(change: Change, grant: Grant, snapshot: Snapshot) -> str:
    held = _own_policy(grant, snapshot)
    if isinstance(held, Missing):
        return f"The principal's policies could not be read. {held.why}"
    if held is None:
        return f"The policy {grant.policy_arn} is not attached to the principal yet."
    if not same_document(held.document, own_document(change, grant)):
        return f"The policy {grant.policy_arn} holds another document than the approved one."
    return ""


def _edit_words(change: Change, grant: Grant, snapshot: Snapshot) -> str:
    now = edited_now(snapshot, change)
    if isinstance(now, Missing):
        return f"The edited policy could not be read. {now.why}"
    if same_document(now, edit_document(change, grant)):
        return ""
    if same_document(now, pre_image_of(change, grant)):
        return "The policy is not edited yet."
    return "The policy holds another document than the approved one."


def _new_statements_in(now: str, change: Change, grant: Grant) -> bool:
    before = statements_of(pre_image_of(change, grant))
    new = [statement for statement in statements_of(edit_document(change, grant)) if statement not in before]
    live = statements_of(now)
    return any(statement in live for statement in new)


def _name(edit: Edit) -> str:
    if edit.policy_arn:
        return edit.policy_arn
    return f"{edit.policy_name} of {edit.holder}" if edit.policy_name else f"trust policy of {edit.holder}"
