"""Why a statement met a request, or how little was missing: as data."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest

from troubleshoot.iam.compiled import CompiledStatement, Dialect, compile_policy
from troubleshoot.iam.conditions import CompiledCondition
from troubleshoot.iam.decision import ElementVerdict, StatementReason, Verdict
from troubleshoot.iam.document import Policy
from troubleshoot.iam.principals import Grant
from troubleshoot.iam.query import Query, Unread
from troubleshoot.iam.ternary import NO, YES

_VERDICTS = (Verdict.NO_MATCH, Verdict.MAY, Verdict.MATCH)
_MOST_NEAR_MISSES = 3
_MOST_COMPARED = 8
_MOST_CHARACTERS = 256  # of a text whose likeness is measured


@dataclass(frozen=True, slots=True)
class Judged:
    """One statement of one policy, judged. `answer` is that of all four elements together."""

    policy: Policy
    statement: CompiledStatement
    query: Query
    answer: int
    grant: Grant

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown keys that the statement names."""
        return self.statement.missing(self.query)

    def elements(self) -> tuple[ElementVerdict, ...]:
        """Return the four verdicts, with one for each condition."""
        conditions = [_condition_verdict(one, self.query) for one in self.statement.conditions]
        return (
            _action_verdict(self.statement, self.query),
            _resource_verdict(self.statement, self.query),
            _principal_verdict(self.statement, self.query),
            *(conditions or [ElementVerdict("condition", Verdict.MATCH, "no_condition", {})]),
        )

    def reason(self) -> StatementReason:
        """Return the statement and its verdicts, with its place in the document."""
        source = self.statement.source
        return StatementReason(
            policy=self.policy.name,
            policy_arn=self.policy.arn,
            attached_to=self.policy.attached_to,
            sid=None if source.sid is None else source.sid.value,
            index=source.index,
            effect=source.effect,
            start=self.policy.position(source.start).line,
            end=self.policy.position(source.end).line,
            elements=self.elements(),
        )


def judge_policies(policies: Iterable[Policy], dialect: Dialect, query: Query) -> tuple[Judged, ...]:
    """Return every statement of the policies, judged."""
    return tuple(_judged(policy, one, query) for policy in policies for one in compile_policy(policy, dialect))


def _judged(policy: Policy, statement: CompiledStatement, query: Query) -> Judged:
    answer = statement.judge(query) if statement.actions.includes(query.action) else NO
    return Judged(policy, statement, query, answer, statement.judge_principal(query)[2])


def near_misses(judged: Sequence[Judged]) -> tuple[StatementReason, ...]:
    """Return the Allow statements that came closest without applying, the one that misses least first.

    A statement counts where its action or its resource fits and no more than two verdicts fail. Of very many, those
    whose resources begin most like the request's are looked at closely.
    """
    near = [one for one in judged if not one.statement.denies and one.answer == NO and _is_near(one)]
    picked = nsmallest(_MOST_COMPARED, near, key=lambda one: (_failing(one), -_shared_beginning(one)))
    ranked: list[tuple[int, float, StatementReason]] = []
    for one in picked:
        reason = one.reason()
        failed = [element for element in reason.elements if element.verdict is Verdict.NO_MATCH]
        if len(failed) <= 2:
            ranked.append((len(failed), -sum(_likeness(element) for element in failed), reason))
    ranked.sort(key=lambda entry: entry[:2])
    return tuple(reason for *_, reason in ranked[:_MOST_NEAR_MISSES])


def _failing(one: Judged) -> int:
    statement, query = one.statement, one.query
    return (
        (not statement.actions.includes(query.action))
        + (statement.judge_resource(query)[0] == NO)
        + (statement.judge_principal(query)[0] == NO)
        + sum(condition.judge(query)[0] == NO for condition in statement.conditions)
    )


def _shared_beginning(one: Judged) -> int:
    resource = one.statement.source.resource
    return max((_shared(value.value, one.query.resource) for value in resource.values), default=0) if resource else 0


def _shared(one: str, other: str) -> int:
    """Return how many characters the two begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (ours, theirs) in pairs if ours != theirs), min(len(one), len(other)))


def _is_near(one: Judged) -> bool:
    if one.statement.actions.includes(one.query.action):
        return True
    resources = one.statement.resources
    is_specific = resources is not None and not resources.negated and not resources.is_anything
    return is_specific and one.statement.judge_resource(one.query)[0] == YES


def _likeness(element: ElementVerdict) -> float:
    return _ratio(element.detail.get("wanted", ""), element.detail.get("given", ""))


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one[:_MOST_CHARACTERS], other[:_MOST_CHARACTERS], autojunk=False).ratio()


def _closest(wanted: Sequence[str], given: str) -> str:
    """Return the one of a policy's values that is most like the request's, by its beginning first."""
    likely = nlargest(_MOST_COMPARED, wanted, key=lambda text: _shared(text.lower(), given.lower()))
    return max(likely, key=lambda text: _ratio(text.lower(), given.lower()), default="")


def _action_verdict(statement: CompiledStatement, query: Query) -> ElementVerdict:
    action = statement.source.action
    fits = statement.actions.includes(query.action)
    code = "action_fits" if fits else "action_excluded" if action.negated else "action_differs"
    wanted = _closest([value.value for value in action.values], query.request.action)
    detail = {"wanted": wanted, "given": query.request.action}
    return ElementVerdict("action", Verdict.MATCH if fits else Verdict.NO_MATCH, code, detail)


def _resource_verdict(statement: CompiledStatement, query: Query) -> ElementVerdict:
    answer, code = statement.judge_resource(query)
    element = statement.source.resource
    wanted = "" if element is None else _closest([value.value for value in element.values], query.resource)
    return ElementVerdict("resource", _VERDICTS[answer], code, {"wanted": wanted, "given": query.resource})


def _principal_verdict(statement: CompiledStatement, query: Query) -> ElementVerdict:
    answer, code, _ = statement.judge_principal(query)
    element = statement.source.principal
    wanted = "" if element is None else _closest([one.value.value for one in element.principals], query.caller.text)
    return ElementVerdict("principal", _VERDICTS[answer], code, {"wanted": wanted, "given": query.caller.text})


def _condition_verdict(condition: CompiledCondition, query: Query) -> ElementVerdict:
    answer, code = condition.judge(query)
    detail = {
        "operator": condition.source.operator.value,
        "key": condition.source.key.value,
        "wanted": ", ".join(value.value for value in condition.source.values),
        "given": ", ".join(_given(condition, query)),
    }
    return ElementVerdict("condition", _VERDICTS[answer], code, detail)


def _given(condition: CompiledCondition, query: Query) -> Iterator[str]:
    entry = query.entry(condition.key)
    if isinstance(entry, str):
        yield entry
    elif entry is not None and not isinstance(entry, Unread):
        yield from entry
