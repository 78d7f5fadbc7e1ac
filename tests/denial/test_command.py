"""`manage.py parse_denial`, as machines and people call it."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from troubleshoot.denial import parse
from troubleshoot.management.commands.parse_denial import answers, in_words

ROOT = Path(__file__).resolve().parents[2]
DENIED = "User: arn:aws:iam::444455556666:user/nora is not authorized to perform: s3:GetObject"


def run(monkeypatch: pytest.MonkeyPatch, text: str, *options: str) -> str:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    call_command("parse_denial", *options, stdout=out)
    return out.getvalue()


def test_it_answers_line_by_line_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [json.dumps({"id": f"row-{number}", "text": DENIED if number % 2 else "nothing"}) for number in range(6)]
    rows = [json.loads(line) for line in run(monkeypatch, "\n".join(lines), "--jsonl").splitlines()]
    assert [row["id"] for row in rows] == [f"row-{number}" for number in range(6)]
    assert [len(row["denials"]) for row in rows] == [0, 1] * 3


def test_a_denial_is_printed_with_every_field(monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.dumps({"id": 7, "text": DENIED})
    (denial,) = json.loads(run(monkeypatch, line, "--jsonl"))["denials"]
    assert denial == {
        "is_denial": True,
        "principal": "arn:aws:iam::444455556666:user/nora",
        "principal_kind": "user",
        "account": "444455556666",
        "action": "s3:GetObject",
        "resource": None,
        "deny_kind": "unknown",
        "policy_type": None,
        "policy_arn": None,
        "authorization_id": None,
        "encoded_message": None,
        "operation": None,
        "error_code": None,
        "region": None,
        "request_id": None,
    }


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"{not json hunter22", {"id": None, "error": "this line is not JSON"}),
        (b"\xff\xfe", {"id": None, "error": "this line is not JSON"}),
        (b"[" * 100_000, {"id": None, "error": "this line is not JSON"}),
        (b"[1]", {"id": None, "error": "this line is not a JSON object"}),
        (b'{"id": "a"}', {"id": "a", "error": "`text` is missing or not a string"}),
        (b'{"id": "a", "text": 5}', {"id": "a", "error": "`text` is missing or not a string"}),
        (b'{"id": NaN, "text": "a"}', {"id": None, "error": "`id` is not a string"}),
        (b'{"id": ["a"], "text": "a"}', {"id": None, "error": "`id` is not a string"}),
    ],
)
def test_a_broken_line_is_answered_and_the_run_goes_on(line: bytes, answer: dict[str, Any]) -> None:
    good = json.dumps({"id": "b", "text": DENIED}).encode()
    first, second = answers([line, b"\n", good])
    assert first == answer
    assert second["denials"][0]["action"] == "s3:GetObject"


def test_a_text_that_is_too_large_is_answered_with_words() -> None:
    (answer,) = answers([json.dumps({"id": 1, "text": "x" * 300_000}).encode()])
    assert answer == {"id": 1, "error": "This text is larger than 256 KB. Paste only the lines around the error."}


def test_lines_are_taken_as_they_come() -> None:
    taken: list[int] = []

    def lines() -> Iterator[bytes]:
        for number in range(3):
            taken.append(number)
            yield json.dumps({"id": number, "text": DENIED}).encode()

    stream = answers(lines())
    assert next(stream)["id"] == 0
    assert taken == [0]


def test_a_lone_surrogate_does_not_end_the_run() -> None:
    (answer,) = answers([rb'{"id": "s", "text": "\ud800 ' + DENIED.encode() + b'"}'])
    assert answer["denials"][0]["action"] == "s3:GetObject"


def test_half_a_surrogate_pair_in_an_id_does_not_end_the_run() -> None:
    lines = rb'{"id": "\ud800", "text": "a"}' + b"\n" + json.dumps({"id": "é", "text": DENIED}).encode() + b"\n"
    done = _ran(["parse_denial", "--jsonl"], lines, PYTHONIOENCODING="ascii")
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["id"], second["id"]) == ("\ud800", "é")
    assert done.returncode == 0


def test_it_ends_quietly_when_its_reader_leaves() -> None:
    one = json.dumps({"id": 1, "text": "a"}).encode() + b"\n"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "manage.py", "parse_denial", "--jsonl"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(one)
        process.stdin.flush()
        assert process.stdout.readline()
        process.stdout.close()
        process.stdin.write(one)
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=20) == 1


def _ran(arguments: list[str], lines: bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **environment},
        input=lines,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_people_get_words(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run(monkeypatch, f"{DENIED}\n{DENIED}\npassword=hunter22")
    assert "Denial 1, 2 times" in shown
    assert "s3:GetObject" in shown
    assert "Removed before reading: password (1)" in shown
    assert "hunter22" not in shown


def test_a_near_miss_is_told_with_its_advice() -> None:
    shown = in_words(parse("ExpiredToken: The security token included in the request is expired"))
    assert shown.startswith("Your temporary credentials have expired.")


def test_people_are_told_when_nothing_was_read() -> None:
    assert in_words(parse("good morning")) == "I could not read a denial in this text."


def test_a_pasted_text_that_is_too_large_ends_with_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, "x" * 300_000)
    assert "larger than 256 KB" in capsys.readouterr().err


def test_the_stream_answers_before_its_end() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "manage.py", "parse_denial", "--jsonl"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"id": 1, "text": DENIED}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.stdin.close()
        assert process.wait(timeout=20) == 0
