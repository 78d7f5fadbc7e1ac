"""Proposing a routing rule, and trying out who would decide."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import Group

from troubleshoot.access.rules import LAST_POSITION, MOST_APPROVALS, Draft, Place
from troubleshoot.models import Account, Person, Risk
from troubleshoot.web.forms.people import AccountField

PLACES = 4
_RISKS = [(Risk.LOW, "any risk"), (Risk.MEDIUM, "medium or high risk"), (Risk.HIGH, "high risk only")]


class PersonNameField(forms.CharField):
    """Somebody by the name that they sign in with. The page offers the names while one types."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"list": "people-names", "autocomplete": "off", "spellcheck": "false"})
        super().__init__(**{"max_length": 150, "widget": widget, **options})


class RuleForm(forms.Form):
    """What a rule fits, and whom it names: up to `PLACES` people, each with a substitute if wanted."""

    name = forms.CharField(
        label="Name of the rule",
        max_length=80,
        help_text="Such as: deletions in production.",
        error_messages={"required": "Give the rule a name."},
    )
    position = forms.IntegerField(
        label="Place in the order",
        min_value=1,
        max_value=LAST_POSITION,
        help_text="The first rule that fits decides. Leave room between two rules.",
        error_messages={"required": "Write a number."},
    )
    account = AccountField(Account.objects.none(), label="Account", required=False, empty_label="Every account")
    action_pattern = forms.CharField(
        label="Action", max_length=128, initial="*", help_text="Such as personalize:Delete*, or * for all."
    )
    resource_pattern = forms.CharField(
        label="Resource", max_length=2048, initial="*", help_text="An ARN, where * and ? may stand, or * for all."
    )
    group = forms.ModelChoiceField(
        Group.objects.none(), label="Group of who asks", required=False, empty_label="Everybody"
    )
    minimal_risk = forms.ChoiceField(label="Risk", choices=_RISKS)
    approvals = forms.IntegerField(
        label="How many of them must approve?",
        min_value=1,
        max_value=MOST_APPROVALS,
        initial=1,
        help_text="A high risk needs two people in any case.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["account"].queryset = Account.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["group"].queryset = Group.objects.order_by("name")  # type: ignore[attr-defined]
        for number in range(1, PLACES + 1):
            self.fields.update(_place_fields(number))

    def places(self) -> list[list[forms.BoundField]]:
        """Return the fields of each place, for the page."""
        return [[self[name] for name in _place_fields(number)] for number in range(1, PLACES + 1)]

    def clean(self) -> dict[str, Any]:
        """Find the people by their names, and tell beside the field whom the portal does not know."""
        data: dict[str, Any] = super().clean() or {}
        names = [name for name in data if name.startswith(("person_", "substitute_"))]
        known = _people_by_name({str(data[name]).strip() for name in names})
        for name in names:
            typed = str(data[name]).strip()
            if typed and typed.casefold() not in known:
                self.add_error(name, f"The portal does not know anybody called {typed}.")
            data[name] = known.get(typed.casefold())
        for number in range(1, PLACES + 1):
            if data.get(f"substitute_{number}") and not data.get(f"person_{number}"):
                self.add_error(f"person_{number}", "Say for whom the substitute stands in.")
        return data

    def draft(self) -> Draft:
        """Return the rule as it was typed. What does not fit is refused in words when it is proposed."""
        data = self.cleaned_data
        kept = ("name", "position", "account", "action_pattern", "resource_pattern", "group", "minimal_risk")
        return Draft(
            **{name: data[name].strip() if isinstance(data[name], str) else data[name] for name in kept},
            approvals=data["approvals"],
            places=tuple(_place(data, number) for number in range(1, PLACES + 1) if data.get(f"person_{number}")),
        )


class TryOutForm(forms.Form):
    """A made-up request, to see who would decide it. Nothing is kept."""

    account = AccountField(
        Account.objects.none(),
        label="Account",
        empty_label="Choose an account",
        error_messages={"required": "Choose the account."},
    )
    requester = PersonNameField(label="Who asks?", error_messages={"required": "Write who asks."})
    action = forms.CharField(
        label="Action",
        max_length=128,
        help_text="Such as personalize:DeleteDataset.",
        error_messages={"required": "Write the action."},
    )
    resource = forms.CharField(label="Resource", max_length=2048, initial="*", required=False)
    risk = forms.ChoiceField(label="Risk", choices=Risk.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_id": "try_%s"})
        self.fields["account"].queryset = Account.objects.order_by("name")  # type: ignore[attr-defined]

    def clean_requester(self) -> Person:
        """Find who asks."""
        typed = self.cleaned_data["requester"].strip()
        known = _people_by_name({typed})
        if typed.casefold() not in known:
            raise forms.ValidationError(f"The portal does not know anybody called {typed}.")
        return known[typed.casefold()]


def _place_fields(number: int) -> dict[str, forms.Field]:
    missing = {"required": "Name at least one person who decides."}
    day = forms.DateInput(attrs={"type": "date"})
    return {
        f"person_{number}": PersonNameField(label=f"Person {number}", required=number == 1, error_messages=missing),
        f"substitute_{number}": PersonNameField(label="Substitute", required=False),
        f"begins_{number}": forms.DateField(label="From", required=False, widget=day),
        f"ends_{number}": forms.DateField(label="Until", required=False, widget=day),
    }


def _place(data: Mapping[str, Any], number: int) -> Place:
    names = ("person", "substitute", "begins", "ends")
    return Place(*(data.get(f"{name}_{number}") for name in names))  # type: ignore[arg-type]


def _people_by_name(names: set[str]) -> dict[str, Person]:
    found = Person.objects.filter(username__in=names, is_active=True)
    return {person.username.casefold(): person for person in found}
