"""Does the portal's connection to an account work, and which permission does it lack?

Each read is tried on a name that nobody has. IAM decides on the permission first: "no such entity" means that the
role may ask, "access denied" that it may not. So nothing is read about anybody.
"""

from collections.abc import Iterator
from typing import Any

from troubleshoot.aws.connect import Connection, field
from troubleshoot.aws.errors import AwsProblem, ProblemKind
from troubleshoot.aws.facts import PORTAL_PATH, AccountSettings, Finding
from troubleshoot.aws.optional_checks import NOBODY, optional_findings

_ORGANIZATION = "Control policies stay unknown, because only some accounts may read them. "
_NO_CEILING = (
    "This account does without the ceiling: an approved grant may give whatever it names. "
    "Only the approvers stand between a request and the whole account."
)


def reader_findings(settings: AccountSettings, connection: Connection) -> tuple[Finding, ...]:
    """Try each kind of read of the reader's role. It never raises."""
    signed_in = _sign_in(settings, connection, "reader")
    if not signed_in.works:
        return (signed_in,)
    return (
        signed_in,
        *_iam_findings(settings, connection),
        _organization_finding(settings, connection),
        *optional_findings(settings, connection),
    )


def writer_findings(settings: AccountSettings, connection: Connection) -> tuple[Finding, ...]:
    """Try what the writer reads before it writes, and look at the ceiling. It writes nothing and never raises."""
    signed_in = _sign_in(settings, connection, "writer")
    if not signed_in.works:
        return (signed_in,)
    own = f"arn:{settings.partition}:iam::{settings.account_id}:policy{PORTAL_PATH}{NOBODY}"
    reads_own = _tried(connection, "iam", "GetPolicy", PolicyArn=own)
    own_policies = reads_own or Finding(works=True, words=f"Reads its own policies under {PORTAL_PATH}.")
    return (signed_in, own_policies, *_ceiling_findings(settings))


def _sign_in(settings: AccountSettings, connection: Connection, role: str) -> Finding:
    try:
        answer = connection.call("sts", "GetCallerIdentity")
        account = field(answer, "Account", permission="sts:GetCallerIdentity")
    except AwsProblem as problem:
        return Finding(
            works=False, words=f"Cannot sign in as the {role}. {problem.words}", permission=problem.permission
        )
    if account != settings.account_id:
        return Finding(works=False, words=f"The {role}'s role belongs to account {account}, not to this one.")
    return Finding(works=True, words=f"Signs in as the {role}: {answer.get('Arn', '')}")


def _iam_findings(settings: AccountSettings, connection: Connection) -> Iterator[Finding]:
    refused = []
    for operation, parameters in _iam_reads(settings):
        finding = _tried(connection, "iam", operation, **parameters)
        if finding is not None:
            refused.append(finding)
    yield from refused or [Finding(works=True, words="Reads users, roles, groups, their policies and access keys.")]


def _iam_reads(settings: AccountSettings) -> Iterator[tuple[str, dict[str, str]]]:
    policy = f"arn:{settings.partition}:iam::{settings.account_id}:policy/{NOBODY}"
    for word in ("User", "Role", "Group"):
        name = {f"{word}Name": NOBODY}
        if word != "Group":
            yield f"Get{word}", name
        yield f"List{word}Policies", name
        yield f"Get{word}Policy", {**name, "PolicyName": NOBODY}
        yield f"ListAttached{word}Policies", name
    yield "ListGroupsForUser", {"UserName": NOBODY}
    yield "ListAccessKeys", {"UserName": NOBODY}
    yield "GetPolicy", {"PolicyArn": policy}
    yield "GetPolicyVersion", {"PolicyArn": policy, "VersionId": "v1"}


def _tried(connection: Connection, service: str, operation: str, **parameters: Any) -> Finding | None:
    """Return what stood in the way of a call, or None where the role may make it."""
    try:
        connection.call(service, operation, **parameters)
    except AwsProblem as problem:
        if problem.kind is not ProblemKind.NOT_FOUND:
            return Finding(works=False, words=problem.words, permission=problem.permission)
    return None


def _organization_finding(settings: AccountSettings, connection: Connection) -> Finding:
    if finding := _tried(connection, "organizations", "DescribeOrganization"):
        return finding
    refused = _tried(connection, "organizations", "ListRoots") or _tried(
        connection, "organizations", "ListParents", ChildId=settings.account_id
    )
    if refused is not None:
        return Finding(works=False, words=_ORGANIZATION + refused.words, permission=refused.permission)
    return Finding(works=True, words="Reads the organization's control policies, or there are none.")


def _ceiling_findings(settings: AccountSettings) -> Iterator[Finding]:
    if not settings.requires_ceiling:
        yield Finding(works=False, words=_NO_CEILING)
    elif not settings.ceiling_arn:
        yield Finding(works=False, words="No ceiling is set for this account, so nobody can be given anything.")
    else:
        yield Finding(works=True, words=f"Gives only to principals under {settings.people_path} with the ceiling.")
