"""An AWS account that the portal answers for."""

from django.core.validators import RegexValidator
from django.db import models

MAX_PRINCIPAL_ARN = 640
"""Room for a path of 512 and a name of 128 characters: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


class Mode(models.TextChoices):
    """How far the portal may go in an account."""

    TEXT = "text", "text only"
    READ = "read", "read"
    WRITE = "write", "read and write"


class Account(models.Model):
    """An account, its contact, and the reader role. The writer's settings stand only in the worker's environment.

    A grant lasts `max_hours` at most; one without an end may be asked for only where `allows_permanent`. With
    `needs_ticket` a request names a ticket; a given one fits `ticket_pattern`, a regular expression, if it is set.
    """

    account_id = models.CharField(max_length=12, unique=True, validators=[RegexValidator(r"^\d{12}$", "12 digits")])
    name = models.CharField(max_length=80)
    partition = models.CharField(max_length=16, default="aws")
    region = models.CharField(max_length=32, default="us-east-1")
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.TEXT)
    reader_role_arn = models.CharField(max_length=256, blank=True)
    reader_external_id = models.CharField(max_length=256, blank=True)
    people_path = models.CharField(max_length=128, default="/personalize-people/")
    ceiling_arn = models.CharField(max_length=256, blank=True)
    requires_ceiling = models.BooleanField(default=True)
    max_hours = models.PositiveIntegerField(default=30 * 24)
    allows_permanent = models.BooleanField(default=False)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_note = models.TextField(blank=True)
    ticket_pattern = models.CharField(max_length=120, blank=True)
    needs_ticket = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{self.name} ({self.account_id})"

    @property
    def may_read(self) -> bool:
        return self.mode != Mode.TEXT
