"""A person's own door over the API: the key in the address opens it; GET shows, POST acts, once more does nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.api.fields import Body
from events.api.shapes import SessionShape
from events.enums import Language
from registrations.actions.addresses import correct_address
from registrations.actions.calendars import personal_feed
from registrations.actions.details import change_details
from registrations.actions.intentions import say_coming
from registrations.actions.moves import accept_offer, cancel_registration, confirm_registration, decline_offer
from registrations.actions.no_shows import OBJECTION_MAX, object_to_pause
from registrations.api.needs import ANSWERS_SCHEMA, AnswersField, NeedBody, NeedShape, needs_in, said
from registrations.api.parties import PartyMemberShape
from registrations.enums import Attendance, AttendanceIntent, NeedKind, RegistrationSource, RegistrationState
from registrations.models import NoShowPause, Registration
from registrations.queries.doors import get_registration_by_token
from registrations.queries.joining import Joining, joining
from registrations.queries.lists import position_of
from registrations.queries.own_pages import OwnPageFacts, own_page_facts


class PersonShape(serializers.Serializer[Registration]):
    """A registration with its person, as both the person and the organiser see it."""

    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=RegistrationState.choices)
    position = serializers.SerializerMethodField()
    first_name = serializers.CharField(source="participant.first_name")
    last_name = serializers.CharField(source="participant.last_name")
    email = serializers.CharField(source="participant.email")
    phone = serializers.CharField(source="participant.phone")
    category = serializers.CharField(source="category.code", allow_null=True)
    organisation = serializers.CharField(source="participant.organisation")
    language = serializers.ChoiceField(choices=Language.choices)
    seats = serializers.IntegerField()
    sms_reminders = serializers.BooleanField()
    no_photo = serializers.BooleanField(help_text="Nobody is to take pictures of this party.")
    age_statement = serializers.BooleanField(allow_null=True)
    source = serializers.ChoiceField(choices=RegistrationSource.choices)  # type: ignore[assignment]  # a declared field
    attendance = serializers.ChoiceField(choices=Attendance.choices)
    contact_comes = serializers.BooleanField(help_text="False: who registered only looks after the others.")
    created_at = serializers.DateTimeField()
    hold_expires_at = serializers.SerializerMethodField()
    offer_expires_at = serializers.SerializerMethodField()

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_position(self, registration: Registration) -> int | None:
        """The place in the queue, from 1; null: does not wait. A list has it from its own query."""
        if hasattr(registration, "position"):
            known: int | None = registration.position
            return known
        return position_of(registration)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_hold_expires_at(self, registration: Registration) -> datetime | None:
        """Until when the address has to be confirmed, while that is still to be done."""
        is_held = registration.state == RegistrationState.HELD
        return _local(registration.hold_expires_at) if is_held else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_offer_expires_at(self, registration: Registration) -> datetime | None:
        """Until when the offered seat is kept, while it is."""
        is_offered = registration.state == RegistrationState.OFFERED
        return _local(registration.offer_expires_at) if is_offered else None


class PauseShape(serializers.Serializer[NoShowPause]):
    """Why a registration queues last: the unit's rule, until when, and what became of an objection."""

    ends_at = serializers.DateTimeField(help_text="What is registered for until then queues last.")
    objected_at = serializers.DateTimeField(allow_null=True)
    upheld = serializers.BooleanField(allow_null=True, help_text="Null: nobody has decided about an objection.")


class ObjectionBody(Body):
    """Why the person should not queue last."""

    words = serializers.CharField(max_length=OBJECTION_MAX)


