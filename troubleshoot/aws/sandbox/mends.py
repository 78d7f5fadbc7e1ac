"""What moto leaves out and the sandbox needs, put in place inside the sandbox's own process.

Each mend brings moto nearer to what AWS documents; nothing here knows the portal.
"""

import hashlib
from collections import Counter
from typing import Any
from urllib.parse import quote

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.iam import access_control
from moto.iam.exceptions import DeleteConflictException, LimitExceededException
from moto.iam.models import IAMBackend, Role, User
from moto.iam.responses import IamResponse
from moto.organizations.models import FakeAccount, organizations_backends
from moto.organizations.responses import OrganizationsResponse

_MOST_ATTACHED = 10


def apply(*, member_name: str, member_account: str) -> None:
    """Put every mend in place. An account that an organization creates under `member_name` gets `member_account`."""
    _keep_boundaries_of_users()
    _encode_managed_policies()
    _refuse_inactive_keys()
    _refuse_to_delete_attached_policies()
    _refuse_an_eleventh_policy()
    _deny_json_calls_in_json()
    _let_members_read_the_organization()
    _name_the_member_account(member_name, member_account)
    _give_unique_ids()


def _give_unique_ids() -> None:
    """moto draws unique IDs by chance, so that after a restart everybody would be somebody else.

    Here the first of a name has the same ID in every sandbox, and one that is made anew another, with AWS's prefixes.
    """
    plain_user, plain_role = IAMBackend.create_user, IAMBackend.create_role

    def next_id(backend: IAMBackend, prefix: str, arn: str) -> str:
        made = backend.__dict__.setdefault("made_by_arn", Counter())  # a reset of moto's empties it
        made[arn] += 1
        return prefix + hashlib.sha256(f"{arn} {made[arn]}".encode()).hexdigest()[:17].upper()

    def create_user(self: IAMBackend, *args: Any, **values: Any) -> User:
        user = plain_user(self, *args, **values)
        user.id = next_id(self, "AIDA", user.arn)
        return user

    def create_role(self: IAMBackend, *args: Any, **values: Any) -> Role:
        role = plain_role(self, *args, **values)
        del self.roles[role.id]
        role.id = next_id(self, "AROA", role.arn)
        self.roles[role.id] = role
        return role

    _put(IAMBackend, "create_user", create_user)
    _put(IAMBackend, "create_role", create_role)


def _keep_boundaries_of_users() -> None:
    """moto keeps the permissions boundaries of roles only."""
    plain_create = IamResponse.create_user

    def boundary_of(user: User) -> dict[str, str] | None:
        arn = getattr(user, "permissions_boundary_arn", None)
        if arn is None:
            return None
        return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}

    def put_user_permissions_boundary(self: IamResponse) -> Any:
        boundary = self.backend.get_policy(self._get_param("PermissionsBoundary"))
        _put(self.backend.get_user(self._get_param("UserName")), "permissions_boundary_arn", boundary.arn)
        return EmptyResult()

    def delete_user_permissions_boundary(self: IamResponse) -> Any:
        _put(self.backend.get_user(self._get_param("UserName")), "permissions_boundary_arn", None)
        return EmptyResult()

    def create_user(self: IamResponse) -> ActionResult:
        created = plain_create(self)
        if self._get_param("PermissionsBoundary"):
            put_user_permissions_boundary(self)
        return created

    _put(User, "permissions_boundary", property(boundary_of))
    _put(IamResponse, "create_user", create_user)
    _put(IamResponse, "put_user_permissions_boundary", put_user_permissions_boundary)
    _put(IamResponse, "delete_user_permissions_boundary", delete_user_permissions_boundary)


def _encode_managed_policies() -> None:
    """moto URL-encodes every document but those of managed policies, as AWS does with all of them."""
    IamResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER["GetPolicyVersionResponse.PolicyVersion.Document"] = quote


def _refuse_inactive_keys() -> None:
    """moto lets inactive access keys work."""
    plain = access_control.IAMUserAccessKey.__init__

    def checked(self: Any, account_id: str, partition: str, access_key_id: str, headers: Any) -> None:
        plain(self, account_id, partition, access_key_id, headers)
        keys = self.backend.list_access_keys(self._owner_user_name)
        if not any(key.access_key_id == access_key_id and key.status == "Active" for key in keys):
            raise access_control.CreateAccessKeyFailure(reason="InvalidId")

    _put(access_control.IAMUserAccessKey, "__init__", checked)


def _refuse_to_delete_attached_policies() -> None:
    """moto deletes a managed policy that is still attached."""
    plain = IAMBackend.delete_policy

    def checked(self: IAMBackend, policy_arn: str) -> None:
        if self.get_policy(policy_arn).attachment_count > 0:
            raise DeleteConflictException("Cannot delete a policy attached to entities.")
        plain(self, policy_arn)

    _put(IAMBackend, "delete_policy", checked)


def _refuse_an_eleventh_policy() -> None:
    """moto attaches any number of managed policies, and counts one twice that is attached twice."""

    def limited(plain: Any, holder: Any) -> Any:
        def attach(self: IAMBackend, policy_arn: str, name: str) -> None:
            attached = holder(self, name).managed_policies
            if policy_arn in attached:
                return
            if len(attached) >= _MOST_ATTACHED:
                raise LimitExceededException(f"Cannot exceed quota for PoliciesPerUser: {_MOST_ATTACHED}")
            plain(self, policy_arn, name)

        return attach

    _put(IAMBackend, "attach_user_policy", limited(IAMBackend.attach_user_policy, IAMBackend.get_user))
    _put(IAMBackend, "attach_role_policy", limited(IAMBackend.attach_role_policy, IAMBackend.get_role))


def _deny_json_calls_in_json() -> None:
    """moto answers a denied JSON call (Personalize, Organizations) with IAM's XML, which no SDK can read."""
    plain = access_control.IAMRequest._raise_access_denied

    def raise_access_denied(self: Any) -> None:
        if "X-Amz-Target" not in self._headers:
            plain(self)
        text = f"User: {self._access_key.arn} is not authorized to perform: {self._action}"
        raise JsonRESTError("AccessDeniedException", text)

    _put(access_control.IAMRequest, "_raise_access_denied", raise_access_denied)


def _let_members_read_the_organization() -> None:
    """moto answers the management account only; AWS also answers a member that was delegated this."""

    def backend(self: OrganizationsResponse) -> Any:
        management = organizations_backends.master_accounts.get(self.current_account)
        account, partition = management or (self.current_account, self.partition)
        return organizations_backends[account][partition]

    _put(OrganizationsResponse, "organizations_backend", property(backend))


def _name_the_member_account(name: str, account_id: str) -> None:
    """moto gives a new member account a random id."""
    plain = FakeAccount.__init__

    def named(self: FakeAccount, organization: Any, **values: Any) -> None:
        plain(self, organization, **values)
        if values.get("AccountName") == name:
            self.id = account_id

    _put(FakeAccount, "__init__", named)


def _put(target: Any, name: str, value: Any) -> None:
    """Put a mend in the place of an attribute of moto's."""
    setattr(target, name, value)
