"""A kept diagnosis: what was read from the paste, and the live state it was judged on."""

from django.conf import settings
from django.db import models

from troubleshoot.models.account import Account


class Diagnosis(models.Model):
    """One pasted text (its secrets removed) with the facts read from it. Signed-out pastes are never kept.

    `token` is the unguessable part of the permalink, `code` what people say on the phone. `facts` are the
    chosen denial's fields, with what the person put right. `snapshot` is empty where nothing live was read.
    """

    token = models.CharField(max_length=32, unique=True, editable=False)
    code = models.CharField(max_length=16, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="diagnoses")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="diagnoses")
    text = models.TextField()
    reading = models.JSONField()
    chosen = models.PositiveIntegerField(default=0)
    facts = models.JSONField()
    snapshot = models.JSONField(null=True, blank=True)
    snapshot_digest = models.CharField(max_length=64, blank=True)
    not_live_because = models.CharField(max_length=200, blank=True)
    engine_version = models.CharField(max_length=32)
    outcome = models.CharField(max_length=16)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.code
