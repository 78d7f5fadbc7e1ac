"""The live reader: one snapshot of everything that decides, each piece a value or the reason why not."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from troubleshoot.aws import resource_reads
from troubleshoot.aws.checks import reader_findings
from troubleshoot.aws.connect import Answer, Connection, field
from troubleshoot.aws.errors import CONNECTION_KINDS, AwsProblem
from troubleshoot.aws.facts import AccessKey, AccountSettings, Finding, RoleFacts
from troubleshoot.aws.iam_reads import Holder, IamReads, LiveEntity
from troubleshoot.aws.organization import Chain, Levels, OrganizationReads, PolicyType
from troubleshoot.aws.principal import Entity, EntityKind, entity_of
from troubleshoot.aws.reading import Reading, piece
from troubleshoot.aws.resource_reads import ResourcePolicy, ResourceReads, is_owned
from troubleshoot.aws.textonly import now, unread_snapshot
from troubleshoot.aws.turns import BUSY, TURNS
from troubleshoot.iam.snapshot import Missing, Snapshot, StoredPolicy

NO_SESSION_POLICY = "AWS lets nobody read a session policy back, so it is not known whether one was passed."
NO_VPC_ENDPOINT = "The portal cannot see whether the call came through a VPC endpoint."
NO_USER_NAMED = (
    "A federated user's rights are those of the IAM user who made the session, and its ARN does not name that user."
)
_OTHER_ENTITY = "The portal reads the policies of IAM users and roles only, and this principal is neither."
_OTHER_ACCOUNT = "This principal belongs to another account than the one that was read."
_NOT_THERE = "There is no such principal, so nothing of it could be read."
_OTHER_OWNER = "The resource is not known to belong to this account, so its control policies were not read."
LASTING = resource_reads.LASTING | {
    NO_SESSION_POLICY,
    NO_VPC_ENDPOINT,
    NO_USER_NAMED,
    _OTHER_ENTITY,
    _OTHER_ACCOUNT,
    _NOT_THERE,
    _OTHER_OWNER,
}
"""Reasons that reading again would not change."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Around:
    """What was begun to be read beside the principal itself."""

    chain: Future[Chain | None]
    resource: Future[ResourcePolicy]


