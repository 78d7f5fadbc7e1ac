"""Trust policies: who may assume a role, and what must hold.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-cross-account-resource-access.html
"""

from typing import Any

from troubleshoot.iam.arn import account_of, is_account_id
from troubleshoot.remedy.documents.plan import Place, document
from troubleshoot.remedy.trust_lint import GITHUB

GITHUB_AUDIENCE = "sts.amazonaws.com"
COMPUTE = {
    "ec2": "ec2.amazonaws.com",
    "lambda": "lambda.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
    "eks": "pods.eks.amazonaws.com",
}
_TAGGED = ["sts:AssumeRole", "sts:TagSession"]


def of_account(
    place: Place, principal: str, *, organization: str = "", external_id: str = "", mfa: bool = False
) -> dict[str, Any]:
    """Return the trust in an account (12 digits) or in one role (its ARN) of another account."""
    arn = f"arn:{place.partition}:iam::{principal}:root" if is_account_id(principal) else principal
    condition: dict[str, dict[str, str]] = {}
    if organization:
        condition.setdefault("StringEquals", {})["aws:PrincipalOrgID"] = organization
    if external_id:
        condition.setdefault("StringEquals", {})["sts:ExternalId"] = external_id
    if mfa:
        condition["Bool"] = {"aws:MultiFactorAuthPresent": "true"}
    return _trust("OtherSide", {"AWS": arn}, "sts:AssumeRole", condition)


def of_service(compute: str) -> dict[str, Any]:
    """Return the trust in the AWS service that runs an application: `ec2`, `lambda`, `ecs` or `eks`.

    EKS Pod Identity tags each session: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    return _trust("Application", {"Service": COMPUTE[compute]}, _TAGGED if compute == "eks" else "sts:AssumeRole", {})


def of_access_manager(application: str) -> dict[str, Any]:
    """Return the trust in one application (its ARN) of the account access manager.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/aam-prepare-roles.html
    """
    guard = {"aws:SourceAccount": account_of(application) or "", "aws:SourceArn": application}
    actions = ["sts:AssumeRole", "sts:SetContext"]
    return _trust("AccessManager", {"Service": "account-access.amazonaws.com"}, actions, {"StringEquals": guard})


def of_certificates(anchor: str, common_name: str) -> dict[str, Any]:
    """Return the trust in certificates of one trust anchor (its ARN) with this common name.

    https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
    """
    condition = {
        "StringEquals": {"aws:PrincipalTag/x509Subject/CN": common_name},
        "ArnEquals": {"aws:SourceArn": anchor},
    }
    actions = [*_TAGGED, "sts:SetSourceIdentity"]
    return _trust("Certificates", {"Service": "rolesanywhere.amazonaws.com"}, actions, condition)


def of_saml(place: Place, provider: str) -> dict[str, Any]:
    """Return the trust in a SAML identity provider. The audience is the Region's sign-in address."""
    domain = "amazonaws.cn" if place.partition == "aws-cn" else "aws.amazon.com"
    audience = f"https://{place.region}.signin.{domain}/saml"
    condition = {"StringEquals": {"SAML:aud": audience}}
    return _trust("Federation", {"Federated": provider}, "sts:AssumeRoleWithSAML", condition)


def of_github(place: Place, repository: str, branch: str) -> dict[str, Any]:
    """Return the trust in one branch of one repository of GitHub Actions."""
    return of_oidc(place, GITHUB, GITHUB_AUDIENCE, f"repo:{repository}:ref:refs/heads/{branch}")


def of_oidc(place: Place, issuer: str, audience: str, subject: str) -> dict[str, Any]:
    """Return the trust in one subject of an OpenID Connect issuer."""
    provider = f"arn:{place.partition}:iam::{place.account}:oidc-provider/{issuer}"
    condition = {"StringEquals": {f"{issuer}:aud": audience, f"{issuer}:sub": subject}}
    return _trust("Federation", {"Federated": provider}, "sts:AssumeRoleWithWebIdentity", condition)


def may_assume(role: str) -> dict[str, Any]:
    """Return what the other side's people or programs need: to assume exactly this role."""
    return document({"Sid": "AssumeTheirRole", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role})


def _trust(
    sid: str, principal: dict[str, str], action: str | list[str], condition: dict[str, dict[str, str]]
) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action}
    return document({**statement, "Condition": condition} if condition else statement)
