"""What the worker wrote to IAM for a request, step by step."""

from django.db import models

from troubleshoot.models.access_request import AccessRequest
from troubleshoot.models.account import MAX_PRINCIPAL_ARN


class Grant(models.Model):
    """One immutable policy of its own, attached to one principal. Its name is derived from the request.

    `manual`: an administrator writes it, not the portal. `before` are the ARNs that were attached to the principal
    before. `revoked`: somebody asked for its end before `expires_at`. `ended_at`: nothing of it is left in IAM.
    `pre_image` is what stood in IAM before a change by hand. `drift` is what the last comparison with live IAM, at
    `compared_at`, found changed by others (empty: nothing). `undo` is how an undo ended, or why it was refused.
    """

    request = models.OneToOneField(AccessRequest, on_delete=models.PROTECT, related_name="grant")
    policy_arn = models.CharField(max_length=MAX_PRINCIPAL_ARN, unique=True)
    principal_arn = models.CharField(max_length=MAX_PRINCIPAL_ARN)
    document = models.TextField()
    expires_at = models.DateTimeField(null=True, blank=True)
    before = models.JSONField()
    manual = models.BooleanField(default=False)
    revoked = models.BooleanField(default=False)
    verification = models.JSONField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    pre_image = models.JSONField(null=True, blank=True)
    drift = models.JSONField(null=True, blank=True)
    compared_at = models.DateTimeField(null=True, blank=True)
    undo = models.JSONField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["expires_at"], condition=models.Q(ended_at__isnull=True), name="grant_not_ended"),
        )

    def __str__(self) -> str:
        return self.policy_arn


class GrantStep(models.Model):
    """One write: its intent is kept before the call, its outcome after it has been read back."""

    class Operation(models.TextChoices):
        CREATE_POLICY = "create_policy", "create the policy"
        ATTACH = "attach", "attach it"
        DETACH = "detach", "detach it"
        DELETE_POLICY = "delete_policy", "delete the policy"

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="steps")
    operation = models.CharField(max_length=16, choices=Operation.choices)
    intended_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["grant", "operation"], name="each_step_once"),)

    def __str__(self) -> str:
        return f"{self.grant}: {self.operation}"
