"""Messages that must go out, kept in the transaction of the step that they tell of."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from troubleshoot.models.access_request import AccessRequest


class Channel(models.TextChoices):
    """The way a message goes out."""

    MAIL = "mail", "e-mail"
    SLACK = "slack", "Slack"
    WEBHOOK = "webhook", "webhook"


class OutboxMessage(models.Model):
    """One message: an e-mail to one person, or one to a receiver that the settings name. Its address is never kept.

    `key` makes it unique, and its Message-ID or delivery id stable. `dead_at`: it was tried too often and waits for
    an administrator.
    """

    key = models.CharField(max_length=120, unique=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.MAIL)
    receiver = models.CharField(max_length=48, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="messages"
    )
    request = models.ForeignKey(AccessRequest, on_delete=models.CASCADE, null=True, related_name="messages")
    template = models.CharField(max_length=48)
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="outbox_due"),
            models.Index(fields=["dead_at"], condition=Q(dead_at__isnull=False), name="outbox_dead"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(channel=Channel.MAIL, person__isnull=False) | (~Q(channel=Channel.MAIL) & ~Q(receiver="")),
                name="mail_has_a_person_and_others_a_receiver",
            ),
        )

    def __str__(self) -> str:
        return self.key


class NotificationChoice(models.Model):
    """Whether a person wants the mails of one topic. Without a row they are sent."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_choices")
    topic = models.CharField(max_length=32)
    wanted = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "topic"], name="one_choice_per_topic"),)

    def __str__(self) -> str:
        return f"{self.person}: {self.topic} {'on' if self.wanted else 'off'}"
