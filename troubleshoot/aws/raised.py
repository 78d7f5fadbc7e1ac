"""Whatever botocore raises, as an `AwsProblem`. Loaded at the first call, because botocore takes long to load.

The error codes are those of botocore's service models and of
https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    MetadataRetrievalError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
)
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.parsers import ResponseParserError

from troubleshoot.aws.errors import AwsProblem, ProblemKind, problem

_KIND_OF_CODE = {
    **dict.fromkeys(
        ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"),
        ProblemKind.ACCESS_DENIED,
    ),
    **dict.fromkeys(
        (
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "TooManyRequests",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "SlowDown",
        ),
        ProblemKind.THROTTLED,
    ),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "RequestExpired"), ProblemKind.EXPIRED),
    **dict.fromkeys(
        (
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "SignatureDoesNotMatch",
            "AuthFailure",
            "InvalidAccessKeyId",
            "MissingAuthenticationToken",
            "IncompleteSignature",
        ),
        ProblemKind.BAD_CREDENTIALS,
    ),
    **dict.fromkeys(
        (
            "NoSuchEntity",
            "AWSOrganizationsNotInUseException",
            "TargetNotFoundException",
            "ChildNotFoundException",
            "NoSuchBucket",
            "NoSuchBucketPolicy",
            "NotFoundException",
            "ResourceNotFoundException",
        ),
        ProblemKind.NOT_FOUND,
    ),
    "EntityAlreadyExists": ProblemKind.ALREADY_EXISTS,
    "DeleteConflict": ProblemKind.STILL_IN_USE,
    "ConcurrentModification": ProblemKind.CHANGING,
    "ConcurrentModificationException": ProblemKind.CHANGING,
    "LimitExceeded": ProblemKind.LIMIT,
    "UnmodifiableEntity": ProblemKind.PROTECTED,
    "PolicyNotAttachable": ProblemKind.PROTECTED,
    "MalformedPolicyDocument": ProblemKind.BAD_POLICY,
    **dict.fromkeys(
        (
            "InvalidAuthorizationMessageException",
            "InvalidInput",
            "InvalidInputException",
            "InvalidLookupAttributesException",
            "InvalidParameterException",
            "InvalidTimeRangeException",
            "UnprocessableEntityException",
            "ValidationError",
            "ValidationException",
        ),
        ProblemKind.BAD_REQUEST,
    ),
    "ServiceFailure": ProblemKind.AWS_FAILED,
    "InternalFailure": ProblemKind.AWS_FAILED,
    "PolicyEvaluation": ProblemKind.AWS_FAILED,
    "ServiceUnavailable": ProblemKind.AWS_FAILED,
    "PolicyTypeNotEnabledException": ProblemKind.NOT_FOUND,
    "RegionDisabledException": ProblemKind.NOT_SUPPORTED,
    "UnsupportedAPIEndpointException": ProblemKind.NOT_SUPPORTED,
    "UnknownOperationException": ProblemKind.NOT_SUPPORTED,
    "InvalidAction": ProblemKind.NOT_SUPPORTED,
    "OperationNotPermittedException": ProblemKind.NOT_SUPPORTED,
    "UnsupportedOperationException": ProblemKind.NOT_SUPPORTED,
}

_KIND_OF_STATUS = {
    403: ProblemKind.ACCESS_DENIED,
    404: ProblemKind.NOT_SUPPORTED,
    408: ProblemKind.TIMED_OUT,
    429: ProblemKind.THROTTLED,
}

_CODE_IN_XML = re.compile(r"<Code>([A-Za-z.]{1,80})</Code>")


@contextmanager
def told(permission: str) -> Iterator[None]:
    """Turn whatever botocore raises inside into an `AwsProblem`; `permission` is the call's IAM action."""
    try:
        yield
    except ClientError as error:
        raise _of_answer(error, permission) from None
    except BotoCoreError as error:
        raise problem(_kind_without_answer(error), permission) from None
    except (ResponseParserError, ValueError, LookupError, TypeError, AttributeError):
        # botocore's parsers meet a broken body with whatever Python raises there.
        raise problem(ProblemKind.BAD_ANSWER, permission) from None


def _of_answer(error: ClientError, permission: str) -> AwsProblem:
    if error.operation_name == "AssumeRole":  # the sign-in that botocore does before the call itself
        permission = "sts:AssumeRole"
    details = error.response.get("Error", {})
    code = str(details.get("Code", ""))
    if code.isdigit() or not code:
        # Some endpoints answer a JSON call with an XML error; botocore then shows the status as its code.
        found = _CODE_IN_XML.search(str(details.get("Message", "")))
        code = found[1] if found else code
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    kind = _KIND_OF_CODE.get(code) or _KIND_OF_STATUS.get(status)
    if kind is None:
        kind = ProblemKind.AWS_FAILED if status >= 500 else ProblemKind.OTHER
    return problem(kind, permission, code=code)


_KIND_OF_EXCEPTION: tuple[tuple[type[BotoCoreError], ProblemKind], ...] = (
    (ReadTimeoutError, ProblemKind.TIMED_OUT),
    (NoConnectionError, ProblemKind.UNREACHABLE),  # refused, no such name, no TLS, no proxy, too slow to connect
    (HTTPClientError, ProblemKind.UNREACHABLE),
    (IncompleteReadError, ProblemKind.UNREACHABLE),
    (NoCredentialsError, ProblemKind.NO_CREDENTIALS),
    (PartialCredentialsError, ProblemKind.NO_CREDENTIALS),
    (ProfileNotFound, ProblemKind.NO_CREDENTIALS),
    (CredentialRetrievalError, ProblemKind.NO_CREDENTIALS),
    (MetadataRetrievalError, ProblemKind.NO_CREDENTIALS),
    (ParamValidationError, ProblemKind.BAD_REQUEST),
)


def _kind_without_answer(error: BotoCoreError) -> ProblemKind:
    return next((kind for type_, kind in _KIND_OF_EXCEPTION if isinstance(error, type_)), ProblemKind.OTHER)
