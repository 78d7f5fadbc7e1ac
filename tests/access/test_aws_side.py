"""AWS's own answers: asked for whom the person may see, kept, masked; dropped where they are about somebody else."""

import json
import threading
import time
from dataclasses import replace

import pytest

from tests.cast import MARY_ARN, MATEO_ARN
from tests.web.living import answer_with, document, go_live, identity_policy
from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access.answer import Answer
from troubleshoot.access.aws_side import AwsSide, Deadline, from_data, within
from troubleshoot.access.disagree import Because, Engine
from troubleshoot.aws.answers import (
    AuthorizationCheck,
    AuthorizationDetails,
    AuthorizationEvaluation,
    AuthorizationMatch,
    AuthorizationPolicy,
    AuthorizationStatement,
    DecodedMessage,
    DecodedStatement,
    NotAnswered,
    Simulation,
    SimulatorStatement,
)
from troubleshoot.aws.errors import ProblemKind
from troubleshoot.iam.account import AccountSnapshot, InlinePolicy, PrincipalState
from troubleshoot.iam.layers import Layer
from troubleshoot.iam.snapshot import Missing
from troubleshoot.models import Diagnosis, Person, PrincipalLink

ACTION = "personalize:ListSchemas"
BLOB = "x" * 90
NUMBER = "EXAMPLE1a2b3c4d5e6f7g8h9i0j"
BY_NUMBER = f" or call the GetRequestAuthorizationDetails API with the following authorization id: {NUMBER}"
BY_MESSAGE = f". Encoded authorization failure message: {BLOB}"
GIVEN = document("Allow", ACTION)


def text(principal=MATEO_ARN, tail=""):
    return f"User: {principal} is not authorized to perform: {ACTION}{tail}"


EVENT = json.dumps(
    {
        "errorCode": "AccessDenied",
        "errorMessage": text(),
        "eventSource": "personalize.amazonaws.com",
        "eventName": "ListSchemas",
        "userIdentity": {"type": "IAMUser", "arn": MATEO_ARN, "accountId": "123456789012"},
    }
)
ENCODED = f"You are not authorized to perform this operation. Encoded authorization failure message: {BLOB}"


def simulated(decision="implicitDeny", **more):
    return Simulation(MATEO_ARN, ACTION, "*", decision, **more)


def decoded(principal=MATEO_ARN, **more):
    return DecodedMessage('{"allowed":false}', principal, ACTION, "*", False, False, **more)


def recorded(principal=MATEO_ARN, *checks, policies=()):
    evaluation = AuthorizationEvaluation(ACTION, "*", "DENY", checks=checks)
    return AuthorizationDetails(NUMBER, "us-east-1", principal, {}, (evaluation,), tuple(policies))


def stopped_by(kind, sid="Secret"):
    match = AuthorizationMatch("arn:aws:organizations::1:policy/o-1/scp/p-1", (AuthorizationStatement("DENY", sid),))
    return AuthorizationCheck(kind, "EXPLICIT_DENY", None, (match,))


def kept(person: Person, pasted: str) -> Diagnosis:
    made = diagnoses.diagnose(person=person, reading=diagnoses.read_paste(pasted))
    return Diagnosis.objects.get(pk=made.pk)


def seen(person: Person, pasted: str, viewer: Person | None = None) -> Answer:
    return diagnoses.answer(kept(person, pasted), viewer=viewer or person)


@pytest.fixture
def reader(monkeypatch, account):
    return go_live(monkeypatch, account)


def test_the_simulator_is_asked_about_ones_own_principal_and_its_answer_is_kept(reader, monkeypatch, mateo):
    asked = answer_with(monkeypatch, simulation=simulated())
    answer = seen(mateo, text())
    assert answer.aws.simulation == simulated()
    assert asked.asked == [f"simulate {MATEO_ARN}", "account"] or asked.asked == ["account", f"simulate {MATEO_ARN}"]


