"""Proposing a change of roles and links, and an account's settings."""

from typing import Any

from django import forms

from troubleshoot.models import Account, AdminChange, Mode, Person, Role
from troubleshoot.models.account import MAX_PRINCIPAL_ARN


class AccountField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An account, called by its name alone: its number stands on its own page."""

    def label_from_instance(self, obj: Account) -> str:
        """Return the account's name."""
        return obj.name


class ChangeForm(forms.Form):
    """One change of a person's roles or links. It takes effect when another administrator confirms it."""

    kind = forms.ChoiceField(label="What should change?", choices=AdminChange.Kind.choices)
    person = forms.ModelChoiceField(Person.objects.none(), label="Whose?", empty_label="Choose a person")
    role = forms.ChoiceField(label="Role", choices=[("", "—"), *Role.choices], required=False)
    account = AccountField(
        Account.objects.none(), label="Account", required=False, empty_label="All accounts (roles only)"
    )
    principal_arn = forms.CharField(
        label="IAM principal (links only)",
        required=False,
        max_length=MAX_PRINCIPAL_ARN,
        help_text="The ARN of an IAM user or role, such as arn:aws:iam::123456789012:user/mateojackson.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"].queryset = Person.objects.order_by("username")  # type: ignore[attr-defined]
        self.fields["account"].queryset = Account.objects.order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind of change needs; the rest is left out of it."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") in (AdminChange.Kind.ADD_ROLE, AdminChange.Kind.REMOVE_ROLE):
            data["principal_arn"] = ""
            if not data.get("role"):
                self.add_error("role", "Choose the role.")
        elif "kind" in data:
            data["role"] = ""
            if not data.get("principal_arn") and "principal_arn" not in self.errors:
                self.add_error("principal_arn", "Write the ARN of the IAM user or role.")
        return data


class AccountForm(forms.Form):
    """What an administrator may set of an account. Roles and ceiling are set where the portal is installed."""

    name = forms.CharField(label="Name of the account", max_length=80)
    mode = forms.ChoiceField(
        label="How far may the portal go?",
        choices=Mode.choices,
        help_text="Text only: no AWS calls. Read: live IAM state. Read and write: approved grants are applied too.",
    )
    contact_name = forms.CharField(label="Administrator", max_length=120, required=False)
    contact_email = forms.EmailField(label="E-mail", max_length=254, required=False)
    contact_note = forms.CharField(
        label="How to reach them",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as office hours, a chat room or a form. People without rights see this.",
    )
