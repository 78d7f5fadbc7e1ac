"""A message as JSON for the company's own systems, signed so that nobody else can send or repeat one.

The headers and the signature are those of the Standard Webhooks, so that ready-made code can check them:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
from typing import Any

from django.utils import timezone

from portal.receivers import Receiver
from troubleshoot.access.beside import beside
from troubleshoot.access.wording import context_of
from troubleshoot.models import AccessRequest, OutboxMessage


def letter(message: OutboxMessage, receiver: Receiver) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a message, signed at this moment. Its id is the same at each attempt."""
    delivery = delivery_id(message)
    body = json.dumps(_content(message, delivery), sort_keys=True).encode()
    now = str(int(timezone.now().timestamp()))
    return body, {
        "Content-Type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": now,
        "webhook-signature": f"v1,{signature(receiver.secret, delivery, now, body)}",
    }


def delivery_id(message: OutboxMessage) -> str:
    """Return the id by which a receiver knows a message that it has seen already."""
    return f"msg_{hashlib.sha256(message.key.encode()).hexdigest()[:32]}"


def signature(secret: bytes, delivery: str, timestamp: str, body: bytes) -> str:
    """Return the base64 of the HMAC-SHA256 over id, timestamp and body, joined by full stops."""
    signed = f"{delivery}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def _content(message: OutboxMessage, delivery: str) -> dict[str, Any]:
    content: dict[str, Any] = {
        "id": delivery,
        "type": message.template,
        "timestamp": message.created_at.isoformat(),
    }
    if message.template == AUDIT_HEAD:
        return {**content, "data": dict(message.context)}
    data = {"link": context_of(message)["link"]}
    return {**content, "data": data | (_request(message.request) if message.request else {})}


MOST_ACTIONS = 50
"""So many actions of a whole job are named beside the one that was refused; of more, how many they are."""

AUDIT_HEAD = "audit_head"
"""The type of a message that carries the head of the audit chain and nothing else."""


def _request(request: AccessRequest) -> dict[str, Any]:
    """Return the facts of a request, without anything that people wrote. The state is that of this moment."""
    others = beside(request)
    return {
        "request": request.code,
        "state": request.state,
        "account": request.account.account_id,
        "principal": request.principal_arn,
        "action": request.action,
        "other_actions": others[:MOST_ACTIONS],
        "more_actions": max(0, len(others) - MOST_ACTIONS),
        "resource": request.resource,
        "hours": request.change["hours"],
        "risk": request.risk,
        "change_digest": request.change_digest,
    }
