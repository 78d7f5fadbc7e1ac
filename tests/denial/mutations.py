"""What happens to a message between AWS and the paste box: each function changes a text as people and tools do."""

import html
import json
import random
import re
import shlex
import textwrap
from collections.abc import Callable

Mutation = Callable[[str, random.Random], str]

NOISE_BEFORE = (
    "Hi team, since this morning my job stops with this:",
    "$ python import_ratings.py --profile retail",
    'Traceback (most recent call last):\n  File "import_ratings.py", line 12, in <module>',
    "Step 4/9 : RUN make import",
    "[2026-03-02] pipeline retail-import started",
)
NOISE_AFTER = (
    "Can somebody look at this? Thank you!",
    "make: *** [Makefile:12: import] Error 254",
    "    at processTicksAndRejections (node:internal/process/task_queues:95:5)",
    "Process finished with exit code 1",
    "[2026-03-02] pipeline retail-import ended",
)
MARKS = ("> ", "# ", "// ", " * ", "│ ", "| ", "    ", "> > ")
STAMPS = (
    "2026-03-02 10:15:00,123 ERROR ",
    "2026-03-02T10:15:00.123Z ",
    "2026-03-02T10:15:00Z [ERROR] ",
    "Mar  2 10:15:00 build-host import[4711]: ",
    "import-1  | ",
)
COLOURS = ("\x1b[31m", "\x1b[1;33m", "\x1b[0m", "\x1b[38;5;208m", "\x1b[K")
INVISIBLE = ("\u200b", "\u2060", "\ufeff", "\u00ad")


def wrap_anywhere(text: str, rng: random.Random) -> str:
    """A terminal's width breaks every line, inside words too."""
    width = rng.randint(24, 130)
    return "\n".join(line[at : at + width] for line in text.split("\n") for at in range(0, max(len(line), 1), width))


def wrap_words(text: str, rng: random.Random) -> str:
    """An editor breaks lines between words, and words that are too long for the line."""
    width = rng.randint(30, 130)
    wrapper = textwrap.TextWrapper(width=width, break_long_words=rng.random() < 0.5, break_on_hyphens=False)
    return "\n".join(piece for line in text.split("\n") for piece in wrapper.wrap(line) or [""])


def escape_json(text: str, rng: random.Random) -> str:
    """A log writes the message as a JSON string, perhaps twice."""
    for _ in range(rng.randint(1, 2)):
        text = json.dumps({"level": "error", "message": text}, ensure_ascii=rng.random() < 0.5)
    return text


def escape_shell(text: str, rng: random.Random) -> str:
    """The message stands in a command."""
    if rng.random() < 0.5:
        return f"echo {shlex.quote(text)}"
    return re.sub(r"([^\w\s.:/@%+=,-])", r"\\\1", text)


def escape_html(text: str, rng: random.Random) -> str:
    """The message stands in a page."""
    escaped = html.escape(text)
    if rng.random() < 0.3:
        escaped = html.escape(escaped)
    line_break = rng.choice(("<br>", "<br />", "\n"))
    return rng.choice(("<pre>{}</pre>", "<p><code>{}</code></p>", "{}")).format(escaped.replace("\n", line_break))


def mark_lines(text: str, rng: random.Random) -> str:
    """The message is quoted, or stands in a comment."""
    mark = rng.choice(MARKS)
    return "\n".join(mark + line for line in text.split("\n"))


def stamp_lines(text: str, rng: random.Random) -> str:
    """A logger puts time and level before every line."""
    stamp = rng.choice(STAMPS)
    return "\n".join(stamp + line for line in text.split("\n"))


def surround(text: str, rng: random.Random) -> str:
    """People write something before and after."""
    gap = rng.choice(("\n", "\n\n"))
    return gap.join((rng.choice(NOISE_BEFORE), text, rng.choice(NOISE_AFTER)))


def colour(text: str, rng: random.Random) -> str:
    """A terminal colours words."""
    return re.sub(r"\S+", lambda match: _coloured(match[0], rng), text)


def _coloured(word: str, rng: random.Random) -> str:
    return f"{rng.choice(COLOURS)}{word}\x1b[0m" if rng.random() < 0.2 else word


def hide(text: str, rng: random.Random) -> str:
    """A chat program leaves invisible characters, hard blanks and smart quotes."""
    at = rng.randrange(len(text) + 1)
    text = text[:at] + rng.choice(INVISIBLE) + text[at:]
    if rng.random() < 0.5:
        text = text.replace(" ", "\u00a0")
    return re.sub(r'"([^"\n]*)"', "\u201c\\1\u201d", text) if rng.random() < 0.5 else text


def end_lines_with_crlf(text: str, rng: random.Random) -> str:
    """Windows ends lines with two characters."""
    return text.replace("\n", "\r\n")


def fence(text: str, rng: random.Random) -> str:
    """Markdown."""
    return rng.choice(("```\n{}\n```", "`{}`", "**Error:** `{}`", "> {}")).format(text)


MUTATIONS: tuple[Mutation, ...] = (
    wrap_anywhere,
    wrap_words,
    escape_json,
    escape_shell,
    escape_html,
    mark_lines,
    stamp_lines,
    surround,
    colour,
    hide,
    end_lines_with_crlf,
    fence,
)


def mutated(text: str, rng: random.Random) -> tuple[str, list[str]]:
    """Return the text after one to three mutations, and their names."""
    chosen = rng.sample(MUTATIONS, rng.randint(1, 3))
    for mutation in chosen:
        text = mutation(text, rng)
    return text, [mutation.__name__ for mutation in chosen]
