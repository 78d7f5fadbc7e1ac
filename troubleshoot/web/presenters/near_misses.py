"""Why a statement decides, or does not fit, in words: made from the reason codes of its four verdicts."""

from collections.abc import Callable

from troubleshoot.iam.decision import ElementVerdict, StatementReason, Verdict
from troubleshoot.web.presenters.names import list_in_words, resource_name

_NAMES = {"action": "action", "resource": "resource", "principal": "principal", "condition": "condition"}


def statement_in_words(reason: StatementReason) -> tuple[str, ...]:
    """Return sentences about one statement. Nothing is said where its verdicts are not to be seen."""
    if not reason.elements:
        return ()
    missing = [element for element in reason.elements if element.verdict is not Verdict.MATCH]
    if not missing:
        return (_decides(reason),)
    fits = [_NAMES.get(e.element, e.element) for e in reason.elements if e.verdict is Verdict.MATCH]
    sentences = [f"Its {list_in_words(_unique(fits))} {'fits' if len(_unique(fits)) == 1 else 'fit'}."] if fits else []
    return (*sentences, *(_sentence(_phrase(element)) for element in missing))


def _decides(reason: StatementReason) -> str:
    if reason.effect == "Deny":
        return "It denies this call. A deny counts more than any allow."
    return "It allows this call."


def _phrase(element: ElementVerdict) -> str:
    phrase = _PHRASES.get(element.element, _other)
    return phrase(element)


def _action(element: ElementVerdict) -> str:
    wanted, given = element.detail.get("wanted", ""), element.detail.get("given", "")
    if element.verdict is Verdict.MAY:
        return f"AWS leaves open whether its action {wanted} covers {given}"
    return f"its action names {wanted}, and the call was {given}"


def _resource(element: ElementVerdict) -> str:
    wanted, given = _short(element.detail.get("wanted", "")), _short(element.detail.get("given", ""))
    if element.verdict is Verdict.MAY:
        return f"AWS leaves open whether its resource {wanted} covers {given}"
    return f"its resource names {wanted}, asked for was {given}"


def _principal(element: ElementVerdict) -> str:
    return f"it speaks of {element.detail.get('wanted', 'somebody else')}, not of this principal"


def _condition(element: ElementVerdict) -> str:
    detail = element.detail
    words = _CONDITIONS.get(element.code, _CONDITIONS["value_differs"])
    values = {name: detail.get(name) or blank for name, blank in _BLANKS.items()}
    # Not str.format: a key or a value may hold braces.
    for name, value in values.items():
        words = words.replace(f"<{name}>", value)
    return words


def _other(element: ElementVerdict) -> str:
    return f"its {element.element} does not fit"


_BLANKS = {"key": "a condition key", "wanted": "another value", "given": "something else"}
_CONDITIONS = {
    "value_differs": "it needs <key> to be <wanted>, and it was <given>",
    "key_absent": "it needs <key>, and the call does not carry it",
    "value_empty": "it needs <key>, and the call carries it empty",
    "list_needs_set_operator": "<key> holds a list, and the statement compares it with a single value",
    "unknown_key": "it depends on <key>, which the portal does not know",
    "undocumented": "AWS leaves open how it compares <key>",
}
_PHRASES: dict[str, Callable[[ElementVerdict], str]] = {
    "action": _action,
    "resource": _resource,
    "principal": _principal,
    "condition": _condition,
}


def _short(text: str) -> str:
    name = resource_name(text)
    return name.short if name else text


def _sentence(phrase: str) -> str:
    return f"{phrase[:1].upper()}{phrase[1:]}."


def _unique(items: list[str]) -> list[str]:
    return list(dict.fromkeys(items))
