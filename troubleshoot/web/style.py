"""The style page: every token and component with sample data, in light and dark."""

import datetime as dt

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from troubleshoot.web.components import (
    ActionRow,
    Fact,
    Gate,
    GateState,
    PageTurn,
    PolicyLine,
    PolicyView,
    Status,
    Step,
    StepState,
    Tone,
)

COLOURS = (
    "ground", "surface", "sunken", "ink", "ink-soft", "line", "line-strong", "accent", "accent-soft",
    "good", "good-soft", "bad", "bad-soft", "wait", "wait-soft", "mark",
)  # fmt: skip

STOPPED = (
    Gate("Resource control policy", GateState.PASSES, "nothing against it", "read from IAM 2 minutes ago"),
    Gate("Service control policy", GateState.PASSES, "2 levels allow it", "read from IAM 2 minutes ago"),
    Gate("VPC endpoint policy", GateState.UNKNOWN, "not readable", "not known: the portal may not read this"),
    Gate("Resource policy", GateState.NOT_APPLICABLE, "Personalize has none"),
    Gate("Identity policy", GateState.STOPS, "no statement allows it", "read from IAM 2 minutes ago"),
    Gate("Permissions boundary", GateState.PASSES, "would allow it", "read from IAM 2 minutes ago"),
    Gate("Session policy", GateState.NOT_APPLICABLE, "no session"),
)
OPEN = tuple(
    Gate(gate.name, GateState.PASSES if gate.state is GateState.STOPS else gate.state, "allows it", gate.evidence)
    for gate in STOPPED
)
_DOCUMENT = """{
  "Sid": "CampaignRead",
  "Effect": "Allow",
  "Action": ["personalize:Describe*", "personalize:List*"],
  "Resource": "arn:aws:personalize:us-east-1:123456789012:campaign/retail-*"
}"""
_WIDER = _DOCUMENT.replace('"personalize:List*"', '"personalize:List*", "personalize:CreateCampaign"')


class SampleForm(forms.Form):
    """Every kind of field that the portal uses. Each error says what to do, and stands for itself in the summary."""

    reason = forms.CharField(
        label="Why do you need it?",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two sentences.",
        error_messages={"required": "Say why you need it."},
    )
    ticket = forms.CharField(label="Ticket (optional)", required=False, help_text="Such as OPS-1234.")
    how_long = forms.ChoiceField(
        label="For how long?",
        choices=[("1", "1 day"), ("7", "7 days"), ("30", "30 days")],
        error_messages={"required": "Choose for how long."},
    )
    role = forms.ChoiceField(
        label="Which role?",
        choices=[("a", "Retail builder"), ("b", "I don't know")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a role, or “I don't know”."},
    )
    told = forms.BooleanField(
        label="I have told the owner of the data",
        error_messages={"required": "Tell the owner of the data first, then tick the box."},
    )


def style(request: HttpRequest) -> HttpResponse:
    """Show the tokens and components. Sample data only: nothing here is anybody's."""
    now = timezone.now()
    return render(
        request,
        "style.html",
        {
            "colours": COLOURS,
            "themes": ("light", "dark"),
            "stopped": STOPPED,
            "open": OPEN,
            "policy": PolicyView(
                "Group ml-readers · CampaignRead", _lines(_DOCUMENT, marked={4}), "Read from IAM 2 minutes ago"
            ),
            "before": PolicyView("Now", _lines(_DOCUMENT, sign="-", changed={4})),
            "after": PolicyView("After approval", _lines(_WIDER, sign="+", changed={4})),
            "facts": FACTS,
            "statuses": STATUSES,
            "steps": _steps(now),
            "moment": now - dt.timedelta(minutes=3),
            "actions": ACTIONS,
            "rows": ROWS,
            "turn": PageTurn(older="?before=1", newer="?after=1", words="20 requests, oldest first"),
            "kinds": ("info", "success", "warning", "error"),
            "form": SampleForm(),
            "wrong": SampleForm({"how_long": "7"}, prefix="wrong"),
        },
    )


def _lines(
    text: str,
    *,
    marked: frozenset[int] | set[int] = frozenset(),
    sign: str = "",
    changed: frozenset[int] | set[int] = frozenset(),
) -> tuple[PolicyLine, ...]:
    return tuple(
        PolicyLine(number, line, number in marked, sign if number in changed else "")
        for number, line in enumerate(text.splitlines(), start=1)
    )


def _steps(now: dt.datetime) -> tuple[Step, ...]:
    return (
        Step("Asked for", StepState.DONE, "by Mateo Jackson", now - dt.timedelta(hours=3)),
        Step("Approved", StepState.DONE, "by Rita", now - dt.timedelta(minutes=12)),
        Step("Being verified", StepState.NOW, "IAM is read again, and your call is evaluated"),
        Step("Try again", StepState.NEXT, "You get a message"),
    )


FACTS = (
    Fact("Who", "user/mateojackson", code=True, note="according to the message"),
    Fact("Action", "personalize:CreateCampaign", code=True),
    Fact("Resource", "campaign/retail-prod", code=True),
    Fact("Region", ""),
)
STATUSES = (
    Status("active", Tone.GOOD),
    Status("rejected", Tone.BAD),
    Status("waiting for a decision", Tone.WAIT),
    Status("being verified", Tone.BUSY),
    Status("withdrawn", Tone.CALM),
)
ACTIONS = (
    ActionRow(
        "Use a role that already allows this",
        "You may use personalize-people/retail-builder.",
        "Show me how",
        "#actions",
    ),
    ActionRow(
        "Ask for just this action", "For 30 days. Rita or Noor decides.", "Request access", "#actions", primary=True
    ),
)
ROWS = (
    (Fact("Request", "AD-7Q4K"), Fact("Action", "personalize:CreateCampaign", code=True), Fact("Asked", "3 hours ago")),
    (Fact("Request", "AD-9M2C"), Fact("Action", "personalize:ListSchemas", code=True), Fact("Asked", "2 days ago")),
)