class OwnRegistrationShape(PersonShape):
    """What a person sees of their registration."""

    event = serializers.CharField(source="event.slug")
    ticket_code = serializers.CharField()
    sessions = serializers.SerializerMethodField()
    party = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField()
    accommodation = serializers.SerializerMethodField()
    calendar_url = serializers.SerializerMethodField()
    attendance_intent = serializers.ChoiceField(choices=AttendanceIntent.choices)
    intent_due_at = serializers.SerializerMethodField()
    join_url = serializers.SerializerMethodField()
    join_opens_at = serializers.SerializerMethodField()
    waits_last = serializers.BooleanField(help_text="It stands behind all others on the reserve list.")
    pause = serializers.SerializerMethodField()

    @extend_schema_field(PauseShape(allow_null=True))
    def get_pause(self, _registration: Registration) -> Mapping[str, Any] | None:
        """The pause in which it was made; null: there is none, as nearly always."""
        return PauseShape(self._facts.pause).data if self._facts.pause is not None else None

    @extend_schema_field(SessionShape(many=True))
    def get_sessions(self, _registration: Registration) -> list[Mapping[str, Any]]:
        """The sessions that the person takes part in."""
        return [SessionShape(session).data for session in self._facts.sessions]

    @extend_schema_field(PartyMemberShape(many=True))
    def get_party(self, _registration: Registration) -> list[Mapping[str, Any]]:
        """Everybody whom the person has named, those who do not come any more too."""
        return [PartyMemberShape(member).data for member in self._facts.members]

    @extend_schema_field(ANSWERS_SCHEMA)
    def get_answers(self, _registration: Registration) -> dict[str, Any]:
        """What the person answered to the organiser's questions."""
        return said(self._facts.answers)

    @extend_schema_field(NeedShape(many=True))
    def get_accommodation(self, _registration: Registration) -> list[Mapping[str, Any]]:
        """What the person needs to take part."""
        return [NeedShape(need).data for need in self._facts.needs]

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_calendar_url(self, _registration: Registration) -> str | None:
        """The person's own calendar, with all their registrations."""
        token: str | None = self.context["calendar_token"]
        return settings.BASE_URL + reverse("feed-personal", args=[token]) if token else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_intent_due_at(self, registration: Registration) -> datetime | None:
        """Until when the question whether they still come is to be answered; null: no question, or no limit."""
        return _local(registration.intent_due_at)

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_join_url(self, _registration: Registration) -> str | None:
        """The link for taking part online, for a confirmed person from shortly before a session until its end."""
        return self._join.url or None if self._join is not None else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_join_opens_at(self, _registration: Registration) -> datetime | None:
        """When that link opens, or has opened; null: there is none for this person, now or later."""
        return _local(self._join.opens_at) if self._join is not None else None

    @property
    def _join(self) -> Joining | None:
        registration = self._facts.registration
        at = self.context["at"]
        return joining(registration.event, self._facts.sessions, state=registration.state, at=at)

    @property
    def _facts(self) -> OwnPageFacts:
        facts: OwnPageFacts = self.context["facts"]
        return facts


