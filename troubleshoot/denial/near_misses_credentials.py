"""Near misses about who calls: credentials, tokens, signatures. AWS never came to ask what they may do."""

from typing import Final

from troubleshoot.denial.near_miss_kind import AHEAD, AROUND, Kind, kind

CREDENTIALS: Final[tuple[Kind, ...]] = (
    kind(
        "expired-token",
        "Your temporary credentials have expired",
        "Sign in again, for example with aws sso login, and repeat the call.",
        "expired|expire|session token not found|invalidgrant|error loading sso token",
        r"expiredtoken|requestexpired|security token included in the request is expired|provided token (?:has|is) "
        r"expired"
        r"|token (?:has )?(?:been )?expired and refresh failed|sso session .{0,80}expired|session has expired"
        r"|session token not found or invalid|invalidgrantexception|token is expired\. to refresh this sso"
        r"|error loading sso token|bearer token has expired",
    ),
    kind(
        "invalid-token",
        "AWS does not know these credentials",
        "Check which access key is in use, and whether it was deleted or made inactive.",
        "invalidclienttoken|security token|unrecognizedclient|invalidaccesskeyid|access key id you provided",
        r"invalidclienttokenid|unrecognizedclientexception|invalidaccesskeyid|access key id you provided does not exist"
        r"|security token included in the request is invalid",
    ),
    kind(
        "invalid-credentials",
        "AWS could not check these credentials",
        "Check the access key, the secret and the session token that the program uses, and that they belong together.",
        "authfailure|validate the provided",
        r"authfailure|not able to validate the provided access credentials",
    ),
    kind(
        "instance-metadata",
        "The machine got no credentials from its role",
        "Check that a role is attached to the instance or task, and that the metadata address can be reached.",
        "metadata|169.254.|imds",
        r"no ec2 imds role found|error retrieving (?:container )?(?:credentials from the instance profile )?metadata"
        r"|retrieve container metadata|metadataretrievalerror|credentials from ec2 instance metadata service"
        r"|http://169\.254\.(?:169\.254|170\.2)/",
    ),
    kind(
        "no-credentials",
        "The program found no AWS credentials",
        "Sign in, for example with aws sso login, or name the right profile; then repeat the call.",
        "credential|the config profile",
        r"unable to locate credentials|nocredential|no valid credential sources|could not load credentials from any"
        r"|unable to load (?:aws )?credentials from|missing credentials in config|missingcredentialserror"
        r"|sign request without credentials|partial credentials found"
        r"|the config profile (?:\(.{1,80}\) )?could not be found|failed to resolve aws credentials",
    ),
    kind(
        "mfa",
        "AWS did not accept the MFA code",
        "Use a fresh code of the right device, and name the device's serial number.",
        "multifactorauthentication failed|assumeroletokenprovidernotset|mfa one time pass",
        r"multifactorauthentication failed|assumeroletokenprovidernotset|invalid mfa one time pass",
        AROUND,
    ),
    kind(
        "clock",
        "The computer's clock is wrong",
        "Set the clock of the computer that makes the call, then try again.",
        "signature expired|signature not yet|requesttimetooskewed|requestinthefuture",
        r"signature expired: |signature not yet current|requesttimetooskewed|requestinthefuture",
        AHEAD,
    ),
    kind(
        "signature",
        "The signature of the request is wrong",
        "Check that the secret access key is the right one, and that the computer's clock is right.",
        "signature|headers present in the request",
        r"signaturedoesnotmatch|request signature we calculated|invalidsignatureexception"
        r"|incompletesignature|headers present in the request which were not signed",
        AHEAD,
    ),
    kind(
        "missing-token",
        "The request carried no credentials",
        "Sign the request, or check the address: a wrong path of an API gives the same answer.",
        "missing authentication token|missingauthenticationtoken",
        r"missing ?authentication ?token",
    ),
    kind(
        "presigned-url",
        "The presigned link can't be used any more",
        "Ask for a new link; whoever makes it needs the permission, and credentials that live long enough.",
        "request has expired|according to policy|query-string authentication|x-amz-expires",
        r"request has expired|invalid according to policy:|query-string authentication (?:version 4 )?requires"
        r"|x-amz-expires "
        r"must be",
        AHEAD,
    ),
    kind(
        "missing-date",
        "The request has no valid date",
        "Send a valid Date or x-amz-date header, or use an AWS SDK, which does it for you.",
        "x-amz-date",
        r"requires a valid date or x-amz-date",
        AHEAD,
    ),
)
