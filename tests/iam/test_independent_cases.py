"""Cases written from the rules alone, by somebody who had not read the engine, in the format of the command.

Each line of `independent_cases.jsonl` holds a case, the decision that AWS's rules lead to, and why.
"""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

LINES = Path(__file__).with_name("independent_cases.jsonl").read_text().splitlines()


@pytest.fixture(scope="module")
def decisions() -> dict[str, str]:
    """What `manage.py evaluate --jsonl` says to all the cases."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO("\n".join(LINES)))
        call_command("evaluate", jsonl=True, stdout=out)
    answers = map(json.loads, out.getvalue().splitlines())
    return {answer["id"]: answer["decision"] for answer in answers}


@pytest.mark.parametrize("line", LINES, ids=lambda line: json.loads(line)["id"])
def test_the_command_decides_as_the_rules_say(line, decisions):
    case = json.loads(line)
    assert decisions[case["id"]] == case["expected"], case["why"]
