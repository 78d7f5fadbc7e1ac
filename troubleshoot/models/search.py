"""The words that requests are found by, so that a search costs the same in a queue of a million."""

from django.db import models

from troubleshoot.models.access_request import AccessRequest

LONGEST_WORD = 64


class RequestWord(models.Model):
    """One word of a request, in small letters. `troubleshoot.access.searching` makes them when it is filed."""

    request = models.ForeignKey(AccessRequest, on_delete=models.CASCADE, related_name="words", db_index=False)
    word = models.CharField(max_length=LONGEST_WORD)

    class Meta:
        indexes = (
            # Found by how they begin, whatever the database's language sorts by.
            models.Index(fields=["word", "request"], opclasses=["varchar_pattern_ops", "int8_ops"], name="word_begins"),
        )
        constraints = (models.UniqueConstraint(fields=["request", "word"], name="one_row_per_request_and_word"),)

    def __str__(self) -> str:
        return f"{self.request_id}: {self.word}"