def test_the_kept_answers_come_back_as_they_were():
    way_data = {"chain": ["a"], "outcome": "depends", "missing_keys": ["k"], "missing_layers": ["scps"]}
    data = AwsSide(simulated(), NotAnswered("why", ProblemKind.THROTTLED), decoded(), dropped=("x",)).as_data()
    assert from_data(data).as_data() == data
    with_roles = {**data, "roles": [way_data]}
    assert from_data(with_roles).roles[0].missing_layers == (Layer.SCPS,)
    assert from_data(with_roles).as_data()["roles"] == [
        {"chain": ("a",), "outcome": "depends", "missing_keys": ("k",), "missing_layers": (Layer.SCPS,)}
    ]
    missing = AwsSide(roles=Missing("no"))
    assert from_data(missing.as_data()) == missing


@pytest.mark.parametrize(
    "pasted",
    [
        text(),
        text(tail=BY_NUMBER),
        text(tail=BY_MESSAGE),
        EVENT,
    ],
    ids=["arn", "authorization-id", "encoded-message", "cloudtrail-event"],
)
def test_a_stranger_who_pastes_somebody_elses_makes_the_portal_ask_nothing(reader, monkeypatch, charlie, pasted):
    asked = answer_with(monkeypatch, simulation=simulated(), authorization=recorded(), decoded=decoded())
    diagnosis = kept(charlie, pasted)
    assert (reader.asked, asked.asked) == ([], [])
    assert (diagnosis.snapshot, diagnosis.aws_answers) == (None, None)
    answer = diagnoses.answer(diagnosis, viewer=charlie)
    assert (answer.live, answer.aws) == (False, None)


@pytest.mark.parametrize("about", [MATEO_ARN, None], ids=["another", "nobody"])
def test_an_encoded_message_about_another_is_dropped_and_fills_no_fact(reader, monkeypatch, mary, about):
    asked = answer_with(monkeypatch, decoded=decoded(about))
    diagnosis = kept(mary, ENCODED)
    assert asked.asked == ["decode"]
    assert reader.asked == []
    assert diagnosis.aws_answers["decoded"] is None
    assert diagnosis.aws_answers["dropped"] == ["decoded"]
    assert diagnosis.facts["principal"] is None
    assert MATEO_ARN not in str(diagnosis.aws_answers)


@pytest.mark.parametrize("about", [MATEO_ARN, None], ids=["another", "nobody"])
def test_anothers_authorization_id_beside_ones_own_arn_is_dropped(reader, monkeypatch, mary, about):
    answer_with(monkeypatch, simulation=simulated(), authorization=recorded(about, stopped_by("PRINCIPAL")))
    diagnosis = kept(mary, text(MARY_ARN, BY_NUMBER))
    assert diagnosis.aws_answers["authorization"] is None
    assert diagnosis.aws_answers["dropped"] == ["authorization"]
    assert "Secret" not in str(diagnosis.aws_answers)


def test_the_helpdesk_fills_no_fact_of_a_strangers_case_with_what_is_about_another(
    reader, monkeypatch, mary, mateo, helen, account
):
    answer_with(monkeypatch, simulation=simulated(), decoded=decoded())
    PrincipalLink.objects.create(person=helen, account=account, principal_arn=f"{MARY_ARN}-helpdesk")
    told = {}
    for owner in (mary, mateo):
        case = kept(owner, ENCODED)
        diagnoses.recheck(case, viewer=helen)
        told[owner] = diagnoses.answer(Diagnosis.objects.get(pk=case.pk), viewer=owner).facts.principal
    assert told == {mary: None, mateo: MATEO_ARN}


def test_ones_own_encoded_message_fills_what_the_text_left_out(reader, monkeypatch, mateo):
    answer_with(monkeypatch, simulation=simulated(), decoded=decoded())
    answer = seen(mateo, ENCODED)
    assert (answer.facts.principal, answer.facts.action, answer.facts.account) == (MATEO_ARN, ACTION, "123456789012")
    assert answer.live
    assert answer.aws.decoded.principal == MATEO_ARN


