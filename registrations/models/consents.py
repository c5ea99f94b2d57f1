"""What people allowed beyond taking part: the exact words, when, and when they took it back."""

from typing import ClassVar

from django.db import models

from events.enums import Language
from events.models.texts import TranslatedField, has_polish
from registrations.enums import ConsentPurpose, RegistrationSource
from registrations.models.registrations import Registration
from registrations.tokens import make_token


class ConsentText(models.Model):
    """A version of the words that people agree to; the newest in force is shown, an old one stays as evidence."""

    purpose = models.CharField(max_length=20, choices=ConsentPurpose.choices)
    version = models.PositiveIntegerField()
    text = TranslatedField()
    in_force_from = models.DateTimeField()

    class Meta:
        """Versions count up within a purpose."""

        ordering: ClassVar = ["purpose", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "version"], name="consent_text_version_once"),
            has_polish("consent_text", "text"),
        ]

    def __str__(self) -> str:
        """The purpose and the version."""
        return f"{self.purpose} v{self.version}"


class Consent(models.Model):
    """One consent of one person; taking it back is a time on the same row.

    `email` only for news, which outlives the registration; `email_key` finds a person's consents again, and is null when
    there is no address.
    """

    registration = models.ForeignKey(
        Registration, on_delete=models.SET_NULL, null=True, blank=True, related_name="consents"
    )
    purpose = models.CharField(max_length=20, choices=ConsentPurpose.choices)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    email_key = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001 - null stands for "none" as on the registration
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.PL)
    source = models.CharField(max_length=20, choices=RegistrationSource.choices)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    generation = models.PositiveIntegerField(default=1)

    class Meta:
        """A registration gives each consent once at a time."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["registration", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="consent_once_at_a_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["email_key"], name="consent_by_person")]

    def __str__(self) -> str:
        """The purpose and the row; no person."""
        return f"{self.purpose} ({self.pk})"

    @property
    def withdraw_token(self) -> str:
        """The key of the page `/consents/{token}/` on which it is taken back."""
        return make_token("consent", row_id=self.pk, generation=self.generation)
