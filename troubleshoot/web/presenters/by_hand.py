"""The commands with which an administrator applies an approved change by hand, and takes it away again."""

import json
from dataclasses import replace

from troubleshoot.access import manual
from troubleshoot.models import Grant
from troubleshoot.remedy import Change, change_from_data
from troubleshoot.remedy.render import by_hand


def commands_of(grant: Grant) -> tuple[str, ...]:
    """Return the commands that make the change of a grant, quoted for a POSIX shell."""
    change = _change(grant)
    return by_hand.make(change, _papers(change, grant))


def removal_of(grant: Grant) -> tuple[str, ...]:
    """Return the commands that take it away. An edited document is put back byte for byte as it was."""
    change = _change(grant)
    return by_hand.take_back(change, _papers(change, grant))


def _change(grant: Grant) -> Change:
    return replace(change_from_data(grant.request.change), principal=grant.principal_arn)


def _papers(change: Change, grant: Grant) -> by_hand.Papers:
    return by_hand.Papers(
        policy_arn=grant.policy_arn,
        code=grant.request.code,
        own=_one_line(manual.own_document(change, grant)),
        edited=_one_line(manual.edit_document(change, grant)),
        before=manual.pre_image_of(change, grant),
    )


def _one_line(document: str) -> str:
    return json.dumps(json.loads(document), separators=(",", ":"), ensure_ascii=False) if document else ""
