"""The city's own words in the texts of messages."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.api.fields import Body
from events.api.manage import signed_in
from events.enums import Language
from events.permissions import May, require_anywhere
from notifications.actions.overriding import LONGEST, write_own_words
from notifications.enums import TemplatePart
from notifications.kinds import KINDS
from notifications.queries.overrides import own_words
from notifications.rendering.overrides import OVERRIDABLE, original_of, parts_of, placeholders_of


class OwnWordsShape(serializers.Serializer[Any]):
    """A kind in a language: original and own words by part, and the names that own words may hold."""

    kind = serializers.CharField()
    language = serializers.ChoiceField(choices=Language.choices)
    placeholders = serializers.ListField(child=serializers.CharField())
    original = serializers.DictField(child=serializers.CharField())
    own = serializers.DictField(child=serializers.CharField())


class OwnWordsBody(Body):
    """The parts to be put into other words; an empty part has the original words again, one left out stays."""

    subject = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST[TemplatePart.SUBJECT])
    lead = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST[TemplatePart.LEAD])
    more = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST[TemplatePart.MORE])
    sms = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST[TemplatePart.SMS])


class OwnWordsEntryShape(serializers.Serializer[Any]):
    """A kind and language that the city has own words for."""

    kind = serializers.CharField()
    language = serializers.ChoiceField(choices=Language.choices)
    parts = serializers.ListField(child=serializers.ChoiceField(choices=TemplatePart.choices))


class AllOwnWords(APIView):
    """Where the city has own words."""

    @extend_schema(responses=OwnWordsEntryShape(many=True))
    def get(self, request: Request) -> Response:
        """By kind and language; what is not named has the original words."""
        require_anywhere(signed_in(request), May.ADMINISTER)
        found = sorted(own_words().texts.items())
        rows = [{"kind": kind, "language": language, "parts": sorted(parts)} for (kind, language), parts in found]
        return Response(OwnWordsEntryShape(rows, many=True).data)


class OwnWordsOfKind(APIView):
    """The texts of one kind in one language."""

    @extend_schema(responses=OwnWordsShape)
    def get(self, request: Request, kind: str, language: str) -> Response:
        """Original and own words."""
        require_anywhere(signed_in(request), May.ADMINISTER)
        return _shown(kind, language)

    @extend_schema(request=OwnWordsBody, responses=OwnWordsShape)
    def patch(self, request: Request, kind: str, language: str) -> Response:
        """Put parts into own words; they hold for the next batch of messages."""
        user = signed_in(request)
        require_anywhere(user, May.ADMINISTER)
        _require_known(kind, language)
        body = OwnWordsBody(data=request.data)
        body.is_valid(raise_exception=True)
        words = {TemplatePart(name): text for name, text in body.validated_data.items()}
        write_own_words(KINDS[kind], language, words, by=user, at=timezone.now())
        return _shown(kind, language)


def _require_known(kind: str, language: str) -> None:
    if kind not in OVERRIDABLE or language not in Language.values:
        raise Http404


def _shown(kind: str, language: str) -> Response:
    _require_known(kind, language)
    row = {
        "kind": kind,
        "language": language,
        "placeholders": placeholders_of(KINDS[kind]),
        "original": {part.value: original_of(KINDS[kind], part, language) for part in parts_of(KINDS[kind])},
        "own": own_words().of(kind, language),
    }
    return Response(OwnWordsShape(row).data)
