"""Still denied under an active grant: everything is read and judged again, and the next blocker is shown.

What comes of it is a new diagnosis that names the request. A request filed from it follows that one.
"""

from troubleshoot import audit
from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access.calls import denial_of
from troubleshoot.access.errors import Refused
from troubleshoot.access.guards import Attempt, is_concerned
from troubleshoot.denial import Reading
from troubleshoot.models import AccessRequest, Diagnosis, Person, State


def reading_of(request: AccessRequest) -> Reading:
    """Return the request's own call as a denial, where nobody pasted a new error."""
    return diagnoses.read_paste(denial_of(request.call))


def look_again(*, request: AccessRequest, person: Person, reading: Reading | None = None) -> Diagnosis:
    """Keep a new diagnosis of the original call, or of the new error in `reading`, on state that is read now.

    `Refused` where the grant is not active, for anybody whom it does not concern, and where the new error holds no
    denial.
    """
    if words := is_concerned(Attempt(request, person)):
        raise Refused("still_denied", words)
    if request.state != State.ACTIVE:
        words = f"Only active access is checked again. This request is {State(request.state).label}."
        raise Refused("not_active", words)
    if reading is not None and not reading.denials:
        raise Refused("no_denial", "No denial was found in this text. Leave it empty to check the same call again.")
    found = diagnoses.diagnose(person=person, reading=reading or reading_of(request))
    Diagnosis.objects.filter(pk=found.pk).update(follows=request)
    found.follows = request
    audit.append(event="request.still_denied", actor=person, subject=request.code, data={"case": found.code})
    return found
