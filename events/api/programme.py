"""What an organiser plans within an event and asks people about, as JSON: agenda, roles, questions."""

from typing import Any, Final

from rest_framework import serializers

from events.actions.definitions import AgendaItemDefinition, QuestionDefinition, RoleDefinition
from events.api.fields import SMALLINT, TextsField, WallClockField, WholeBody, row_id, several
from events.enums import EventRoleKind, QuestionKind
from events.models import Organization, User

LONGEST_NAME: Final = 200
LONGEST_TITLE: Final = 300
MOST_ROLES: Final = 100
MOST_QUESTIONS: Final = 50
MOST_CHOICES: Final = 100


class RoleBody(WholeBody):
    """Somebody who speaks, chairs, interprets or helps; only name and organization are ever public.

    `user`: the address with which a colleague signs in.
    """

    kind = serializers.ChoiceField(choices=EventRoleKind.choices)
    name = serializers.CharField(max_length=LONGEST_NAME)
    organization = serializers.SlugRelatedField(
        slug_field="slug", queryset=Organization.objects.all(), required=False, allow_null=True
    )
    user = serializers.SlugRelatedField(
        slug_field="email", queryset=User.objects.filter(is_active=True), required=False, allow_null=True
    )
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=32)
    public = serializers.BooleanField(source="is_public", required=False)

    def to_representation(self, role: RoleDefinition) -> dict[str, Any]:
        """Contacts only for whoever may see people."""
        said = super().to_representation(role)
        return said if self.context.get("contacts") else {**said, "user": None, "email": "", "phone": ""}

    @staticmethod
    def definition(said: dict[str, Any]) -> RoleDefinition:
        """The role as its action wants it."""
        return RoleDefinition(**{**said, "kind": EventRoleKind(said["kind"])})


class AgendaItemBody(WholeBody):
    """A point of a session's agenda; without times only the order is known."""

    title = TextsField(longest=LONGEST_TITLE)
    description = TextsField(required=False, allow_null=True, blank=True)
    starts_at = WallClockField(required=False, allow_null=True)
    ends_at = WallClockField(required=False, allow_null=True)
    roles = several(RoleBody, most=MOST_ROLES, required=False)

    @staticmethod
    def definition(said: dict[str, Any]) -> AgendaItemDefinition:
        """The point as its action wants it."""
        roles = tuple(RoleBody.definition(role) for role in said.get("roles", ()))
        return AgendaItemDefinition(**{**said, "roles": roles})


class ChoiceBody(WholeBody):
    """One of the answers that people choose from."""

    value = serializers.SlugField(max_length=60)
    label = TextsField(longest=LONGEST_TITLE)  # type: ignore[assignment]  # a declared field

    def to_representation(self, choice: tuple[str, dict[str, str]]) -> dict[str, Any]:
        """As it is sent."""
        value, label = choice
        return {"value": value, "label": label}


class QuestionBody(WholeBody):
    """A question to people who register; `id` names the one that an edit changes.

    None without a purpose; answers are kept for `retention_days` after the event.
    """

    id = row_id()
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    text = TextsField(longest=LONGEST_TITLE)
    help = TextsField(source="help_text", required=False, allow_null=True, blank=True)
    choices = several(ChoiceBody, most=MOST_CHOICES, required=False)
    required = serializers.BooleanField(source="is_required", required=False)  # type: ignore[assignment]  # a declared field
    purpose = TextsField(longest=1_000)
    retention_days = serializers.IntegerField(required=False, min_value=1, max_value=SMALLINT)

    @staticmethod
    def definition(said: dict[str, Any]) -> QuestionDefinition:
        """The question as its action wants it."""
        choices = tuple((choice["value"], choice["label"]) for choice in said.get("choices", ()))
        return QuestionDefinition(**{**said, "kind": QuestionKind(said["kind"]), "choices": choices})
