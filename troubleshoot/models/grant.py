"""What the worker wrote to IAM for a request, step by step."""

from django.db import models

from troubleshoot.models.access_request import AccessRequest


class Grant(models.Model):
    """One immutable policy of its own, attached to one principal. Its name is derived from the request."""

    request = models.OneToOneField(AccessRequest, on_delete=models.PROTECT, related_name="grant")
    policy_arn = models.CharField(max_length=256, unique=True)
    principal_arn = models.CharField(max_length=256)
    document = models.TextField()
    expires_at = models.DateTimeField(null=True, blank=True)
    before = models.JSONField()
    verification = models.JSONField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

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
