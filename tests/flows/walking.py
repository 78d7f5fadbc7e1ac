"""Ways through the guides: an answer for every question, every edge with the answers that take it, random paths."""

import itertools
import random
from collections import deque
from collections.abc import Collection, Iterator

from troubleshoot.guide.flow import GIVEN, UNKNOWN, Ask, Edge, Flow, Question
from troubleshoot.guide.walk import Kept, Walk, replay

ACCOUNT, OTHER, REGION = "123456789012", "111122223333", "us-east-1"
SAMPLES = {
    "role": f"arn:aws:iam::{ACCOUNT}:role/service-role/AmazonPersonalize-ExecutionRole",
    "principal": f"arn:aws:iam::{ACCOUNT}:user/marymajor",
    "account": ACCOUNT,
    "other-account": OTHER,
    "other-principal": f"arn:aws:iam::{OTHER}:role/Collector",
    "region": REGION,
    "resource": f"arn:aws:personalize:{REGION}:{ACCOUNT}:campaign/retail-home",
    "own-resources": "\n".join(
        f"arn:aws:personalize:{REGION}:{ACCOUNT}:{name}"
        for name in ("campaign/retail-home", "solution/retail-home", "dataset-group/retail", "recommender/retail")
    ),
    "external-id": "6f1c2f0a-9d0b-4a53-8d5b-2d1f6e0b7a11",
    "issuer": "id.example.com/tenant",
    "claim": "service:recommender",
    "trust-policy": (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"},'
        ' "Action": "sts:AssumeRole"}]}'
    ),
    "bucket": "retail-personalize-data",
    "key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
    "prefix": "retail-",
    "entity": "RetailBuilders",
    "organization": "o-exampleorgid",
    "repository": "example-org/recommender",
    "branch": "main",
    "saml": f"arn:aws:iam::{ACCOUNT}:saml-provider/CorpIdP",
    "tag": "retail",
    "policy": f"arn:aws:iam::{ACCOUNT}:policy/portal-guard/PortalCeiling",
    "access-application": f"arn:aws:account-access:{REGION}:{OTHER}:application/app-1234",
    "anchor": f"arn:aws:rolesanywhere:{REGION}:{ACCOUNT}:trust-anchor/11111111-2222-3333-4444-555555555555",
    "holder": f"arn:aws:iam::{ACCOUNT}:user/marymajor",
    "day": "2027-01-31",
}
"""What somebody could type into a field of each shape."""
ACTIONS = {
    "pass": "iam:PassRole",
    "passing": "personalize:CreateDatasetImportJob",
    "list": "personalize:ListSchemas",
    "events": "personalize:PutEvents",
    "items": "personalize:PutItems",
    "recommend": "personalize:GetRecommendations",
    "pair": "personalize:CreateCampaign",
    "version": "personalize:DescribeSolutionVersion",
    "recipe": "personalize:DescribeRecipe",
    "any": "personalize:DescribeSchema",
}
"""An action of each kind that edges speak of."""
PICKED = ("personalize:DescribeCampaign", "personalize:UpdateCampaign", "personalize:ListCampaigns")


def typed(question: Question) -> dict[str, str]:
    """Return something typed into every field of a question."""
    return {field.name: SAMPLES[field.shape] for field in question.fields}


def possible(question: Question) -> list[str]:
    """Return the answers to try: every option, every kind of action, every set of boxes, typed and not known."""
    if question.ask is Ask.ACTION:
        return [*ACTIONS.values(), UNKNOWN]
    if question.ask is Ask.ACTIONS:
        return [".".join(PICKED)]
    if question.ask is Ask.SOME:
        keys = [key for key in question.keys if key != "none"]
        several = (itertools.combinations(keys, count) for count in range(2, len(keys) + 1))
        return [*question.keys, *(".".join(some) for some in itertools.chain.from_iterable(several))]
    return list(question.keys)


def edges(flow: Flow) -> Iterator[tuple[Question, Edge, dict[str, str]]]:
    """Yield every edge that some answers take, with the first such answers, the edge's own among them."""
    found: set[tuple[str, int]] = set()
    for walk in walks(flow, _asked_about(flow)):
        if not walk.steps:
            continue
        step = walk.steps[-1]
        place = (step.question.id, step.question.edges.index(step.edge))
        if place not in found:
            found.add(place)
            yield step.question, step.edge, walk.answers


def walks(flow: Flow, looked_at: Collection[str]) -> Iterator[Walk]:
    """Yield a walk to every node for every combination of answers to the questions that are looked at."""
    seen: set[object] = set()
    waiting: deque[dict[str, str]] = deque([{}])
    kept = everything(flow)
    while waiting:
        walk = replay(flow, waiting.popleft(), kept)
        yield walk
        state = (walk.at.id, tuple(walk.answers.get(name) for name in looked_at))
        if state not in seen and isinstance(walk.at, Question):
            seen.add(state)
            waiting.extend({**walk.answers, walk.at.id: answer} for answer in possible(walk.at))


def _asked_about(flow: Flow) -> list[str]:
    return sorted({edge.given.question for node in flow.nodes.values() for edge in node.edges if edge.given})


def everything(flow: Flow) -> Kept:
    """Return something typed for every question."""
    return {question.id: typed(question) for question in flow.questions if question.fields}


def random_walk(flow: Flow, chance: random.Random) -> Walk:
    """Return a walk to an end, each answer by chance."""
    answers: dict[str, str] = {}
    walk = replay(flow, answers, everything(flow))
    while isinstance(walk.at, Question):
        answers[walk.at.id] = chance.choice(possible(walk.at))
        walk = replay(flow, answers, everything(flow))
    return walk


def form_of(question: Question, answer: str) -> dict[str, object]:
    """Return what a browser sends for an answer."""
    sent: dict[str, object] = {"question": question.id}
    if answer == UNKNOWN and not question.options:
        return {**sent, "unknown": "1"}
    if answer == GIVEN:
        return {**sent, **typed(question)}
    if question.ask in (Ask.ACTION, Ask.ACTIONS):
        return {**sent, "find": answer.split(".", maxsplit=1)[0], "answer": answer.split(".")}
    return {**sent, "answer": answer.split(".") if question.ask is Ask.SOME else answer}
