"""How many messages the reader reads in a second on one core, beside a single compiled regular expression.

The reference knows the documented sentence and nothing else: no wrapping, no redaction, no near miss. Times are of
the processor, the best of several rounds, on our own samples of usual size.
"""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

from troubleshoot.denial import parse

SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "denial" / "samples"
ROUNDS = 15
REFERENCE = re.compile(
    r"User:?\s+(?P<principal>\S+)\s+is not authorized to perform:?\s+(?P<action>[A-Za-z0-9-]+:[A-Za-z0-9*]+)"
    r"(?:\s+on resource:?\s+(?P<resource>\"[^\"]*\"|\S+))?"
    r"(?:\s+with an explicit deny(?:\s+in an?\s+(?P<explicit>[\w -]+? (?:policy"
    r"|boundary))(?::\s*(?P<policy>arn:\S+))?)?"
    r"|\s+because no (?P<implicit>[\w -]+? (?:policy|boundary)) allows the \S+ action)?"
)


def messages() -> list[str]:
    """Return the samples of usual size: one message as AWS's tools print it."""
    rows = [json.loads(line) for line in (SAMPLES / "sentences.jsonl").read_text().splitlines()]
    return [row["text"] for row in rows]


def wrapped() -> list[str]:
    """Return the samples as people paste them: logs, JSON, stack traces, events."""
    return [json.loads(line)["text"] for line in (SAMPLES / "wrappings.jsonl").read_text().splitlines()]


def per_second(read: Callable[[str], object], texts: list[str]) -> float:
    """Return how many texts are read in a second of processor time."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for text in texts:
            read(text)
        best = min(best, time.process_time() - start)
    return len(texts) / best


def share(texts: list[str]) -> float:
    """Return the share of the texts that the reference reads at all."""
    return sum(REFERENCE.search(text) is not None for text in texts) / len(texts)


def main() -> None:
    """Print both figures for both kinds of text."""
    for name, texts in (("messages", messages()), ("pasted texts", wrapped())):
        size = sum(map(len, texts)) // len(texts)
        reader, reference = per_second(parse, texts), per_second(REFERENCE.search, texts)
        print(f"{name} of {size} characters: {reader:,.0f} a second on one core")
        print(f"  one regular expression: {reference:,.0f} a second, reads {share(texts):.0%} of them; the reader all")


if __name__ == "__main__":
    main()
