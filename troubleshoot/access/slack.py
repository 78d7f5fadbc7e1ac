"""A message as Slack's incoming webhooks take it: what happened, the facts, and a link to the page.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

import json
from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string

from portal.receivers import Receiver
from troubleshoot.access.beside import beside
from troubleshoot.access.wording import context_of
from troubleshoot.models import OutboxMessage

_LONGEST_HEADER = 150
_LONGEST_FIELD = 2000
"""https://docs.slack.dev/reference/block-kit/blocks/header-block and .../section-block"""


def letter(message: OutboxMessage, _receiver: Receiver) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a message. What people wrote stands in plain text alone, as text."""
    context = context_of(message)
    subject = " ".join(render_to_string(f"email/{message.template}_subject.txt", context).split())
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(subject, longest=_LONGEST_HEADER)}]
    if fields := _facts(context):
        blocks.append({"type": "section", "fields": [_plain(field, longest=_LONGEST_FIELD) for field in fields]})
    link = f"<{escaped(context['link'])}|Open it in Access Desk>. Nothing is decided by opening the link."
    blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": link}})
    body = {"text": escaped(subject), "blocks": blocks, "unfurl_links": False}
    return json.dumps(body).encode(), {"Content-Type": "application/json"}


def escaped(text: str) -> str:
    """Return `text` so that Slack makes no link, mention or channel of it.

    https://docs.slack.dev/messaging/formatting-message-text
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str, *, longest: int) -> dict[str, Any]:
    shown = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return {"type": "plain_text", "text": shown, "emoji": False}


def _facts(context: dict[str, Any]) -> list[str]:
    request = context["request"]
    if request is None:
        return []
    return [
        f"Request\n{request.code}",
        f"Who\n{request.principal_arn}",
        f"Action\n{request.action}",
        *([f"Also\n{_named(others)}"] if (others := beside(request)) else ()),
        f"Resource\n{request.resource}",
        f"How long\n{context['duration']}",
        *([f"More time\n{more.words}"] if (more := context["more_time"]) else ()),
    ]


def _named(actions: Sequence[str]) -> str:
    """Every action of a whole job, as far as a field has room: the end of a list would be cut in the middle."""
    shown = list(actions)
    while len(words := _listed(shown, len(actions) - len(shown))) > _LONGEST_FIELD - len("Also\n"):
        shown.pop()
    return words


def _listed(shown: Sequence[str], left: int) -> str:
    return ", ".join(shown) + (f" and {left} more" if left else "")
