"""More time for a grant, a second look at it, and undoing it."""

import re
from collections.abc import Callable
from typing import Any, Final

from django import forms

from troubleshoot.models import Account
from troubleshoot.web.presenters.requests import duration_words

_HOURS: Final = (8, 24, 24 * 7, 24 * 30)
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_LONGEST_PASTE: Final = 256 * 1024


class ExtendForm(forms.Form):
    """Why, and for how long from the moment on at which the extension is applied.

    Only lengths are offered that end later than the grant does, which `longer` tells.
    """

    justification = forms.CharField(
        label="Why do you need it longer?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One or two sentences. The approver reads them.",
        error_messages={"required": "Say in a sentence why you need it longer."},
    )
    hours = forms.TypedChoiceField(
        label="For how much longer?",
        coerce=int,
        widget=forms.RadioSelect,
        help_text="Counted from the moment at which the extension is applied.",
        error_messages={"required": "Choose how much longer you need it."},
    )
    ticket = forms.CharField(label="Ticket (optional)", required=False, max_length=64, help_text="Such as OPS-1234.")
    key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, account: Account, longer: Callable[[list[int]], list[int]], **options: Any) -> None:
        super().__init__(*args, **options)
        allowed = [hours for hours in _HOURS if hours <= account.max_hours]
        fitting = longer(allowed) or [account.max_hours]
        self.fields["hours"].choices = [(hours, duration_words(hours)) for hours in fitting]  # type: ignore[attr-defined]
        self.fields["hours"].initial = fitting[min(1, len(fitting) - 1)]
        if account.needs_ticket:
            self.fields["ticket"].label = "Ticket"

    def clean_key(self) -> str:
        """Refuse a key that this form did not make."""
        key: str = self.cleaned_data["key"]
        if not _KEY.fullmatch(key):
            raise forms.ValidationError("This form is damaged. Open the page again.", code="key")
        return key


class StillDeniedForm(forms.Form):
    """The new error, where there is one."""

    error = forms.CharField(
        label="The new error (optional)",
        required=False,
        max_length=_LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="Paste it as it is. Without it the same call is checked again.",
        error_messages={"max_length": "This text is longer than 256 KB. Paste the error alone."},
    )


class UndoForm(forms.Form):
    """Undoing needs a reason."""

    reason = forms.CharField(
        label="Why is it undone?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The person who loses it reads this.",
        error_messages={"required": "Give a reason. The person who loses it reads it."},
    )
