"""Texts that were not read, or read wrongly: sending one, and the administrators' list of them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import doors
from troubleshoot.access import unread as services
from troubleshoot.access.permissions import roles_of
from troubleshoot.denial import parse
from troubleshoot.models import Diagnosis, UnreadMessage
from troubleshoot.web.forms.unread import SendForm, send_form
from troubleshoot.web.signed_in import person_of
from troubleshoot.web.turning import page_of

_UNPROCESSABLE = 422
_SENT = "Sent. Thank you: it helps to read the next one."


def send(request: HttpRequest) -> HttpResponse:
    """Send a text that was not read. Without the tick nothing is stored, and the page asks again."""
    form = SendForm(request.POST)
    if not form.is_valid():
        return _send_page(request, form, None, status=_UNPROCESSABLE)
    services.send(text=form.cleaned_data["text"], kind=UnreadMessage.Kind.UNREAD, by=person_of(request))
    messages.success(request, _SENT)
    return redirect("read")


def report(request: HttpRequest, token: str) -> HttpResponse:
    """Send the text of a diagnosis that was read wrongly. The text is the kept one, never the browser's."""
    person = person_of(request)
    kept = doors.own_diagnosis(person, token)
    if request.method != "POST":
        return _send_page(request, send_form(kept.text), kept)
    form = SendForm({**request.POST.dict(), "text": send_form(kept.text).initial["text"]})
    if not form.is_valid():
        return _send_page(request, form, kept, status=_UNPROCESSABLE)
    services.send(text=form.cleaned_data["text"], kind=UnreadMessage.Kind.WRONG, by=person)
    messages.success(request, _SENT)
    return redirect("diagnosis", token=kept.token)


def unread(request: HttpRequest) -> HttpResponse:
    """List the texts that people sent, the open ones first."""
    rows, turn = page_of(request, services.listed())
    return render(request, "unread/list.html", {"rows": rows, "turn": turn})


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one text whole, and what the reader of today makes of it."""
    person = person_of(request)
    message = services.message_for(person, pk)
    context = {"message": message, "reading": parse(message.text), "may_keep": roles_of(person).is_admin}
    return render(request, "unread/message.html", context)


def handle(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a text as dealt with."""
    person = person_of(request)
    services.mark_handled(message=services.message_for(person, pk), by=person)
    messages.success(request, "Marked as handled.")
    return redirect("unread")


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a text for good."""
    person = person_of(request)
    services.delete(message=services.message_for(person, pk), by=person)
    messages.success(request, "Deleted. The audit trail keeps its digest only.")
    return redirect("unread")


def _send_page(request: HttpRequest, form: SendForm, kept: Diagnosis | None, *, status: int = 200) -> HttpResponse:
    return render(request, "unread/send.html", {"form": form, "kept": kept}, status=status)
