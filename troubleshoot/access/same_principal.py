"""The same name is not the same principal: one that is deleted and made anew is somebody else.

IAM gives each user and role a unique ID that no other ever has, while the ARN of a deleted one can be given again. The
ID is read with the evidence and frozen with the request; whoever bears the name later gets nothing of it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

import hashlib
from typing import Final

from django.db import transaction

from troubleshoot import audit
from troubleshoot.access.claims import Claim, hold
from troubleshoot.access.errors import Refused
from troubleshoot.iam.snapshot import Missing, Snapshot
from troubleshoot.models import AccessRequest, Diagnosis

EVENT: Final = "request.principal_recreated"


def known_at_filing(request: AccessRequest, called_as: str) -> str:
    """Return the unique ID of the principal that an unsaved request was judged on; empty where nothing live was read.

    An extension goes on for whom the first grant was for. `called_as` is the principal of the call, which may be a
    session of the role that the request is for.
    """
    if request.extends and request.extends.principal_unique_id:
        return request.extends.principal_unique_id
    diagnosis = request.diagnosis
    if diagnosis is None or diagnosis.account_id != request.account_id:
        return ""
    return _evidence(diagnosis, (called_as, request.principal_arn))


def recognise(claim: Claim, unique_id: str) -> None:
    """Keep the ID at the first live reading; later `Refused`, with an entry in the trail, where it is another.

    An empty `unique_id` was not read, or there is nobody: that is for the caller to tell. `Lost` as in `hold`.
    """
    request = claim.request
    if is_another(request, unique_id):
        _refuse(claim, unique_id)
    elif unique_id and not request.principal_unique_id:
        with transaction.atomic():
            hold(claim)
            AccessRequest.objects.filter(pk=request.pk).update(principal_unique_id=unique_id)
        request.principal_unique_id = unique_id


def is_another(request: AccessRequest, unique_id: str) -> bool:
    """Tell whether it is certain that another principal bears the name now. What was not read is not certain."""
    return bool(unique_id and request.principal_unique_id) and unique_id != request.principal_unique_id


def not_read(request: AccessRequest, snapshot: Snapshot) -> str:
    """Return in words that nobody could tell whether it is still the same principal; empty where that was read."""
    if isinstance(snapshot.exists, Missing) and request.principal_unique_id:
        return f"It could not be checked that the principal is still the same one. {snapshot.exists.why}"
    return ""


def id_digest(unique_id: str) -> str | None:
    """Return what the audit trail holds of an ID; None where it is not known."""
    return hashlib.sha256(unique_id.encode()).hexdigest() if unique_id else None


def _evidence(diagnosis: Diagnosis, names: tuple[str, ...]) -> str:
    kept = diagnosis.snapshot or {}
    return str(kept.get("unique_id") or "") if kept.get("principal") in names else ""


def _refuse(claim: Claim, unique_id: str) -> None:
    request = claim.request
    data = {"principal_id": id_digest(request.principal_unique_id), "found": id_digest(unique_id)}
    with transaction.atomic():
        hold(claim)
        audit.append(event=EVENT, actor=None, subject=request.code, data=data)
    kind = "role" if ":role/" in request.principal_arn or ":assumed-role/" in request.principal_arn else "user"
    raise Refused(
        "another_principal",
        f"The {kind} was deleted and made anew since this was asked for, so it is another one now. Ask again.",
    )
