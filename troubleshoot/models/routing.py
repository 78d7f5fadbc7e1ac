"""Rules that say who decides a request. A rule is never edited: it is added and ended, each by two administrators."""

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q

from troubleshoot.models.access_request import Risk
from troubleshoot.models.account import Account
from troubleshoot.models.identity import Person


class RoutingRule(models.Model):
    """The first rule, by `position`, that fits a request says who decides it, and how many must approve.

    It fits by account, by patterns of action and resource (`*` and `?` as in IAM), by the requester's group, and
    from a risk on; None and `*` fit everything. `ended_at`: it does not count any more.
    """

    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="routing_rules")
    action_pattern = models.CharField(max_length=128, default="*")
    resource_pattern = models.CharField(max_length=2048, default="*")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    minimal_risk = models.CharField(max_length=8, choices=Risk.choices, default=Risk.LOW)
    approvals = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(approvals__gte=1), name="a_rule_needs_an_approval"),
            models.CheckConstraint(condition=Q(minimal_risk__in=Risk.values), name="a_rule_knows_its_risk"),
            models.UniqueConstraint(
                fields=["position"], condition=Q(ended_at__isnull=True), name="one_rule_per_position"
            ),
        )

    def __str__(self) -> str:
        return self.name


class RuleApprover(models.Model):
    """One person who decides what a rule fits, and who stands in for them from one day to another, both included."""

    rule = models.ForeignKey(RoutingRule, on_delete=models.CASCADE, related_name="approvers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    substitute = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    substitute_from = models.DateField(null=True, blank=True)
    substitute_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["rule", "person"], name="one_place_per_approver"),
            models.CheckConstraint(
                condition=Q(substitute__isnull=True) | ~Q(substitute=F("person")), name="nobody_substitutes_themselves"
            ),
            models.CheckConstraint(
                condition=Q(substitute__isnull=True, substitute_from__isnull=True, substitute_until__isnull=True)
                | Q(
                    substitute__isnull=False, substitute_from__isnull=False, substitute_until__gte=F("substitute_from")
                ),
                name="a_substitute_has_dates",
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule}: {self.person}"
