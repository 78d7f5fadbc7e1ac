"""Who else may make a denied call: roles that a person can assume, and every principal of an account.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from troubleshoot.iam.account import AccountSnapshot, PrincipalState
from troubleshoot.iam.decision import Outcome
from troubleshoot.iam.judging import DENIED, AccountJudge, Step
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.request import Request
from troubleshoot.iam.snapshot import Snapshot

MOST_WAYS = 25
"""So many ways are looked for. Nobody reads more, and each costs a look at every role."""
_NEVER_READ = frozenset({Layer.VPC_ENDPOINT})


@dataclass(frozen=True, slots=True)
class Able:
    """A principal that may make the call, by its own ARN (a role's, whoever assumes it).

    `outcome` is allowed, or depends on the context keys and layers that the last two name.
    """

    arn: str
    outcome: Outcome
    missing_keys: tuple[str, ...] = ()
    missing_layers: tuple[Layer, ...] = ()

    @property
    def is_certain(self) -> bool:
        return self.outcome is Outcome.ALLOWED

    @property
    def allows_as_read(self) -> bool:
        """Whether everything that can be read allows it: a VPC endpoint's policy is the one thing that cannot."""
        return not self.missing_keys and set(self.missing_layers) <= _NEVER_READ


@dataclass(frozen=True, slots=True)
class RoleWay:
    """A way to make the call: the roles to assume, in order. The last one may make the call.

    `outcome` is allowed where every step is; else depends, on the context keys and layers of all steps together.
    """

    chain: tuple[str, ...]
    outcome: Outcome
    missing_keys: tuple[str, ...] = ()
    missing_layers: tuple[Layer, ...] = ()

    @property
    def role(self) -> str:
        return self.chain[-1]

    @property
    def is_certain(self) -> bool:
        return self.outcome is Outcome.ALLOWED

    @property
    def allows_as_read(self) -> bool:
        """Whether everything that can be read allows each step, as `Able.allows_as_read` says it."""
        return not self.missing_keys and set(self.missing_layers) <= _NEVER_READ


def who_can(account: AccountSnapshot, call: Request, *, beside: Snapshot | None = None) -> tuple[Able, ...]:
    """Return every user and role that may make the call, the surest first, else by ARN.

    `call.principal` does not count: each principal is asked with its own context. `beside` is a snapshot that was
    read for this call: the control policies, the resource's own policy and the VPC endpoint come from it. Without
    it they are unknown, and nobody is certain.
    """
    judge = AccountJudge(account, call, beside)
    everyone = (*account.users.values(), *account.roles.values())
    found = [Able(state.arn, *step) for state, step in judge.may_call(everyone)]
    return tuple(sorted(found, key=lambda able: (not able.is_certain, not able.allows_as_read, able.arn)))


def roles_usable_by(
    account: AccountSnapshot, principal_arn: str, call: Request, *, beside: Snapshot | None = None
) -> tuple[RoleWay, ...]:
    """Return the ways for a principal to make the call by one role, or by two in a row; the best first.

    Each step is judged in full: the trust policy, the assuming principal's own policies and boundary, and the
    control policies (from `beside`, as in `who_can`). A way with a step that is refused for certain is left out.
    """
    person = account.principal(principal_arn)
    if person is None:
        return ()
    is_session = principal_arn != person.arn
    judge = AccountJudge(account, call, beside, in_session=person.arn if is_session else "")
    targets = list(judge.may_call(role for role in account.roles.values() if role.arn != person.arn))
    direct = list(_direct(judge, person, targets))
    reached = {way.role for way in direct}
    over_another = _over_another(judge, person, [item for item in targets if item[0].arn not in reached])
    ways = [*direct, *islice(over_another, max(0, MOST_WAYS - len(direct)))]
    return tuple(sorted(ways, key=_rank)[:MOST_WAYS])


Target = tuple[PrincipalState, Step]


def _direct(judge: AccountJudge, person: PrincipalState, targets: Iterable[Target]) -> Iterator[RoleWay]:
    for role, call in targets:
        assumed = judge.assume(person, role)
        if assumed.outcome not in DENIED:
            yield _way((role,), (assumed, call))


def _over_another(judge: AccountJudge, person: PrincipalState, targets: Iterable[Target]) -> Iterator[RoleWay]:
    """Yield for each target the first way over another role: more of them would tell nobody more."""
    first: dict[str, Step] = {}
    for role, call in targets:
        for between in judge.trusted_by(role):
            if between.arn in (person.arn, role.arn):
                continue
            if between.arn not in first:
                first[between.arn] = judge.assume(person, between)
            steps = (first[between.arn], judge.assume(between, role), call)
            if not any(step.outcome in DENIED for step in steps):
                yield _way((between, role), steps)
                break


def _way(roles: tuple[PrincipalState, ...], steps: tuple[Step, ...]) -> RoleWay:
    certain = all(step.outcome is Outcome.ALLOWED for step in steps)
    return RoleWay(
        tuple(role.arn for role in roles),
        Outcome.ALLOWED if certain else Outcome.DEPENDS,
        tuple(dict.fromkeys(key for step in steps for key in step.missing_keys)),
        tuple(dict.fromkeys(layer for step in steps for layer in step.missing_layers)),
    )


def _rank(way: RoleWay) -> tuple[bool, bool, int, int, str]:
    return not way.is_certain, not way.allows_as_read, len(way.missing_keys), len(way.chain), way.role
