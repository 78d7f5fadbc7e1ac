"""Near misses of AWS itself: requests, quotas, accounts and settings that no IAM policy opens."""

from typing import Final

from troubleshoot.denial.near_miss_kind import AHEAD, AROUND, Kind, kind

AWS: Final[tuple[Kind, ...]] = (
    kind(
        "throttling",
        "AWS asks for fewer requests",
        "Wait and try again more slowly; if it stays, ask for a higher quota.",
        "throttl|too many requests|rate exceeded|request rate|slowdown|requestlimitexceeded|provisionedthroughput",
        r"throttl(?:ed|ing)|too ?many ?requests|rate exceeded|request rate is too high|\bslowdown\b"
        r"|requestlimitexceeded"
        r"|provisionedthroughputexceeded",
    ),
    kind(
        "validation",
        "AWS found a mistake in the request",
        "Correct the value that the message names; permissions are not the reason.",
        "validation|invalidparameter|malformed|invalid data location|badrequest|invalidinput",
        r"validationexception|validationerror|invalidparameter\w+|malformedpolicy\w*|invalid data location"
        r"|invalidinputexception",
    ),
    kind(
        "validation",
        "AWS could not read this ciphertext",
        "Check that the data was encrypted with this key and came whole; permissions are not the reason.",
        "invalidciphertext",
        r"invalidciphertextexception",
        AROUND,
    ),
    kind(
        "not-offered",
        "This Region does not offer the operation",
        "Use a Region where the service offers it, or correct the name of the operation.",
        "unable to determine service",
        r"unable to determine service/operation name",
        AROUND,
    ),
    kind(
        "email-identity",
        "Amazon SES does not know this sender or recipient",
        "Verify the address or its domain in SES, in the same Region, or ask to leave the sandbox.",
        "address is not verified|failed the check in region",
        r"email address is not verified|identities failed the check in region",
        AROUND,
    ),
    kind(
        "cloudwatch-role",
        "API Gateway has no role to write its logs with",
        "Set the CloudWatch logs role in API Gateway's account settings, in this Region.",
        "cloudwatch logs role",
        r"cloudwatch logs role arn must be set",
        AHEAD,
    ),
    kind(
        "dry-run",
        "The call would have been allowed",
        "Run it again without the dry run; the permissions are there.",
        "dryrunoperation|request would have succeeded",
        r"dryrunoperation|request would have succeeded, but dryrun",
    ),
    kind(
        "protected",
        "The stack is protected from being deleted",
        "Ask whoever owns the stack to turn its termination protection off first.",
        "termination protection",
        r"termination protection is enabled",
        AHEAD,
    ),
    kind(
        "acl-off",
        "The bucket takes no ACLs",
        "Leave the ACL out of the request, or turn ACLs on in the bucket's object ownership.",
        "accesscontrollistnotsupported|does not allow acls",
        r"accesscontrollistnotsupported|bucket does not allow acls",
    ),
    kind(
        "limit",
        "A quota is used up",
        "Remove what is not needed, wait until running jobs end, or ask for a higher quota.",
        "limitexceeded|quotaexceeded|servicequota",
        r"limitexceeded\w*|(?:service)?quotaexceeded\w*",
    ),
    kind(
        "not-found",
        "The thing asked for does not exist there",
        "Check its name, the Region and the account.",
        "nosuch|notfound|does not have the specified index",
        r"nosuch(?:key|bucket|entity|hostedzone|upload)\w*|\w*notfound(?:exception)?\b|does not have the specified "
        r"index",
    ),
    kind(
        "opt-in",
        "The account is not subscribed to this service or Region",
        "Ask whoever runs the account to subscribe or to turn the Region on.",
        "optinrequired|not subscribed|marketplace product|subscriptionrequired|needs a subscription",
        r"optinrequired|subscriptionrequiredexception|not subscribed to this service|needs a subscription for the "
        r"service|marketplace product you need to accept",
        AHEAD,
    ),
    kind(
        "region-disabled",
        "This Region or endpoint is turned off for the account",
        "Use another Region, or ask whoever runs the account to turn this one on.",
        "endpointdisabled|regiondisabled|region is disabled|is not enabled in|is disabled in this region|endpoint is "
        "disabled",
        r"endpointdisabled|regiondisabled\w*|region is disabled|sts is not activated in this region|endpoint is "
        r"disabled",
        AHEAD,
    ),
    kind(
        "policy-type",
        "This policy type is not turned on in the organization",
        "Ask whoever runs the organization to enable it; this is a setting, not a permission.",
        "policytypenotenabled|organizationsnotinuse",
        r"policytypenotenabledexception|awsorganizationsnotinuseexception",
    ),
    kind(
        "model-access",
        "Access to this Bedrock model was not granted to the account",
        "Ask for the model under Model access in the Bedrock console; IAM alone does not open it.",
        "model|account is not",
        r"(?:don't|do not) have access to the model|model access is denied|models? .{0,60}on amazon bedrock"
        r"|is not available for this account|account is not authorized to invoke this api operation|agreement to "
        r"this model|access to \w+ models is not allowed|model use case "
        r"details have not been submitted",
        AHEAD,
    ),
    kind(
        "lake-formation",
        "Lake Formation has not granted this table or database",
        "Ask the data lake administrator for a Lake Formation grant; an IAM policy does not give it.",
        "lake formation|lakeformation",
        r"insufficient lake ?formation permission|(?:required|missing) lake formation"
        r"|requester is not authorized to access requested permissions",
        AHEAD,
    ),
    kind(
        "account-hold",
        "The AWS account itself is on hold",
        "Ask whoever runs the account to look at its billing and verification, or to contact AWS Support.",
        "account is |account has |account was |account must |account currently|account have|all access|allaccess"
        "|pendingverification|hold on your|has a hold|your account|suspended",
        r"allaccessdisabled|account (?:is|has been|was) (?:currently )?(?:pending verification|on hold|suspended"
        r"|blocked|closed|being "
        r"verified|deactivated|disabled|not verified)"
        r"|account must be verified|all access to this object has been disabled|pendingverification"
        r"|account (?:currently )?(?:has|have) .{0,30}(?:blocked|hold)|hold on your account|account has a hold"
        r"|locked your account|temporarily (?:is )?suspended|account currently does not support|account \d+ has a hold",
        AHEAD,
    ),
    kind(
        "identity-center",
        "IAM Identity Center has not assigned this role to you",
        "Ask whoever runs IAM Identity Center to assign the permission set in that account to you.",
        "no access|getrolecredentials",
        r"getrolecredentials operation: no access|forbiddenexception: no access",
        AHEAD,
    ),
    kind(
        "identity-provider",
        "AWS does not accept the identity provider's token",
        "Check the identity provider in IAM: its address, its audience, and whether AWS can reach it.",
        "invalididentitytoken|idpcommunication|idprejected|no openidconnect",
        r"invalididentitytoken|idpcommunicationerror|idprejectedclaim|no openidconnect provider found",
    ),
    kind(
        "key-state",
        "The KMS key can't be used in its state",
        "Ask whoever owns the key to enable it or to stop its deletion.",
        "kmsinvalidstate|disabledexception|pending deletion",
        r"kmsinvalidstate\w*|\bdisabledexception|is pending deletion",
    ),
    kind(
        "application",
        "The application's own authorizer refused, not IAM",
        "Ask the people who run that API; its own rules decide.",
        'not authorized to make this call|not authorized to access|unauthorizedexception|"unauthorized"|"forbidden"'
        "|missing_scope|odoo.exceptions|access is denied",
        r"not authorized to make this call|not authorized to access \w+ on type|\"message\" ?: ?\"(?:unauthorized"
        r"|forbidden)\"|\"missing_scope\"|odoo\.exceptions\.accessdenied"
        r"|accessdeniedexception: access is denied",
        AHEAD,
    ),
    kind(
        "application",
        "The application's own authorizer refused, not IAM",
        "Ask the people who run that API; its own rules decide.",
        "not authorized to access|not authorized to perform this|user is not authorized",
        r"is not authorized to access (?:this resource|asset)|you are not authorized to perform this operation"
        r"|\"message\" ?: ?\"user is not authorized",
    ),
)
