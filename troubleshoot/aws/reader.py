"""The live reader: one snapshot of everything that decides, each piece a value or the reason why not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from troubleshoot.aws.connect import Answer, Connection, field
from troubleshoot.aws.errors import CONNECTION_KINDS, AwsProblem
from troubleshoot.aws.facts import AccessKey, AccountSettings, RoleFacts
from troubleshoot.aws.iam_reads import Holder, IamReads, LiveEntity
from troubleshoot.aws.organization import Chain, Levels, OrganizationReads, PolicyType
from troubleshoot.aws.principal import Entity, EntityKind, entity_of
from troubleshoot.aws.textonly import now, unread_snapshot
from troubleshoot.iam.arn import account_of
from troubleshoot.iam.snapshot import Missing, Snapshot, StoredPolicy

T = TypeVar("T")

NO_SESSION_POLICY = "AWS lets nobody read a session policy back, so it is not known whether one was passed."
NO_VPC_ENDPOINT = "The portal cannot see whether the call came through a VPC endpoint."
_OTHER_ENTITY = "The portal reads the policies of IAM users and roles only, and this principal is neither."
_OTHER_ACCOUNT = "This principal belongs to another account than the one that was read."
_NOT_THERE = "There is no such principal, so nothing of it could be read."
_OTHER_OWNER = "The resource belongs to another account, or does not say to which. Its control policies were not read."

# Services without resource-based policies:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
# A role's trust policy decides who may assume it, not who may pass it, so that `iam` needs none here.
_NO_RESOURCE_POLICIES = frozenset({"personalize", "iam", "cloudwatch"})

_RESOURCE_WORDS = {
    "s3": "The portal does not read this bucket's policy. The bucket's owner can tell what it says.",
    "kms": "The portal does not read this key's policy. The key's owner can tell what it says.",
    "sts": "The portal does not weigh this role's trust policy here. An administrator can tell whom it trusts.",
}
_RESOURCE_OTHER = "The portal does not read resource-based policies of this service."


class LiveReader:
    """A `Reader` over AWS. One reader serves one account; it may be used from several threads."""

    def __init__(self, settings: AccountSettings, connection: Connection) -> None:
        self._settings = settings
        self._iam = IamReads(connection)
        self._organization = OrganizationReads(connection)

    def snapshot(self, principal_arn: str, *, action: str, resource: str) -> Snapshot:
        """Return what decides whether `principal_arn` may call `action` on `resource`. It never raises."""
        entity = entity_of(principal_arn)
        if entity.account != self._settings.account_id:
            return unread_snapshot(self._settings.account_id, principal_arn, Missing(_OTHER_ACCOUNT))
        if entity.kind is EntityKind.OTHER:
            return unread_snapshot(self._settings.account_id, principal_arn, Missing(_OTHER_ENTITY))
        return self._of_entity(entity, action, resource)

    def access_keys(self, user_arn: str) -> tuple[AccessKey, ...] | Missing:
        """Return the access keys of an IAM user, oldest first. It never raises."""
        entity = entity_of(user_arn)
        if not entity.is_user or entity.account != self._settings.account_id:
            return Missing("Only an IAM user of this account has access keys to show.")
        keys = piece(lambda: tuple(self._key(item) for item in self._iam.access_keys(entity.name)))
        return keys if isinstance(keys, Missing) else tuple(sorted(keys, key=lambda key: key.created))

    def role(self, role_arn: str) -> RoleFacts | Missing | None:
        """Return the role of this name, or None where there is none. It never raises."""
        entity = entity_of(role_arn)
        if entity.kind not in (EntityKind.ROLE, EntityKind.ROLE_SESSION):
            return Missing("This is not the ARN of an IAM role.")
        if entity.account != self._settings.account_id:
            return Missing("This role belongs to another account than the one that was read.")
        found = piece(lambda: self._iam.entity(entity))
        if found is None or isinstance(found, Missing):
            return found
        return RoleFacts(found.holder.arn, found.holder.name, found.path, found.trust_policy)

    def _of_entity(self, entity: Entity, action: str, resource: str) -> Snapshot:
        blank = unread_snapshot(self._settings.account_id, entity.arn, Missing(_NOT_THERE))
        live = self._existing(entity)
        if isinstance(live, AwsProblem) and live.kind in CONNECTION_KINDS:
            return unread_snapshot(self._settings.account_id, entity.arn, live.missing())
        if live is None:
            return replace(blank, exists=False, groups=(), identity=())
        return self._filled(blank, entity, live, action=action, resource=resource)

    def _existing(self, entity: Entity) -> LiveEntity | AwsProblem | None:
        try:
            live = self._iam.entity(entity)
        except AwsProblem as problem:
            return problem
        return live if live is not None and entity.is_same_as(live.holder.arn) else None

    def _filled(
        self, blank: Snapshot, entity: Entity, live: LiveEntity | AwsProblem, *, action: str, resource: str
    ) -> Snapshot:
        holder = _holder(entity, live)
        with ThreadPoolExecutor(max_workers=3, thread_name_prefix="aws-read") as pool:
            chain = pool.submit(piece, lambda: self._organization.chain(self._settings.account_id))
            groups = self._groups(entity)
            identity = pool.submit(self._identity, holder, groups)
            boundary = pool.submit(self._boundary, holder, live)
            scps = pool.submit(self._levels, chain.result(), "SERVICE_CONTROL_POLICY")
            rcps = self._rcps(chain.result(), resource)
            return replace(
                blank,
                exists=True if isinstance(live, LiveEntity) else live.missing(),
                path=live.path if isinstance(live, LiveEntity) else None,
                tags=live.tags if isinstance(live, LiveEntity) else {},
                groups=groups if isinstance(groups, Missing) else tuple(group.name for group in groups),
                identity=identity.result(),
                boundary=boundary.result(),
                scps=scps.result(),
                rcps=rcps,
                resource=_resource_policy(action),
                session=Missing(NO_SESSION_POLICY) if entity.kind is EntityKind.ROLE_SESSION else None,
                vpc_endpoint=Missing(NO_VPC_ENDPOINT),
                read_at=now(),
            )

    def _groups(self, entity: Entity) -> tuple[Holder, ...] | Missing:
        return piece(lambda: self._iam.groups(entity.name)) if entity.is_user else ()

    def _identity(self, holder: Holder, groups: tuple[Holder, ...] | Missing) -> tuple[StoredPolicy, ...] | Missing:
        if isinstance(groups, Missing):
            return groups
        return piece(lambda: tuple(policy for each in (holder, *groups) for policy in self._policies(each)))

    def _policies(self, holder: Holder) -> tuple[StoredPolicy, ...]:
        inline = tuple(self._iam.inline(holder, name) for name in self._iam.inline_names(holder))
        managed = tuple(self._iam.managed(arn, attached_to=holder.arn) for arn in self._iam.attached_arns(holder))
        return inline + managed

    def _boundary(self, holder: Holder, live: LiveEntity | AwsProblem) -> StoredPolicy | Missing | None:
        if isinstance(live, AwsProblem):
            return live.missing()
        arn = live.boundary_arn
        return None if arn is None else piece(lambda: self._iam.managed(arn, attached_to=holder.arn, kind="boundary"))

    def _levels(self, chain: Chain | Missing | None, policy_type: PolicyType) -> Levels | Missing:
        if isinstance(chain, Missing):
            return chain
        return piece(lambda: self._organization.levels(chain, policy_type))

    def _rcps(self, chain: Chain | Missing | None, resource: str) -> Levels | Missing:
        if resource != "*" and account_of(resource) != self._settings.account_id:
            return Missing(_OTHER_OWNER)
        return self._levels(chain, "RESOURCE_CONTROL_POLICY")

    def _key(self, item: Answer) -> AccessKey:
        permission = "iam:ListAccessKeys"
        key_id = field(item, "AccessKeyId", permission=permission)
        used = piece(lambda: self._iam.last_used(key_id))
        last_used, service = (used, None) if isinstance(used, Missing) else _use(used)
        return AccessKey(
            id=key_id,
            active=field(item, "Status", permission=permission) == "Active",
            created=field(item, "CreateDate", permission=permission, kind=datetime).astimezone(UTC),
            last_used=last_used,
            service=service,
        )


def piece(read: Callable[[], T]) -> T | Missing:
    """Return what `read` returns, or why it could not be read."""
    try:
        return read()
    except AwsProblem as problem:
        return problem.missing()


def _use(used: Answer) -> tuple[datetime | None, str | None]:
    at = used.get("LastUsedDate")
    service = used.get("ServiceName")
    if not isinstance(at, datetime):
        return None, None
    return at.astimezone(UTC), None if service in (None, "N/A") else str(service)


def _holder(entity: Entity, live: LiveEntity | AwsProblem) -> Holder:
    if isinstance(live, LiveEntity):
        return live.holder
    return Holder("User" if entity.is_user else "Role", entity.name, entity.arn)


def _resource_policy(action: str) -> Missing | None:
    service = action.split(":", 1)[0].lower()
    if service in _NO_RESOURCE_POLICIES:
        return None
    return Missing(_RESOURCE_WORDS.get(service, _RESOURCE_OTHER))
