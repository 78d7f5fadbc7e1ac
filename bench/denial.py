"""How many messages the reader reads in a second on one core, beside a single compiled regular expression.

The reference knows the documented sentence and nothing else: no wrapping, no redaction, no near miss. Times are of
the processor, the best of several rounds, on all of our own samples, by size. Of 290 real pasted texts half are 192 to
422 characters long, the median is 273: that is the usual size.
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


USUAL = (192, 422)
"""The middle half of real pasted texts, in characters."""
FILES = ("sentences", "wrappings", "bare", "prose", "fresh", "near_misses", "near_misses_more")


def samples() -> list[str]:
    """Return every sample: plain sentences, logs, JSON, stack traces, events, near misses."""
    rows = [line for name in FILES for line in (SAMPLES / f"{name}.jsonl").read_text().splitlines()]
    return [json.loads(line)["text"] for line in rows]


def by_size(texts: list[str]) -> dict[str, list[str]]:
    """Return the texts in three sizes, and all of them."""
    least, most = USUAL
    return {
        "short": [text for text in texts if len(text) < least],
        "of usual size": [text for text in texts if least <= len(text) <= most],
        "long": [text for text in texts if len(text) > most],
        "all": texts,
    }


def per_second(read: Callable[[str], object], texts: list[str]) -> float:
    """Return how many texts are read in a second of processor time."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for text in texts:
            read(text)
        best = min(best, time.process_time() - start)
    return len(texts) / best


def yardstick() -> float:
    """Return how many steps of a plain loop the core does: on a machine that others use too, all figures fall alike."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _step in range(_STEPS):
            pass
        best = min(best, time.process_time() - start)
    return _STEPS / best


_STEPS = 200_000


def share(texts: list[str]) -> float:
    """Return the share of the texts that the reference reads at all."""
    return sum(REFERENCE.search(text) is not None for text in texts) / len(texts)


def main() -> None:
    """Print both figures for every size, and first how fast this core is just now."""
    print(f"this core, just now: {yardstick() / 1e6:,.1f} million steps of a plain loop in a second")
    for name, texts in by_size(samples()).items():
        size = sum(map(len, texts)) // len(texts)
        reader, reference = per_second(parse, texts), per_second(REFERENCE.search, texts)
        print(f"{len(texts)} texts, {name} ({size} characters): {reader:,.0f} in a second of processor time")
        print(f"  one regular expression: {reference:,.0f} a second, reads {share(texts):.0%} of them")


if __name__ == "__main__":
    main()
