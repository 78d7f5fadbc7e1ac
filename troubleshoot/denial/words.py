"""The words of AWS's messages, as tables. Sources: IAM User Guide, troubleshoot_access-denied (2026)."""

import re
from typing import Final

from troubleshoot.denial.reading import PolicyType

POLICY_WORDS: Final = {
    "identity-based": PolicyType.IDENTITY,
    "resource-based": PolicyType.RESOURCE,
    "permissions": PolicyType.BOUNDARY,
    "permission": PolicyType.BOUNDARY,
    "session": PolicyType.SESSION,
    "service": PolicyType.SCP,
    "resource": PolicyType.RCP,
    "vpc": PolicyType.VPC_ENDPOINT,
    "role": PolicyType.TRUST,
    "trust": PolicyType.TRUST,
}
"""The first word of each policy type's name in a message."""

POLICY: Final = (
    r"(?:identity[- ]based polic(?:y|ies)|resource[- ]based polic(?:y|ies)|permissions? boundary|session polic(?:y|ies)"
    r"|service control polic(?:y|ies)|resource control polic(?:y|ies)|vpc endpoint polic(?:y|ies)"
    r"|(?:role )?trust polic(?:y|ies))"
)
"""The names of the policy types, as a pattern. A permissions boundary goes without the word policy."""

_KNOWN: Final = """
user is not authorized to perform on resource with an explicit deny in a the because no identity-based resource-based
permissions boundary session service control policy policies endpoint vpc role trust allows allow action this you are
operation encoded authorization failure message messages error occurred when calling anonymous for given table access
associated ciphertext go complete details or call following id getrequestauthorizationdetails api transitively through
accessdenied accessdeniedexception unauthorizedoperation unauthorizedtaggingoperation authorizationerror
authorizationerrorexception accessdeniedexceptionkms access_denied client_error validationerror errorcode errormessage
request code status does have refers customer master key that exist region allowed denied cannot be assumed by based
explicitly denies requestid hostid extended awslambda null proxy handlererrorcode requesttoken encountered
"""
VOCABULARY: Final = frozenset(_KNOWN.split())
"""Words that a hard line break may have cut in two: such halves are put together again."""

CODE: Final = (
    r"(?:(?:Client|KMS)\.[\n\x0b]?)?(?:KMS)?AccessDenied(?:Exception|Error)?|(?:Client\.[\n\x0b]?)?UnauthorizedOperation"
    r"|AuthorizationError(?:Exception)?"
    r"|NotAuthorized(?:Exception)?|UnauthorizedException|ACCESS_DENIED|CLIENT_ERROR|UnauthorizedTaggingOperation"
    r"|ForbiddenException"
)
"""Error codes that a denial may bear."""

SERVICE_PREFIXES: Final = {
    "cloudwatch": "cloudwatch",
    "cloudwatch logs": "logs",
    "dynamodb": "dynamodb",
    "ec2": "ec2",
    "ecr": "ecr",
    "kinesis": "kinesis",
    "kms": "kms",
    "lambda": "lambda",
    "mq": "mq",
    "personalize": "personalize",
    "s3": "s3",
    "secrets manager": "secretsmanager",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "sqs": "sqs",
    "sts": "sts",
    "kafka": "kafka",
    "msk": "kafka",
}
"""The IAM prefix of a service named in a sentence ("permissions to call ReceiveMessage on SQS")."""

_SIGN: Final = re.compile(
    r"arn:aws|amazon|\baws\b|accessdenied|boto|\b\d{12}\b|encoded authori[sz]ation|explicit deny"
    r"|unauthorizedoperation|operation error|api error|when calling|\bapi: [a-z0-9-]+:\w|\bec2\b"
)


def bears_sign(low: str) -> bool:
    """Say whether the text (in lower case) holds what only AWS's own messages do.

    Without it a refusal that names neither an action nor an ARN may be any program's.
    """
    return "arn:aws" in low or _SIGN.search(low) is not None


_PROSE: Final = """
a after all an and any anybody anyone are as at be before both but by can could did do does error for from had has have
here hi how i if in into is it just later may me my no none not now of off on once only or our out please since so some
still that the their them then there these they this those to too try under until us was we were what when where which
while who why will with work works would you your
"""
PROSE: Final = frozenset(_PROSE.split())
"""Words that people go on with: at the start of a line they are no rest of a name that the line before began."""
