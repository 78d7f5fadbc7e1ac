"""The checks behind the 26 rules: each yields the values or keys of a statement that are unwise."""

import re
from collections.abc import Callable, Iterator, Mapping

from troubleshoot.iam import catalog
from troubleshoot.iam.arn import parse_arn
from troubleshoot.remedy.trust_look import CHAINED_SECONDS, Look, account_named

GITHUB = "token.actions.githubusercontent.com"
_LONGEST_SWITCH = 64
_SHORTEST_ID = 8
_PERSONALIZE = "personalize.amazonaws.com"
_DELETED = re.compile(r"(AIDA|AROA)[A-Z0-9]{16,}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_EXACT_KEYS = frozenset({"aws:principalarn", "aws:principalorgid", "aws:principalaccount"})
_GUARDS = frozenset({"sts:externalid", "aws:sourceaccount", "aws:sourcearn", "aws:principalorgid"})
_SHARED_CLAIMS: Mapping[str, tuple[str, ...]] = {
    "token.actions.githubusercontent.com": ("sub", "job_workflow_ref"),
    "gitlab.com": ("sub",),
    "agent.buildkite.com": ("sub",),
    "app.terraform.io": ("sub",),
    "oidc.codefresh.io": ("sub",),
    "scalr.io": ("sub",),
    "proidc.upbound.io": ("sub",),
    "api.pulumi.com/oidc": ("aud",),
    "oidc.vercel.com": ("aud",),
    "cognito-identity.amazonaws.com": ("aud",),
}
"""Issuers that many customers share, and the claim that tells them apart:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html"""


def _anyone(look: Look) -> Iterator[str]:
    if look.is_open and not look.conditions:
        yield "*"


def _anyone_narrowed(look: Look) -> Iterator[str]:
    if not look.is_open or not look.conditions:
        return
    exact = [
        key
        for key in _EXACT_KEYS
        if look.exact(key) or any(c.operator.value == "ArnEquals" for c in look.conditions.get(key, ()))
    ]
    if not exact or any("*" in value for key in exact for value in look.values(key)):
        yield "*"


def _whole_account(look: Look) -> Iterator[str]:
    for value, account in look.foreign:
        if value == account or value.endswith(":root"):
            yield value


def _no_external_id(look: Look) -> Iterator[str]:
    # An organization's own ID keeps strangers out as well: aws:PrincipalOrgID.
    if not look.values("sts:ExternalId") and not look.exact("aws:PrincipalOrgID"):
        for value, _ in look.foreign:
            yield value


def _weak_external_id(look: Look) -> Iterator[str]:
    values = look.values("sts:ExternalId")
    accounts = {account_named(one) for one in look.principals} | look.facts.ours
    for value in values:
        guessable = len(value) < _SHORTEST_ID or value in accounts or _EMAIL.fullmatch(value)
        if guessable or "*" in value or value in look.facts.external_ids:
            yield value
    if values and not look.exact("sts:ExternalId"):
        yield "sts:ExternalId"


def _github_without_subject(look: Look) -> Iterator[str]:
    if GITHUB in look.issuers and not (look.values(f"{GITHUB}:sub") or look.values(f"{GITHUB}:job_workflow_ref")):
        yield GITHUB


def _subjects(look: Look) -> Iterator[str]:
    for issuer in look.issuers:
        yield from look.values(f"{issuer}:sub")


def _subject_is_wildcard(look: Look) -> Iterator[str]:
    for value in _subjects(look):
        organization = value.removeprefix("repo:").partition("/")[0]
        if value in ("*", "?") or (value.startswith("repo:") and set("*?") & set(organization)):
            yield value


def _subject_of_any_branch(look: Look) -> Iterator[str]:
    for value in _subjects(look):
        if (value.endswith((":*", "/*"))) and value not in _subject_is_wildcard(look):
            yield value


def _no_audience(look: Look) -> Iterator[str]:
    for issuer in look.issuers:
        if issuer != "cognito-identity.amazonaws.com" and not look.exact(f"{issuer}:aud"):
            yield issuer


def _shared_without_claim(look: Look) -> Iterator[str]:
    for issuer in look.issuers:
        claims = next((c for name, c in _SHARED_CLAIMS.items() if issuer == name or issuer.endswith(f".{name}")), ())
        if claims and not any(look.values(f"{issuer}:{claim}") for claim in claims):
            yield issuer


def _cognito(look: Look) -> Iterator[str]:
    issuer = "cognito-identity.amazonaws.com"
    if issuer in look.issuers and (
        not look.values(f"{issuer}:aud")
        or "unauthenticated" in look.values(f"{issuer}:amr")
        or not look.values(f"{issuer}:amr")
    ):
        yield issuer


def _saml_audience(look: Look) -> Iterator[str]:
    is_saml = any(":saml-provider/" in one.value.value for one in look.principals)
    if is_saml and look.has_action("sts:AssumeRoleWithSAML") and not look.exact("SAML:aud"):
        yield "SAML:aud"


def _service_without_guard(look: Look) -> Iterator[str]:
    services = [one.value.value for one in look.principals if one.kind == "Service"]
    if _PERSONALIZE in services and not (look.values("aws:SourceAccount") and look.values("aws:SourceArn")):
        yield _PERSONALIZE


def _guard_never_matches(look: Look) -> Iterator[str]:
    accounts = set(look.values("aws:SourceAccount"))
    for value in look.values("aws:SourceArn"):
        arn = parse_arn(value)
        if arn is None or arn.account in ("", "*"):
            continue
        if (accounts and arn.account not in accounts) or (look.facts.ours and arn.account not in look.facts.ours):
            yield value


def _wildcard_in_equals(look: Look) -> Iterator[str]:
    for condition in look.statement.conditions:
        if condition.operator.value.rpartition(":")[2] in ("StringEquals", "StringNotEquals", "StringEqualsIfExists"):
            yield from (value.value for value in condition.values if set("*?") & set(value.value))


def _if_exists(look: Look) -> Iterator[str]:
    for condition in look.statement.conditions:
        key = condition.key.value.lower()
        if condition.operator.value.endswith("IfExists") and (key in _GUARDS or key.endswith((":sub", ":aud"))):
            yield condition.key.value


def _for_all_values(look: Look) -> Iterator[str]:
    tested = {c.key.value.lower() for c in look.statement.conditions if c.operator.value == "Null"}
    for condition in look.statement.conditions:
        if condition.operator.value.startswith("ForAllValues:") and condition.key.value.lower() not in tested:
            yield condition.key.value


def _deleted(look: Look) -> Iterator[str]:
    yield from (one.value.value for one in look.principals if _DELETED.fullmatch(one.value.value))


def _partial_wildcard(look: Look) -> Iterator[str]:
    yield from (one.value.value for one in look.principals if "*" in one.value.value and one.value.value != "*")


def _not_principal(look: Look) -> Iterator[str]:
    if look.statement.principal is not None and look.statement.principal.negated:
        yield "NotPrincipal"


def _iam_user(look: Look) -> Iterator[str]:
    yield from (one.value.value for one in look.principals if one.kind == "AWS" and ":user/" in one.value.value)


def _no_mfa(look: Look) -> Iterator[str]:
    people = look.facts.for_people and any(one.kind == "AWS" for one in look.principals)
    if people and "true" not in look.values("aws:MultiFactorAuthPresent"):
        yield "aws:MultiFactorAuthPresent"


def _open_tags(look: Look) -> Iterator[str]:
    limited = any(key.startswith(("aws:tagkeys", "aws:requesttag/")) for key in look.conditions)
    if look.has_action("sts:TagSession", "sts:SetSourceIdentity") and not (
        limited or look.values("sts:SourceIdentity")
    ):
        yield "sts:TagSession"


def _long_session(look: Look) -> Iterator[str]:
    roles = [one.value.value for one in look.principals if one.kind == "AWS" and ":role/" in one.value.value]
    if look.facts.max_session > CHAINED_SECONDS:
        yield from roles


def _no_switch_link(look: Look) -> Iterator[str]:
    if look.facts.for_people and (look.values("sts:ExternalId") or len(look.facts.path_and_name) > _LONGEST_SWITCH):
        yield "switch role"


def _unknown_key(look: Look) -> Iterator[str]:
    issuers = {issuer.lower() for issuer in look.issuers}
    for condition in look.statement.conditions:
        key = condition.key.value
        prefix = key.rpartition(":")[0].lower()
        # A key with a host in front is an issuer's, and only the trusted issuer ever sends it.
        if prefix not in issuers and ("." in prefix or not catalog.is_condition_key(key)):
            yield key


CHECKS: Mapping[str, Callable[[Look], Iterator[str]]] = {
    "T01": _anyone, "T02": _anyone_narrowed, "T03": _whole_account, "T04": _no_external_id, "T05": _weak_external_id,
    "T06": _github_without_subject, "T07": _subject_is_wildcard, "T08": _subject_of_any_branch, "T09": _no_audience,
    "T10": _shared_without_claim, "T11": _cognito, "T12": _saml_audience, "T13": _service_without_guard,
    "T14": _guard_never_matches, "T15": _wildcard_in_equals, "T16": _if_exists, "T17": _for_all_values,
    "T18": _deleted, "T19": _partial_wildcard, "T20": _not_principal, "T21": _iam_user, "T22": _no_mfa,
    "T23": _open_tags, "T24": _long_session, "T25": _no_switch_link, "T26": _unknown_key,
}  # fmt: skip
"""Each check by its rule."""
