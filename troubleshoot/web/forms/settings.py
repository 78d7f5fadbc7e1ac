"""Which mails a person wants."""

from typing import Any

from django import forms

from troubleshoot.access.preferences import TOPICS


class MailsForm(forms.Form):
    """One box for each topic that can be switched off."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for topic in TOPICS:
            self.fields[topic.name] = forms.BooleanField(label=topic.label, help_text=topic.words, required=False)
