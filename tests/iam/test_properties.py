"""What must hold whatever the policies say."""

import json
from itertools import product

from hypothesis import assume, given

from tests.iam.build import ALLOWED, DEPENDS, EXPLICIT, IMPLICIT
from tests.iam.strategies import KEYS, TEXTS, Maker, examples, made
from troubleshoot.iam import decide, evaluate, parse_policy, policy_data
from troubleshoot.iam.case import read_case

PATIENT = examples(150, 5_000)


def outcome(case: dict) -> str:
    found = read_case(json.dumps(case))
    return str(decide(found.request, found.policies))


def with_statement(case: dict, effect: str, maker: Maker) -> dict:
    document = maker.document(effects=(effect,), most=1)
    policies = {**case["policies"], "identity": [*case["policies"]["identity"], document]}
    return {**case, "policies": policies}


@given(made(lambda maker: (maker.case(), maker)))
@PATIENT
def test_adding_an_allow_never_turns_allowed_into_denied(drawn):
    case, maker = drawn
    if outcome(case) == ALLOWED:
        assert outcome(with_statement(case, "Allow", maker)) == ALLOWED


@given(made(lambda maker: (maker.case(), maker)))
@PATIENT
def test_adding_a_deny_never_turns_denied_into_allowed(drawn):
    case, maker = drawn
    before, after = outcome(case), outcome(with_statement(case, "Deny", maker))
    if before != ALLOWED:
        assert after != ALLOWED
    if before == EXPLICIT:
        assert after == EXPLICIT


@given(made(lambda maker: (maker.case(), maker)))
@PATIENT
def test_the_order_of_statements_and_policies_never_matters(drawn):
    case, maker = drawn
    policies = dict(case["policies"])
    for name in ("identity", "boundary", "vpc_endpoint"):
        if policies[name]:
            policies[name] = [
                shuffled(document, maker) for document in maker.random.sample(policies[name], len(policies[name]))
            ]
    if policies["scps"]:
        policies["scps"] = [[shuffled(one, maker) for one in reversed(level)] for level in policies["scps"]]
    assert outcome({**case, "policies": policies}) == outcome(case)


def shuffled(document: dict, maker: Maker) -> dict:
    statements = document["Statement"]
    if not isinstance(statements, list):
        return document
    return {**document, "Statement": maker.random.sample(statements, len(statements))}


@given(made(Maker.case))
@PATIENT
def test_the_case_of_action_names_never_matters(case):
    policies = json.loads(json.dumps(case["policies"]), object_hook=in_capitals)
    assert outcome({**case, "policies": policies, "action": case["action"].swapcase()}) == outcome(case)


def in_capitals(data: dict) -> dict:
    for name in ("Action", "NotAction"):
        if name in data:
            names = data[name]
            data[name] = names.upper() if isinstance(names, str) else [one.upper() for one in names]
    return data


@given(made(lambda maker: (maker.one_of((Maker.case, Maker.condition_case))(maker), maker)))
@PATIENT
def test_an_unknown_key_never_yields_an_answer_that_is_wrong_for_a_value_it_could_have(drawn):
    case, maker = drawn
    key = maker.one_of(KEYS)
    context = {name: value for name, value in case["context"].items() if name != key}
    known = {**case, "context": context, "unknown_keys": []}
    answer = outcome({**known, "unknown_keys": [key]})
    if answer == DEPENDS:
        return
    for value in (None, [], *TEXTS, ["a", "mateo"]):
        assert outcome({**known, "context": context if value is None else {**context, key: value}}) == answer


@given(made(lambda maker: (maker.case(), maker)))
@PATIENT
def test_a_layer_that_was_not_read_never_lets_allowed_through(drawn):
    case, maker = drawn
    layer = maker.one_of(sorted(case["policies"]))
    known = outcome({**case, "unknown_layers": []})
    answer = outcome({**case, "unknown_layers": [layer]})
    if known == ALLOWED and bears(case, layer):
        assert answer == DEPENDS
    if answer == ALLOWED:
        assert known == ALLOWED


def bears(case: dict, layer: str) -> bool:
    """Whether the layer counts for the request at all."""
    made_case = read_case(json.dumps({**case, "unknown_layers": [layer]}))
    return evaluate(made_case.request, made_case.policies).layers[layer].effect == "unknown"


@given(made(lambda maker: maker.document(principals=maker.chance(2))))
@PATIENT
def test_the_printed_document_parses_to_the_same_document(document):
    policy = parse_policy(json.dumps(document), name="p")
    printed = policy_data(policy)
    again = parse_policy(json.dumps(printed, indent=1), name="p")
    assert policy_data(again) == printed
    assert [one.effect for one in again.statements] == [one.effect for one in policy.statements]
    assert again.has_variables is policy.has_variables


@given(made(Maker.case))
@PATIENT
def test_the_layers_agree_with_the_decision(case):
    found = read_case(json.dumps(case))
    decision = evaluate(found.request, found.policies)
    if decision.outcome == ALLOWED:
        assert decision.stopping == ()
    if decision.outcome in (IMPLICIT, EXPLICIT):
        assert decision.stopping
        assert decision.is_refused
    if decision.outcome == DEPENDS:
        assert any(result.effect == "unknown" for result in decision.layers.values())
    json.dumps(decision.as_data())


@given(made(Maker.case))
@PATIENT
def test_every_missing_key_is_one_that_was_called_unknown(case):
    assume(case.get("unknown_keys"))
    found = read_case(json.dumps(case))
    decision = evaluate(found.request, found.policies)
    assert set(decision.missing_keys) <= {key.lower() for key in case["unknown_keys"]}


def test_every_operator_can_be_combined_with_every_quantifier():
    for quantifier, end in product(("", "ForAllValues:", "ForAnyValue:"), ("", "IfExists")):
        text = json.dumps(
            {
                "Statement": {
                    "Effect": "Deny",
                    "Action": "*",
                    "Resource": "*",
                    "Condition": {f"{quantifier}StringLike{end}": {"a": "b"}},
                }
            }
        )
        assert parse_policy(text, name="p").statements[0].conditions[0].operator.value == f"{quantifier}StringLike{end}"
