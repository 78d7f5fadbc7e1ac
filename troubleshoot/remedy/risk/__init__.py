"""How grave a change is, on the union of what the principal has and what is asked. Pure."""

from troubleshoot.iam.layers import PolicySet
from troubleshoot.remedy.newly import Newly, newly
from troubleshoot.remedy.proposal import Change
from troubleshoot.remedy.risk.access_rules import access_findings
from troubleshoot.remedy.risk.escalation import escalation
from troubleshoot.remedy.risk.form_rules import form_findings
from troubleshoot.remedy.risk.levels import Assessment, Finding, Level, assessment, finding_from_data
from troubleshoot.remedy.risk.subject import Subject

__all__ = ["Assessment", "Finding", "Level", "assess", "finding_from_data"]


def assess(change: Change, *, held: PolicySet | None, allows: Newly | None = None) -> Assessment:
    """Return the risk of `change` for its principal.

    `held` are the layers as they were read (`Snapshot.policy_set()`), None where nothing was read: then a finding
    says what could not be looked at. `allows` is what `newly` found for the same, if that is at hand. The level
    decides how many people must approve and how long it may last.
    """
    subject = Subject(change, held, (allows or newly(change, held)).entries)
    ways = tuple(escalation(subject))
    told = frozenset(name.lower() for one in ways for name in one.actions)
    findings = (*ways, *access_findings(subject, told=told), *form_findings(subject))
    return assessment(findings, may_end=change.may_end)
