"""Which layers bear on a request, and how the account of the resource stands to that of the caller.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
"""

from troubleshoot.iam.arn import account_of, parse_arn
from troubleshoot.iam.catalog import rcp_services
from troubleshoot.iam.principal import CallerKind
from troubleshoot.iam.query import Query

_ALWAYS_ALLOWED = "sts:getcalleridentity"
_NEVER_UNDER_RCPS = "kms:retiregrant"
_TRUST_ACTIONS = frozenset(
    (
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setcontext",
        "sts:setsourceidentity",
        "sts:tagsession",
    )
)


def is_always_allowed(query: Query) -> bool:
    """Tell whether no policy can refuse the request.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    return query.action == _ALWAYS_ALLOWED and query.caller.kind is not CallerKind.ANONYMOUS


def is_under_rcps(query: Query) -> bool:
    """Tell whether resource control policies cover the request: any caller, but not every service."""
    return not query.caller.is_service_linked and query.action != _NEVER_UNDER_RCPS and query.service in rcp_services()


def is_on_role_trust(query: Query) -> bool:
    """Tell whether the role's trust policy decides; it must allow, whatever identity-based policies say."""
    return query.action in _TRUST_ACTIONS and ":role/" in query.resource


def is_on_kms_key(query: Query) -> bool:
    """Tell whether a key policy decides; it must allow, or hand the decision to the account.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    if not query.action.startswith("kms:"):
        return False
    arn = parse_arn(query.resource)
    return arn is not None and arn.service == "kms" and arn.resource_type == "key"


def needs_resource_grant(query: Query) -> bool:
    """Tell whether the resource's own policy must allow even inside one account."""
    return is_on_role_trust(query) or is_on_kms_key(query)


def owner_of(query: Query) -> str | None:
    """Return the account of the resource; None where nothing tells, and then it is taken to be the caller's."""
    return query.request.resource_account or account_of(query.resource)


def is_cross_account(query: Query) -> bool:
    """Tell whether caller and resource belong to different accounts."""
    caller = query.caller.account
    return caller is not None and owner_of(query) not in (None, caller)


def is_other_partition(query: Query) -> bool:
    """Tell whether caller and resource are in different partitions, between which there is no access."""
    arn = parse_arn(query.resource)
    return arn is not None and query.caller.partition not in (None, arn.partition)
