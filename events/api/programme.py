"""What an organiser plans within an event and asks people about, as JSON: agenda, roles, questions."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db.models import Q
from django.utils.functional import Promise
from rest_framework import serializers

from events.actions.definitions import (
    UNSET,
    AgendaItemDefinition,
    QuestionDefinition,
    RoleDefinition,
    SessionDefinition,
)
from events.api.fields import SMALLINT, TextsField, WallClockField, WholeBody, row_id, several
from events.enums import EventRoleKind, QuestionKind
from events.errors import FieldErrors
from events.models import Event, Organization, OrganizationalUnit, User

LONGEST_NAME: Final = 200
LONGEST_TITLE: Final = 300
MOST_ROLES: Final = 100
MOST_QUESTIONS: Final = 50
MOST_CHOICES: Final = 100


class RoleBody(WholeBody):
    """Somebody who speaks, chairs, interprets or helps; only name and organization are ever public.

    `user`: the address with which a colleague of the unit signs in.
    """

    kind = serializers.ChoiceField(choices=EventRoleKind.choices)
    name = serializers.CharField(max_length=LONGEST_NAME)
    organization = serializers.SlugRelatedField(
        slug_field="slug", queryset=Organization.objects.all(), required=False, allow_null=True
    )
    user = serializers.SlugRelatedField(
        slug_field="email", queryset=User.objects.all(), required=False, allow_null=True
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


def refuse_strangers(
    roles: Sequence[RoleDefinition],
    sessions: Sequence[SessionDefinition],
    *,
    unit: OrganizationalUnit,
    event: Event | None,
) -> None:
    """Refuse whoever is no colleague in the unit as if there were nobody; who is named in the event may stay named."""
    places = dict(_places(roles, sessions))
    if not places:
        return
    known = Q(memberships__unit=unit, is_active=True)
    if event is not None:
        known |= Q(event_roles__event=event)
    there = set(User.objects.filter(known, pk__in={user.pk for user in places.values()}).values_list("pk", flat=True))
    unknown = RoleBody().fields["user"].error_messages["does_not_exist"]
    faults: dict[str, list[str | Promise]] = {
        place: [unknown.format(slug_name="email", value=user.email)]
        for place, user in places.items()
        if user.pk not in there
    }
    if faults:
        raise FieldErrors(faults)


def _places(roles: Sequence[RoleDefinition], sessions: Sequence[SessionDefinition]) -> Iterator[tuple[str, User]]:
    """Where colleagues are named, and who."""
    lists = {"roles": roles}
    for session_number, session in enumerate(sessions):
        for number, item in enumerate(() if session.agenda is UNSET else session.agenda):
            lists[f"sessions.{session_number}.agenda.{number}.roles"] = item.roles
    for way, named in lists.items():
        yield from ((f"{way}.{number}.user", role.user) for number, role in enumerate(named) if role.user is not None)


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
