"""The one declared table: every address of the site, its view, and who may do what with it.

`troubleshoot.urls` is made from it, and the middleware `declared_permission` refuses whatever it does not
name. A page answers GET and HEAD where it declares `get`, POST where it declares `post`, and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from troubleshoot.admin import desk
from troubleshoot.web import (
    accounts,
    answering,
    ask,
    audit,
    causes,
    deciding,
    deliveries,
    denied,
    diagnosis,
    grants,
    guide,
    guide_request,
    health,
    home,
    others,
    passwords,
    people,
    person,
    queue,
    read,
    requests,
    routing,
    search,
    settings_page,
    sign_in,
    simulating,
    style,
    topics,
    unread,
)
from troubleshoot.web.rules import Rule

SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Page:
    """One address. `route` is Django's, `name` what `reverse` takes; a method without a rule is not allowed."""

    route: str
    name: str
    view: Callable[..., HttpResponseBase]
    get: Rule | None = None
    post: Rule | None = None

    def rule_for(self, method: str) -> Rule | None:
        """Return the rule of an HTTP method, or None where this page does not answer it."""
        if method in SAFE_METHODS:
            return self.get
        return self.post if method == "POST" else None

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that this page answers, for the `Allow` header of a 405."""
        safe = ("GET", "HEAD") if self.get else ()
        return (*safe, "POST") if self.post else safe


READING_ROOMS: tuple[Page, ...] = (
    Page("", "home", home.home, get=Rule.READER),
    Page("not-authorized/", "not-authorized", topics.not_authorized, get=Rule.READER),
    Page("pass-role/", "pass-role", topics.pass_role, get=Rule.READER),
    Page("access-keys/", "access-keys", topics.access_keys, get=Rule.READER),
    Page("let-others-in/", "let-others-in", topics.let_others_in, get=Rule.READER),
    Page("outside-my-account/", "outside-my-account", topics.outside_my_account, get=Rule.READER),
    Page("search/", "search", search.search, get=Rule.READER),
    Page("causes/", "causes", causes.causes, get=Rule.READER),
    Page("causes/<str:cause_id>/", "cause", causes.cause, get=Rule.READER),
    Page("guide/", "guides", guide.guides, get=Rule.READER),
    Page("guide/<str:slug>/", "guide", guide.guide, get=Rule.READER, post=Rule.READER),
    Page("guide/<str:slug>/picture/", "guide-picture", guide.picture, get=Rule.READER),
    Page("style/", "style", style.style, get=Rule.READER),
    Page("sign-in/", "sign-in", sign_in.sign_in, get=Rule.ANYONE, post=Rule.ANYONE),
    Page("sign-out/", "sign-out", sign_in.sign_out, post=Rule.SIGNED_IN),
)
"""Topics, causes and search, the style page, and the way in and out."""

GUIDE_ROOMS: tuple[Page, ...] = (
    Page("guide/<str:slug>/ticket/", "guide-ticket", guide.ticket, get=Rule.READER),
    Page("guide/<str:slug>/file/", "guide-file", guide.file, get=Rule.READER),
    Page("guide/<str:slug>/solved/", "guide-solved", guide.solved, post=Rule.READER),
    Page("guide/<str:slug>/request/", "guide-request", guide_request.ask, get=Rule.SIGNED_IN, post=Rule.SIGNED_IN),
    Page("guide/<str:slug>/diagnose/", "guide-diagnose", guide.diagnose, post=Rule.READER),
)
"""What stands behind a guide's outcome. Without the answers that lead to one they are not there."""

