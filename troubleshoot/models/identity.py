"""People of the portal, their roles, and the IAM principals that are theirs."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from troubleshoot.models.account import MAX_PRINCIPAL_ARN, Account


class Person(AbstractUser):
    """Somebody who signs in. `public_id` is the opaque id that the audit chain holds instead of a name."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Role(models.TextChoices):
    """What a person may do beside being an employee, which everybody is."""

    HELPDESK = "helpdesk", "helpdesk"
    APPROVER = "approver", "approver"
    ADMIN = "admin", "administrator of the portal"
    AUDITOR = "auditor", "auditor"


class RoleAssignment(models.Model):
    """A role of a person; an approver's may be for one account (None: for all)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=16, choices=Role.choices)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "role", "account"],
                condition=Q(account__isnull=False),
                name="one_assignment_per_role_and_account",
            ),
            models.UniqueConstraint(
                fields=["person", "role"], condition=Q(account__isnull=True), name="one_assignment_per_role_for_all"
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=True) | Q(role=Role.APPROVER), name="only_approvers_have_an_account"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="known_role"),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"


class PrincipalLink(models.Model):
    """An IAM user or role that belongs to a person. Set by two administrators, never by the person."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="links")
    principal_arn = models.CharField(max_length=MAX_PRINCIPAL_ARN)

    class Meta:
        indexes = (models.Index(fields=["principal_arn"], name="link_principal"),)
        constraints = (
            models.UniqueConstraint(fields=["person", "principal_arn"], name="one_link_per_person_and_principal"),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.principal_arn}"


class AdminChange(models.Model):
    """A change of roles, links, routing or modes that one administrator proposed and another one must decide.

    `details` holds the rule that is to be added, or names the one to be removed; such a change is about no `person`.
    Of a change of a mode they hold the mode `before` and the one `after` it.
    """

    class Kind(models.TextChoices):
        ADD_ROLE = "add_role", "give a role"
        REMOVE_ROLE = "remove_role", "take a role away"
        ADD_LINK = "add_link", "link a principal"
        REMOVE_LINK = "remove_link", "remove a link"
        ADD_RULE = "add_rule", "add a routing rule"
        REMOVE_RULE = "remove_rule", "remove a routing rule"
        ERASE_PERSON = "erase_person", "erase what a person wrote"
        ENABLE_PERSON = "enable_person", "let a person sign in again"
        CHANGE_MODE = "change_mode", "change the mode of an account"

    class State(models.TextChoices):
        PROPOSED = "proposed", "waiting for a second administrator"
        APPLIED = "applied", "confirmed"
        REFUSED = "refused", "refused"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices, blank=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True)
    principal_arn = models.CharField(max_length=MAX_PRINCIPAL_ARN, blank=True)
    details = models.JSONField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-proposed_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="a_second_administrator_decides",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(person__isnull=True) | ~Q(decided_by=F("person")),
                name="nobody_confirms_their_own_change",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by__isnull=True)
                | (~Q(state="proposed") & Q(decided_by__isnull=False)),
                name="decided_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} for {self.person}: {self.state}"
