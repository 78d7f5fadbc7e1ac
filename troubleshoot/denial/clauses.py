"""Reads the end of AWS's sentence: which kind of policy decided, how, and its ARN."""

import re
from typing import Final

from troubleshoot.denial.clean import Script
from troubleshoot.denial.found import Found
from troubleshoot.denial.reading import DenyKind
from troubleshoot.denial.slots import Slot, open_ended, put_together
from troubleshoot.denial.words import POLICY, POLICY_WORDS

_DECIDED: Final = (
    rf"with (?:an )?explicit deny(?: in (?:an? |the )?(?P<type>{POLICY})(?: transitively through an? "
    rf"(?P<through>{POLICY}))?)?"
)
_LACKING: Final = (
    rf"no (?:(?P<lacking>{POLICY})|(?:service|network)-based policy) allows?(?: the [\"'`]?(?:"
    r"(?P<action>[a-z][a-z0-9-]*(?: [a-z0-9-]+)?: ?[a-z*][\w*]*(?: \w+)?)(?=[\"'`]? action)"
    r"|(?P<cut>[a-z][a-z0-9-]*:[a-z*][\w*]*)|action))?"
)
_EITHER: Final = r"because the resource does not exist in this region, no (?P<either>resource-based) policies"
CLAUSE: Final = re.compile(rf"{_DECIDED}|because {_LACKING}|{_EITHER}")
"""Which policy decided, and how: the end of AWS's sentence."""
ALONE: Final = re.compile(rf"{_DECIDED}|{_LACKING}|{_EITHER}")
"""The same where the word because was left out."""
CONTEXT: Final = re.compile(
    rf"(?:{_DECIDED}|{_LACKING}|{_EITHER})".replace("with (?:an )?explicit", "(?:with )?an explicit")
)
"""The same as the console's box puts it."""
MERE: Final = re.compile(rf"(?:{_DECIDED}|{_LACKING}|{_EITHER})".replace("with (?:an )?explicit", "explicit"))
"""The same where the words "with an" were left out; only with the type of policy it says enough."""
_POLICY_ARN: Final = re.compile(r"(?:,? with policy arn)? ?: ?(?=[\"'`]?(?:arn:|\.\.\.?/|…|<))")


def read_clause(script: Script, clause: re.Match[str], found: Found) -> None:
    """Read which policy decided, and how; then its ARN, if it stands there."""
    found.end = max(found.end, clause.end())
    kind = (
        DenyKind.UNKNOWN
        if clause["either"]
        else DenyKind.EXPLICIT
        if "explicit" in clause[0][:16]
        else DenyKind.IMPLICIT
    )
    found.fields["deny_kind"] = kind
    found.spans["deny_kind"] = clause.span()
    group = _deciding(clause)
    if group is None:
        return
    found.fields["policy_type"] = POLICY_WORDS[clause[group].replace(" based", "-based").split(" ", 1)[0]]
    found.spans["policy_type"] = clause.span(group)
    colon = _POLICY_ARN.match(script.low, clause.end())
    if colon:
        found.put("policy_arn", open_ended(script.text, colon.end()))


def _deciding(clause: re.Match[str]) -> str | None:
    """Return the group of the pattern that holds the policy's name."""
    for name in ("through", "type", "lacking", "either"):
        if clause[name]:
            return name
    return None


def clause_action(script: Script, clause: re.Match[str]) -> Slot | None:
    """Return the action that the clause names."""
    group = "action" if clause["action"] else "cut"
    if clause[group] is None:
        return None
    start, end = clause.span(group)
    return Slot(put_together(script.text[start:end]).replace(" ", ""), start, end)