def test_what_a_kept_answer_says_is_checked_again_for_each_viewer(reader, monkeypatch, mateo, account):
    answer_with(monkeypatch, simulation=simulated(), decoded=decoded(), authorization=recorded())
    diagnosis = kept(mateo, text(tail=BY_MESSAGE + BY_NUMBER))
    PrincipalLink.objects.filter(person=mateo).delete()
    assert diagnoses.answer(diagnosis, viewer=mateo).aws is None


def test_a_viewer_sees_as_much_of_the_policies_as_their_role_lets_them(reader, monkeypatch, mateo, helen, rita):
    statements = (DecodedStatement("Own", "ALLOW", "p", "IAM Policy"), DecodedStatement("Secret", "DENY", "o", "SCP"))
    policies = (
        AuthorizationPolicy("SERVICE_CONTROL_POLICY", "scp", document="{}"),
        AuthorizationPolicy("PRINCIPAL", "own", document="{}"),
    )
    answer_with(
        monkeypatch,
        simulation=simulated(matched=(SimulatorStatement("p", "user"),)),
        decoded=decoded(matched=statements),
        authorization=recorded(
            MATEO_ARN, stopped_by("SERVICE_CONTROL_POLICY"), stopped_by("PRINCIPAL", "Own"), policies=policies
        ),
    )
    diagnosis = kept(mateo, text(tail=BY_MESSAGE + BY_NUMBER))
    own, desk, reviewer = (diagnoses.answer(diagnosis, viewer=one).aws for one in (mateo, helen, rita))
    assert [policy.uri for policy in own.authorization.policies] == ["own"]
    assert [bool(check.matched) for check in own.authorization.evaluations[0].checks] == [False, True]
    assert [one.sid for one in own.decoded.matched] == ["Own"]
    assert own.decoded.text == ""
    assert [policy.uri for policy in desk.authorization.policies] == []
    assert (desk.decoded.matched, desk.simulation.matched, desk.simulation.decision) == ((), (), "implicitDeny")
    assert [policy.uri for policy in reviewer.authorization.policies] == ["scp", "own"]
    assert [one.sid for one in reviewer.decoded.matched] == ["Own", "Secret"]


@pytest.mark.parametrize("kind", [ProblemKind.NOT_SUPPORTED, ProblemKind.ACCESS_DENIED, ProblemKind.THROTTLED])
def test_what_aws_does_not_answer_is_kept_as_that_and_the_answer_stands(reader, monkeypatch, mateo, kind):
    answer_with(monkeypatch, simulation=NotAnswered("why", kind, "iam:SimulatePrincipalPolicy"))
    answer = seen(mateo, text())
    assert answer.aws.simulation.kind is kind
    assert answer.decision is not None
    assert answer.disagreements == ()


def test_a_slow_aws_does_not_hold_the_page():
    answered = threading.Event()
    began = time.monotonic()
    assert within(Deadline(1), lambda: answered.wait(60), lambda: "soon", late="gone") == ["gone", "soon"]
    assert time.monotonic() - began < 30
    answered.set()


@pytest.mark.parametrize(
    ("simulation", "pieces", "expected"),
    [
        (simulated("implicitDeny"), {}, None),
        (simulated("allowed"), {"identity": (identity_policy(GIVEN),)}, None),
        (simulated("allowed"), {}, (True, Because.UNCLEAR, (Layer.IDENTITY,))),
        (
            simulated("allowed"),
            {
                "identity": (identity_policy(GIVEN),),
                "vpc_endpoint": (identity_policy(document("Deny", "*")),),
            },
            (True, Because.BLIND, (Layer.VPC_ENDPOINT,)),
        ),
        (
            simulated("explicitDeny"),
            {"identity": (identity_policy(GIVEN),)},
            (False, Because.UNREAD, (Layer.VPC_ENDPOINT,)),
        ),
        (
            simulated("implicitDeny", missing_keys=("aws:sourceip",)),
            {"identity": (identity_policy(GIVEN),), "vpc_endpoint": None},
            (False, Because.CONTEXT, ()),
        ),
        (
            simulated("implicitDeny"),
            {"identity": (identity_policy(GIVEN),), "vpc_endpoint": None},
            (False, Because.UNCLEAR, ()),
        ),
    ],
)
def test_where_the_simulator_differs_it_is_told_and_why_that_may_be(
    monkeypatch, account, mateo, simulation, pieces, expected
):
    go_live(monkeypatch, account, **pieces)
    answer_with(monkeypatch, simulation=simulation)
    found = [(one.aws_allows, one.because, one.layers) for one in seen(mateo, text()).disagreements]
    assert found == ([] if expected is None else [expected])


