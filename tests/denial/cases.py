"""The samples of this folder: our own texts, with what a reader takes from them."""

import json
from pathlib import Path
from typing import Any

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
    "region",
    "request_id",
)
_SAMPLES = Path(__file__).parent / "samples"


def samples(*names: str) -> list[dict[str, Any]]:
    """Return the rows of these files."""
    return [json.loads(line) for name in names for line in (_SAMPLES / f"{name}.jsonl").read_text().splitlines()]


def vectors() -> list[dict[str, Any]]:
    """Return the test vectors of AWS's documented messages."""
    return list(json.loads((_SAMPLES / "vectors.json").read_text())["vectors"])


DENIALS = ("sentences", "wrappings", "bare", "prose")
