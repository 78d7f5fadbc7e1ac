"""Putting right, or adding, what was read from the message."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from troubleshoot.denial import redact
from troubleshoot.iam import catalog

_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")
_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:(\d{12})?:\S+")
_PRINCIPAL = re.compile(
    r"arn:aws[a-z-]*:(iam::\d{12}:(user|role)/\S+|iam::\d{12}:root|sts::\d{12}:(assumed-role|federated-user)/\S+)"
)
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+")


class FactsForm(forms.Form):
    """Who, which action, on which resource. Each may stay empty: unknown is an answer too."""

    principal = forms.CharField(
        label="Who made the call",
        required=False,
        max_length=256,
        help_text="An ARN, such as arn:aws:iam::123456789012:user/mateojackson.",
    )
    action = forms.CharField(
        label="Action", required=False, max_length=128, help_text="Such as personalize:ListSchemas."
    )
    resource = forms.CharField(
        label="Resource",
        required=False,
        max_length=1024,
        help_text="An ARN, or * where the action takes no resource.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = catalog.action(str(self["action"].value() or ""))
        if known is not None:
            self.fields["resource"].help_text = _resource_help(known)

    def clean_principal(self) -> str:
        """Refuse what is no principal's ARN."""
        return self._shaped(
            "principal", _PRINCIPAL, "Write the ARN of a user, a role or a session. It begins with arn:."
        )

    def clean_action(self) -> str:
        """Refuse what is no action's name."""
        return self._shaped("action", _ACTION, "Write service, colon, action: for example personalize:ListSchemas.")

    def clean_resource(self) -> str:
        """Refuse what is neither an ARN nor `*`; an action that passes a role needs that role's ARN."""
        resource: str = self.cleaned_data["resource"]
        if self.cleaned_data.get("action", "").lower() == "iam:passrole":
            return self._shaped(
                "resource", _ROLE, "Write the role’s ARN with its path: arn:aws:iam::123456789012:role/path/name."
            )
        if resource == "*":
            return resource
        return self._shaped("resource", _ARN, "Write an ARN. It has six parts and begins with arn:.")

    def told(self, known: Mapping[str, str | None]) -> dict[str, str]:
        """Return what the form says, of its three facts, beside those in `known`.

        Nothing is lost that nobody took away: a field that was not sent says nothing, and an empty one stands for
        "not known" only where it had been filled in.
        """
        shown, data = usable_facts(known), self.cleaned_data
        sent = {name: data[name] for name in self.fields if self.add_prefix(name) in self.data}
        return {name: value for name, value in sent.items() if value or name in shown or not known.get(name)}

    def _shaped(self, name: str, shape: re.Pattern[str], words: str) -> str:
        value: str = self.cleaned_data[name]
        if redact(value).removed:
            raise forms.ValidationError("This holds something secret. Leave that part out.", code="secret")
        if value and not shape.fullmatch(value):
            raise forms.ValidationError(words, code="shape")
        return value


def _resource_help(action: catalog.ActionInfo) -> str:
    """Return how the ARN of what the action works on looks."""
    if action.wildcard_only:
        return f"{action.name} takes no single resource: write *."
    forms_of_arns = ", or ".join(resource.type.arn for resource in action.resource_types[:3])
    return f"For {action.name}: {forms_of_arns}"


def usable_facts(facts: Mapping[str, str | None]) -> dict[str, str]:
    """Return those of the facts that the form takes: what it would refuse is not filled in for anybody."""
    known = {name: value for name, value in facts.items() if value}
    errors = FactsForm(known).errors
    return {name: value for name, value in known.items() if name not in errors}


class RoleForm(FactsForm):
    """The one question of a PassRole denial that does not name its role. The other facts stand hidden beside it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("principal", "action"):
            self.fields[name].widget = forms.HiddenInput()
        role = self.fields["resource"]
        role.label = "Which role did you want to pass?"
        role.help_text = "The role’s ARN with its path, such as arn:aws:iam::123456789012:role/service-role/Name."


class ChooseForm(forms.Form):
    """Which of several denials in one text to look at."""

    chosen = forms.IntegerField(min_value=0)