def test_where_the_record_or_the_message_tells_of_a_stop_that_is_gone_it_is_told(monkeypatch, account, mateo):
    go_live(monkeypatch, account, identity=(identity_policy(GIVEN),))
    answer_with(
        monkeypatch,
        simulation=simulated("allowed"),
        authorization=recorded(MATEO_ARN, stopped_by("PRINCIPAL")),
        decoded=decoded(),
    )
    answer = seen(mateo, text(tail=BY_MESSAGE + BY_NUMBER))
    assert [(one.engine, one.because, one.layers) for one in answer.disagreements] == [
        (Engine.RECORD, Because.EARLIER, (Layer.IDENTITY,)),
        (Engine.MESSAGE, Because.EARLIER, ()),
    ]


def test_a_role_that_would_do_is_found_in_the_account(reader, monkeypatch, mateo):
    role_arn = "arn:aws:iam::123456789012:role/Builder"
    trust = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"sts:AssumeRole"}}'
    role = PrincipalState(
        "role", role_arn, "Builder", "/", inline=(InlinePolicy("all", GIVEN),), trust_policy=trust % MATEO_ARN
    )
    user = PrincipalState("user", MATEO_ARN, "mateojackson", "/")
    state = AccountSnapshot("123456789012", "2026-11-22T12:00:00+00:00", {MATEO_ARN: user}, {role_arn: role}, {}, {})
    answer_with(monkeypatch, simulation=simulated(), state=state)
    assert [way.chain for way in seen(mateo, text()).aws.roles] == [(role_arn,)]
    answer_with(monkeypatch, simulation=simulated(), state=replace(state, roles={}))
    assert seen(mateo, text()).aws.roles == ()


def test_an_account_that_could_not_be_read_leaves_the_roles_unknown(reader, monkeypatch, mateo):
    answer_with(monkeypatch, simulation=simulated(), state=Missing("Reading it takes a while."))
    assert seen(mateo, text()).aws.roles == Missing("Reading it takes a while.")


def test_who_has_nothing_in_any_account_makes_the_portal_open_no_message(reader, monkeypatch, charlie):
    asked = answer_with(monkeypatch, decoded=decoded())
    diagnosis = kept(charlie, ENCODED)
    assert (asked.asked, diagnosis.aws_answers) == ([], None)


def test_a_page_never_waits_longer_for_aws_than_its_deadline(reader, monkeypatch, mateo):
    asked, answered = answer_with(monkeypatch, decoded=decoded(), authorization=recorded()), threading.Event()
    for name in ("decode", "authorization_details", "simulate", "account"):
        monkeypatch.setattr(asked, name, lambda *_, **__: answered.wait(60))
    monkeypatch.setattr("troubleshoot.access.live.Deadline", lambda *_: Deadline(0.3))
    began = time.monotonic()
    answer = seen(mateo, text(tail=BY_MESSAGE + BY_NUMBER))
    assert time.monotonic() - began < 30
    answered.set()
    late = NotAnswered("AWS took too long to answer. Check again in a moment.", ProblemKind.TIMED_OUT)
    assert (answer.aws.decoded, answer.aws.authorization, answer.aws.simulation) == (late, late, late)
    assert answer.live
    assert answer.decision is not None
