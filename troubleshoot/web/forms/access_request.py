"""Asking for access."""

import re
from typing import Any

from django import forms

from troubleshoot.models import Account

HOURS = (
    (8, "8 hours"),
    (24, "1 day"),
    (24 * 7, "7 days"),
    (24 * 30, "30 days"),
)
UNTIL_REVOKED = "none"
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


class RequestForm(forms.Form):
    """Why, for how long, and under which ticket. The change itself comes from the diagnosis, never from here."""

    justification = forms.CharField(
        label="What do you need it for?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One or two sentences. The approver reads them.",
        error_messages={"required": "Say in a sentence what you need the access for."},
    )
    hours = forms.TypedChoiceField(
        label="For how long?",
        coerce=lambda value: None if value == UNTIL_REVOKED else int(value),
        widget=forms.RadioSelect,
        help_text="The end is written into the policy itself.",
        error_messages={"required": "Choose how long you need it."},
    )
    ticket = forms.CharField(label="Ticket (optional)", required=False, max_length=64, help_text="Such as OPS-1234.")
    key = forms.CharField(widget=forms.HiddenInput)
    on_behalf = forms.BooleanField(
        label="I ask for somebody else. The owner of this principal is told, and so is the approver.",
        error_messages={"required": "Confirm that you ask on behalf of somebody else."},
    )

    def __init__(self, *args: Any, account: Account, on_behalf: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        durations = durations_of(account)
        self.fields["hours"].choices = durations  # type: ignore[attr-defined]
        self.fields["hours"].initial = next((hours for hours, _ in reversed(durations[:3])), None)
        if not on_behalf:
            del self.fields["on_behalf"]

    def clean_key(self) -> str:
        """Refuse a key that this form did not make."""
        key: str = self.cleaned_data["key"]
        if not _KEY.fullmatch(key):
            raise forms.ValidationError("This form is damaged. Open the page again.", code="key")
        return key


def durations_of(account: Account) -> list[tuple[int | str, str]]:
    """Return how long access may be asked for in this account; without an end only where that is allowed."""
    durations: list[tuple[int | str, str]] = [(hours, words) for hours, words in HOURS if hours <= account.max_hours]
    if not durations:
        durations = [(account.max_hours, f"{account.max_hours} hours")]
    return [*durations, (UNTIL_REVOKED, "until it is revoked")] if account.allows_permanent else durations
