"""What to ask for, what to ask for with it, why, and for how long."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms

from troubleshoot.access.options import Options, Picked
from troubleshoot.remedy.alternatives import Alternative
from troubleshoot.remedy.dependent import Dependent
from troubleshoot.remedy.proof import Result
from troubleshoot.web.forms.access_request import UNTIL_REVOKED, RequestForm, durations_of
from troubleshoot.web.presenters.alongside import box_label, field_label, found_words
from troubleshoot.web.presenters.choices import title_of

_HOURS_A_DAY = 24
_LONGEST_ARN = 2048
_FIELDS = ("what", "also", "named", "justification", "hours", "ticket", "on_behalf", "key")


class AskForm(RequestForm):
    """A request from a case. The changes themselves come from the case, never from here: `what` only names one.

    `also` names what the same call needs too. Nothing of that is asked for unless its box is ticked.
    """

    what = forms.ChoiceField(
        label="What do you ask for?",
        required=False,
        widget=forms.RadioSelect,
        help_text="They stand side by side below.",
        error_messages={"invalid_choice": "Choose one of what is offered here."},
    )
    also = forms.MultipleChoiceField(
        label="The same call needs these too. Do you ask for them as well?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick only what you need. The approver sees what you ticked.",
        error_messages={"invalid_choice": "Tick only what is offered here."},
    )

    def __init__(self, *args: Any, options: Options, on_behalf: bool, **more: Any) -> None:
        super().__init__(*args, account=options.account, on_behalf=on_behalf, **more)
        self._options = options
        self._limit_hours()
        self._offer_choices()
        self._offer_dependents()

    def _offer_choices(self) -> None:
        if len(self._options.choices) == 1:
            del self.fields["what"]
            return
        self.fields["what"].choices = [(one.key, _label(one)) for one in self._options.choices]  # type: ignore[attr-defined]
        self.fields["what"].initial = self._options.choices[0].key

    def _offer_dependents(self) -> None:
        """Offer a box for each, and a line to type on where only the person knows which resource it is about."""
        offered, named = self._options.dependents, []
        self.fields["also"].choices = [(one.action, box_label(one, self._options.operation)) for one in offered]  # type: ignore[attr-defined]
        if not offered:
            del self.fields["also"]
        for one in offered:
            if one.must_be_named:
                named.append(_name_of(one))
                self.fields[_name_of(one)] = _resource_field(one)
        order = [field for name in _FIELDS for field in (named if name == "named" else [name])]
        self.order_fields(order)

    def _limit_hours(self) -> None:
        """Leave out what the risk of none of the choices allows."""
        field = self.fields["hours"]
        offered = [one for one in durations_of(self._options.account) if self._may_last(one[0])]
        field.choices = offered  # type: ignore[attr-defined]
        field.initial = next((hours for hours, _ in reversed(offered[:3])), None)

    def _may_last(self, value: int | str) -> bool:
        hours = None if value == UNTIL_REVOKED else int(value)
        return any(one.risk.allows_hours(hours) for one in self._options.choices)

    @cached_property
    def picked(self) -> tuple[Picked, ...]:
        """What was ticked, as far as it is known which resource it is about, with what becomes of it."""
        return self._options.picked(self._base, self._ticked)

    @cached_property
    def chosen(self) -> Alternative:
        """What is chosen with all that was ticked; the smallest alone before anything is."""
        return self._options.together(self._base, self.picked)

    @property
    def _base(self) -> Alternative:
        key = self["what"].value() if "what" in self.fields else ""
        return self._options.chosen(str(key or ""))

    @property
    def _ticked(self) -> Mapping[str, str]:
        """What was ticked, with the resources that were typed. What lacks its resource is left out."""
        ticked = set(self["also"].value() or ()) if "also" in self.fields and self.is_bound else set()
        found = {one.action: self._typed(one) for one in self._options.dependents if one.action in ticked}
        return {
            one.action: found[one.action]
            for one in self._options.dependents
            if one.action in found and not (one.must_be_named and self._misfit(one, found[one.action]))
        }

    def _typed(self, one: Dependent) -> str:
        return str(self[_name_of(one)].value() or "").strip() if one.must_be_named else ""

    def _misfit(self, one: Dependent, named: str) -> str:
        return one.misfit(named, self._options.account.account_id)

    def clean(self) -> dict[str, Any]:
        """Refuse what its risk does not allow for so long, what AWS has no room for, and what would not help."""
        data = super().clean() or self.cleaned_data
        self._refuse_unnamed()
        self._refuse_stopped()
        chosen = self.chosen
        if not chosen.change.may_end:
            data["hours"] = None
            self.errors.pop("hours", None)
        if chosen.full:
            self.add_error("what" if "what" in self.fields else None, chosen.full)
        if "hours" in data and not chosen.risk.allows_hours(data["hours"]):
            self.add_error("hours", _too_long(chosen))
        return data

    def _refuse_unnamed(self) -> None:
        ticked = set(self.cleaned_data.get("also") or ())
        for one in self._options.dependents:
            if one.action in ticked and one.must_be_named and (words := self._misfit(one, self._typed(one))):
                self.add_error(_name_of(one), words)

    def _refuse_stopped(self) -> None:
        """What another layer stops all the same would only be one right too many."""
        for one in self.picked:
            if one.found is not None and one.found.result is Result.STOPPED:
                self.add_error("also", f"{one.dependent.action}: {found_words(one.found)} Untick it.")

    def only_looking(self) -> None:
        """Forget the errors of what says why and for how long: whoever looks first has not said it yet."""
        about = {"what", "also", *(_name_of(one) for one in self._options.dependents)}
        for name in [name for name in self.errors if name not in about]:
            del self.errors[name]


def _name_of(one: Dependent) -> str:
    return "named_" + one.action.replace(":", "_").lower()


def _resource_field(one: Dependent) -> forms.CharField:
    return forms.CharField(
        label=field_label(one),
        required=False,
        max_length=_LONGEST_ARN,
        help_text="Its ARN. Leave it empty if you do not tick the box.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}),
    )


def _label(one: Alternative) -> str:
    return f"{title_of(one)} ({one.risk.level} risk)"


def _too_long(one: Alternative) -> str:
    days = (one.risk.longest_hours or 0) // _HOURS_A_DAY
    return f"The risk is {one.risk.level}, so it may last {days} days at most. Choose a shorter time."
