"""`manage.py evaluate --jsonl` and `manage.py explain`."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.iam.build import NOTHING, OBJECT, USER, allow, doc, when


def line(name="1", **fields) -> str:
    case = {
        "id": name,
        "principal": USER,
        "action": "s3:GetObject",
        "resource": OBJECT,
        "context": {},
        "policies": {"identity": [doc(allow("s3:*"))]},
    }
    return json.dumps({**case, **fields})


def run(monkeypatch, text: str, command="evaluate", **options) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    call_command(command, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def evaluated(monkeypatch, *lines: str) -> list[dict]:
    out, _ = run(monkeypatch, "\n".join(lines), jsonl=True)
    return [json.loads(answer) for answer in out.splitlines()]


def test_answers_come_in_the_order_of_the_cases(monkeypatch):
    answers = evaluated(monkeypatch, line("a"), "", line("b", action="ec2:RunInstances"))
    assert [(one["id"], one["decision"]) for one in answers] == [("a", "allowed"), ("b", "implicit_deny")]
    assert answers[0]["layers"]["identity"] == "passes"
    assert answers[0]["reasons"]


@pytest.mark.parametrize(
    ("broken", "name", "words"),
    [
        ("{", None, "column 2"),
        ("[]", None, "a case must be an object"),
        (line(principal=None), "1", "no `principal`"),
        (line(principal=[]), "1", "expected a string"),
        (line(policies=1), "1", "`policies` must be an object"),
        (line(policies={"identity": 1}), "1", "expected a list"),
        (
            line(policies={"identity": [{"Statement": [{"Effect": "Maybe", "Action": "*"}]}]}),
            "1",
            "identity[0]: line 1",
        ),
        (line(policies={"scps": [[{}]]}), "1", "scps[0][0]: line 1"),
        (line(unknown_layers=["nothing"]), "1", "'nothing' is not a valid Layer"),
        (line(context=[]), "1", "`context` must be an object"),
        ('{"id": "1", "id": "2"}', None, "`id` stands here for the second time"),
        (line(policies={"boundry": None}), "1", "`boundry` is no layer"),
        (line(resource_account="12345"), "1", "`resource_account` must be 12 digits"),
        (line(wildcard_only="yes"), "1", "`wildcard_only` must be true or false"),
        (line("\ud800"), "\ud800", "half of a surrogate pair"),
        (line(context={"a": float("nan")}), "1", "expected a value"),
    ],
)
def test_a_case_that_cannot_be_read_says_why_and_the_run_goes_on(monkeypatch, broken, name, words):
    first, second = evaluated(monkeypatch, broken, line("next"))
    assert first["id"] == name
    assert words in first["error"]
    assert second["decision"] == "allowed"


def test_a_duplicate_key_in_a_document_is_an_error(monkeypatch):
    (answer,) = evaluated(monkeypatch, line().replace('"Effect": "Allow"', '"Effect": "Deny", "Effect": "Allow"'))
    assert answer["id"] == "1"
    assert "`Effect` stands here for the second time" in answer["error"]


def test_a_document_that_is_too_deep_is_an_error_of_its_own_case(monkeypatch):
    deep = "[" * 100 + "]" * 100
    (answer,) = evaluated(monkeypatch, line().replace('"Allow"', deep))
    assert answer["id"] == "1"
    assert "levels deep" in answer["error"]


def test_what_is_optional_may_be_null(monkeypatch):
    (answer,) = evaluated(monkeypatch, line(context=None, unknown_keys=None, unknown_layers=None))
    assert answer["decision"] == "allowed"
    (answer,) = evaluated(monkeypatch, line(policies=None))
    assert answer["decision"] == "implicit_deny"


def test_a_byte_order_mark_is_no_part_of_the_first_case(monkeypatch):
    (answer,) = evaluated(monkeypatch, "\ufeff" + line())
    assert answer["decision"] == "allowed"


def test_a_byte_of_another_encoding_spoils_only_its_own_case(monkeypatch):
    lines = (
        line("a").encode() + b"\n" + line("b", note="@").encode().replace(b"@", b"\xe9") + b"\n" + line("c").encode()
    )
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines), encoding="ascii"))
    call_command("evaluate", stdout=out, jsonl=True)
    answers = [json.loads(answer) for answer in out.getvalue().splitlines()]
    assert [(one["id"], "error" in one) for one in answers] == [("a", False), ("b", True), ("c", False)]


def test_values_may_be_numbers_booleans_lists_or_null(monkeypatch):
    statement = allow(
        Condition={
            "NumericEquals": {"s3:max-keys": 5},
            "Bool": {"aws:SecureTransport": "true"},
            "ForAnyValue:StringEquals": {"aws:TagKeys": "a"},
            "Null": {"aws:username": "true"},
        }
    )
    context = {"s3:max-keys": 5, "aws:SecureTransport": True, "aws:TagKeys": ["a", "b"], "aws:username": None}
    (answer,) = evaluated(monkeypatch, line(context=context, policies={"identity": [doc(statement)]}))
    assert answer["decision"] == "allowed"


def test_every_layer_can_be_given_and_null_means_that_there_is_none(monkeypatch):
    nothing = dict.fromkeys(("identity", "resource", "boundary", "session", "scps", "rcps", "vpc_endpoint"))
    (answer,) = evaluated(monkeypatch, line(policies=nothing))
    assert answer["decision"] == "implicit_deny"
    assert json.loads(line(resource=None))["resource"] is None
    (answer,) = evaluated(
        monkeypatch, line(policies={"boundary": [], "identity": [doc(allow())]}, resource=None, wildcard_only=True)
    )
    assert answer["layers"]["boundary"] == "implicit"


def test_a_case_without_policies_is_denied(monkeypatch):
    case = json.loads(line())
    del case["policies"]
    (answer,) = evaluated(monkeypatch, json.dumps(case))
    assert answer["decision"] == "implicit_deny"


def test_repeat_reports_the_speed_on_stderr(monkeypatch):
    out, err = run(monkeypatch, line(), jsonl=True, repeat=3)
    assert len(out.splitlines()) == 1
    assert err.strip().endswith("decisions per second")
    assert run(monkeypatch, "", jsonl=True, repeat=3)[1].startswith("0 ")


def test_it_asks_for_the_format_that_it_reads():
    with pytest.raises(CommandError, match="--jsonl"):
        call_command("evaluate")


def test_explain_says_in_words_what_stops_the_request(monkeypatch):
    policies = {
        "identity": [
            doc(
                allow("s3:*", "arn:aws:s3:::bucket/other", Sid="Other"), allow("s3:Get*", **when("Bool", "a:b", "true"))
            )
        ],
        "boundary": [NOTHING],
    }
    out, _ = run(monkeypatch, line(policies=policies), "explain")
    assert "asks for s3:GetObject on arn:aws:s3:::bucket/key" in out
    assert "Denied, because nothing allows it." in out
    assert "Permissions boundary: STOPS it" in out
    assert "close: identity[0], statement Other, lines 1 to 1" in out
    assert "resource: the policy says arn:aws:s3:::bucket/other, the request has arn:aws:s3:::bucket/key" in out
    assert "condition a:b (Bool): the policy says true, the request has nothing" in out


def test_explain_says_what_the_decision_hangs_on(monkeypatch):
    condition = when("IpAddress", "aws:SourceIp", "10.0.0.0/8")
    denying = {"Effect": "Deny", "Action": "*", "Resource": "*", **condition}
    policies = {"identity": [doc(denying)]}
    out, _ = run(
        monkeypatch, line(policies=policies, unknown_keys=["aws:SourceIp"], unknown_layers=["scps"]), "explain"
    )
    assert "It depends on what is not known." in out
    assert "It is refused either way" in out
    assert "Identity-based policies: hangs on the value of aws:sourceip." in out
    assert "Service control policies: hangs on its policies, which were not read." in out


def test_explain_reads_a_file_and_refuses_what_is_no_case(monkeypatch, tmp_path):
    file = tmp_path / "case.json"
    file.write_text(line())
    out, _ = run(monkeypatch, "", "explain", file=str(file))
    assert "Allowed." in out
    assert "Allow in identity[0], statement 1" in out
    with pytest.raises(CommandError, match="no `id`"):
        run(monkeypatch, "{}", "explain")
    with pytest.raises(CommandError):
        run(monkeypatch, "", "explain", file=str(tmp_path / "missing"))
