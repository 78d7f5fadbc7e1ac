"""What a message says: the same facts and the same link for every way that it goes out."""

from typing import Any, Final

from django.conf import settings

from troubleshoot.access import manual, passwords, routing
from troubleshoot.access.beside import beside_words
from troubleshoot.access.more_time import more_time_of
from troubleshoot.access.words import LAYER_NAMES
from troubleshoot.iam.layers import Layer
from troubleshoot.models import AccessRequest, AdminChange, Approval, Grant, OutboxMessage

_NAMED: Final = 3
"""So many approvers are named in a mail; of more, how many they are."""

_PAGES: Final = {
    "to_decide": "/queue/{code}/",
    "left_behind": "/queue/{code}/",
    "apply_by_hand": "/queue/{code}/",
    "remove_by_hand": "/grants/{code}/",
    "drifted": "/grants/{code}/",
    "undo_refused": "/grants/{code}/",
    "change_to_confirm": "/people/",
    "password_link": "/password/{person}/{key}/",
    "nobody_can_approve": "/people/",
    "nobody_left": "/people/",
    "reminder_decide": "/queue/{code}/",
    "reminder_apply": "/queue/{code}/",
    "escalated": "/queue/{code}/",
    "handed_over": "/queue/{code}/",
}


def context_of(message: OutboxMessage) -> dict[str, Any]:
    """Return everything that the templates of a message may name."""
    request = message.request
    grant = Grant.objects.filter(request=request).first() if request else None
    unchecked = (grant.verification or {}).get("unchecked", []) if grant else []
    context = dict(message.context)
    if "change" in context:
        context["change"] = AdminChange.objects.select_related("person", "account", "proposed_by").get(
            pk=context["change"]
        )
    return {
        **context,
        "person": message.person,
        "request": request,
        "grant": grant,
        "by_hand": manual.is_done_by_hand(request) if request else False,
        "more_time": more_time_of(request, grant) if request else None,
        "duration": _duration(request) if request else "",
        "beside": beside_words(request) if request else "",
        "unchecked": ", ".join(LAYER_NAMES[layer] for layer in Layer if layer in unchecked),
        "decides": _who_decides(request) if request and message.template == "submitted" else "",
        "rejected_by": _who_rejected(request) if request and message.template == "rejected" else "",
        "site": settings.SITE_URL,
        "link": settings.SITE_URL + page_of(message),
    }


def _who_decides(request: AccessRequest) -> str:
    asked = routing.asked_of(request)
    route = routing.route_of(asked)
    names = [str(person) for person in routing.people_of(route, asked)]
    if len(names) < 2:
        return f"{names[0]} decides." if names else "An approver decides."
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    named = ", ".join([*names[:_NAMED], *more])
    if route.approvals > 1:
        return f"{route.approvals} different people have to approve it, out of {len(names)}: {named}."
    return f"One of {len(names)} people decides: {named}."


def _who_rejected(request: AccessRequest) -> str:
    last = request.approvals.filter(verdict=Approval.Verdict.REJECT).select_related("approver").last()
    return str(last.approver) if last else "an approver"


def page_of(message: OutboxMessage) -> str:
    """Return the path of the page that a message leads to. Opening it decides nothing."""
    names = {"code": message.request.code if message.request else ""}
    if message.template == passwords.MAIL and message.person:
        names |= {"person": str(message.person.public_id), "key": passwords.key_for(message.person)}
    return _PAGES.get(message.template, "/requests/{code}/").format(**names)


def _duration(request: AccessRequest) -> str:
    hours = request.change["hours"]
    if hours is None:
        return "until it is revoked"
    count, unit = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
