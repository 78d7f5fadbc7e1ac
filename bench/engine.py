"""How many decisions a second: `python -m bench.engine`, each figure beside the naive reference in the same run.

Every request is distinct and no decision is kept: what is shared is the compiled policies alone. Seconds are those
of the processor, so that other work on the machine does not count.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tests.iam import reference
from troubleshoot.iam import CompiledPolicies, PolicySet, Request, policy_from_data
from troubleshoot.iam.catalog import actions_of

ACCOUNT = "123456789012"
SERVICES = ("personalize", "s3", "sqs", "sns", "dynamodb", "lambda", "kms", "iam", "logs", "ec2")
SECONDS = 2.0

Document = dict[str, object]


@dataclass(frozen=True)
class Work:
    """Requests, and the documents that each is judged by. The principal is in the request."""

    requests: Sequence[Request]
    documents: Sequence[Sequence[Document]]


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:thing/{name}"


def statement(random_: random.Random, service: str) -> Document:
    """A statement as people write them: a few actions, now and then all; one or two resources; some conditions."""
    actions = random_.sample(ACTIONS[service], k=3)
    if random_.random() < 0.2:
        actions.append(actions[0][: len(service) + 4] + "*")
    name = random_.choice(NAMES)
    made: Document = {
        "Effect": "Deny" if random_.random() < 0.1 else "Allow",
        "Action": actions,
        "Resource": [arn(service, name), arn(service, f"{name}/*")] if random_.random() < 0.7 else arn(service, "*"),
    }
    if random_.random() < 0.3:
        made["Condition"] = {"StringEquals": {"aws:PrincipalTag/team": random_.choice(("sales", "data", "web"))}}
    return made


def document(random_: random.Random, statements: int) -> Document:
    services = [random_.choice(SERVICES) for _ in range(statements)]
    return {"Version": "2012-10-17", "Statement": [statement(random_, service) for service in services]}


def requests(random_: random.Random, principal: str) -> Iterator[Request]:
    """Requests that differ from each other; two of three are about something that the documents speak of."""
    number = 0
    while True:
        number += 1
        service = random_.choice(SERVICES)
        yield Request(
            principal,
            random_.choice(ACTIONS[service]),
            arn(service, f"{random_.choice(NAMES)}/{number}"),
            context={
                "aws:PrincipalTag/team": random_.choice(("sales", "data")),
                "aws:SourceIp": f"10.0.{number % 250}.1",
            },
        )


ACTIONS = {service: actions_of(service)[:40] for service in SERVICES}
NAMES = tuple(f"name{number}" for number in range(50))
USER = f"arn:aws:iam::{ACCOUNT}:user/mateojackson"


def speed(step: Callable[[int], object], seconds: float = SECONDS) -> float:
    """Return how often `step` (which is given 0, 1, 2 ...) runs in a second: the best of three attempts."""
    return max(_speed(step, seconds / 3) for _ in range(3))


def _speed(step: Callable[[int], object], seconds: float) -> float:
    done, start = 0, time.process_time()
    while (elapsed := time.process_time() - start) < seconds:
        for number in range(done, done + 10):
            step(number)
        done += 10
    return done / elapsed


def compiled(documents: Sequence[Document]) -> CompiledPolicies:
    return CompiledPolicies(PolicySet(identity=tuple(policy_from_data(one, name="p") for one in documents)))


def case(request: Request, documents: Sequence[Document]) -> dict[str, object]:
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
        "context": dict(request.context),
        "policies": {"identity": list(documents)},
    }


def compare(name: str, engine: Callable[[int], object], naive: Callable[[int], object]) -> None:
    fast, slow = speed(engine), speed(naive, 1.0)
    print(f"{name:<44}{fast:>12,.0f} /s   naive reference{slow:>10,.0f} /s   x {fast / slow:,.0f}")


def one_principal(name: str, documents: Sequence[Document]) -> float:
    asked = list(islice(requests(random.Random(7), USER), 20_000))
    policies = compiled(documents)
    decide, many = policies.decide, len(asked)
    compare(
        name,
        lambda number: decide(asked[number % many]),
        lambda number: reference.decide(case(asked[number % many], documents)),
    )
    return speed(lambda number: decide(asked[number % many]))


def who_can() -> None:
    """1,000 principals, each with two shared and one own policy of six statements; 50 actions asked of each."""
    random_ = random.Random(11)
    shared = [document(random_, 6) for _ in range(40)]
    texts = [[*random_.sample(shared, k=2), document(random_, 6)] for _ in range(1_000)]
    wanted = list(islice(requests(random_, USER), 50))
    users = [f"arn:aws:iam::{ACCOUNT}:user/person{number}" for number in range(len(texts))]
    asked = [Request(user, one.action, one.resource, context=one.context) for user in users for one in wanted]
    fast = max(first_round(asked, texts) for _ in range(3))
    slow = speed(
        lambda number: reference.decide(case(asked[number * 37 % len(asked)], texts[number * 37 % len(asked) // 50])),
        1.0,
    )
    name = f"who-can, 1,000 principals x 50 ({sum(len(d['Statement']) for t in texts for d in t):,} statements)"
    print(f"{name:<44}{fast:>12,.0f} /s   naive reference{slow:>10,.0f} /s   x {fast / slow:,.0f}")


def first_round(asked: Sequence[Request], texts: Sequence[Sequence[Document]]) -> float:
    """Return the decisions a second over freshly compiled policies, each request asked once."""
    policies = [compiled(documents) for documents in texts]
    start = time.process_time()
    for number, request in enumerate(asked):
        policies[number // 50].decide(request)
    return len(asked) / (time.process_time() - start)


def main() -> None:
    random_ = random.Random(3)
    one_principal("one statement", [document(random_, 1)])
    few = [document(random_, 30) for _ in range(10)]
    alone = one_principal("10 policies x 30 statements", few)
    unrelated = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": f"glue:Get{number}",
                "Resource": f"arn:aws:glue:us-east-1:{ACCOUNT}:table/{number}",
            }
            for number in range(10_000)
        ],
    }
    crowded = speed_of([*few, unrelated])
    print(f"{'the same among 10,000 unrelated statements':<44}{crowded:>12,.0f} /s   cost x {alone / crowded:.2f}")
    who_can()


def speed_of(documents: Sequence[Document]) -> float:
    asked = list(islice(requests(random.Random(7), USER), 20_000))
    decide = compiled(documents).decide
    return speed(lambda number: decide(asked[number % 20_000]))


if __name__ == "__main__":
    main()
