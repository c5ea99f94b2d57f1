"""For whom events are meant: organizations, and the lists they stand on."""

from typing import ClassVar

from django.db import models

from events.models.texts import TranslatedField, has_polish, in_language


class Organization(models.Model):
    """A body that may be invited or represented (podmiot); its address is for the city's own letters, never public."""

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=250)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=32, blank=True)
    is_example = models.BooleanField(default=False)

    class Meta:
        """Found by name."""

        ordering: ClassVar = ["name", "slug"]

    def __str__(self) -> str:
        """The name; organizations are not translated."""
        return self.name


class Audience(models.Model):
    """A named circle of people or bodies: "residents", "district councils", "the 49 bodies of external consultations"."""

    slug = models.SlugField(max_length=80, unique=True)
    name = TranslatedField()
    organizations = models.ManyToManyField(Organization, blank=True, related_name="audiences")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """In the order a city wants to see them."""

        ordering: ClassVar = ["position", "slug"]
        constraints: ClassVar = [has_polish("audience", "name")]

    def __str__(self) -> str:
        """The name in the active language."""
        return in_language(self.name)
