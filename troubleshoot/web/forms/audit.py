"""What of the audit trail somebody wants to see."""

from typing import Any

from django import forms

from troubleshoot.access.trail import Search
from troubleshoot.web.presenters.audit import EVENTS

_LONGEST = 100
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SearchForm(forms.Form):
    """The search above the trail. Its names stand in the address."""

    q = forms.CharField(label="Code, person, action or principal", max_length=_LONGEST, required=False)
    person = forms.CharField(label="Person", max_length=_LONGEST, required=False)
    event = forms.ChoiceField(label="Step", required=False)
    account = forms.RegexField(
        r"^\d{12}$",
        label="Account number",
        required=False,
        error_messages={"invalid": "Write the account’s 12 digits."},
    )
    since = forms.DateField(label="From", required=False, widget=_DAY)
    until = forms.DateField(label="Until", required=False, widget=_DAY)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        steps = sorted((words[0].upper() + words[1:], event) for event, words in EVENTS.items())
        self.fields["event"].choices = [("", "Any"), *((event, words) for words, event in steps)]  # type: ignore[attr-defined]
        for name in ("since", "until"):
            self.fields[name].error_messages["invalid"] = "Write the day as year, month and day: 2026-11-22."

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order."""
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", "The last day has to be the first one or later.")
        return data

    def search(self) -> Search:
        """Return what is wanted, as far as it could be read."""
        data = getattr(self, "cleaned_data", {})
        return Search(
            text=data.get("q", ""),
            person=data.get("person", ""),
            event=data.get("event", ""),
            account=data.get("account", ""),
            since=data.get("since"),
            until=data.get("until"),
        )
