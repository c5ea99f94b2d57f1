"""Signing up over the API; nothing that opens a door is in the answer, it goes to the mailbox."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.rules import GROUP_MAX
from events.api.fields import LARGEST_ID, Body
from events.enums import Language
from events.queries.entrances import Entrance, visible_entrance
from events.templatetags.event_tags import moment_text
from registrations.actions.idempotency import answer_once
from registrations.actions.rates import count_attempt
from registrations.actions.signing_up import Applicant, SignUp, sign_up
from registrations.api.needs import AnswersField, NeedBody, needs_in
from registrations.api.parties import GuestBody, guest_in
from registrations.enums import NeedKind, RegistrationSource, RegistrationState

LONGEST_KEY: Final = 255


class ConsentsBody(Body):
    """What the person allows beyond taking part; each apart, and none is needed for a seat."""

    news = serializers.BooleanField(required=False, help_text="News of similar meetings by e-mail.")
    photo = serializers.BooleanField(required=False, help_text="Photographs on which they can be recognised.")
    contact_sharing = serializers.BooleanField(
        required=False, help_text="Passing on name and address to other participants."
    )
    sms_reminders = serializers.BooleanField(required=False, help_text="The same as `sms_reminders` beside the phone.")


class SignUpBody(Body):
    """What a person says when registering."""

    first_name = serializers.CharField(max_length=100)
    last_name = serializers.CharField(max_length=100)
    email = serializers.EmailField(max_length=254)
    phone = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=32)
    language = serializers.ChoiceField(
        choices=Language.choices, required=False, help_text="Left out: the language of the request."
    )
    category = serializers.CharField(
        required=False, allow_null=True, max_length=40, help_text="Required where the event lists categories."
    )
    organisation = serializers.CharField(required=False, allow_blank=True, allow_null=True, max_length=200)
    sessions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        required=False,
        max_length=200,
        help_text="Left out or empty: all of them.",
    )
    sms_reminders = serializers.BooleanField(required=False)
    no_photo = serializers.BooleanField(required=False, help_text="Nobody is to take pictures of this party.")
    party = serializers.ListField(
        child=GuestBody(),
        required=False,
        allow_null=True,
        max_length=GROUP_MAX,
        help_text="Who comes along; all get seats, or all wait together.",
    )
    answers = AnswersField(required=False, allow_null=True)
    accommodation = serializers.ListField(child=NeedBody(), required=False, allow_null=True, max_length=len(NeedKind))
    age_statement = serializers.BooleanField(
        required=False, help_text="Required to be true where the event has a rule about age."
    )
    consents = ConsentsBody(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A wish for SMS needs a number, wherever it was said."""
        if (attrs.get("consents") or {}).get("sms_reminders"):
            attrs["sms_reminders"] = True
        if attrs.get("sms_reminders") and not attrs.get("phone"):
            raise serializers.ValidationError({"phone": [_("Give a phone number, or leave the SMS reminder out.")]})
        return attrs


# Its fields are the same for every request, and reading with them leaves nothing behind on them.
_BODY: Final = SignUpBody()


class SignUpShape(serializers.Serializer[Any]):
    """What a stranger is told, and the same is told whoever is registered already."""

    state = serializers.ChoiceField(
        choices=[
            state.value
            for state in (
                RegistrationState.AWAITING_APPROVAL,
                RegistrationState.HELD,
                RegistrationState.CONFIRMED,
                RegistrationState.WAITLISTED,
            )
        ]
    )
    message = serializers.CharField()
    confirm_by = serializers.DateTimeField(required=False)


IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    OpenApiParameter.HEADER,
    description="The same key with the same body is answered the same for a day and acts once; with another body: 409.",
)


class EventRegistrations(APIView):
    """Registering for an event that a stranger may open."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(request=SignUpBody, responses={201: SignUpShape}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, slug: str) -> Response:
        """Hold, take or queue for a seat; the way to the registration goes to the mailbox."""
        now = timezone.now()
        count_attempt(request.META["REMOTE_ADDR"], at=now)
        seen = visible_entrance(slug, at=now)
        if seen is None:
            raise Http404
        said = _BODY.run_validation(request.data)
        key = idempotency_key(request)
        act = _signing_up(seen, said, at=now)
        answer = answer_once(seen.event, key=key, body=request.data, act=act, at=now) if key else act()
        return Response(answer, status=201, headers={"Cache-Control": "no-store"})


def idempotency_key(request: Request) -> str:
    """The key of the request; "" when it brings none."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY:
        raise serializers.ValidationError({"Idempotency-Key": [_("This key is too long.")]})
    return key


def _signing_up(seen: Entrance, said: dict[str, Any], *, at: datetime) -> Callable[[], Mapping[str, object]]:
    def act() -> Mapping[str, object]:
        done = sign_up(
            seen.event,
            applicant_of(said),
            source=RegistrationSource.API,
            language=said.get("language") or get_language() or Language.PL,
            notice=seen.notice,
            at=at,
            seen=seen,
        )
        return _answer(done, ZoneInfo(seen.event.time_zone))

    return act


def applicant_of(said: dict[str, Any]) -> Applicant:
    """The person as the action wants them."""
    return Applicant(
        first_name=said["first_name"],
        last_name=said["last_name"],
        email=said.get("email") or "",
        phone=said.get("phone") or "",
        organisation=said.get("organisation") or "",
        category=said.get("category"),
        session_ids=tuple(said.get("sessions", ())),
        sms_reminders=said.get("sms_reminders", False),
        no_photo=said.get("no_photo", False),
        answers=said.get("answers") or {},
        needs=needs_in(said.get("accommodation")),
        age_statement=said.get("age_statement", False),
        party=tuple(guest_in(guest) for guest in said.get("party") or ()),
        consents=tuple(purpose for purpose, is_given in (said.get("consents") or {}).items() if is_given),
    )


def _answer(done: SignUp, zone: ZoneInfo) -> dict[str, object]:
    answer: dict[str, object] = {"state": done.state.value, "message": _message(done, zone)}
    if done.confirm_by is not None:
        answer["confirm_by"] = done.confirm_by.astimezone(zone).isoformat()
    return answer


def _message(done: SignUp, zone: ZoneInfo) -> str:
    if done.confirm_by is not None:
        until = moment_text(done.confirm_by, zone.key)
        return _("We have sent you a message. Open the link in it to confirm your address. Deadline: %(time)s.") % {
            "time": until
        }
    if done.state == RegistrationState.AWAITING_APPROVAL:
        return _("We have your application. Somebody decides about it, and we write to you.")
    if done.state == RegistrationState.WAITLISTED:
        return _("All seats are taken. You are on the reserve list, and we write to you when a seat becomes free.")
    return _("You are registered. We have sent you a message with the details.")