class LiveReader:
    """A `Reader` over AWS. One reader serves one account; it may be used from several threads.

    Each answer comes within `reading.PATIENCE` seconds, and at once where other threads keep all turns to ask AWS.
    """

    def __init__(
        self, settings: AccountSettings, connection: Connection, organization: OrganizationReads | None = None
    ) -> None:
        """`organization` takes the place of reads of the organization that are all made now."""
        self._settings = settings
        self._connection = connection
        self._iam = IamReads(connection)
        self._organization = organization or OrganizationReads(connection)
        self._resources = ResourceReads(connection, settings.account_id)

    def snapshot(self, principal_arn: str, *, action: str, resource: str) -> Snapshot:
        """Return what decides whether `principal_arn` may call `action` on `resource`. It never raises."""
        entity = entity_of(principal_arn)
        if entity.account != self._settings.account_id:
            return unread_snapshot(self._settings.account_id, principal_arn, Missing(_OTHER_ACCOUNT))
        if entity.kind is EntityKind.OTHER:
            return unread_snapshot(self._settings.account_id, principal_arn, Missing(_OTHER_ENTITY))
        with TURNS.taken() as has_turn:
            if not has_turn:
                return unread_snapshot(self._settings.account_id, principal_arn, Missing(BUSY))
            if not entity.has_own_policies:
                return self._without_own_policies(entity, action, resource)
            return self._of_entity(entity, action, resource)

    def access_keys(self, user_arn: str) -> tuple[AccessKey, ...] | Missing:
        """Return the access keys of an IAM user, oldest first. It never raises."""
        entity = entity_of(user_arn)
        if not entity.is_user or entity.account != self._settings.account_id:
            return Missing("Only an IAM user of this account has access keys to show.")
        keys = self._alone(lambda: tuple(self._key(item) for item in self._iam.access_keys(entity.name)))
        return keys if isinstance(keys, Missing) else tuple(sorted(keys, key=lambda key: key.created))

    def role(self, role_arn: str) -> RoleFacts | Missing | None:
        """Return the role of this name, or None where there is none. It never raises."""
        entity = entity_of(role_arn)
        if entity.kind not in (EntityKind.ROLE, EntityKind.ROLE_SESSION):
            return Missing("This is not the ARN of an IAM role.")
        if entity.account != self._settings.account_id:
            return Missing("This role belongs to another account than the one that was read.")
        found = self._alone(lambda: self._iam.entity(entity))
        if found is None or isinstance(found, Missing):
            return found
        return RoleFacts(found.holder.arn, found.holder.name, found.path, found.trust_policy)

    def check(self) -> tuple[Finding, ...]:
        """Try each kind of read once and tell what works. It reads about nobody, and never raises."""
        return reader_findings(self._settings, self._connection)

    def _alone(self, read: Callable[[], T]) -> T | Missing:
        """Return what one read returns, or why it could not be read. It keeps to the same time and turns."""
        with TURNS.taken() as has_turn:
            if not has_turn:
                return Missing(BUSY)
            with self._reading() as reading:
                return reading.piece(reading.later(read))

    def _reading(self) -> Reading:
        return Reading(self._iam, self._organization, give_up=self._connection.rest)

    def _of_entity(self, entity: Entity, action: str, resource: str) -> Snapshot:
        blank = unread_snapshot(self._settings.account_id, entity.arn, Missing(_NOT_THERE))
        with self._reading() as reading:
            live = self._existing(reading, entity)
            if isinstance(live, AwsProblem) and live.kind in CONNECTION_KINDS:
                return unread_snapshot(self._settings.account_id, entity.arn, live.missing())
            if live is None:
                return replace(blank, exists=False, groups=(), identity=())
            return self._filled(blank, reading, entity, live, action=action, resource=resource)

    def _existing(self, reading: Reading, entity: Entity) -> LiveEntity | AwsProblem | None:
        try:
            live = reading.value(reading.later(self._iam.entity, entity))
        except AwsProblem as problem:
            return problem
        return live if live is not None and entity.is_same_as(live.holder.arn) else None

    def _filled(
        self,
        blank: Snapshot,
        reading: Reading,
        entity: Entity,
        live: LiveEntity | AwsProblem,
        *,
        action: str,
        resource: str,
    ) -> Snapshot:
        holder = _holder(entity, live)
        around = self._begin_around(reading, action, resource)
        boundary_begun = reading.later(self._boundary, holder, live)
        groups = reading.piece(reading.later(self._iam.groups, entity.name)) if entity.is_user else ()
        identity = groups if isinstance(groups, Missing) else piece(lambda: reading.policies((holder, *groups)))
        boundary = reading.piece(boundary_begun)
        own = replace(
            blank,
            exists=True if isinstance(live, LiveEntity) else live.missing(),
            path=live.path if isinstance(live, LiveEntity) else None,
            unique_id=live.unique_id if isinstance(live, LiveEntity) else "",
            tags=live.tags if isinstance(live, LiveEntity) else {},
            groups=groups if isinstance(groups, Missing) else tuple(group.name for group in groups),
            identity=identity,
            boundary=boundary,
            session=Missing(NO_SESSION_POLICY) if entity.kind is EntityKind.ROLE_SESSION else None,
        )
        return self._with_around(own, reading, around, resource)

    def _without_own_policies(self, entity: Entity, action: str, resource: str) -> Snapshot:
        """Return the snapshot of a root user, whom no policy of an identity bears on, or of a federated user.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html
        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
        """
        is_root = entity.kind is EntityKind.ROOT
        not_named = Missing(NO_USER_NAMED)
        own = replace(
            unread_snapshot(self._settings.account_id, entity.arn, not_named),
            exists=True,
            groups=() if is_root else not_named,
            identity=() if is_root else not_named,
            boundary=None if is_root else not_named,
            session=None if is_root else Missing(NO_SESSION_POLICY),
        )
        with self._reading() as reading:
            return self._with_around(own, reading, self._begin_around(reading, action, resource), resource)

    def _begin_around(self, reading: Reading, action: str, resource: str) -> _Around:
        chain = reading.later(self._organization.chain, self._settings.account_id)
        return _Around(chain, reading.later(self._resources.policy, action, resource))

    def _with_around(self, own: Snapshot, reading: Reading, around: _Around, resource: str) -> Snapshot:
        """Fill in what does not depend on the principal: control policies and the resource's own policy."""
        chain = reading.piece(around.chain)
        resource_policy = reading.piece(around.resource)
        owned = is_owned(resource, resource_policy, self._settings.account_id)
        return replace(
            own,
            scps=_levels(reading, chain, "SERVICE_CONTROL_POLICY"),
            rcps=_levels(reading, chain if owned else Missing(_OTHER_OWNER), "RESOURCE_CONTROL_POLICY"),
            resource=resource_policy,
            vpc_endpoint=Missing(NO_VPC_ENDPOINT),
            read_at=self._organization.oldest or now(),
        )

    def _boundary(self, holder: Holder, live: LiveEntity | AwsProblem) -> StoredPolicy | None:
        if isinstance(live, AwsProblem):
            raise live
        if live.boundary_arn is None:
            return None
        return self._iam.managed(live.boundary_arn, attached_to=holder.arn, kind="boundary")

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


def _levels(reading: Reading, chain: Chain | Missing | None, policy_type: PolicyType) -> Levels | Missing:
    if isinstance(chain, Missing):
        return chain
    return piece(lambda: reading.levels(chain, policy_type))


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
