"""A statement's conditions against the keys of a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from collections.abc import Callable

from troubleshoot.iam.document import Condition
from troubleshoot.iam.operators import NULL, OperatorUse, Quantifier, operator_use
from troubleshoot.iam.query import Entry, Query, Unread
from troubleshoot.iam.ternary import MALFORMED, MAY, NO, YES, inverse
from troubleshoot.iam.variables import Unresolved, Variable, keys_of, parse_template, resolve

Judgement = tuple[int, str]
"""A ternary answer and its reason code."""

_BY_ANSWER: tuple[Judgement, ...] = ((NO, "value_differs"), (MAY, "undocumented"), (YES, "value_fits"))
_UNKNOWN_KEY: Judgement = (MAY, "unknown_key")
_UNDOCUMENTED: Judgement = (MAY, "undocumented")
_NEEDS_SET_OPERATOR: Judgement = (NO, "list_needs_set_operator")
_ABSENT: dict[bool, Judgement] = {False: (NO, "key_absent"), True: (YES, "key_absent_fits")}
_EMPTY: dict[bool, Judgement] = {False: (NO, "value_empty"), True: (YES, "value_empty_fits")}

_Test = Callable[[str, Query], int]


class CompiledCondition:
    """One condition, ready to judge requests. `key` is in lower case; `variable_keys` are those of its variables."""

    __slots__ = ("_absent", "_tests", "_unanswered", "key", "source", "use", "variable_keys", "variables")

    def __init__(self, source: Condition, *, variables: bool) -> None:
        use = operator_use(source.operator.value)
        if use is None:
            raise ValueError(f"`{source.operator.value}` is no condition operator")  # the parser refuses these
        self.source = source
        self.use = use
        self.variables = variables
        self.key = source.key.value.lower()
        is_set, for_all = use.quantifier is not Quantifier.NONE, use.quantifier is Quantifier.ALL
        self._absent = _ABSENT[use.if_exists or (for_all if is_set else use.operator.negated)]
        self._unanswered = _EMPTY[for_all] if is_set else _NEEDS_SET_OPERATOR
        tests: list[_Test] = []
        keys: list[str] = []
        for value in source.values:
            test, named = _test(use, value.value, variables)
            tests.append(test)
            keys.extend(named)
        self._tests = tuple(tests)
        self.variable_keys = tuple(keys)

    def judge(self, query: Query) -> Judgement:
        """Tell whether the condition holds for the request, and why."""
        entry = query.entry(self.key)
        if entry is Unread.UNKNOWN:
            return _UNKNOWN_KEY
        if not self._tests:
            return _UNDOCUMENTED
        if self.use.operator is NULL:
            return self._judge_null(entry, query)
        if entry is None:
            return self._absent
        answer = self._answer(entry, query)
        if answer is None:
            return self._unanswered
        if answer == MAY and self.missing(query):
            return _UNKNOWN_KEY
        return _BY_ANSWER[answer]

    def missing(self, query: Query) -> tuple[str, ...]:
        """Return the unknown keys on which the judgement may rest."""
        return tuple(key for key in (self.key, *self.variable_keys) if query.entry(key) is Unread.UNKNOWN)

    def _judge_null(self, entry: Entry | None, query: Query) -> Judgement:
        is_null = entry is None or (not isinstance(entry, Unread) and not any(entry))
        return _BY_ANSWER[self._one("true" if is_null else "false", query)]

    def _answer(self, entry: Entry, query: Query) -> int | None:
        """Return the answer, or None for a list without a set operator and for an empty set with one."""
        quantifier = self.use.quantifier
        if isinstance(entry, str):
            if quantifier is Quantifier.NONE or entry:
                return self._one(entry, query)
            return None
        if isinstance(entry, Unread) or quantifier is Quantifier.NONE or not any(entry):
            return None
        answers = (self._one(value, query) for value in entry)
        return min(answers) if quantifier is Quantifier.ALL else max(answers)

    def _one(self, given: str, query: Query) -> int:
        """One value of the request against all of the policy's: any may fit, or with a negated operator none."""
        found, is_malformed = NO, False
        for test in self._tests:
            answer = test(given, query)
            if answer == YES:
                return NO if self.use.operator.negated else YES
            found = max(found, answer)
            is_malformed = is_malformed or answer == MALFORMED
        if not self.use.operator.negated:
            return found
        return MAY if is_malformed else inverse(found)


def _test(use: OperatorUse, text: str, variables: bool) -> tuple[_Test, tuple[str, ...]]:
    """Return the comparison with one of the policy's values, and the keys of its variables."""
    parts = parse_template(text, variables=variables and use.operator.variables, wildcards=use.operator.wildcards)
    keys = keys_of(parts)
    if not keys:
        compare = use.operator.compare([part for part in parts if not isinstance(part, Variable)])
        return lambda given, _query: compare(given), keys

    def test(given: str, query: Query) -> int:
        tokens = resolve(parts, query)
        if isinstance(tokens, Unresolved):
            return NO if tokens is Unresolved.ABSENT else MAY
        return use.operator.compare(tokens)(given)

    return test, keys
