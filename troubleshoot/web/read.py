"""The paste box's answer: a diagnosis, or in words what the text is instead."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import diagnosis as diagnoses
from troubleshoot.access.errors import Refused
from troubleshoot.denial import Reading, TextTooLarge, redact
from troubleshoot.models import Person
from troubleshoot.web.codes import place_of
from troubleshoot.web.forms.paste import PasteForm, part_to_keep
from troubleshoot.web.forms.unread import send_form
from troubleshoot.web.presenters.diagnosis import diagnosis_page, removed_in_words

UNPROCESSABLE = 422


def read(request: HttpRequest) -> HttpResponse:
    """Show the box; read what was pasted. Somebody who is not signed in gets the answer at once, unkept.

    The code of a case or a request alone leads to it.
    """
    if request.method != "POST":
        return render(request, "read/paste.html", {"form": PasteForm()})
    form = PasteForm(request.POST)
    if not form.is_valid():
        return render(request, "read/paste.html", {"form": form}, status=UNPROCESSABLE)
    if isinstance(request.user, Person) and (place := place_of(request.user, form.cleaned_data["text"])):
        return redirect(place)
    try:
        reading = diagnoses.read_paste(form.cleaned_data["text"])
    except TextTooLarge as error:
        return _too_large(request, form.cleaned_data["text"], str(error))
    if not reading.denials:
        return _no_denial(request, reading)
    chosen = min(form.cleaned_data["chosen"] or 0, len(reading.denials) - 1)
    if isinstance(request.user, Person):
        return keep_and_show(request, request.user, reading, chosen)
    return _unkept(request, reading, chosen, form.cleaned_data["begin"])


def keep_and_show(
    request: HttpRequest, person: Person, reading: Reading, chosen: int = 0, *, page: str = "diagnosis"
) -> HttpResponse:
    """Keep a diagnosis and lead to its `page`. Whoever was disabled meanwhile is told, and nothing is kept."""
    try:
        kept = diagnoses.diagnose(person=person, reading=reading, chosen=chosen)
    except Refused as refused:
        messages.error(request, refused.words)
        return redirect("read")
    return redirect(page, token=kept.token)


def _too_large(request: HttpRequest, text: str, words: str) -> HttpResponse:
    part = redact(part_to_keep(text)).text
    form = PasteForm({"text": part})
    form.add_error("text", f"{words} The part around the error is kept in the box; send that, or pick another part.")
    return render(request, "read/paste.html", {"form": form}, status=UNPROCESSABLE)


def _no_denial(request: HttpRequest, reading: Reading) -> HttpResponse:
    context = {
        "form": PasteForm(initial={"text": reading.text}),
        "near_misses": reading.near_misses,
        "removed": removed_in_words(reading.removed),
        "send_form": send_form(reading.text) if isinstance(request.user, Person) else None,
    }
    return render(request, "read/no_denial.html", context, status=UNPROCESSABLE)


def _unkept(request: HttpRequest, reading: Reading, chosen: int, listed_from: int | None) -> HttpResponse:
    answer = diagnoses.answer_from_text(reading, chosen=chosen)
    page = diagnosis_page(answer, None, chosen=chosen, listed_from=listed_from)
    context = {"page": page, "kept": None, "text": reading.text}
    return render(request, "diagnosis/page.html", context)
