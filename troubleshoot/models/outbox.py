"""Messages that must go out, kept in the transaction of the step that they tell of."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from troubleshoot.models.access_request import AccessRequest


class OutboxMessage(models.Model):
    """One e-mail to one person. `key` makes it unique and its Message-ID stable."""

    key = models.CharField(max_length=120, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages")
    request = models.ForeignKey(AccessRequest, on_delete=models.CASCADE, null=True, related_name="messages")
    template = models.CharField(max_length=48)
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="outbox_due"),)

    def __str__(self) -> str:
        return self.key
