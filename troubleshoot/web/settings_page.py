"""What a person sets for themselves: which mails they want."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from troubleshoot.access import preferences
from troubleshoot.web.forms.settings import MailsForm
from troubleshoot.web.signed_in import person_of


def my_settings(request: HttpRequest) -> HttpResponse:
    """Show and keep which mails the person wants."""
    person = person_of(request)
    if request.method != "POST":
        form = MailsForm(initial=preferences.choices_of(person))
        return render(request, "settings/page.html", {"form": form, "person": person})
    form = MailsForm(request.POST)
    form.is_valid()  # a box that is not ticked is an answer, too: there is no wrong one
    changed = preferences.choose(person=person, wanted=form.cleaned_data)
    messages.success(request, "Saved." if changed else "Nothing was changed.")
    return redirect("my-settings")
