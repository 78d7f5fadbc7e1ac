"""Lines of JSON from standard input and to standard output: what the commands for machines share."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.core.management.base import OutputWrapper

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_lines(stream: IO[str]) -> Iterator[bytes]:
    """Yield the lines that are not blank, as they come: bytes, so that another encoding spoils its own line only."""
    buffer = getattr(stream, "buffer", None)
    lines = iter(buffer.readline, b"") if buffer else (line.encode(errors="surrogatepass") for line in stream)
    for line in lines:
        text = line.removeprefix(_BYTE_ORDER_MARK)
        if text.strip():
            yield text


def write_line(out: OutputWrapper, answer: dict[str, Any]) -> None:
    """Write one answer before the next line is read, in ASCII, which bears half a surrogate pair, too."""
    out.write(json.dumps(answer))
    out.flush()


@contextmanager
def until_the_reader_leaves() -> Iterator[None]:
    """End quietly, with status 1, where whoever reads standard output reads no further (`| head`)."""
    try:
        yield
    except BrokenPipeError:
        # the interpreter flushes standard output once more as it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
