"""Reading the policy of the resource itself: a bucket's, a key's, a role's trust policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
"""

from troubleshoot.aws.connect import Answer, Connection, field
from troubleshoot.aws.errors import AwsProblem, ProblemKind
from troubleshoot.aws.iam_reads import IamReads, check_document
from troubleshoot.aws.principal import EntityKind, entity_of
from troubleshoot.iam.arn import account_of, parse_arn
from troubleshoot.iam.snapshot import Missing, StoredPolicy

ResourcePolicy = StoredPolicy | Missing | None

_OTHER_SERVICE = "The portal does not read resource-based policies of this service."
_OTHER_ACCOUNT = "The resource belongs to another account, so the portal could not read its policy."
_NOT_SAID = "The message does not say which resource it was, so its policy could not be read."
_REFUSED_BUCKET = (
    "AWS did not show the portal this bucket's policy. The bucket may belong to another account. "
    "If it is this account's, allow s3:GetBucketPolicy for the portal's role."
)
_NO_KEY_ID = "The portal reads the policy of a key that is named by its key ID only."

# A role's trust policy decides who may assume it, not who may pass it: `iam` needs none.
_WITHOUT_POLICIES = frozenset({"personalize", "iam", "cloudwatch"})
_ASSUMING = frozenset(
    {"assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "tagsession", "setsourceidentity"}
)
_ON_NO_BUCKET = frozenset({"listallmybuckets"})
_NO_SUCH_ROLE = "There is no such role in the account."
LASTING = frozenset({_OTHER_SERVICE, _OTHER_ACCOUNT, _NOT_SAID, _NO_KEY_ID, _NO_SUCH_ROLE})
"""Reasons that reading again would not change."""


class ResourceReads:
    """Reads of resource-based policies through one connection, in one account."""

    def __init__(self, connection: Connection, account_id: str) -> None:
        self._connection = connection
        self._account_id = account_id
        self._iam = IamReads(connection)

    def policy(self, action: str, resource: str) -> ResourcePolicy:
        """Return the policy of `resource` as far as it bears on `action`; None where there is none.

        Raises `AwsProblem`. `Missing` says what the portal does not read at all.
        """
        service, _, name = action.lower().partition(":")
        if service in _WITHOUT_POLICIES:
            return None
        if service == "s3":
            return None if name in _ON_NO_BUCKET else self._of_bucket(resource)
        if service == "kms":
            return self._of_key(resource)
        if service == "sts":
            return self._of_role(resource) if name in _ASSUMING else None
        return Missing(_OTHER_SERVICE)

    def _of_bucket(self, resource: str) -> ResourcePolicy:
        bucket = bucket_of(resource)
        if bucket is None:
            return Missing(_NOT_SAID)
        try:
            answer = self._connection.call("s3", "GetBucketPolicy", Bucket=bucket, ExpectedBucketOwner=self._account_id)
        except AwsProblem as problem:
            if problem.code == "NoSuchBucketPolicy":
                return None
            if problem.kind is ProblemKind.ACCESS_DENIED:
                return Missing(_REFUSED_BUCKET, problem.permission)
            raise
        text = _text(answer, "s3:GetBucketPolicy")
        return StoredPolicy("resource", bucket, text, attached_to=f"arn:aws:s3:::{bucket}")

    def _of_key(self, resource: str) -> ResourcePolicy:
        arn = parse_arn(resource)
        if arn is None:
            return Missing(_NOT_SAID)
        if arn.resource_type != "key":
            return Missing(_NO_KEY_ID)
        if arn.account != self._account_id:
            return Missing(_OTHER_ACCOUNT)
        answer = self._connection.call("kms", "GetKeyPolicy", KeyId=resource, PolicyName="default")
        text = _text(answer, "kms:GetKeyPolicy")
        return StoredPolicy("resource", "key policy", text, attached_to=resource)

    def _of_role(self, resource: str) -> ResourcePolicy:
        entity = entity_of(resource)
        if entity.kind is not EntityKind.ROLE:
            return Missing(_NOT_SAID)
        if entity.account != self._account_id:
            return Missing(_OTHER_ACCOUNT)
        role = self._iam.entity(entity)
        if role is None or role.holder.arn != resource:
            return Missing(_NO_SUCH_ROLE)
        return StoredPolicy("resource", "trust policy", role.trust_policy, attached_to=resource)


def _text(answer: Answer, permission: str) -> str:
    text = str(field(answer, "Policy", permission=permission))
    check_document(text, permission)
    return text


def bucket_of(resource: str) -> str | None:
    """Return the bucket that an S3 ARN names, or None where it names none."""
    arn = parse_arn(resource)
    if arn is None or arn.service != "s3" or arn.account or "*" in arn.resource_type:
        return None
    return arn.resource.partition("/")[0] or None


def is_owned(resource: str, policy: ResourcePolicy, account_id: str) -> bool:
    """Tell whether the resource is known to belong to the account.

    An S3 ARN does not say; but then the bucket's policy was read from this account, as its expected owner.
    """
    if resource == "*":
        return True
    owner = account_of(resource)
    if owner is None and bucket_of(resource) is not None:
        return not isinstance(policy, Missing)
    return owner == account_id
