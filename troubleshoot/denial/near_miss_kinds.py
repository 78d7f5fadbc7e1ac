"""The kinds of text that look like a denial and are none, each with what to do instead, as a table."""

import re
from dataclasses import dataclass
from typing import Final

from troubleshoot.denial.reading import NearMiss


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of near miss: the words to look for first, the pattern, and what to tell.

    A mere "access denied" that stands at most `before` characters ahead of it, or `behind` characters after it,
    belongs to it and is no denial.
    """

    near_miss: NearMiss
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    before: int = 0
    behind: int = 0


_AHEAD: Final = (300, 80)
_AROUND: Final = (400, 400)


def _kind(code: str, title: str, advice: str, words: str, pattern: str, takes: tuple[int, int] = (0, 0)) -> Kind:
    return Kind(NearMiss(code, title, advice), tuple(words.split("|")), re.compile(pattern), *takes)


KINDS: Final = (
    _kind(
        "expired-token",
        "Your temporary credentials have expired",
        "Sign in again, for example with aws sso login, and repeat the call.",
        "expired|expire|session token not found|invalidgrant",
        r"expiredtoken|requestexpired|security token included in the request is expired|provided token (?:has|is) "
        r"expired"
        r"|token (?:has )?(?:been )?expired and refresh failed|sso session .{0,80}expired|session has expired"
        r"|session token not found or invalid|invalidgrantexception",
    ),
    _kind(
        "invalid-token",
        "AWS does not know these credentials",
        "Check which access key is in use, and whether it was deleted or made inactive.",
        "invalidclienttoken|security token|unrecognizedclient|invalidaccesskeyid|access key id you provided",
        r"invalidclienttokenid|unrecognizedclientexception|invalidaccesskeyid|access key id you provided does not exist"
        r"|security token included in the request is invalid",
    ),
    _kind(
        "invalid-credentials",
        "AWS could not check these credentials",
        "Check the access key, the secret and the session token that the program uses, and that they belong together.",
        "authfailure|validate the provided|unable to locate credentials|nocredential|no valid credential",
        r"authfailure|not able to validate the provided access credentials|unable to locate credentials"
        r"|nocredentialproviders|no valid credential sources",
    ),
    _kind(
        "signature",
        "The signature of the request is wrong",
        "Check that the secret access key is the right one, and that the computer's clock is right.",
        "signature|requesttimetooskewed|headers present in the request",
        r"signaturedoesnotmatch|request signature we calculated|signature expired|invalidsignatureexception"
        r"|incompletesignature|requesttimetooskewed|headers present in the request which were not signed",
        _AHEAD,
    ),
    _kind(
        "missing-token",
        "The request carried no credentials",
        "Sign the request, or check the address: a wrong path of an API gives the same answer.",
        "missing authentication token|missingauthenticationtoken",
        r"missing ?authentication ?token",
    ),
    _kind(
        "presigned-url",
        "The presigned link can't be used any more",
        "Ask for a new link; whoever makes it needs the permission, and credentials that live long enough.",
        "request has expired|according to policy|query-string authentication|x-amz-expires",
        r"request has expired|invalid according to policy:|query-string authentication (?:version 4 )?requires"
        r"|x-amz-expires "
        r"must be",
        _AHEAD,
    ),
    _kind(
        "missing-date",
        "The request has no valid date",
        "Send a valid Date or x-amz-date header, or use an AWS SDK, which does it for you.",
        "x-amz-date",
        r"requires a valid date or x-amz-date",
        _AHEAD,
    ),
    _kind(
        "throttling",
        "AWS asks for fewer requests",
        "Wait and try again more slowly; if it stays, ask for a higher quota.",
        "throttl|too many requests|rate exceeded|request rate|slowdown|requestlimitexceeded|provisionedthroughput",
        r"throttl(?:ed|ing)|too ?many ?requests|rate exceeded|request rate is too high|\bslowdown\b"
        r"|requestlimitexceeded"
        r"|provisionedthroughputexceeded",
    ),
    _kind(
        "validation",
        "AWS found a mistake in the request",
        "Correct the value that the message names; permissions are not the reason.",
        "validation|invalidparameter|malformed|invalid data location|badrequest|invalidinput",
        r"validationexception|validationerror|invalidparameter\w+|malformedpolicy\w*|invalid data location"
        r"|invalidinputexception",
    ),
    _kind(
        "validation",
        "AWS could not read this ciphertext",
        "Check that the data was encrypted with this key and came whole; permissions are not the reason.",
        "invalidciphertext",
        r"invalidciphertextexception",
        _AROUND,
    ),
    _kind(
        "not-offered",
        "This Region does not offer the operation",
        "Use a Region where the service offers it, or correct the name of the operation.",
        "unable to determine service",
        r"unable to determine service/operation name",
        _AROUND,
    ),
    _kind(
        "email-identity",
        "Amazon SES does not know this sender or recipient",
        "Verify the address or its domain in SES, in the same Region, or ask to leave the sandbox.",
        "address is not verified|failed the check in region",
        r"email address is not verified|identities failed the check in region",
        _AROUND,
    ),
    _kind(
        "cloudwatch-role",
        "API Gateway has no role to write its logs with",
        "Set the CloudWatch logs role in API Gateway's account settings, in this Region.",
        "cloudwatch logs role",
        r"cloudwatch logs role arn must be set",
        _AHEAD,
    ),
    _kind(
        "dry-run",
        "The call would have been allowed",
        "Run it again without the dry run; the permissions are there.",
        "dryrunoperation|request would have succeeded",
        r"dryrunoperation|request would have succeeded, but dryrun",
    ),
    _kind(
        "acl-off",
        "The bucket takes no ACLs",
        "Leave the ACL out of the request, or turn ACLs on in the bucket's object ownership.",
        "accesscontrollistnotsupported|does not allow acls",
        r"accesscontrollistnotsupported|bucket does not allow acls",
    ),
    _kind(
        "limit",
        "A quota is used up",
        "Remove what is not needed, wait until running jobs end, or ask for a higher quota.",
        "limitexceeded|quotaexceeded|servicequota",
        r"limitexceeded\w*|(?:service)?quotaexceeded\w*",
    ),
    _kind(
        "not-found",
        "The thing asked for does not exist there",
        "Check its name, the Region and the account.",
        "nosuch|notfound|does not have the specified index",
        r"nosuch(?:key|bucket|entity|hostedzone|upload)\w*|\w*notfound(?:exception)?\b|does not have the specified "
        r"index",
    ),
    _kind(
        "opt-in",
        "The account is not subscribed to this service or Region",
        "Ask whoever runs the account to subscribe or to turn the Region on.",
        "optinrequired|not subscribed|marketplace product|subscriptionrequired|needs a subscription",
        r"optinrequired|subscriptionrequiredexception|not subscribed to this service|needs a subscription for the "
        r"service",
        _AHEAD,
    ),
    _kind(
        "region-disabled",
        "This Region or endpoint is turned off for the account",
        "Use another Region, or ask whoever runs the account to turn this one on.",
        "endpointdisabled|regiondisabled|region is disabled|is not enabled in|is disabled in this region|endpoint is "
        "disabled",
        r"endpointdisabled|regiondisabled\w*|region is disabled|sts is not activated in this region|endpoint is "
        r"disabled",
        _AHEAD,
    ),
    _kind(
        "policy-type",
        "This policy type is not turned on in the organization",
        "Ask whoever runs the organization to enable it; this is a setting, not a permission.",
        "policytypenotenabled|organizationsnotinuse",
        r"policytypenotenabledexception|awsorganizationsnotinuseexception",
    ),
    _kind(
        "model-access",
        "Access to this Bedrock model was not granted to the account",
        "Ask for the model under Model access in the Bedrock console; IAM alone does not open it.",
        "model|account is not",
        r"(?:don't|do not) have access to the model|model access is denied|models? .{0,60}on amazon bedrock"
        r"|is not available for this account|account is not authorized to invoke this api operation|agreement to "
        r"this model|access to \w+ models is not allowed|model use case "
        r"details have not been submitted",
        _AHEAD,
    ),
    _kind(
        "lake-formation",
        "Lake Formation has not granted this table or database",
        "Ask the data lake administrator for a Lake Formation grant; an IAM policy does not give it.",
        "lake formation|lakeformation",
        r"insufficient lake ?formation permission|(?:required|missing) lake formation",
        _AHEAD,
    ),
    _kind(
        "account-hold",
        "The AWS account itself is on hold",
        "Ask whoever runs the account to look at its billing and verification, or to contact AWS Support.",
        "account is |account has |account was |account must |account currently|account have|all access|allaccess"
        "|pendingverification|hold on your|has a hold|your account|suspended",
        r"allaccessdisabled|account (?:is|has been|was) (?:currently )?(?:on hold|suspended|blocked|closed|being "
        r"verified|deactivated|disabled|not verified)"
        r"|account must be verified|all access to this object has been disabled|pendingverification"
        r"|account (?:currently )?(?:has|have) .{0,30}(?:blocked|hold)|hold on your account|account has a hold"
        r"|locked your account|temporarily (?:is )?suspended|account currently does not support|account \d+ has a hold",
        _AHEAD,
    ),
    _kind(
        "identity-center",
        "IAM Identity Center has not assigned this role to you",
        "Ask whoever runs IAM Identity Center to assign the permission set in that account to you.",
        "no access|getrolecredentials",
        r"getrolecredentials operation: no access|forbiddenexception: no access",
        _AHEAD,
    ),
    _kind(
        "identity-provider",
        "AWS does not accept the identity provider's token",
        "Check the identity provider in IAM: its address, its audience, and whether AWS can reach it.",
        "invalididentitytoken|idpcommunication|idprejected|no openidconnect",
        r"invalididentitytoken|idpcommunicationerror|idprejectedclaim|no openidconnect provider found",
    ),
    _kind(
        "key-state",
        "The KMS key can't be used in its state",
        "Ask whoever owns the key to enable it or to stop its deletion.",
        "kmsinvalidstate|disabledexception|pending deletion",
        r"kmsinvalidstate\w*|\bdisabledexception|is pending deletion",
    ),
    _kind(
        "application",
        "The application's own authorizer refused, not IAM",
        "Ask the people who run that API; its own rules decide.",
        'not authorized to make this call|not authorized to access|unauthorizedexception|"unauthorized"|"forbidden"',
        r"not authorized to make this call|not authorized to access \w+ on type|\"message\" ?: ?\"(?:unauthorized"
        r"|forbidden)\"",
        _AHEAD,
    ),
    _kind(
        "sign-in",
        "A sign-in was refused",
        "Check the user name and the password, or reset it.",
        "incorrect username|access token has|password|refresh token|unauthenticated access",
        r"incorrect username or password|access token has been revoked|invalid refresh token|authentication failed"
        r"|unauthenticated access is not supported",
        _AHEAD,
    ),
    _kind(
        "kubernetes-rbac",
        "Kubernetes refused, not AWS",
        "Ask whoever runs the cluster for a Kubernetes role binding.",
        "forbidden|rbac|cannot ",
        r"is forbidden: user|cannot (?:get|list|watch|create|update|patch|delete|impersonate) resource",
        _AROUND,
    ),
    _kind(
        "kubernetes-sign-in",
        "Kubernetes does not know you",
        "Refresh your kubeconfig, or ask whoever runs the cluster to add your role to its access entries.",
        "logged in to the server|provide credentials",
        r"must be logged in to the server|server has asked for the client to provide credentials",
    ),
    _kind(
        "google-cloud",
        "This message is from Google Cloud",
        "Ask whoever runs that Google Cloud project; AWS permissions do not matter there.",
        "googleapis|gserviceaccount|iam_permission_denied|permission '|gcp|google|access to the|insufficient",
        r"googleapis?\b|gserviceaccount|iam_permission_denied|\bpermission '[a-z]+\.\w+\.\w+' denied|gcp-sa-"
        r"|does not have [a-z]+\.\w+\.\w+ access|missing or insufficient permissions|insufficient authentication scopes"
        r"|required '[a-z]+\.\w+\.\w+' permission",
        _AROUND,
    ),
    _kind(
        "azure",
        "This message is from Microsoft Azure",
        "Ask whoever runs that Azure subscription; AWS permissions do not matter there.",
        "authorizationfailed|microsoft.|azure|aadsts|authorizationpermission|this request is not authorized",
        r"authorizationfailed|perform action 'microsoft\.|aadsts\d|does not have authorization to perform action"
        r"|authorizationpermissionmismatch|this request is not authorized to perform this operation|'microsoft\.\w+/",
        _AROUND,
    ),
    _kind(
        "other-cloud",
        "This message is from another cloud",
        "Ask whoever runs your account there; AWS permissions do not matter.",
        "trn:|acs:|crn:|hrn:|authorized by ram"
        "|forbidden.ram|qcs:|tencent|aliyun|scaleway|os_compute|policy doesn't allow"
        "|oraclecloud"
        "|notauthorizedornotfound|ovh|huawei|yandex"
        "|digitalocean|backblaze|wasabi|minio|cloudflare|linode|hetzner|ibm|ceph|openstack|nopermission|requested "
        "action",
        r"authorized by ram|forbidden\.ram|nopermission\b.{0,80}\bram\b"
        r"|\b(?:qcs|trn|acs|crn|hrn):\w"
        r"|tencentcloud|aliyun|scaleway|policy "
        r"doesn't allow \w+(?::\w+)+ to be performed"
        r"|oraclecloud|notauthorizedornotfound|\bovh\b|huaweicloud|yandex ?cloud|digitalocean|backblaze|wasabi"
        r"|\bminio\b"
        r"|r2\.cloudflarestorage|linodeobjects|hetzner|ibm cloud|openstack|not authorized to perform the requested "
        r"action",
        _AROUND,
    ),
    _kind(
        "registry",
        "A container registry refused",
        "Sign in to the registry again, and check the image's name.",
        "requested access to the resource|no basic auth|authorization token has expired|authentication required|npm "
        "err",
        r"requested access to the resource is denied|no basic auth credentials|authorization token has expired"
        r"|unauthorized: authentication required|npm err! 403",
        _AROUND,
    ),
    _kind(
        "database",
        "A database refused, not IAM",
        "Check the database user, its password and its rights in the database.",
        "access denied for user|password authentication failed|permission denied for|insufficient privileges",
        r"access denied for user '|password authentication failed|permission denied for (?:table|relation|schema"
        r"|database)|ora-01031|insufficient privileges to operate on",
        _AROUND,
    ),
    _kind(
        "ssh",
        "A server or Git host refused the key",
        "Check which SSH key is offered, and that it is known there.",
        "permission denied (|permission to ",
        r"permission denied \((?:publickey|password|keyboard)|remote: permission to ",
        _AROUND,
    ),
    _kind(
        "files",
        "The computer's own file rights refused",
        "Check the owner and the rights of that file on this computer.",
        "permission denied|eacces|errno 13",
        r"(?:errno 13|eacces)[^\n]{0,40}permission denied|/[\w./-]+'?: permission denied|accesscontrolexception: "
        r"permission",
    ),
)
