"""The audit chain, and the personal text that may be erased without breaking it."""

from django.db import models


class AuditHead(models.Model):
    """The one row that serialises appends: the last entry's number and digest."""

    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.sequence}: {self.digest}"


class AuditEntry(models.Model):
    """One step. It holds opaque ids and digests only, and outlives whatever it speaks of: no foreign keys."""

    sequence = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    event = models.CharField(max_length=64)
    actor = models.CharField(max_length=36)
    subject = models.CharField(max_length=64)
    data = models.JSONField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("sequence",)
        indexes = (models.Index(fields=["subject", "sequence"], name="audit_subject"),)

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
