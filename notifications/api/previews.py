"""Every message before anybody gets it, and a test of it to oneself."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.api.fields import Body
from events.api.manage import signed_in
from events.api.queries import OnlyKnown
from events.enums import Language
from events.permissions import May, get_managed_event
from notifications.delivery.trials import send_trial
from notifications.enums import Channel
from notifications.kinds import KINDS
from notifications.rendering.kind_previews import PREVIEWED, kind_preview


class PreviewQuery(OnlyKnown):
    """What to look at."""

    kind = serializers.ChoiceField(choices=sorted(PREVIEWED))
    language = serializers.ChoiceField(choices=Language.choices, default=Language.PL.value)


class MessagePreviewShape(serializers.Serializer[Any]):
    """The message of an example person; a word in place of each link. `cost` null: nobody has said what an SMS costs."""

    subject = serializers.CharField(source="mail.subject")
    text = serializers.CharField(source="mail.text")
    html = serializers.CharField(source="mail.html")
    sms = serializers.CharField(source="sms.text")
    segments = serializers.IntegerField(source="sms.segments")
    people = serializers.IntegerField(help_text="How many people of the event would get the SMS.")
    cost = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    currency = serializers.CharField()


class MessagePreview(APIView):
    """A kind of message in a language."""

    @extend_schema(parameters=[PreviewQuery], responses=MessagePreviewShape)
    def get(self, request: Request, slug: str) -> Response:
        """Rendered as it would be sent now; nothing is stored."""
        event = get_managed_event(signed_in(request), slug, May.SEE_MESSAGES)
        wish = PreviewQuery(data=PreviewQuery.said_in(request.query_params))
        wish.is_valid(raise_exception=True)
        kind, language = KINDS[wish.validated_data["kind"]], wish.validated_data["language"]
        preview = kind_preview(kind, event, language=language, at=timezone.now())
        return Response(MessagePreviewShape(preview).data)


class TrialBody(Body):
    """Which message, and for an SMS the number; a mail goes to the address of one's own account."""

    kind = serializers.ChoiceField(choices=sorted(PREVIEWED))
    language = serializers.ChoiceField(choices=Language.choices, default=Language.PL.value)
    channel = serializers.ChoiceField(choices=Channel.choices)
    to = PhoneNumberField(region="PL", required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An SMS needs a number."""
        if attrs["channel"] == Channel.SMS and not attrs.get("to"):
            raise serializers.ValidationError({"to": [self.fields["to"].error_messages["required"]]})
        return attrs


class TrialMessage(APIView):
    """A test message."""

    @extend_schema(request=TrialBody, responses={204: None})
    def post(self, request: Request, slug: str) -> Response:
        """Send an example at once; five in an hour at most."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.MANAGE_PEOPLE)
        body = TrialBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        channel = Channel(said["channel"])
        send_trial(
            KINDS[said["kind"]],
            event,
            channel=channel,
            to=user.email if channel == Channel.EMAIL else str(said["to"]),
            language=said["language"],
            by=user,
            at=timezone.now(),
        )
        return Response(status=204)
