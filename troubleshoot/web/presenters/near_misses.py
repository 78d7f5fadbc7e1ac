"""Why a statement decides, or does not fit, in words: made from the reason codes of its four verdicts."""

from troubleshoot.iam.decision import ElementVerdict, StatementReason, Verdict
from troubleshoot.web.presenters.names import list_in_words, resource_name

_WORDS: dict[str, str] = {
    "action_differs": "its action names <wanted>, and the call was <given>",
    "action_excluded": "its NotAction leaves out <wanted>",
    "resource_differs": "its resource names <wanted>, asked for was <given>",
    "resource_excluded": "its NotResource leaves out <wanted>",
    "variable_absent": "its resource rests on a value that the call does not carry",
    "action_needs_star": "this action takes no single resource, so its resource must be *",
    "short_arn": "AWS leaves open what its resource <wanted> covers, for it is no whole ARN",
    "wildcard_in_type": "AWS leaves open what its resource <wanted> covers, for a wildcard stands in its type",
    "principal_differs": "it speaks of <wanted>, not of this principal",
    "value_differs": "it needs <key> to be <wanted>, and it was <given>",
    "key_absent": "it needs <key>, and the call does not carry it",
    "value_empty": "it needs <key>, and the call carries it empty",
    "list_needs_set_operator": "<key> holds a list, and the statement compares it with a single value",
    "unknown_key": "it depends on <key>, which the portal does not know",
}
"""What to say of an element that does not fit, by its reason code."""
_OTHERWISE = {Verdict.MAY: "AWS leaves open whether its <element> fits", Verdict.NO_MATCH: "its <element> does not fit"}
_BLANKS = {"key": "a condition key", "wanted": "something else", "given": "something else"}


def statement_in_words(reason: StatementReason) -> tuple[str, ...]:
    """Return sentences about one statement. Nothing is said where its verdicts are not to be seen."""
    if not reason.elements:
        return ()
    missing = [element for element in reason.elements if element.verdict is not Verdict.MATCH]
    if not missing:
        return (_decides(reason),)
    return (*_fitting(reason), *(_sentence(_phrase(element)) for element in missing))


def _fitting(reason: StatementReason) -> tuple[str, ...]:
    fitting = dict.fromkeys(element.element for element in reason.elements if _is_worth_saying(element))
    if not fitting:
        return ()
    return (f"Its {list_in_words(list(fitting))} {'fits' if len(fitting) == 1 else 'fit'}.",)


def _is_worth_saying(element: ElementVerdict) -> bool:
    """A principal fits in every identity policy, and no condition is no merit."""
    return element.verdict is Verdict.MATCH and element.element != "principal" and element.code != "no_condition"


def _decides(reason: StatementReason) -> str:
    if reason.effect == "Deny":
        return "It denies this call. A deny counts more than any allow."
    return "It allows this call."


def _phrase(element: ElementVerdict) -> str:
    words = _WORDS.get(element.code, _OTHERWISE[element.verdict])
    values = {name: _short(element.detail.get(name, "")) or blank for name, blank in _BLANKS.items()}
    # Not str.format: what a policy holds may hold braces.
    for name, value in {**values, "element": element.element}.items():
        words = words.replace(f"<{name}>", value)
    return words


def _short(text: str) -> str:
    name = resource_name(text)
    return name.short if name else text


def _sentence(phrase: str) -> str:
    return f"{phrase[:1].upper()}{phrase[1:]}."
