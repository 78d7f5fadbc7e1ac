"""Quotas that a grant could meet, told before it is asked for.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from troubleshoot.iam.snapshot import Missing, Snapshot

MOST_ATTACHED = 10
"""Managed policies of one user or role. AWS raises it to 20 on request, which nobody can read."""

LONGEST_POLICY = 6144
"""Characters of a managed policy; white space does not count."""

TOO_LONG = f"The policy is longer than the {LONGEST_POLICY:,} characters that AWS allows. Nothing was changed."


def no_room(snapshot: Snapshot) -> str | None:
    """Return why one more policy may not fit on the principal, or None: it fits, or that is not known."""
    if isinstance(snapshot.identity, Missing):
        return None
    own = [policy for policy in snapshot.identity if policy.arn is not None and ":group/" not in policy.attached_to]
    if len(own) < MOST_ATTACHED:
        return None
    return (
        f"The principal already has {len(own)} managed policies, and AWS allows {MOST_ATTACHED} unless the quota "
        "was raised. An administrator must detach one first."
    )


def is_too_long(document: str) -> bool:
    """Tell whether a document is longer than a managed policy may be."""
    return len("".join(document.split())) > LONGEST_POLICY
