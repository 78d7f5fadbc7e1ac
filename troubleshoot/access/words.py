"""What people wrote, before it is kept: without secrets, without characters that a database or a page trips over.

Also the names of the layers in messages to people.
"""

import re
from typing import Final

from troubleshoot.denial.redact import redact
from troubleshoot.iam.layers import Layer

LONGEST = 4000
LAYER_NAMES: Final = {
    Layer.RCPS: "resource control policies",
    Layer.SCPS: "service control policies",
    Layer.VPC_ENDPOINT: "VPC endpoint policy",
    Layer.RESOURCE: "resource's own policy",
    Layer.IDENTITY: "identity policies",
    Layer.BOUNDARY: "permissions boundary",
    Layer.SESSION: "session policy",
}
"""How mails and messages call the layers, within a sentence and after *the*."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def cleaned(text: str, *, longest: int = LONGEST) -> str:
    """Return `text` as it may be kept: secrets removed, at most `longest` characters, none of them invisible."""
    readable = text.encode("utf-8", "replace").decode().replace("\r\n", "\n")
    return redact(_CONTROL.sub("", readable)).text.strip()[:longest]
