"""A request for access and the decisions taken on it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from troubleshoot.models.account import MAX_PRINCIPAL_ARN, Account
from troubleshoot.models.diagnosis import Diagnosis


class State(models.TextChoices):
    """Where a request stands. `troubleshoot.access.states` says which events lead from one to another."""

    SUBMITTED = "submitted", "waiting for a decision"
    NEEDS_CHANGES = "needs_changes", "sent back for changes"
    APPROVED = "approved", "approved"
    AWAITING_MANUAL_APPLY = "awaiting_manual_apply", "waiting for an administrator to apply it"
    APPLYING = "applying", "being applied"
    VERIFYING = "verifying", "being verified"
    ACTIVE = "active", "active"
    REJECTED = "rejected", "rejected"
    WITHDRAWN = "withdrawn", "withdrawn"
    LAPSED = "lapsed", "lapsed"
    FAILED = "failed", "failed"
    EXPIRED = "expired", "expired"
    REVOKED = "revoked", "revoked"


class Risk(models.TextChoices):
    """How much a change can do. It decides how many approvers it needs and how long it may last."""

    LOW = "low", "low"
    MEDIUM = "medium", "medium"
    HIGH = "high", "high"


UNSETTLED = (
    State.SUBMITTED,
    State.NEEDS_CHANGES,
    State.APPROVED,
    State.AWAITING_MANUAL_APPLY,
    State.APPLYING,
    State.VERIFYING,
    State.ACTIVE,
)
"""The states in which a request still asks for, or still gives, what it names: a second one would be a duplicate."""


WAITING = (State.SUBMITTED, State.NEEDS_CHANGES)
IN_WORK = (State.APPROVED, State.AWAITING_MANUAL_APPLY, State.APPLYING, State.VERIFYING)
OVER = (State.REJECTED, State.WITHDRAWN, State.LAPSED, State.EXPIRED, State.REVOKED)
"""What the queue is filtered by, beside the states *active* and *failed*. Each has an index in the queue's order."""


def _in_queue(name: str, *states: State) -> models.Index:
    """The requests of one filter in the queue's order, so that a page costs the same however many there are."""
    return models.Index(fields=["submitted_at", "id"], condition=Q(state__in=states), name=f"queue_{name}")


class AccessRequest(models.Model):
    """What was asked: the change and its digest, which an approval names. A new change always has a new digest.

    `requester` files it; `beneficiary` is the person whose principal it is for, None where nobody is linked.
    `call` is the original call, which is evaluated again after the change; `call_digest` names principal, action
    and resource, so that the database itself refuses a second open request for the same. `due_at`, `lease_*` and
    `fence` belong to the worker: a row is taken by one worker at a time, and a stale worker's write is refused.

    `principal_unique_id` is IAM's own ID of the principal, which tells it from one that is made anew under the same
    ARN. It is empty until something live was read of it.

    `risk` and `findings` are what the change was judged to be able to do. `first_change` is what was asked at first,
    where the change was narrowed or filed anew since. `extends` is the request whose grant this one goes on with,
    `follows` the one after which the call was still denied. `reminders` counts how often people were reminded in
    this state.
    """

    code = models.CharField(max_length=16, unique=True, editable=False)
    state = models.CharField(max_length=24, choices=State.choices, default=State.SUBMITTED)
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="requests")
    beneficiary = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="requests_for_me"
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="requests")
    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.SET_NULL, null=True, blank=True, related_name="requests")
    principal_arn = models.CharField(max_length=MAX_PRINCIPAL_ARN)
    principal_unique_id = models.CharField(max_length=128, blank=True, default="", editable=False)
    action = models.CharField(max_length=128)
    resource = models.CharField(max_length=2048)
    call = models.JSONField()
    call_digest = models.CharField(max_length=64)
    change = models.JSONField()
    change_digest = models.CharField(max_length=64)
    first_change = models.JSONField(null=True, blank=True)
    risk = models.CharField(max_length=8, choices=Risk.choices, default=Risk.LOW)
    findings = models.JSONField(default=list, blank=True)
    extends = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="extensions")
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followers")
    justification = models.TextField()
    ticket = models.CharField(max_length=64, blank=True)
    idempotency_key = models.CharField(max_length=64, unique=True)
    failure = models.TextField(blank=True)
    submitted_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    reminders = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-submitted_at",)
        indexes = (
            models.Index(fields=["state", "submitted_at", "id"], name="request_queue"),
            models.Index(fields=["submitted_at", "id"], name="request_age"),
            _in_queue("waiting", *WAITING),
            _in_queue("in_work", *IN_WORK),
            _in_queue("active", State.ACTIVE),
            _in_queue("failed", State.FAILED),
            _in_queue("over", *OVER),
            models.Index(fields=["account", "submitted_at", "id"], name="queue_account"),
            models.Index(
                fields=["account", "submitted_at", "id"], condition=Q(state__in=WAITING), name="queue_account_waiting"
            ),
            models.Index(fields=["requester", "-submitted_at"], name="request_mine"),
            models.Index(Upper("ticket"), name="request_ticket"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="request_due"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=State.values), name="known_state"),
            models.CheckConstraint(condition=Q(risk__in=Risk.values), name="known_risk"),
            models.UniqueConstraint(
                fields=["call_digest"],
                condition=Q(state__in=UNSETTLED, extends__isnull=True),
                name="one_open_request_per_call",
            ),
            models.UniqueConstraint(
                fields=["extends"], condition=Q(state__in=UNSETTLED), name="one_open_extension_per_request"
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def on_behalf(self) -> bool:
        """Whether somebody else filed it than the person whose principal it is for."""
        return self.requester_id != self.beneficiary_id

    @property
    def policy_name(self) -> str:
        """The name of the policy that grants it: known before anything is written."""
        return f"AD-{self.code}"


class Approval(models.Model):
    """One approver's decision on one digest. The database itself refuses a decision on one's own request."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", "approved"
        REJECT = "reject", "rejected"

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="approvals")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    beneficiary = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    change_digest = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["request", "approver", "change_digest"], name="one_decision_per_approver_and_change"
            ),
            models.CheckConstraint(condition=~Q(approver=F("requester")), name="nobody_decides_their_own"),
            models.CheckConstraint(
                condition=Q(beneficiary__isnull=True) | ~Q(approver=F("beneficiary")),
                name="nobody_decides_for_themselves",
            ),
        )

    def __str__(self) -> str:
        return f"{self.request}: {self.verdict}"


class Comment(models.Model):
    """What somebody said about a request. Whoever may see the request may read it; its text can be erased."""

    request = models.ForeignKey(AccessRequest, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.request}: comment {self.pk}"
