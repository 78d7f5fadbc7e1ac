"""Django's admin: the same objects, to look at, for administrators of the portal.

Nothing can be changed here but by two actions, which go through the same services as the pages: nobody decides
their own request, the digest that was shown is the one that is decided, and the sign-in must be fresh.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from troubleshoot.access import services
from troubleshoot.access.permissions import roles_of
from troubleshoot.models import (
    AccessRequest,
    Account,
    Approval,
    Grant,
    Person,
    PrincipalLink,
    RoutingRule,
    RuleApprover,
)
from troubleshoot.web.errors import bad_request, not_permitted
from troubleshoot.web.fresh import ask_again

_HIDDEN = frozenset({"password", "idempotency_key", "lease_owner", "lease_until", "fence", "reader_external_id"})


class Desk(admin.AdminSite):
    """The site. Who is let in, the table of pages says too; signing in is the portal's own page."""

    site_header = "Access Desk"
    site_title = "Access Desk"
    index_title = "What the portal keeps"
    enable_nav_sidebar = False
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Let administrators of the portal in, whatever Django's own flags say."""
        return roles_of(request.user).is_admin

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Answer what is refused here like everywhere: with the portal's page, and without a traceback in the log."""
        inner = super().admin_view(view, cacheable)

        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                return inner(request, *args, **kwargs)
            except PermissionDenied:
                return not_permitted(request)
            except SuspiciousOperation:
                return bad_request(request)

        return update_wrapper(shown, inner)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Lead to the portal's own page."""
        return redirect("sign-in")

    def get_urls(self) -> list[Any]:
        """Leave out what is the portal's own: signing in, and passwords."""
        own = {"password_change", "password_change_done", "view_on_site", "autocomplete"}
        return [url for url in super().get_urls() if getattr(url, "name", None) not in own]


class ReadOnly:
    """Everything to look at, nothing to change; secrets and the worker's own columns left out."""

    show_full_result_count = False
    list_per_page = 50

    def has_view_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Model | None = None) -> bool:
        return False

    def has_module_permission(self, _request: HttpRequest) -> bool:
        return True

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Refuse an address that narrows a list by a hidden column: it would tell its value piece by piece."""
        shown = _HIDDEN.isdisjoint(lookup.split("__"))
        return shown and super().lookup_allowed(lookup, value, request)  # type: ignore[misc]

    def get_exclude(self, _request: HttpRequest, _obj: Model | None = None) -> list[str]:
        """Return the columns that nobody needs to see."""
        return sorted(_HIDDEN)


class _ApprovalRows(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = Approval
    fk_name = "request"


class _PlaceRows(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = RuleApprover


class _LinkRows(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = PrincipalLink


class AccessRequestAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Requests, with the two decisions as actions."""

    list_display = ("code", "state", "risk", "requester", "action", "resource", "account", "submitted_at")
    list_filter = ("state", "risk", "account")
    list_select_related = ("requester", "account")
    search_fields = ("code", "action", "principal_arn", "requester__username")
    inlines = (_ApprovalRows,)
    actions = ("approve_selected", "reject_selected")

    @admin.action(description="Approve the selected requests")
    def approve_selected(self, request: HttpRequest, chosen: QuerySet[AccessRequest]) -> HttpResponse | None:
        """Show what would be approved, and on the second press approve each as it was shown."""
        if again := ask_again(request, reverse("admin:troubleshoot_accessrequest_changelist")):
            return again
        return self._decide(request, chosen, "approve", services.approve)

    @admin.action(description="Reject the selected requests")
    def reject_selected(self, request: HttpRequest, chosen: QuerySet[AccessRequest]) -> HttpResponse | None:
        """Show what would be rejected and ask why, and on the second press reject each as it was shown."""
        return self._decide(request, chosen, "reject", services.reject)

    def _decide(
        self, request: HttpRequest, chosen: QuerySet[AccessRequest], deed: str, decide: Callable[..., None]
    ) -> HttpResponse | None:
        rows = list(chosen.select_related("account", "requester", "beneficiary").order_by("pk"))
        if "shown" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": f"{deed.capitalize()} {len(rows)} request{'' if len(rows) == 1 else 's'}",
                "rows": rows,
                "deed": deed,
                "checkbox": helpers.ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/decide.html", context)
        for row in rows:
            self._decide_one(request, row, deed, decide)
        return None

    def _decide_one(self, request: HttpRequest, row: AccessRequest, deed: str, decide: Callable[..., None]) -> None:
        digest, reason = request.POST.get(f"digest_{row.pk}", ""), request.POST.get("reason", "")
        try:
            decide(request=row, approver=request.user, change_digest=digest, reason=reason)
        except services.Told as told:
            self.message_user(request, f"{row.code}: {told.words}", messages.ERROR)
        else:
            self.message_user(request, f"{row.code}: your decision ({deed}) is kept.", messages.SUCCESS)


class GrantAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """What the worker wrote to IAM."""

    list_display = ("policy_arn", "principal_arn", "expires_at", "verified_at", "ended_at")


class AccountAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Accounts; their settings are changed on their own page."""

    list_display = ("name", "account_id", "mode", "contact_name")


class RoutingRuleAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Routing rules, those that ended among them."""

    list_display = ("position", "name", "account", "action_pattern", "minimal_risk", "approvals", "ended_at")
    list_select_related = ("account",)
    inlines = (_PlaceRows,)


class PersonAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """People; roles and links are changed by two administrators, on their own page."""

    list_display = ("username", "first_name", "last_name", "is_active")
    fields = ("username", "first_name", "last_name", "email", "is_active", "groups", "last_login")
    inlines = (_LinkRows,)


desk = Desk(name="admin")
for _model, _admin in (
    (AccessRequest, AccessRequestAdmin),
    (Grant, GrantAdmin),
    (Account, AccountAdmin),
    (RoutingRule, RoutingRuleAdmin),
    (Person, PersonAdmin),
):
    desk.register(_model, _admin)