WORKING_ROOMS: tuple[Page, ...] = (
    Page("sign-in/again/", "sign-in-again", sign_in.sign_in_again, get=Rule.SIGNED_IN, post=Rule.SIGNED_IN),
    Page("password/<uuid:public_id>/", "set-password", passwords.set_password, get=Rule.ANYONE, post=Rule.ANYONE),
    Page("password/<uuid:public_id>/<str:key>/", "password-link", passwords.open_link, get=Rule.ANYONE),
    Page("read/", "read", read.read, get=Rule.READER, post=Rule.READER),
    Page("read/send/", "send-unread", unread.send, post=Rule.SIGNED_IN),
    # One diagnosis. Whose it is, the doors ask.
    Page("d/<str:token>/", "diagnosis", diagnosis.diagnosis, get=Rule.SIGNED_IN),
    Page("d/<str:token>/facts/", "facts", diagnosis.facts, get=Rule.SIGNED_IN, post=Rule.SIGNED_IN),
    Page("d/<str:token>/check/", "check", diagnosis.check, post=Rule.SIGNED_IN),
    Page("d/<str:token>/choose/", "choose", diagnosis.choose, post=Rule.SIGNED_IN),
    Page("d/<str:token>/report/", "report-reading", unread.report, get=Rule.SIGNED_IN, post=Rule.SIGNED_IN),
    Page("d/<str:token>/ticket/", "ticket", diagnosis.ticket, get=Rule.SIGNED_IN),
    Page("d/<str:token>/request/", "request-access", ask.request_access, get=Rule.SIGNED_IN, post=Rule.SIGNED_IN),
    Page("d/<str:token>/denied/", "denied-of-case", denied.denied_of_case, get=Rule.SIGNED_IN),
    Page("denied/", "denied", denied.denied, get=Rule.SIGNED_IN),
    Page("case/<str:code>/", "case", diagnosis.case, get=Rule.SIGNED_IN),
    Page("requests/", "requests", requests.requests, get=Rule.SIGNED_IN),
    Page("requests/<str:code>/", "request", requests.show, get=Rule.SIGNED_IN),
    Page("requests/<str:code>/status/", "request-status", requests.status, get=Rule.SIGNED_IN),
    Page("requests/<str:code>/withdraw/", "withdraw", requests.withdraw, post=Rule.SIGNED_IN),
    Page("requests/<str:code>/end/", "give-back", requests.give_back, post=Rule.SIGNED_IN),
    Page("requests/<str:code>/comment/", "comment", answering.comment, post=Rule.SIGNED_IN),
    Page("requests/<str:code>/answer/", "answer", answering.answer, get=Rule.SIGNED_IN, post=Rule.SIGNED_IN),
    # The rooms of those who decide, and of those who look after the portal.
    Page("queue/", "queue", queue.queue, get=Rule.STAFF),
    Page("queue/<str:code>/", "review", queue.review, get=Rule.REVIEWERS),
    Page("queue/<str:code>/approve/", "approve", deciding.approve, post=Rule.APPROVERS),
    Page("queue/<str:code>/reject/", "reject", deciding.reject, post=Rule.APPROVERS),
    Page("queue/<str:code>/ask/", "ask-for-changes", deciding.ask_for_changes, get=Rule.APPROVERS, post=Rule.APPROVERS),
    Page("queue/<str:code>/narrow/", "narrow", deciding.narrow, get=Rule.APPROVERS, post=Rule.APPROVERS),
    Page("queue/<str:code>/check/", "check-applied", deciding.check_applied, post=Rule.KEEPERS),
    Page("queue/<str:code>/revoke/", "revoke", deciding.revoke, post=Rule.KEEPERS),
    Page("queue/<str:code>/who-can/", "who-can", others.who_can, get=Rule.REVIEWERS),
    Page("queue/<str:code>/simulate/", "simulate", simulating.simulate, post=Rule.KEEPERS),
    Page("people/", "people", people.people, get=Rule.RECORDS),
    Page("people/changes/", "propose-change", people.propose, post=Rule.ADMINS),
    Page("people/changes/<int:pk>/confirm/", "confirm-change", people.confirm, post=Rule.ADMINS),
    Page("people/changes/<int:pk>/refuse/", "refuse-change", people.refuse, post=Rule.ADMINS),
    Page("people/<uuid:public_id>/", "person", person.person, get=Rule.RECORDS),
    Page("people/<uuid:public_id>/disable/", "disable-person", person.disable, post=Rule.ADMINS),
    Page("people/<uuid:public_id>/enable/", "enable-person", person.enable, post=Rule.ADMINS),
    Page("people/<uuid:public_id>/password/", "send-password-link", person.send_link, post=Rule.ADMINS),
    Page("rules/", "rules", routing.routing_rules, get=Rule.RECORDS),
    Page("rules/propose/", "propose-rule", routing.propose_rule, get=Rule.ADMINS, post=Rule.ADMINS),
    Page("rules/<int:pk>/end/", "end-rule", routing.end_rule, post=Rule.ADMINS),
    Page("accounts/", "accounts", accounts.accounts, get=Rule.REVIEWERS),
    Page("accounts/<str:account_id>/", "account", accounts.account, get=Rule.REVIEWERS, post=Rule.ADMINS),
    Page("accounts/<str:account_id>/mode/", "propose-mode", accounts.propose_mode, post=Rule.ADMINS),
    Page("unread/", "unread", unread.unread, get=Rule.RECORDS),
    Page("unread/<int:pk>/", "unread-message", unread.show, get=Rule.RECORDS),
    Page("unread/<int:pk>/handle/", "handle-unread", unread.handle, post=Rule.ADMINS),
    Page("unread/<int:pk>/delete/", "delete-unread", unread.delete, post=Rule.ADMINS),
    Page("audit/", "audit", audit.audit, get=Rule.RECORDS),
    Page("audit/export/", "export-audit", audit.export, post=Rule.RECORDS),
    Page("deliveries/", "deliveries", deliveries.deliveries, get=Rule.RECORDS),
    Page("deliveries/<int:pk>/again/", "send-again", deliveries.again, post=Rule.ADMINS),
    Page("settings/", "my-settings", settings_page.my_settings, get=Rule.SIGNED_IN, post=Rule.SIGNED_IN),
    Page("health/", "health", health.health, get=Rule.ANYONE),
)
"""Diagnoses, requests, the queue, and the rooms of administrators and auditors."""