class OwnEditBody(Body):
    """What a person may put right about themselves; an address only as long as it is not confirmed, and by itself."""

    first_name = serializers.CharField(required=False, max_length=100)
    last_name = serializers.CharField(required=False, max_length=100)
    email = serializers.EmailField(required=False, max_length=254)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=32)
    organisation = serializers.CharField(required=False, allow_blank=True, max_length=200)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    sms_reminders = serializers.BooleanField(required=False)
    no_photo = serializers.BooleanField(required=False)
    answers = AnswersField(required=False, help_text="What is not named stays; null takes an answer back.")
    accommodation = serializers.ListField(
        child=NeedBody(),
        required=False,
        max_length=len(NeedKind),
        help_text="Everything that is needed from now on.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A new address gets a new link and closes this door, so nothing else can come with it."""
        if "email" in attrs and len(attrs) > 1:
            raise serializers.ValidationError({"email": [_("Correct the address by itself.")]})
        return attrs


class AddressCorrectedShape(serializers.Serializer[Any]):
    """The same words whatever was found, because the new address may be somebody else's."""

    state = serializers.ChoiceField(choices=RegistrationState.choices)
    message = serializers.CharField()


class OwnDoor(APIView):
    """Whoever has the key is the person: nobody is asked to sign in, and nothing is kept on the way."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """No cache, no referrer, no search engine."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response


class OwnRegistration(OwnDoor):
    """One's registration."""

    @extend_schema(responses=OwnRegistrationShape)
    def get(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the key is in the address
        """Where it stands."""
        return shown(get_registration_by_token(token))

    @extend_schema(request=OwnEditBody, responses={200: OwnRegistrationShape, 202: AddressCorrectedShape})
    def patch(self, request: Request, token: str) -> Response:
        """Put details right; a mistyped address gets a new link, and this one ends (202)."""
        registration = get_registration_by_token(token)
        body = OwnEditBody(data=request.data)
        body.is_valid(raise_exception=True)
        email = body.validated_data.get("email")
        if email is None:
            changes = dict(body.validated_data)
            answers, needs = changes.pop("answers", None), changes.pop("accommodation", None)
            change_details(
                registration,
                changes,
                answers=answers,
                needs=None if needs is None else needs_in(needs),
                at=timezone.now(),
            )
            return shown(get_registration_by_token(token))
        correct_address(registration, email=email, at=timezone.now())
        message = _("We have sent a message to the address you gave. Open the link in it.")
        return Response({"state": RegistrationState.HELD.value, "message": message}, status=202)


class ConfirmRegistration(OwnDoor):
    """Confirming the address."""

    @extend_schema(request=None, responses=OwnRegistrationShape)
    def post(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the key is in the address
        """Confirmed with a seat, or on the reserve list; once more changes nothing."""
        confirm_registration(get_registration_by_token(token), at=timezone.now())
        return shown(get_registration_by_token(token))


class CancelRegistration(OwnDoor):
    """Giving the seat, or the place in the queue, back."""

    @extend_schema(request=None, responses=OwnRegistrationShape)
    def post(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the key is in the address
        """Cancelled by the participant; once more changes nothing."""
        cancel_registration(get_registration_by_token(token), by=None, at=timezone.now())
        return shown(get_registration_by_token(token))


class SayComing(OwnDoor):
    """Answering that one still comes, after a new date or when the date is near."""

    @extend_schema(request=None, responses=OwnRegistrationShape)
    def post(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the key is in the address
        """Coming; once more changes nothing. Who does not come cancels."""
        say_coming(get_registration_by_token(token), at=timezone.now())
        return shown(get_registration_by_token(token))


class ObjectToLastPlace(OwnDoor):
    """Objecting to queueing last."""

    @extend_schema(request=ObjectionBody, responses=OwnRegistrationShape)
    def post(self, request: Request, token: str) -> Response:
        """It queues like every other until somebody has decided; once only."""
        registration = get_registration_by_token(token)
        body = ObjectionBody(data=request.data)
        body.is_valid(raise_exception=True)
        object_to_pause(registration, body.validated_data["words"], at=timezone.now())
        return shown(get_registration_by_token(token))


class AcceptOffer(OwnDoor):
    """Taking the offered seat."""

    @extend_schema(request=None, responses=OwnRegistrationShape)
    def post(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the key is in the address
        """Confirmed; once more changes nothing."""
        accept_offer(get_registration_by_token(token), at=timezone.now())
        return shown(get_registration_by_token(token))


class DeclineOffer(OwnDoor):
    """Leaving the offered seat to the next."""

    @extend_schema(request=None, responses=OwnRegistrationShape)
    def post(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the key is in the address
        """Declined; once more changes nothing."""
        decline_offer(get_registration_by_token(token), at=timezone.now())
        return shown(get_registration_by_token(token))


def shown(registration: Registration) -> Response:
    """The registration as its person sees it."""
    facts = own_page_facts(registration)
    feed = facts.feed
    if feed is None and registration.email_key is not None:
        # Only the address of a calendar that was always theirs; nothing about the registration moves.
        feed = personal_feed(registration, at=timezone.now())
    context = {"facts": facts, "calendar_token": feed.token if feed else None, "at": timezone.now()}
    return Response(OwnRegistrationShape(registration, context=context).data)


def _local(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment) if moment else None
