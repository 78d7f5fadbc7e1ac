"""The audit chain, and the personal text that may be erased without breaking it."""

from django.db import models


class AuditHead(models.Model):
    """The one row that serialises appends: the last entry's number and digest."""

    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.sequence}: {self.digest}"


class AuditEntry(models.Model):
    """One step. It holds opaque ids and digests only, and outlives whatever it speaks of: no foreign keys.

    `key_id` names the key that the digest was made with; the first entries of an old portal have none.
    """

    sequence = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    event = models.CharField(max_length=64)
    actor = models.CharField(max_length=36)
    subject = models.CharField(max_length=64)
    data = models.JSONField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    # Empty as NULL: only such a column is added without making the table, and with it its triggers, anew on SQLite.
    key_id = models.CharField(max_length=16, null=True, blank=True)  # noqa: DJ001

    class Meta:
        ordering = ("sequence",)
        indexes = (
            models.Index(fields=["subject", "sequence"], name="audit_subject"),
            models.Index(fields=["actor", "sequence"], name="audit_actor"),
            models.Index(fields=["event", "sequence"], name="audit_event"),
            models.Index(fields=["at", "sequence"], name="audit_at"),
        )

    def __str__(self) -> str:
        return f"{self.sequence} {self.event}"


class ErasableText(models.Model):
    """Words that a person wrote (a justification, a reason). The chain holds only their salted digest."""

    sequence = models.PositiveBigIntegerField()
    name = models.CharField(max_length=32)
    person = models.CharField(max_length=36)
    salt = models.CharField(max_length=32)
    text = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["sequence", "name"], name="one_text_per_entry_and_name"),)

    def __str__(self) -> str:
        return f"{self.sequence} {self.name}"


class AuditExport(models.Model):
    """One head of the chain that was given out of the database's reach: a cut tail is found against it."""

    sequence = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    exported_at = models.DateTimeField()
    target = models.CharField(max_length=48)

    class Meta:
        indexes = (models.Index(fields=["target", "-exported_at"], name="audit_export_last"),)

    def __str__(self) -> str:
        return f"{self.sequence} to {self.target}"
