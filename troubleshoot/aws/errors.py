"""What can go wrong between the portal and AWS, as one type with words. No exception of boto3 leaves the package.

`troubleshoot.aws.raised` makes them of what botocore raises.
"""

from dataclasses import dataclass
from enum import StrEnum

from troubleshoot.iam.snapshot import Missing


class ProblemKind(StrEnum):
    """What kind of problem it is. The values are stable: jobs and tests go by them."""

    ACCESS_DENIED = "access_denied"
    THROTTLED = "throttled"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"  # the portal's own session or token
    BAD_CREDENTIALS = "bad_credentials"
    NO_CREDENTIALS = "no_credentials"
    NOT_FOUND = "not_found"
    ALREADY_EXISTS = "already_exists"
    STILL_IN_USE = "still_in_use"
    CHANGING = "changing"  # somebody else changes the same object
    LIMIT = "limit"
    PROTECTED = "protected"  # an object that AWS itself manages
    BAD_POLICY = "bad_policy"
    BAD_REQUEST = "bad_request"
    AWS_FAILED = "aws_failed"
    BAD_ANSWER = "bad_answer"
    NOT_SUPPORTED = "not_supported"
    NOT_WRITABLE = "not_writable"
    OTHER = "other"


_RETRYABLE = frozenset(
    {
        ProblemKind.THROTTLED,
        ProblemKind.TIMED_OUT,
        ProblemKind.UNREACHABLE,
        ProblemKind.EXPIRED,
        ProblemKind.CHANGING,
        ProblemKind.AWS_FAILED,
        ProblemKind.BAD_ANSWER,
    }
)

# Problems of the whole connection: after one of them, the other calls of the same reading would only wait again.
CONNECTION_KINDS = frozenset(
    {
        ProblemKind.TIMED_OUT,
        ProblemKind.UNREACHABLE,
        ProblemKind.EXPIRED,
        ProblemKind.BAD_CREDENTIALS,
        ProblemKind.NO_CREDENTIALS,
    }
)

_WORDS = {
    ProblemKind.ACCESS_DENIED: "AWS refused the portal's role {call}. Allow {call} for that role.",
    ProblemKind.THROTTLED: "AWS is asked too often at the moment and put {call} off. Try again in a minute.",
    ProblemKind.TIMED_OUT: "AWS did not answer {call} in time. Try again in a minute.",
    ProblemKind.UNREACHABLE: "AWS could not be reached for {call}. Check the network of the portal, then try again.",
    ProblemKind.EXPIRED: "The portal's own AWS session has expired. Try again; it will sign in anew.",
    ProblemKind.BAD_CREDENTIALS: "AWS does not accept the portal's own credentials. An administrator must renew them.",
    ProblemKind.NO_CREDENTIALS: "The portal has no AWS credentials. An administrator must give it some.",
    ProblemKind.NOT_FOUND: "AWS knows no such object for {call}. It may have been deleted.",
    ProblemKind.ALREADY_EXISTS: "An object of this name with other content is there already. {call} changed nothing.",
    ProblemKind.STILL_IN_USE: "The policy is still attached somewhere, so AWS did not delete it. Detach it first.",
    ProblemKind.CHANGING: "Somebody else is changing the same object. Try again in a few minutes.",
    ProblemKind.LIMIT: "A quota of the AWS account is used up, so AWS refused {call}. Free some of it, or raise it.",
    ProblemKind.PROTECTED: "AWS manages this object itself and lets nobody change it here.",
    ProblemKind.BAD_POLICY: "AWS does not accept the policy document. Nothing was changed.",
    ProblemKind.BAD_REQUEST: "AWS did not accept the values that were sent with {call}. Nothing was changed.",
    ProblemKind.AWS_FAILED: "AWS failed inside while it worked on {call}. Try again in a minute.",
    ProblemKind.BAD_ANSWER: "AWS's answer to {call} could not be understood. Try again in a minute.",
    ProblemKind.NOT_SUPPORTED: "This AWS endpoint does not offer {call}.",
    ProblemKind.OTHER: "AWS refused {call} with the error {code}.",
}

# Neither a refusal nor an error of AWS's is known, so none is told.
_NO_ERROR_NAMED = "{call} did not succeed, and it is not known why. An administrator must look into it."


@dataclass(eq=False)
class AwsProblem(Exception):  # noqa: N818 - it is told to people as a problem, with what to do
    """One thing that AWS, or the way to it, did not do.

    `words` say what happened and what to do. `permission` is the IAM action of the call that met the problem;
    `code` AWS's own error code, where there is one. `retryable`: the same call may succeed later by itself.
    """

    kind: ProblemKind
    words: str
    permission: str | None = None
    retryable: bool = False
    code: str = ""

    def __str__(self) -> str:
        return self.words

    def missing(self) -> Missing:
        """Return the problem as a piece of a snapshot that could not be read."""
        helps = self.kind is ProblemKind.ACCESS_DENIED
        return Missing(self.words, self.permission if helps else None)


class NotWritable(AwsProblem):
    """The portal may not change this principal or policy. The words say which rule stands in the way."""

    def __init__(self, words: str) -> None:
        super().__init__(ProblemKind.NOT_WRITABLE, words)


def problem(kind: ProblemKind, permission: str | None, *, code: str = "") -> AwsProblem:
    """Return the problem of this kind, met in the call that needs `permission`."""
    template = _WORDS[kind] if code or kind is not ProblemKind.OTHER else _NO_ERROR_NAMED
    words = template.format(call=permission or "the call", code=code)
    return AwsProblem(kind, words, permission, kind in _RETRYABLE, code)
