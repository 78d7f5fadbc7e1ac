"""What to ask for, why, and for how long."""

from typing import Any

from django import forms

from troubleshoot.access.options import Options
from troubleshoot.remedy.alternatives import Alternative
from troubleshoot.web.forms.access_request import UNTIL_REVOKED, RequestForm, durations_of
from troubleshoot.web.presenters.choices import title_of

_HOURS_A_DAY = 24


class AskForm(RequestForm):
    """A request from a case. The changes themselves come from the case, never from here: `what` only names one."""

    what = forms.ChoiceField(
        label="What do you ask for?",
        required=False,
        widget=forms.RadioSelect,
        help_text="They stand side by side below.",
        error_messages={"invalid_choice": "Choose one of what is offered here."},
    )
    field_order = ("what", "justification", "hours", "ticket", "on_behalf", "key")

    def __init__(self, *args: Any, options: Options, on_behalf: bool, **more: Any) -> None:
        super().__init__(*args, account=options.account, on_behalf=on_behalf, **more)
        self._options = options
        self._limit_hours()
        if len(options.choices) == 1:
            del self.fields["what"]
            return
        self.fields["what"].choices = [(one.key, _label(one)) for one in options.choices]  # type: ignore[attr-defined]
        self.fields["what"].initial = options.choices[0].key

    def _limit_hours(self) -> None:
        """Leave out what the risk of none of the choices allows."""
        field = self.fields["hours"]
        offered = [one for one in durations_of(self._options.account) if self._may_last(one[0])]
        field.choices = offered  # type: ignore[attr-defined]
        field.initial = next((hours for hours, _ in reversed(offered[:3])), None)

    def _may_last(self, value: int | str) -> bool:
        hours = None if value == UNTIL_REVOKED else int(value)
        return any(one.risk.allows_hours(hours) for one in self._options.choices)

    @property
    def chosen(self) -> Alternative:
        """What is chosen, the smallest before anything is."""
        key = self["what"].value() if "what" in self.fields else ""
        return self._options.chosen(str(key or ""))

    def clean(self) -> dict[str, Any]:
        """Refuse what its risk does not allow for so long, and what AWS has no room for."""
        data = super().clean() or self.cleaned_data
        chosen = self.chosen
        if not chosen.change.may_end:
            data["hours"] = None
            self.errors.pop("hours", None)
        if chosen.full:
            self.add_error("what" if "what" in self.fields else None, chosen.full)
        if "hours" in data and not chosen.risk.allows_hours(data["hours"]):
            self.add_error("hours", _too_long(chosen))
        return data


def _label(one: Alternative) -> str:
    return f"{title_of(one)} ({one.risk.level} risk)"


def _too_long(one: Alternative) -> str:
    days = (one.risk.longest_hours or 0) // _HOURS_A_DAY
    return f"The risk is {one.risk.level}, so it may last {days} days at most. Choose a shorter time."
