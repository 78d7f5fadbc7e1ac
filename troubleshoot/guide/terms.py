"""IAM's words in plain ones, for the pages that use them. A page explains what it does not explain in its text."""

import re
from collections.abc import Iterable

from troubleshoot.guide.blocks import Term

TERMS: tuple[Term, ...] = (
    Term("ARN", "Amazon Resource Name, the full name of a thing in AWS. It begins with `arn:`."),
    Term("CloudTrail", "the log of an AWS account: who called what, and when."),
    Term("condition", "a part of a statement that says when it counts, for example only for one account."),
    Term("external ID", "a text that another company sends along, so that nobody else can act through it."),
    Term("federation", "signing in to AWS with an identity that another system has already checked."),
    Term("IAM", "Identity and Access Management, the part of AWS that decides who may do what."),
    Term("IAM Identity Center", "AWS's central sign-in for people, across the accounts of a company."),
    Term("permission set", "a role that IAM Identity Center makes in every account you choose."),
    Term("permissions boundary", "a limit on a user or role. Whatever its policies say, it can't do more than that."),
    Term("policy", "a document that says who may do what, and to which things."),
    Term("principal", "whoever makes a call: a user, a role, or a service."),
    Term("resource-based policy", "a policy on the thing itself, for example on a bucket."),
    Term("role", "an identity with permissions of its own, which a person or a service can use for a while."),
    Term("service control policy", "a limit that an organization sets for whole accounts, SCP for short."),
    Term("resource control policy", "a limit that an organization sets for the things in its accounts, RCP for short."),
    Term("service role", "a role that a service such as Amazon Personalize uses to work for you."),
    Term("session policy", "a limit that is set when a role or a temporary sign-in begins."),
    Term("statement", "one rule of a policy: allow or deny, which actions, on which things, when."),
    Term("trust policy", "the part of a role that says who may use it."),
    Term("VPC endpoint", "a private connection from your own network to AWS. It can have a policy of its own."),
)

_ENDINGS = {"policy": "polic(?:y|ies)", "permissions boundary": "permissions? boundar(?:y|ies)|boundar(?:y|ies)"}


def _expression(name: str) -> re.Pattern[str]:
    body = _ENDINGS.get(name, re.escape(name) + "s?")
    if name.endswith(" policy"):
        body = re.escape(name.removesuffix("policy")) + "polic(?:y|ies)"
    # IAM in `iam:PassRole` is a prefix, not the word.
    return re.compile(rf"(?<![\w`:/-])(?:{body})(?![\w:])", re.NOFLAG if name.isupper() else re.IGNORECASE)


_EXPRESSIONS = tuple((term, _expression(term.name)) for term in TERMS)


def terms_in(texts: Iterable[str], *, explained: Iterable[str] = ()) -> tuple[Term, ...]:
    """Return the terms that the texts use, without those that are `explained` already (names, any case)."""
    whole = "\n".join(texts)
    known = {name.lower() for name in explained}
    return tuple(term for term, used in _EXPRESSIONS if term.name.lower() not in known and used.search(whole))
