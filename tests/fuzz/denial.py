"""A fuzzer for the reader: `python -m tests.fuzz.denial --seconds 600`.

It puts words of the grammar, escapes and noise together at random, and checks that nothing raises, nothing is slow
and every span lies inside the text. Prints and saves the text and its seed if something is found, and exits 1.
"""

import argparse
import random
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from troubleshoot.denial import Reading, parse

SLOWEST = 0.05
"""Seconds of processor time for 10 KB."""
LONGEST = 5.0
"""Seconds of processor time after which a text counts as hanging: the run ends, and the text is kept."""

GRAMMAR = (
    *("User: ", "User:", "Role ", "Service Principal: ", "is not authorized ", "to perform: ", "on resource: "),
    *("with an explicit deny", " in a service control policy", " in an identity-based policy", ": ", "because no "),
    *("permissions boundary", "session policy", "VPC endpoint policy", " allows the ", " action", ". ", "action"),
    *("arn:aws:iam::444455556666:user/nora", "arn:aws:sts::444455556666:assumed-role/Ops/sam", "arn:", "arn:aws:"),
    *("s3:GetObject", "personalize:CreateSolution", "iam:PassRole", ":", "/", "*", "***", "<account>", "<", ">", "..."),
    *("An error occurred (AccessDenied) when calling the GetObject operation: ", "Access Denied", "api error ", "403"),
    *("AccessDeniedException", "UnauthorizedOperation", "<Code>AccessDenied</Code>", '"errorCode": "AccessDenied"'),
    *("Encoded authorization failure message: ", "x9Qk3vT1mZ7pR5sW2yB8nC4dF6gH0jLa", "authorization id: "),
    *("https://eu-west-1.console.aws.amazon.com/iam/home#/authorization-details/q7w8e9r0t1y2", "Request ID: 0b1c2d3e"),
    *(
        "\n",
        "\n\n",
        "\r\n",
        "\\n",
        "\\\\n",
        "\\",
        '"',
        "'",
        "`",
        '\\"',
        "&quot;",
        "&amp;",
        "&#x2F;",
        "<br>",
        "<pre>",
        "</pre>",
    ),
    *(
        "> ",
        "# ",
        "// ",
        "│ ",
        " * ",
        "2026-03-02T10:15:00Z ",
        "\x1b[31m",
        "\x1b",
        "\u200b",
        "\ufeff",
        "\u00a0",
        "\ud800",
        "“",
    ),
    *(
        "password=",
        "secret_access_key = ",
        "q7Zt/Yb2+Lw9XcR4mNvK1pHs8DfGj3TaQe6UiOoB",
        "eyJhbGciOiJFUzI1NiJ9.e30.x",
        "AKIA",
    ),
    *("用户: ", "缺少权限", "{", "}", "(", ")", " ", "  ", "\t", "Status Code: 400", "HandlerErrorCode: AccessDenied"),
)


def generate(seed: int) -> str:
    """Return the text of this seed: mostly short, sometimes a long one."""
    rng = random.Random(seed)  # noqa: S311 - the same numbers are wanted again
    length = rng.choice((3, 8, 20, 60, 1500 if rng.random() < 0.05 else 30))
    text = "".join(rng.choice(GRAMMAR) * rng.choice((1, 1, 1, 1, 2, 30)) for _ in range(length))
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + chr(rng.choice((10, 32, 92, 34, rng.randrange(0x110000)))) + text[at + rng.randrange(3) :]
    return text[:60_000]


def check(text: str) -> Reading:
    """Read the text; raise AssertionError if the reading does not hold together."""
    reading = parse(text)
    for denial in reading.denials:
        assert denial.count >= 1, "a count below one"
        for name, (start, end) in denial.spans.items():
            assert 0 <= start < end <= len(reading.text), f"the span of {name} lies outside the text"
            assert getattr(denial, name) is not None, f"a span without its value: {name}"
    return reading


def main() -> int:
    """Run until the time is over. Returns 1 if something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", type=Path, default=Path("fuzz-finding.txt"), help="where a finding is written")
    options = parser.parse_args()
    signal.signal(signal.SIGPROF, _hangs)
    end, seed, slowest = time.monotonic() + options.seconds, options.seed, 0.0
    while time.monotonic() < end:
        text = generate(seed)
        try:
            took = min(_timed(text) for _ in range(2))
        except Exception as error:
            return _found(seed, text, repr(error), options.save)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        slowest = max(slowest, took / max(len(text), 10_000))
        if took > SLOWEST * max(1, len(text) / 10_000):
            return _found(seed, text, f"{took:.3f} s", options.save)
        seed += 1
    sys.stdout.write(
        f"{seed - options.seed} texts, nothing found; slowest {slowest * 10_000 * 1000:.1f} ms for 10 KB\n"
    )
    return 0


def _timed(text: str) -> float:
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    start = time.process_time()
    check(text)
    return time.process_time() - start


def _hangs(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"still reading after {LONGEST} s of processor time")


def _found(seed: int, text: str, what: str, save: Path) -> int:
    finding = f"seed {seed}: {what}\n{text!r}\n"
    save.write_text(finding)
    sys.stdout.write(finding)
    return 1


if __name__ == "__main__":
    sys.exit(main())
