"""What a kept case lets its reader ask for: this action, a whole job, or an edit by hand; and what goes with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from troubleshoot.access.answer import Answer, Standing
from troubleshoot.access.calls import as_of
from troubleshoot.access.judging import judge
from troubleshoot.iam import evaluate
from troubleshoot.iam.catalog import Check
from troubleshoot.iam.decision import Decision
from troubleshoot.iam.layers import PolicySet
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import from_data
from troubleshoot.models import Account, Diagnosis
from troubleshoot.remedy import Change, Situation, with_change
from troubleshoot.remedy.alternatives import Alternative, Way, again, alternatives
from troubleshoot.remedy.dependent import Dependent, dependents, with_added
from troubleshoot.remedy.proof import Judge, Proven, Result, prove


@dataclass(frozen=True, slots=True)
class Picked:
    """A dependent action that somebody picked, with the resource that they named for it, or nothing.

    `found` is what becomes of it with all that is asked for; None where nothing live was read.
    """

    dependent: Dependent
    named: str
    found: Proven | None

    @property
    def is_given_already(self) -> bool:
        """Whether what is asked for without it allows it, too."""
        return self.found is not None and self.found.result is Result.ALREADY


@dataclass(frozen=True)
class Options:
    """The denied call in one account, what can be asked for, the smallest first, and what may be asked for with it.

    `operation` is the API operation that needs the `dependents` too. None of them is a part of a choice by itself.
    """

    account: Account
    call: Request
    choices: tuple[Alternative, ...]
    situation: Situation
    at: datetime
    operation: str
    dependents: tuple[Dependent, ...]

    def chosen(self, key: str) -> Alternative:
        """Return the choice of this key, the smallest where there is none."""
        return next((one for one in self.choices if one.key == key), self.choices[0])

    def picked(self, alternative: Alternative, named: Mapping[str, str]) -> tuple[Picked, ...]:
        """Return those of the dependent actions that `named` has, with the resources that it gives, each judged."""
        return tuple(
            Picked(one, named[one.action], self._found(alternative.change, one.statement(named[one.action])))
            for one in self.dependents
            if one.action in named
        )

    def together(self, alternative: Alternative, picked: tuple[Picked, ...]) -> Alternative:
        """Return the choice with what was picked, judged anew. What it gives already is not added."""
        added = [one.dependent.statement(one.named) for one in picked if not one.is_given_already]
        if not added:
            return alternative
        return again(self.situation, alternative, with_added(alternative.change, added))

    def may_help(self, dependent: Dependent) -> bool:
        """Whether asking for it too makes a difference: no other layer stops it on whatever may be meant."""
        found = self._found(self.choices[0].change, dependent.widest())
        return found is None or found.result not in (Result.STOPPED, Result.ALREADY)

    @cached_property
    def proofs(self) -> Mapping[str, tuple[Proven, ...]]:
        """What becomes of each action of each whole job, by its key. Empty where nothing live was read."""
        policies = self.situation.policies
        if policies is None:
            return {}
        return {one.key: prove(one.change, policies, judge=self._judge) for one in self.choices if one.way is Way.JOB}

    def _found(self, change: Change, statement: Mapping[str, object]) -> Proven | None:
        policies = self.situation.policies
        if policies is None:
            return None
        alone = replace(change, statements=(statement,), edit=None)
        (found,) = prove(alone, with_change(policies, change), judge=self._judge)
        return found

    @property
    def _judge(self) -> Judge:
        return judge_of(self.call, self.at)


def judge_of(call: Request, at: datetime) -> Judge:
    """Return how other calls of the same caller are judged as of `at`: with what follows from who it is."""
    caller = {key: value for key, value in call.context.items() if key.lower().startswith("aws:")}

    def judged(one: Request, policies: PolicySet) -> Decision:
        request = replace(one, context={**one.context, **caller})
        return evaluate(as_of(request, policies, at), policies)

    return judged


def options_of(answer: Answer, kept: Diagnosis) -> Options | None:
    """Return what can be asked for from a case, or None where nothing is proposed.

    It rests on live state only where `answer` does, and an edit, which quotes a policy, is offered only to those who
    may read policies.
    """
    live = bool(kept.snapshot) and answer.live
    snapshot = from_data(kept.snapshot) if live and kept.snapshot else None
    at = kept.checked_at or kept.created_at
    judged = judge(answer.facts, snapshot, at)
    if answer.proposal is None or answer.account is None or judged.request is None:
        return None
    situation = Situation(
        answer.facts, judged.request, judged.policies, judged.decision, snapshot.path if snapshot else None
    )
    found = alternatives(
        situation, answer.proposal, region=answer.account.region, permanent=answer.account.allows_permanent
    )
    choices = tuple(one for one in found if one.way is not Way.BY_HAND or answer.sight.policy_text)
    operation = answer.facts.operation or judged.request.action.partition(":")[2]
    checks = tuple(
        Check(one.action, one.resource_type, one.when, context=one.context)
        for one in answer.next_checks
        if one.standing is not Standing.PASSES
    )
    wanted = dependents(judged.request, operation, checks)
    options = Options(answer.account, judged.request, choices, situation, at, operation, wanted)
    return replace(options, dependents=tuple(one for one in wanted if options.may_help(one)))
