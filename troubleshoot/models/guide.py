"""What people typed into a guide, and whether an outcome helped."""

from django.conf import settings
from django.db import models


class GuideAnswer(models.Model):
    """Typed answers of one visit to a guide, sealed: the key is in the address, and only there.

    `lookup` is the digest of the unguessable id, so that the table alone opens no row. `person` is empty for a visit
    that was not signed in; such a row ends soon and belongs to nobody. A row is never changed: a new answer makes a
    new one.
    """

    lookup = models.CharField(max_length=64, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="guide_answers"
    )
    sealed = models.BinaryField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"guide answers until {self.ends_at:%Y-%m-%d %H:%M}"


class GuideVerdict(models.Model):
    """Whether an outcome of a guide solved somebody's problem. It is not kept whose."""

    flow = models.CharField(max_length=32)
    outcome = models.CharField(max_length=48)
    solved = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["flow", "outcome"], name="guide_verdict_of"),)

    def __str__(self) -> str:
        return f"{self.flow}/{self.outcome}: {'solved' if self.solved else 'not solved'}"
