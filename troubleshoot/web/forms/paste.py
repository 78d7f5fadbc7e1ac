"""The paste box."""

import re

from django import forms

LIMIT = 256 * 1024
KEPT = 8 * 1024
_HINT = re.compile(r"(?i)not authorized|accessdenied|access denied|unauthorizedoperation|explicit deny")


class PasteForm(forms.Form):
    """The pasted text, which of several denials to look at, and where the list of them begins.

    Size is the reader's question, not the form's.
    """

    text = forms.CharField(
        label="Paste the error you got",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}),
        error_messages={"required": "The box is empty. Paste the text of the error, as much of it as you have."},
        help_text="From a terminal, a log, the console, Terraform or CloudFormation. Passwords and keys are removed.",
    )
    chosen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    begin = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: object = None, **options: object) -> None:
        super().__init__(_without_nul(data) if data is not None else None, **options)  # type: ignore[arg-type]

    def clean_text(self) -> str:
        """Refuse a text of white space alone; anything else is the reader's to judge."""
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError(self.fields["text"].error_messages["required"], code="required")
        return text


def part_to_keep(text: str) -> str:
    """Return up to 8 KB of a text that is too large: from just before the first words of a denial."""
    found = _HINT.search(text)
    start = max(0, found.start() - KEPT // 4) if found else 0
    return text[start : start + KEPT]


def _without_nul(data: object) -> dict[str, str]:
    # A NUL cannot stand in a form field nor in PostgreSQL's text, and logs are full of them.
    get = getattr(data, "get", lambda _name: None)
    return {name: value.replace("\x00", "") for name in ("text", "chosen", "begin") if (value := get(name)) is not None}
