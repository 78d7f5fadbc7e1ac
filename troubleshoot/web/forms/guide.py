"""The form of one question of a guide, made from the question's data."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from troubleshoot.guide import answers
from troubleshoot.guide.flow import UNKNOWN, Ask, Field, Option, Question
from troubleshoot.guide.sayings import LONGEST_QUERY, SERVICES, find_actions
from troubleshoot.guide.walk import MOST_ACTIONS
from troubleshoot.iam import catalog
from troubleshoot.templatetags.desk import words

_CHOOSE = "Choose an answer."
_CHOOSE_SOME = "Choose at least one answer."
_CHOOSE_ACTION = "Choose one of the actions. If yours is not there, search in other words."


class QuestionForm(forms.Form):
    """One question. `answer` is what stands in the address, `typed` what is kept, after `is_valid`.

    `suggested` is what a field begins with where nothing was typed yet, by the field's shape.
    """

    def __init__(
        self,
        question: Question,
        data: Mapping[str, Any] | None = None,
        *,
        known: Mapping[str, str],
        answer: str = "",
        typed: Mapping[str, str] | None = None,
        suggested: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, prefix=None)
        self._suggested = suggested or {}
        self.question = question
        self.known = known
        self._typed = typed or {}
        _MAKERS[question.ask](self, answer)

    @property
    def answer(self) -> str:
        """The answer as the address holds it. Empty for what is typed."""
        given = self.cleaned_data.get("answer", "")
        return ".".join(given) if isinstance(given, list) else str(given)

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, checked, by field."""
        return {one.name: self.cleaned_data[one.name] for one in self.question.fields}

    @property
    def understood(self) -> list[str]:
        """What was taken otherwise than it was typed: a bare name as an ARN, a number without its dashes."""
        typed = {name: str(self.data.get(name, "")).strip() for name in self.typed}
        return [value for name, value in self.typed.items() if "\n" not in value and value != typed[name]]

    def clean(self) -> dict[str, Any]:
        """Check each typed field by its shape. Fields that were typed before it count as known."""
        data: dict[str, Any] = super().clean() or {}
        known = dict(self.known)
        for one in self.question.fields:
            if one.name not in data:
                continue
            try:
                data[one.name] = answers.clean(one.shape, data[one.name], known, optional=one.optional)
                known[one.name] = data[one.name]
            except ValueError as error:
                self.add_error(one.name, str(error))
        return data

    def without_secrets(self) -> "QuestionForm":
        """Return the form without the typed texts that held a secret: nobody is shown one again."""
        held = [one.name for one in self.question.fields if answers.holds_secret(str(self.data.get(one.name, "")))]
        self.data = {name: value for name, value in self.data.items() if name not in held}
        return self

    def choices_of_one(self, answer: str) -> None:
        """One of the options, as radio buttons."""
        self.fields["answer"] = forms.ChoiceField(
            label=self.question.title,
            choices=[(option.key, _label(option)) for option in self.question.options],
            widget=forms.RadioSelect,
            initial=answer or None,
            error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE},
        )

    def choices_of_some(self, answer: str) -> None:
        """Some of the options, as check boxes."""
        self.fields["answer"] = forms.MultipleChoiceField(
            label=self.question.title,
            choices=[(option.key, _label(option)) for option in self.question.options],
            widget=forms.CheckboxSelectMultiple,
            initial=answer.split(".") if answer else None,
            error_messages={"required": _CHOOSE_SOME, "invalid_choice": _CHOOSE_SOME},
        )

    def choice_of_action(self, answer: str) -> None:
        """A search box, and the actions that it found."""
        names = self._search(answer)
        self.fields["answer"] = forms.ChoiceField(
            label="Which of these?",
            choices=[(name, _action_label(name)) for name in names],
            widget=forms.RadioSelect,
            initial=answer or (names[0] if len(names) == 1 else None),
            error_messages={"required": _CHOOSE_ACTION, "invalid_choice": _CHOOSE_ACTION},
        )

    def choice_of_actions(self, answer: str) -> None:
        """A search box, and the actions that it found, to tick; what was ticked before stays."""
        names = self._search(answer)
        self.fields["answer"] = forms.MultipleChoiceField(
            label="Which of these?",
            choices=[(name, _action_label(name)) for name in names],
            widget=forms.CheckboxSelectMultiple,
            initial=answer.split(".") if answer else None,
            error_messages={"required": _CHOOSE_ACTION, "invalid_choice": _CHOOSE_ACTION},
        )

    def typed_fields(self, _answer: str) -> None:
        """What is typed. The shapes are checked in `clean`."""
        for one in self.question.fields:
            self.fields[one.name] = _typed_field(one, self._typed.get(one.name) or self._suggested.get(one.shape, ""))

    def _search(self, answer: str) -> list[str]:
        self.fields["find"] = forms.CharField(
            label="What do you want to do?",
            required=False,
            max_length=LONGEST_QUERY,
            help_text="In your own words, such as: see recommendations. Or the action’s name.",
        )
        chosen = [name for name in answer.split(".") if name and name != UNKNOWN]
        getlist = getattr(self.data, "getlist", None)
        ticked = getlist("answer") if getlist else []
        found = find_actions(str(self.data.get("find", "")), self.question.services or SERVICES)
        names = dict.fromkeys([*(name for name in (*chosen, *ticked) if catalog.action(name)), *found])
        return list(names)[:MOST_ACTIONS]


_MAKERS = {
    Ask.ONE: QuestionForm.choices_of_one,
    Ask.SOME: QuestionForm.choices_of_some,
    Ask.ACTION: QuestionForm.choice_of_action,
    Ask.ACTIONS: QuestionForm.choice_of_actions,
    Ask.TEXT: QuestionForm.typed_fields,
}


def _typed_field(one: Field, value: str) -> forms.CharField:
    attributes = {"spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}
    lines = (
        forms.Textarea(attrs={**attributes, "rows": one.rows}) if one.rows > 1 else forms.TextInput(attrs=attributes)
    )
    return forms.CharField(
        label=f"{one.label} (optional)" if one.optional else one.label,
        required=not one.optional,
        help_text=words(one.hint),
        initial=value,
        widget=lines,
        error_messages={"required": f"{one.label}: type an answer."},
    )


def _label(option: Option) -> str | SafeString:
    if not option.hint:
        return option.label
    return format_html('{} <span class="soft small">{}</span>', option.label, option.hint)


def _action_label(name: str) -> SafeString:
    info = catalog.action(name)
    does = (info.description if info else "").removeprefix("Grants permission to ").rstrip(".")
    levels = ", ".join(sorted(level.lower() for level in info.access_levels)) if info else ""
    return format_html('<code>{}</code> <span class="soft small">{}; access level: {}</span>', name, does, levels)
