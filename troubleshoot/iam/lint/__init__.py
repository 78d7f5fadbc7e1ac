"""What is wrong or unwise in a policy document, each finding with its place and a way to put it right."""

from troubleshoot.iam.document import Policy
from troubleshoot.iam.lint import conditions, elements, names, risks
from troubleshoot.iam.lint.findings import Finding, Kind, Severity, Subject

__all__ = ["Finding", "Kind", "Severity", "lint"]


def lint(policy: Policy, kind: Kind) -> tuple[Finding, ...]:
    """Return what AWS would refuse, ignore or misunderstand in the policy, and what is a risk, in document order."""
    subject = Subject(policy, kind)
    found = [
        finding for module in (elements, names, conditions, risks) for rule in module.RULES for finding in rule(subject)
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: (finding.line, finding.column, finding.code)))
