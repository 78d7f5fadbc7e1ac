"""How grave a request's change is: judged when it is filed, and again whenever it asks for something else."""

from troubleshoot.access.errors import Refused
from troubleshoot.iam.layers import PolicySet
from troubleshoot.iam.snapshot import from_data
from troubleshoot.models import AccessRequest, Account, Diagnosis
from troubleshoot.remedy import Change, change_from_data
from troubleshoot.remedy.risk import Assessment, assess
from troubleshoot.remedy.room import no_room


def held_by_diagnosis(diagnosis: Diagnosis | None) -> PolicySet | None:
    """Return what the principal held when its case was read, or None where nothing was read."""
    if diagnosis is None or not diagnosis.snapshot:
        return None
    return from_data(diagnosis.snapshot).policy_set()


def weigh(request: AccessRequest) -> Assessment:
    """Set the request's `risk` and `findings` by its change, unsaved, and return the assessment.

    `Refused` where AWS has no room for the change, or where it may not last so long, by the account or by its risk.
    """
    change = change_from_data(request.change)
    held = held_by_diagnosis(request.diagnosis)
    if words := no_room(change, held):
        raise Refused("no_room", words)
    judged = assess(change, held=held)
    refuse_duration(request.account, change, judged)
    request.risk = str(judged.level)
    request.findings = [finding.as_data() for finding in judged.findings]
    return judged


def refuse_duration(account: Account, change: Change, judged: Assessment) -> None:
    """Refuse a change that lasts longer than its account or its risk allows."""
    hours = change.hours
    if hours is None and not account.allows_permanent:
        raise Refused("no_end", "In this account access is given for a time only. Please choose how long.")
    if hours is not None and not 1 <= hours <= account.max_hours:
        raise Refused("duration", f"Please choose between 1 and {account.max_hours} hours.")
    if not judged.allows_hours(hours):
        words = f"The risk of this change is {judged.level}. It may last {judged.longest_hours} hours at most."
        raise Refused("risk_duration", words)
