"""What people type into the guides, checked: one shape for each kind of field. Pure.

A check returns the value as it is kept, or raises `ValueError` with words for the field. `known` holds the fields
that were typed earlier, so that an account can be told from one's own; also `kind`, the kind of resource in ARNs
that an earlier answer tells.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from troubleshoot.denial import redact
from troubleshoot.iam.arn import account_of, is_account_id, parse_arn
from troubleshoot.iam.catalog import resource_types
from troubleshoot.iam.document import PolicyError, parse_policy

Known = Mapping[str, str]
Check = Callable[[str, Known], str]

LONGEST_LINE = 2048
LONGEST_TEXT = 64 * 1024
MOST_LINES = 10
REGIONS = (
    "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
    "eu-central-1", "eu-west-1", "us-east-1", "us-east-2", "us-west-2", "cn-north-1",
)  # fmt: skip
"""Where Amazon Personalize has endpoints, by botocore's endpoint data."""

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,575}", re.ASCII)
_USER_OR_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:(user|role)/[\w+=,.@/-]{1,575}", re.ASCII)
_SESSION = re.compile(r"arn:aws[a-z-]*:sts::\d{12}:(assumed-role|federated-user)/[\w+=,.@/-]+", re.ASCII)
_ROLE_NAME = re.compile(r"(?:role/)?(?P<name>[\w+=,.@/-]{1,575})", re.ASCII)
_BUCKET = re.compile(r"(?!xn--)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]{1,64}")
_PREFIX = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,61}")
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}")
_ENTITY = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_ORG = re.compile(r"o-[a-z0-9]{10,32}")
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[\w./-]+)?", re.ASCII)
_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[\w.-]{1,100}", re.ASCII)
_BRANCH = re.compile(r"[\w./-]{1,200}", re.ASCII)
_SAML = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:saml-provider/[\w._-]{1,128}", re.ASCII)
_TAG = re.compile(r"[\w .:/=+@-]{1,128}", re.ASCII)
_POLICY = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:policy/[\w+=,.@/-]{1,640}", re.ASCII)
_APPLICATION = re.compile(r"arn:aws[a-z-]*:account-access:[a-z0-9-]+:\d{12}:application/[\w-]{1,64}", re.ASCII)
_ANCHOR = re.compile(r"arn:aws[a-z-]*:rolesanywhere:[a-z0-9-]+:\d{12}:trust-anchor/[\w-]{1,64}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def clean(shape: str, value: str, known: Known, *, optional: bool = False) -> str:
    """Return a typed value as it is kept. `ValueError` with words where it is not what was asked for."""
    value = value.strip()
    if not value:
        if optional:
            return ""
        raise ValueError("Type an answer, or choose that you don’t know where the page offers it.")
    if "\x00" in value:
        raise ValueError("This text holds a character that cannot be read. Type it again.")
    if len(value) > (LONGEST_TEXT if shape in LONG else LONGEST_LINE):
        raise ValueError("This text is too long. Type or paste only what was asked for.")
    if holds_secret(value):
        raise ValueError("This looks like a secret, so it was not kept. Make that secret invalid, and use a new one.")
    return SHAPES[shape](value, known)


def holds_secret(value: str) -> bool:
    """Tell whether the text holds something that nobody should type here: a secret key, a token, a password."""
    return bool(redact(value).removed)


def _shaped(expression: re.Pattern[str], words: str) -> Check:
    def check(value: str, _known: Known) -> str:
        if not expression.fullmatch(value):
            raise ValueError(words)
        return value

    return check


def _day(value: str, _known: Known) -> str:
    """Take a day of the calendar that another day follows: access ends at the midnight between the two."""
    try:
        fits = _DAY.fullmatch(value) is not None and date.fromisoformat(value) < date.max
    except ValueError:
        fits = False
    if not fits:
        raise ValueError("Write the day as year-month-day, such as 2027-01-31.")
    return value


def _own_role(value: str, known: Known) -> str:
    """Take a role's ARN; or its name, with or without a path, where an earlier answer tells the account."""
    if _ROLE.fullmatch(value):
        return value
    name = _ROLE_NAME.fullmatch(value)
    home = _home(known)
    if home is None or name is None or name["name"].strip("/") == "":
        raise ValueError("Write the role’s ARN with its path: arn:aws:iam::123456789012:role/path/name.")
    partition, account = home
    return f"arn:{partition}:iam::{account}:role/{name['name'].strip('/')}"


def _home(known: Known) -> tuple[str, str] | None:
    """Return the partition and the account that earlier answers tell: of who passes the role, or typed as such."""
    caller = parse_arn(known.get("caller", ""))
    if caller is not None and caller.account:
        return caller.partition, caller.account
    account = known.get("account")
    if account is None:
        return None
    return ("aws-cn" if known.get("region", "").startswith("cn-") else "aws"), account


def _account(value: str, _known: Known) -> str:
    digits = value.replace("-", "").replace(" ", "")
    if not is_account_id(digits):
        raise ValueError(f"An account number has 12 digits. This one has {sum(map(str.isdigit, digits))}.")
    return digits


def _other_account(value: str, known: Known) -> str:
    account = _account(value, known)
    if account == known.get("account"):
        raise ValueError("This is your own account. Write the number of the other one.")
    return account


def _other_principal(value: str, known: Known) -> str:
    if "*" in value:
        raise ValueError("A wildcard would let everybody in. Write one account, or the ARN of one role.")
    if not value.startswith("arn:"):
        return _other_account(value, known)
    if not _ROLE.fullmatch(value):
        raise ValueError("Write the 12 digits of an account, or a role’s ARN: arn:aws:iam::111122223333:role/name.")
    _other_account(account_of(value) or "", known)
    return value


def _principal(value: str, _known: Known) -> str:
    if "*" in value:
        raise ValueError("A wildcard names nobody. Write the ARN of one user or role.")
    if not (_USER_OR_ROLE.fullmatch(value) or _SESSION.fullmatch(value)):
        raise ValueError("Write the ARN of a user, a role or a session, such as arn:aws:iam::123456789012:user/name.")
    return value


def _holder(value: str, _known: Known) -> str:
    if not _USER_OR_ROLE.fullmatch(value):
        raise ValueError("Write the ARN of one user or role, such as arn:aws:iam::123456789012:user/name.")
    return value


def _region(value: str, _known: Known) -> str:
    if value.lower() not in REGIONS:
        raise ValueError("Amazon Personalize has no such Region. Write a name such as us-east-1.")
    return value.lower()


def _resource(value: str, known: Known) -> str:
    """Take an ARN; or the bare name of a Personalize resource, where its kind, account and Region are known."""
    if value == "*" or parse_arn(value) is not None:
        return value
    home, kind, region = _home(known), known.get("kind"), known.get("region")
    if home and kind and region and _NAME.fullmatch(value):
        return f"arn:{home[0]}:personalize:{region}:{home[1]}:{kind}/{value}"
    raise ValueError("Write an ARN with its six parts, or * where the action takes no resource.")


def _own_resources(value: str, known: Known) -> str:
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise ValueError(f"Write {MOST_LINES} ARNs at most, one on each line.")
    return "\n".join(dict.fromkeys(_own_resource(line, known) for line in lines))


def _own_resource(line: str, known: Known) -> str:
    if "*" in line or "?" in line or "$" in line:
        raise ValueError("Name each resource in full, without wildcards. To cover many, go back and choose a prefix.")
    if not any(kind.fits(line) for kind in resource_types("personalize")):
        raise ValueError(f"`{line[:80]}` is no ARN of a Personalize resource. Write one on each line.")
    if account_of(line) not in (None, known.get("account")):
        raise ValueError(f"`{line[:80]}` belongs to another account than yours.")
    return line


def _external_id(value: str, known: Known) -> str:
    if len(value) < 2:
        raise ValueError("An external ID has at least 2 characters, and a good one is long and random.")
    if not _EXTERNAL_ID.fullmatch(value):
        raise ValueError("An external ID may hold letters, digits and + = , . @ : / - only, up to 1,224 of them.")
    if value in (known.get("account"), known.get("other")):
        raise ValueError("An account number can be guessed. Ask the third party for a random external ID.")
    return value


def _issuer(value: str, _known: Known) -> str:
    host = value.removeprefix("https://").rstrip("/")
    if not _HOST.fullmatch(host):
        raise ValueError("Write the issuer’s address without a query, such as id.example.com/tenant.")
    if host == "tokens.actions.githubusercontent.com":
        raise ValueError("GitHub’s issuer is token.actions.githubusercontent.com, without the s.")
    return host


def _claim(value: str, _known: Known) -> str:
    if "*" in value or "?" in value:
        raise ValueError("Write the exact value. A wildcard would let more identities in than you mean.")
    if len(value) > 255 or not value.isprintable():
        raise ValueError("Write the claim’s value on one line, up to 255 characters.")
    return value


def _trust_policy(value: str, _known: Known) -> str:
    try:
        policy = parse_policy(value, name="the pasted policy")
    except PolicyError as error:
        raise ValueError(f"This is no policy document. Line {error.line}: {error.message}.") from None
    if all(statement.principal is None for statement in policy.statements):
        raise ValueError("A trust policy says in `Principal` who is trusted. This document names nobody.")
    return value


SHAPES: Mapping[str, Check] = {
    "role": _own_role,
    "principal": _principal,
    "holder": _holder,
    "account": _account,
    "other-account": _other_account,
    "other-principal": _other_principal,
    "region": _region,
    "resource": _resource,
    "own-resources": _own_resources,
    "external-id": _external_id,
    "issuer": _issuer,
    "claim": _claim,
    "trust-policy": _trust_policy,
    "bucket": _shaped(_BUCKET, "Write the bucket’s name only, such as retail-personalize-data."),
    "key": _shaped(_KEY, "Write the key’s ARN: arn:aws:kms:us-east-1:123456789012:key/… . An alias does not do."),
    "prefix": _shaped(_PREFIX, "A prefix has letters, digits, - and _ only, such as retail-."),
    "entity": _shaped(_ENTITY, "A name has up to 64 letters, digits and + = , . @ _ - ."),
    "organization": _shaped(_ORG, "An organization’s ID begins with o- and has at least 10 more characters."),
    "repository": _shaped(_REPO, "Write organization, slash, repository, such as example-org/recommender."),
    "branch": _shaped(_BRANCH, "Write the name of one branch, without wildcards, such as main."),
    "saml": _shaped(_SAML, "Write the provider’s ARN: arn:aws:iam::123456789012:saml-provider/name."),
    "tag": _shaped(_TAG, "A tag has up to 128 letters, digits, spaces and . : / = + @ _ - ."),
    "policy": _shaped(_POLICY, "Write the policy’s ARN: arn:aws:iam::123456789012:policy/name."),
    "access-application": _shaped(
        _APPLICATION, "Write its ARN: arn:aws:account-access:us-east-1:123456789012:application/… ."
    ),
    "anchor": _shaped(_ANCHOR, "Write its ARN: arn:aws:rolesanywhere:us-east-1:123456789012:trust-anchor/… ."),
    "day": _day,
}
LONG = frozenset({"trust-policy", "own-resources"})
"""The shapes of more than one line."""


def same_account(value: str) -> str | None:
    """Return the account that a kept value names: its own digits, or an ARN's. None where it names none."""
    return value if is_account_id(value) else account_of(value)
