"""Asking for the rights that a guide built: for whom, beside what every request says."""

from typing import Any

from django import forms

from troubleshoot.guide import answers
from troubleshoot.models import Account
from troubleshoot.web.forms.access_request import RequestForm

_FIELDS = ("principal", "justification", "hours", "ticket", "on_behalf", "key")


class WishForm(RequestForm):
    """For whom, why, for how long. The rights themselves come from the guide's answers, never from here.

    `own` are the person's own users and roles in the account. For anybody else's it must be confirmed that it is
    asked on their behalf. `longest` is the number of hours until the last day that was chosen.
    """

    principal = forms.CharField(
        label="Who is to get it?",
        help_text="The ARN of a user or role that is there already.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}),
        error_messages={"required": "Type the ARN of the user or role that is to get it."},
    )

    def __init__(
        self, *args: Any, account: Account, own: tuple[str, ...], longest: int | None = None, **options: Any
    ) -> None:
        super().__init__(*args, account=account, on_behalf=True, **options)
        self.own, self.account_id, self.longest = own, account.account_id, longest
        self.fields = {name: self.fields[name] for name in _FIELDS}
        self.fields["on_behalf"].required = False
        if len(own) == 1:
            self.fields["principal"].initial = own[0]

    def clean_principal(self) -> str:
        """Take the ARN of one user or role."""
        value: str = self.cleaned_data["principal"]
        try:
            return answers.clean("holder", value, {"account": self.account_id})
        except ValueError as error:
            raise forms.ValidationError(str(error), code="principal") from None

    def clean(self) -> dict[str, Any]:
        """Ask for the confirmation where it is somebody else's, and keep to the last day that was chosen."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("principal") and data["principal"] not in self.own and not data.get("on_behalf"):
            self.add_error("on_behalf", "This is not an identity of yours. Confirm that you ask for somebody else.")
        if self.longest is not None and "hours" in data and (data["hours"] is None or data["hours"] > self.longest):
            self.add_error("hours", "That is longer than the last day that you chose in the guide.")
        return data
