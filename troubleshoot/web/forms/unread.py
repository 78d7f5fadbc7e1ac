"""Sending a text that was not read, or read wrongly."""

from typing import Any

from django import forms

from troubleshoot.access.unread import LARGEST, sendable
from troubleshoot.web.forms.paste import part_to_keep


class SendForm(forms.Form):
    """The exact text that would be sent, and the box to tick. What comes back is redacted once more."""

    text = forms.CharField(
        label="This is what would be sent, and nothing else",
        strip=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 8, "readonly": True, "spellcheck": "false", "autocomplete": "off"}),
        help_text="It teaches the portal to read such texts. Your name stands in the audit trail only.",
        error_messages={
            "required": "There is no text to send. Paste one first.",
            "max_length": "This text is too long to send. Paste only the lines around the error.",
        },
    )
    agreed = forms.BooleanField(
        label="Send this text to the people who look after this portal",
        error_messages={"required": "Tick the box if you want to send the text. Without it nothing is sent."},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "send_%s", **options})

    def clean_text(self) -> str:
        """Return the text without secrets, whatever the browser sent."""
        return sendable(self.cleaned_data["text"])


def send_form(text: str) -> SendForm:
    """Return the form for a text, its box not ticked; of a text that is too long, the part around the error."""
    return SendForm(initial={"text": sendable(text if len(text) <= LARGEST else part_to_keep(text))})
