"""A kept diagnosis: what was read from the paste, and the live state it was judged on."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from troubleshoot.models.account import Account


class Diagnosis(models.Model):
    """One pasted text (its secrets removed) with the facts read from it. Signed-out pastes are never kept.

    `token` is the unguessable part of the permalink, `code` what people say on the phone. `facts` are the
    chosen denial's fields, with what the person put right. `snapshot` is empty where nothing live was read;
    `aws_answers` are what AWS's own tools said at the same time, as far as they were asked. `follows` is the
    request whose grant is active while the call is still denied.
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
    aws_answers = models.JSONField(null=True, blank=True)
    snapshot_digest = models.CharField(max_length=64, blank=True)
    not_live_because = models.CharField(max_length=200, blank=True)
    engine_version = models.CharField(max_length=32)
    outcome = models.CharField(max_length=16)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    follows = models.ForeignKey(
        "AccessRequest", on_delete=models.SET_NULL, null=True, blank=True, related_name="looked_at_again"
    )

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.code


class UnreadMessage(models.Model):
    """A text that could not be read, sent to the maintainers' list by somebody's own choice, its secrets removed.

    The same text counts once: `digest` is its SHA-256, `times` how often it was sent. `handled_at`: a maintainer has
    dealt with it.
    """

    class Kind(models.TextChoices):
        UNREAD = "unread", "could not be read"
        WRONG = "wrong", "was read wrongly"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    digest = models.CharField(max_length=64)
    text = models.TextField()
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-last_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=("unread", "wrong")), name="known_unread_kind"),
            models.UniqueConstraint(fields=["kind", "digest"], name="one_row_per_unread_text"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.digest[:12]}"
