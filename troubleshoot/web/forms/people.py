"""Proposing a change of roles and links, or to erase a person; disabling one; an account's settings and mode."""

from functools import cache
from typing import Any

from django import forms

from troubleshoot.access.erasing import LONGEST_REASON
from troubleshoot.access.tickets import unfit_pattern
from troubleshoot.iam.arn import parse_arn
from troubleshoot.models import Account, AdminChange, Mode, Person, Role
from troubleshoot.models.account import MAX_PRINCIPAL_ARN

_LONGEST_PASSWORD = 256


class AccountField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An account, called by its name alone: its number stands on its own page."""

    def label_from_instance(self, obj: Account) -> str:
        """Return the account's name."""
        return obj.name


class _ChangeForm(forms.Form):
    """What both kinds of change ask: whose. It takes effect when another administrator confirms it."""

    person = forms.ModelChoiceField(Person.objects.none(), label="Whose?", empty_label="Choose a person")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"].queryset = Person.objects.order_by("username")  # type: ignore[attr-defined]

    def share_people_with(self, *others: "_ChangeForm") -> None:
        """Let the forms on one page list the people from one query, made when the first of them is shown."""

        @cache
        def people() -> list[tuple[Any, str]]:
            return [(person.pk, str(person)) for person in Person.objects.order_by("username")]

        for form in (self, *others):
            form.fields["person"].choices = lambda: [("", "Choose a person"), *people()]  # type: ignore[attr-defined]


class RoleChangeForm(_ChangeForm):
    """Giving or taking a role. An account matters for approvers alone; for the others it is left out."""

    kind = forms.ChoiceField(
        label="What should change?",
        choices=[(kind, kind.label) for kind in (AdminChange.Kind.ADD_ROLE, AdminChange.Kind.REMOVE_ROLE)],
    )
    role = forms.ChoiceField(
        label="Role", choices=[("", "Choose a role"), *Role.choices], error_messages={"required": "Choose the role."}
    )
    account = AccountField(
        Account.objects.none(), label="Account (of an approver only)", required=False, empty_label="All accounts"
    )
    field_order = ("kind", "person", "role", "account")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, auto_id="role_%s", **options)
        self.fields["account"].queryset = Account.objects.order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Leave the account out of a role that is not for one."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("role") != Role.APPROVER:
            data["account"] = None
        return data


class LinkChangeForm(_ChangeForm):
    """Linking an IAM principal to a person, or taking the link away. The account is the one in the ARN."""

    kind = forms.ChoiceField(
        label="What should change?",
        choices=[(kind, kind.label) for kind in (AdminChange.Kind.ADD_LINK, AdminChange.Kind.REMOVE_LINK)],
    )
    principal_arn = forms.CharField(
        label="IAM principal",
        max_length=MAX_PRINCIPAL_ARN,
        help_text="The ARN of an IAM user or role, such as arn:aws:iam::123456789012:user/mateojackson.",
        error_messages={"required": "Write the ARN of the IAM user or role."},
    )
    field_order = ("kind", "person", "principal_arn")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, auto_id="link_%s", **options)

    def clean(self) -> dict[str, Any]:
        """Take the account from the ARN. What is no ARN is refused in words when it is proposed."""
        data: dict[str, Any] = super().clean() or {}
        arn = parse_arn(data.get("principal_arn", "").strip())
        data["account"] = Account.objects.filter(account_id=arn.account).first() if arn else None
        if arn and arn.account and data["account"] is None:
            self.add_error("principal_arn", f"The portal does not know the account {arn.account} of this ARN.")
        return data


class EraseForm(_ChangeForm):
    """Erasing what somebody wrote, and their name."""

    kind = forms.CharField(widget=forms.HiddenInput, initial=AdminChange.Kind.ERASE_PERSON)
    reason = forms.CharField(
        label="Why?",
        max_length=LONGEST_REASON,
        help_text="Such as the number of a ticket. This stays in the audit trail, so please do not name the person.",
        error_messages={"required": "Say why, such as the number of a ticket."},
    )
    field_order = ("kind", "person", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, auto_id="erase_%s", **options)
        self.fields["person"].label = "Who?"


class DisableForm(forms.Form):
    """Keeping somebody from signing in."""

    reason = forms.CharField(
        label="Why?",
        max_length=LONGEST_REASON,
        help_text="Such as the number of a ticket. It stays in the audit trail.",
        error_messages={"required": "Say why, such as the number of a ticket."},
    )


class NewPasswordForm(forms.Form):
    """A new password, twice. Whether it is strong enough, and whether the link still works, the service says."""

    username = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label="New password",
        strip=False,
        max_length=_LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Longer is better than complicated.",
        error_messages={"required": "Type the new password."},
    )
    again = forms.CharField(
        label="The same once more",
        strip=False,
        max_length=_LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Type the new password once more."},
    )

    def clean_again(self) -> str:
        """Refuse two that differ."""
        again: str = self.cleaned_data["again"]
        if self.cleaned_data.get("password", again) != again:
            raise forms.ValidationError("These two passwords differ. Type the same one twice.", code="differ")
        return again


class ModeForm(forms.Form):
    """How far the portal may go in an account. It takes effect when another administrator confirms it."""

    mode = forms.ChoiceField(
        label="How far may the portal go?",
        choices=Mode.choices,
        help_text="Text only: no AWS calls. Read: live IAM state. Read and write: approved grants are applied too.",
    )


class AccountForm(forms.Form):
    """What one administrator may set of an account. Roles and ceiling are set where the portal is installed."""

    name = forms.CharField(label="Name of the account", max_length=80)
    contact_name = forms.CharField(label="Administrator", max_length=120, required=False)
    contact_email = forms.EmailField(label="E-mail", max_length=254, required=False)
    contact_note = forms.CharField(
        label="How to reach them",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as office hours, a chat room or a form. People without rights see this.",
    )
    needs_ticket = forms.BooleanField(label="Every request names a ticket", required=False)
    ticket_pattern = forms.CharField(
        label="The form of a ticket",
        required=False,
        max_length=120,
        help_text="A regular expression, such as OPS-[0-9]+. Leave it empty to take any.",
    )

    def clean_ticket_pattern(self) -> str:
        """Refuse a form that is none, or that could take long to compare with."""
        pattern: str = self.cleaned_data["ticket_pattern"]
        if words := unfit_pattern(pattern):
            raise forms.ValidationError(words, code="ticket_pattern")
        return pattern
