"""Deciding on a request, and what belongs to it: a question, its answer, a narrower change, a comment, an early end."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from troubleshoot.access import extending
from troubleshoot.access.comments import LONGEST_COMMENT
from troubleshoot.models import AccessRequest
from troubleshoot.remedy import Change, change_from_data
from troubleshoot.remedy.narrowing import Fields
from troubleshoot.web.forms.access_request import UNTIL_REVOKED, durations_of

_LONGEST = 2000
_MOST_RESOURCES = 50


def _words(label: str, help_text: str, missing: str, *, rows: int = 3, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=_LONGEST,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
        error_messages={"required": missing},
    )


class DigestForm(forms.Form):
    """A decision names the digest of the change that was on the screen."""

    digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class ApproveForm(DigestForm):
    """An approval may carry a note, which the requester reads."""

    note = _words("Note (optional)", "The requester reads this.", "", rows=2, required=False)


class RejectForm(DigestForm):
    """A rejection needs a reason, which the requester reads."""

    reason = _words("Reason for rejecting", "The requester reads this.", "Give a reason. The requester reads it.")


class AskForm(DigestForm):
    """What an approver wants to know, or wants changed, before deciding."""

    reason = _words(
        "What should change, or what do you want to know?",
        "The requester reads this and can ask for something else.",
        "Say what should change, or what you want to know.",
    )


class RevokeForm(forms.Form):
    """Taking a grant away early needs a reason too."""

    reason = _words(
        "Why does it end now?",
        "The person who loses it reads this.",
        "Give a reason. The person who loses it reads it.",
    )


class CommentForm(forms.Form):
    """Something to say to the other side, beside any decision."""

    text = forms.CharField(
        label="Your comment",
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever may open this request can read it. It is sent to both sides by e-mail.",
        error_messages={"required": "Write what you want to say."},
    )


class NarrowForm(DigestForm):
    """Which of the actions stay, on which resources, and for how long. Only less than was asked is taken."""

    actions = forms.MultipleChoiceField(
        label="Actions that stay",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Leave at least one action."},
    )
    resources = forms.CharField(
        label="Resources",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=_MOST_RESOURCES * 2048,
        help_text="One ARN in each line. Each has to lie within what was asked for.",
        error_messages={"required": "Leave at least one resource."},
    )
    hours = forms.ChoiceField(label="For how long?")
    reason = _words("Why less?", "The requester reads this.", "Say why. The requester reads it.")
    field_order = ("actions", "resources", "hours", "reason", "digest")

    def __init__(self, *args: Any, request: AccessRequest, **options: Any) -> None:
        change = change_from_data(request.change)
        self._before = _values(change, "Action"), _values(change, "Resource"), change.hours
        given = {"actions": self._before[0], "resources": "\n".join(self._before[1]), "digest": request.change_digest}
        given["hours"] = UNTIL_REVOKED if change.hours is None else str(change.hours)
        super().__init__(*args, **{**options, "initial": given})
        self.fields["actions"].choices = [(name, name) for name in self._before[0]]  # type: ignore[attr-defined]
        self.fields["hours"].choices = _up_to(request, change.hours)  # type: ignore[attr-defined]
        if self._before[1] == ["*"]:
            del self.fields["resources"]

    def wanted(self) -> Fields:
        """Return what is to be kept. What was left as it is stands as None."""
        actions, resources, hours = self._before
        data = self.cleaned_data
        kept = [line.strip() for line in data.get("resources", "").splitlines() if line.strip()] or resources
        lasts = None if data["hours"] == UNTIL_REVOKED else int(data["hours"])
        return Fields(
            actions=None if data["actions"] == actions else tuple(data["actions"]),
            resources=None if kept == resources else tuple(kept[:_MOST_RESOURCES]),
            hours=None if lasts == hours else lasts,
        )


class AnswerForm(forms.Form):
    """The answer to an approver's question: a new justification and, if wanted, something else that is asked for."""

    justification = _words(
        "What do you need it for?",
        "Answer the approver's question here. Your words before stand in the box.",
        "Say in a sentence what you need the access for.",
        rows=5,
    )
    what = forms.ChoiceField(label="What do you ask for?", widget=forms.RadioSelect)
    hours = forms.ChoiceField(label="For how long?")

    def __init__(self, *args: Any, request: AccessRequest, proposed: Mapping[str, Change], **options: Any) -> None:
        change = change_from_data(request.change)
        hours = UNTIL_REVOKED if change.hours is None else str(change.hours)
        given = {"justification": request.justification, "what": next(iter(proposed)), "hours": hours}
        super().__init__(*args, **{**options, "initial": given})
        self.fields["what"].choices = [(words, words) for words in proposed]  # type: ignore[attr-defined]
        self._proposed = dict(proposed)
        self.fields["hours"].choices = _with_now(request, change.hours)  # type: ignore[attr-defined]
        if len(proposed) == 1:
            del self.fields["what"]

    def change(self) -> Change:
        """Return the change that is asked for now."""
        chosen = self.cleaned_data.get("what") or next(iter(self._proposed))
        hours = self.cleaned_data["hours"]
        return replace(self._proposed[chosen], hours=None if hours == UNTIL_REVOKED else int(hours))


def _values(change: Change, name: str) -> list[str]:
    found = [value for statement in change.statements for value in _listed(statement.get(name))]
    return list(dict.fromkeys(found))


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)] if value else []


def _up_to(request: AccessRequest, hours: int | None) -> list[tuple[str, str]]:
    """The durations that are not longer than what was asked for, that one the last."""
    return [pair for pair in _with_now(request, hours) if hours is None or _rank(pair[0]) <= hours]


def _with_now(request: AccessRequest, hours: int | None) -> list[tuple[str, str]]:
    """The account's durations and the one asked for; for an extension only those that end later than its grant."""
    offered = durations_of(request.account)
    lengths = [value for value, _ in offered if isinstance(value, int)]
    fitting = {UNTIL_REVOKED, *(extending.longer(request.extends, lengths) if request.extends else lengths)}
    pairs = [(str(value), words) for value, words in offered if value in fitting]
    now = UNTIL_REVOKED if hours is None else str(hours)
    if now not in {value for value, _ in pairs}:
        pairs.append((now, "until it is revoked" if hours is None else f"{hours} hours, as asked before"))
    return sorted(pairs, key=lambda pair: _rank(pair[0]))


def _rank(value: str) -> float:
    return float("inf") if value == UNTIL_REVOKED else int(value)
