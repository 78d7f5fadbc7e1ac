"""Routing rules: the list, proposing one, ending one, and trying out who would decide."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from troubleshoot.access import asking, doors, rules, selectors
from troubleshoot.access.errors import Refused
from troubleshoot.access.permissions import roles_of
from troubleshoot.remedy import Change
from troubleshoot.web.forms.rules import RuleForm, TryOutForm
from troubleshoot.web.presenters.people import ChangeView, change_view
from troubleshoot.web.presenters.rules import TryOut, people_named, rule_row, try_out
from troubleshoot.web.read import UNPROCESSABLE
from troubleshoot.web.signed_in import person_of

_FIELDS = {
    "no_name": "name",
    "no_action": "action_pattern",
    "no_resource": "resource_pattern",
    "no_place": "position",
    "place_taken": "position",
    "too_many": "approvals",
    "nobody": "person_1",
}
"""Beside which field a refusal stands, by its code."""


def routing_rules(request: HttpRequest) -> HttpResponse:
    """List the rules in their order and the changes that wait; with a query, show who would decide."""
    person = person_of(request)
    today = timezone.localdate()
    form = TryOutForm(request.GET if "action" in request.GET else None)
    context = {
        "rows": tuple(rule_row(rule, today=today) for rule in selectors.active_rules()),
        "changes": _waiting(request),
        "may_propose": roles_of(person).is_admin,
        "form": form,
        "found": _tried(form),
        "names": selectors.usernames(),
    }
    return render(request, "rules/list.html", context)


def propose_rule(request: HttpRequest) -> HttpResponse:
    """Propose a rule; another administrator must confirm it."""
    if request.method != "POST":
        return _form(request, RuleForm(initial={"position": rules.next_position()}))
    form = RuleForm(request.POST)
    if form.is_valid():
        try:
            rules.propose_rule(by=person_of(request), draft=form.draft())
        except Refused as refused:
            form.add_error(_FIELDS.get(refused.code), refused.words)
        else:
            messages.success(request, "Proposed. It counts when another administrator confirms it.")
            return redirect("rules")
    return _form(request, form, status=UNPROCESSABLE)


def end_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose that a rule counts no more."""
    person = person_of(request)
    rule = doors.rule_to_end(person, pk)
    try:
        rules.propose_end(by=person, rule=rule)
    except Refused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, "Proposed. The rule counts until another administrator confirms its end.")
    return redirect("rules")


def _waiting(request: HttpRequest) -> Sequence[ChangeView]:
    viewer = person_of(request)
    waiting = [change for change in selectors.proposed_changes() if change.kind in rules.RULE_KINDS]
    people = selectors.people_by_public_id(people_named(waiting))
    return tuple(change_view(change, viewer=viewer, people=people) for change in waiting)


def _tried(form: TryOutForm) -> TryOut | None:
    if not form.is_bound or not form.is_valid():
        return None
    data = form.cleaned_data
    account, requester = data["account"], data["requester"]
    link = requester.links.filter(account=account).order_by("pk").first()
    principal = link.principal_arn if link else ""
    statement = {"Effect": "Allow", "Action": data["action"].strip(), "Resource": data["resource"].strip() or "*"}
    change = Change(account.account_id, principal, (statement,), None)
    return try_out(asking.who_will_decide(account, requester, principal, change, data["risk"]))


def _form(request: HttpRequest, form: RuleForm, *, status: int = 200) -> HttpResponse:
    return render(request, "rules/form.html", {"form": form, "names": selectors.usernames()}, status=status)
