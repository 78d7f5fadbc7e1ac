"""Compares the reader with labelled texts: `python .ci/score_denials.py FILE [--show]`.

Each line of FILE is `{"id", "text", "expect", "note"}`. Prints a table by field; exits 1 below `denial-floor.json`.
"""

# ruff: noqa: T201 - a script of the build prints

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from troubleshoot.denial import parse  # noqa: E402 - the path must be set first

FIELDS = (
    "principal",
    "principal_kind",
    "account",
    "action",
    "resource",
    "deny_kind",
    "policy_type",
    "policy_arn",
    "authorization_id",
    "encoded_message",
    "operation",
    "error_code",
)


def read(text: str) -> dict[str, Any]:
    """Return the fields of the first denial, as the labels name them."""
    denials = parse(text).denials
    if not denials:
        return {"is_denial": False}
    data = denials[0].as_data()
    return {**data, "encoded_message": data["encoded_message"] is not None}


def is_acceptable(note: str | None, field: str, value: Any) -> bool:
    """Say whether the note of a hard case names this value as acceptable too."""
    if not note or "acceptable" not in note:
        return False
    if value is None:
        return f"null {field}" in note
    return re.search(rf"(?<![\w-]){re.escape(str(value))}(?![\w-])[^;]*acceptable", note) is not None or _is_as_is(
        note, field
    )


def _is_as_is(note: str, field: str) -> bool:
    return field in {"principal", "resource"} and ("as-is form is acceptable" in note or f"{field} up to" in note)


def compare(row: dict[str, Any]) -> dict[str, str]:
    """Return for each field `right`, `null` (not read) or `wrong`."""
    got, expected = read(row["text"]), row["expect"]
    if got["is_denial"] != expected["is_denial"]:
        return {"is_denial": "wrong" if got["is_denial"] else "null"}
    if not expected["is_denial"]:
        return {"is_denial": "right"}
    return {"is_denial": "right"} | {name: _verdict(row, name, got.get(name), expected.get(name)) for name in FIELDS}


def _verdict(row: dict[str, Any], field: str, got: Any, expected: Any) -> str:
    if got == expected or is_acceptable(row.get("note"), field, got):
        return "right"
    empty = got is None or got is False or (got == "unknown" and field in {"deny_kind", "principal_kind"})
    return "null" if empty else "wrong"


def main() -> int:
    """Score the file, print the table, compare with the floor."""
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--show", action="store_true", help="print each row that is not right")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.path.read_text().splitlines() if line.strip()]
    verdicts = {row["id"]: compare(row) for row in rows}
    if options.show:
        _show(rows, verdicts)
    return _report(verdicts)


def _show(rows: list[dict[str, Any]], verdicts: dict[str, dict[str, str]]) -> None:
    for row in rows:
        bad = {name: verdict for name, verdict in verdicts[row["id"]].items() if verdict != "right"}
        if bad:
            got = read(row["text"])
            print(f"\n== {row['id']}\n{row['text']}")
            for name, verdict in bad.items():
                print(f"   {name}: {verdict}: read {got.get(name)!r}, expected {row['expect'].get(name)!r}")


def _report(verdicts: dict[str, dict[str, str]]) -> int:
    for name in ("is_denial", *FIELDS):
        seen = [verdict[name] for verdict in verdicts.values() if name in verdict]
        print(f"{name:18} right {seen.count('right'):4}  null {seen.count('null'):3}  wrong {seen.count('wrong'):3}")
    whole = sum(all(value == "right" for value in verdict.values()) for verdict in verdicts.values())
    wrong = sum("wrong" in verdict.values() for verdict in verdicts.values())
    false = sum(verdict["is_denial"] == "wrong" for verdict in verdicts.values())
    share = whole / len(verdicts)
    print(f"rows {len(verdicts)}  right in every field {whole} ({share:.1%})  with a wrong field {wrong}", end="")
    print(f"  near misses read {false}")
    floor = json.loads((HERE / "denial-floor.json").read_text())
    bad = share < floor["right"] or wrong > floor["wrong"] or false > floor["near_misses_read"]
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
