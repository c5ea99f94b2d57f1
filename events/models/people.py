"""Staff: who signs in, which unit they belong to and in which role."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from events.enums import Role
from events.models.texts import TranslatedField, has_polish, in_language


class OrganizationalUnit(models.Model):
    """A unit of the city that owns events (komórka organizacyjna)."""

    slug = models.SlugField(max_length=80, unique=True)
    name = TranslatedField()
    parent_name = models.CharField(max_length=200, blank=True)
    definition = models.TextField(blank=True)
    cooperation_model = models.TextField(blank=True)
    # Lists of texts as their source words them; read on the unit's page, never queried by part.
    tasks = models.JSONField(default=list, blank=True)
    stakeholder_groups = models.JSONField(default=list, blank=True)
    activity_types = models.JSONField(default=list, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=32, blank=True)
    # Whoever misses so many meetings without a word within so many months queues last for a while; null: no such rule.
    no_show_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    no_show_months = models.PositiveSmallIntegerField(default=12, db_default=12)
    no_show_pause_months = models.PositiveSmallIntegerField(default=3, db_default=3)

    class Meta:
        """Named constraint of the translated name."""

        constraints: ClassVar = [has_polish("unit", "name")]

    def __str__(self) -> str:
        """The name in the active language."""
        return in_language(self.name)


class UserManager(BaseUserManager["User"]):
    """Makes accounts whose login is the e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account; the address is kept in lower case, as it is compared."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account that may do everything in every unit."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find an account however the person typed the capitals."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A member of staff; citizens have no account."""

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_example = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """One account per address, whatever its capitals."""

        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_one_per_email")]

    def __str__(self) -> str:
        """The name, or the login where no name is known."""
        return self.full_name or self.email


class UnitMembership(models.Model):
    """One role of one person in one unit."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(OrganizationalUnit, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        """A role is given once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "unit", "role"], name="membership_once"),
        ]

    def __str__(self) -> str:
        """Who is what, where."""
        return f"{self.user} · {self.get_role_display()} · {self.unit}"


class ApiToken(models.Model):
    """A key for programs; only its SHA-256 is kept, so the table opens no door."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Whose key it is; never the key."""
        return f"{self.user} · {self.created_at:%Y-%m-%d}"


class InformationNotice(models.Model):
    """A version of the information notice (GDPR art. 13) that is shown before people submit data.

    `unit` null: for every unit that has none of its own; `kind` null: for every kind of meeting that has none of its
    own. The newest version in force is shown; a registration keeps the version that its person saw.
    """

    unit = models.ForeignKey(
        OrganizationalUnit, on_delete=models.CASCADE, null=True, blank=True, related_name="notices"
    )
    kind = models.ForeignKey(
        "events.EventKind", on_delete=models.CASCADE, null=True, blank=True, related_name="notices"
    )
    version = models.PositiveIntegerField()
    text = TranslatedField()
    in_force_from = models.DateTimeField()
    is_example = models.BooleanField(default=False)

    class Meta:
        """Versions count up within a unit and kind; a text always has Polish."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "kind", "version"], nulls_distinct=False, name="notice_version_once"
            ),
            has_polish("notice", "text"),
        ]

    def __str__(self) -> str:
        """The unit and the version."""
        return f"{self.unit or '*'} {self.kind or '*'} v{self.version}"