GRANT_ROOMS: tuple[Page, ...] = (
    Page("requests/<str:code>/extend/", "extend", grants.extend, get=Rule.SIGNED_IN, post=Rule.SIGNED_IN),
    Page(
        "requests/<str:code>/still-denied/", "still-denied", grants.look_again, get=Rule.SIGNED_IN, post=Rule.SIGNED_IN
    ),
    Page("grants/", "grants", grants.needing, get=Rule.REVIEWERS),
    Page("grants/<str:code>/", "grant", grants.grant, get=Rule.REVIEWERS),
    Page("grants/<str:code>/undo/", "undo-grant", grants.undo_grant, post=Rule.KEEPERS),
    Page("grants/<str:code>/compare/", "compare-grant", grants.compare, post=Rule.KEEPERS),
    Page("grants/<str:code>/removed/", "grant-removed", grants.removed, post=Rule.KEEPERS),
)
"""What becomes of an active grant: more time, a second look, what others changed of it, and undoing it."""

PAGES: tuple[Page, ...] = READING_ROOMS + GUIDE_ROOMS + WORKING_ROOMS + GRANT_ROOMS

BY_NAME = {page.name: page for page in PAGES}


@dataclass(frozen=True, slots=True)
class Family:
    """Many addresses under one route, made by somebody else and let in by one rule. `name` is their namespace."""

    route: str
    name: str
    urls: Any
    rule: Rule
    methods: tuple[str, ...] = ("GET", "HEAD", "POST")

    def rule_for(self, method: str) -> Rule | None:
        """Return the rule of an HTTP method, or None where no address of the family answers it."""
        return self.rule if method in self.methods else None


FAMILIES: tuple[Family, ...] = (Family("admin/", "admin", desk.urls, Rule.ADMINS),)
"""Django's admin, where everything is to be looked at."""


def declared(match: ResolverMatch | None) -> Page | Family | None:
    """Return what the table says of an address that was found, or None where it says nothing."""
    if match is None:
        return None
    if match.namespaces:
        return next((family for family in FAMILIES if family.name == match.namespaces[0]), None)
    return BY_NAME.get(match.url_name or "")
