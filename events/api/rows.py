"""What events are made of, kept by staff: organizations, audiences, kinds, topics; each listed, made and changed alike."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.audiences import (
    AudienceDefinition,
    OrganizationDefinition,
    add_organizations_from_table,
    create_audience,
    create_organization,
    edit_audience,
    edit_organization,
)
from events.actions.definitions import CategoryDefinition, RegistrationDefinition
from events.actions.kinds import (
    KindDefinition,
    TopicDefinition,
    create_kind,
    create_topic,
    edit_kind,
    edit_topic,
)
from events.api.bodies import AccessibilityField, RegistrationBody, ReminderBody
from events.api.fields import SMALLINT, Body, SlugsField, TextsField, count, several
from events.api.manage import signed_in
from events.api.pagination import Pages
from events.api.programme import LONGEST_TITLE
from events.api.shapes import Shape
from events.enums import Visibility
from events.models import EventKind, Organization, ParticipationProcess
from events.permissions import May, require_anywhere
from events.queries import audiences, reference

LONGEST_TABLE: Final = 200_000


class RowBody(Body):
    """A row as somebody says it."""

    @abstractmethod
    def definition(self) -> Any:
        """The row as its action wants it."""


@dataclass(frozen=True)
class Rows:
    """Rows of one kind: how they are read, said and written; `key` is what addresses name them by."""

    body: type[RowBody]
    shape: type[serializers.BaseSerializer[Any]]
    rows: Callable[[], QuerySet[Any]]
    create: Callable[..., Model]
    edit: Callable[..., Model]
    key: str = "slug"
    may_write: May = May.EDIT


class RowList(generics.GenericAPIView[Any]):
    """All rows of a kind; a subclass names the kind."""

    about: ClassVar[Rows]
    pagination_class = Pages

    def get(self, request: Request) -> Response:
        """List them in pages."""
        require_anywhere(signed_in(request), May.EDIT)
        page = self.paginate_queryset(self.about.rows())
        return self.get_paginated_response(self.about.shape(page, many=True).data)

    def post(self, request: Request) -> Response:
        """Make one."""
        user = signed_in(request)
        require_anywhere(user, self.about.may_write)
        body = self.about.body(data=request.data)
        body.is_valid(raise_exception=True)
        row = self.about.create(body.definition(), by=user, at=timezone.now())
        return Response(self.about.shape(row).data, status=201)


class RowItem(APIView):
    """One row of a kind."""

    about: ClassVar[Rows]

    def get(self, request: Request, name: str) -> Response:
        """As it is said."""
        require_anywhere(signed_in(request), May.EDIT)
        return Response(self.about.shape(self._row(name)).data)

    def patch(self, request: Request, name: str) -> Response:
        """Change what is named and leave the rest; its short name stays."""
        user = signed_in(request)
        require_anywhere(user, self.about.may_write)
        row = self._row(name)
        body = self.about.body(data=self._whole(request.data, self.about.shape(row).data))
        body.is_valid(raise_exception=True)
        row = self.about.edit(row, body.definition(), by=user, at=timezone.now())
        return Response(self.about.shape(row).data)

    def _row(self, name: str) -> Model:
        row: Model | None = self.about.rows().filter(**{self.about.key: name}).first()
        if row is None:
            raise Http404
        return row

    def _whole(self, said: Any, present: Mapping[str, Any]) -> dict[str, Any]:
        """What is said over what is there; what was read and cannot be changed may be sent back as it is."""
        if not isinstance(said, Mapping):
            raise ParseError(_("Send an object with the fields that change."))
        key = self.about.key
        if said.get(key, present[key]) != present[key]:
            raise serializers.ValidationError({key: [_("The short name stays: programs and addresses use it.")]})
        names = self.about.body().fields
        news = {name: value for name, value in said.items() if name in names or present.get(name, ...) != value}
        return {**{name: value for name, value in present.items() if name in names}, **news}


def list_of(rows: Rows) -> Callable[[type[RowList]], type[RowList]]:
    """Make a view that of all rows of a kind, and say so in the schema."""

    def described(view: type[RowList]) -> type[RowList]:
        view.about, view.queryset = rows, rows.rows()
        view.serializer_class = rows.shape
        return extend_schema_view(
            get=extend_schema(responses=rows.shape(many=True)),
            post=extend_schema(request=rows.body, responses={201: rows.shape}),
        )(view)

    return described


def item_of(rows: Rows) -> Callable[[type[RowItem]], type[RowItem]]:
    """Make a view that of one row of a kind, and say so in the schema."""

    def described(view: type[RowItem]) -> type[RowItem]:
        view.about = rows
        return extend_schema_view(
            get=extend_schema(responses=rows.shape), patch=extend_schema(request=rows.body, responses=rows.shape)
        )(view)

    return described


# Organizations


class OrganizationBody(RowBody):
    """A body that may be invited or represented; how to reach it is for the city's own letters."""

    name = serializers.CharField(max_length=250)
    contact_email = serializers.EmailField(required=False, allow_blank=True)
    contact_phone = serializers.CharField(required=False, allow_blank=True, max_length=32)

    def definition(self) -> OrganizationDefinition:
        """As its action wants it."""
        return OrganizationDefinition(**self.validated_data)


class OrganizationShape(Shape):
    """An organization with its short name, which is made from its name."""

    slug = serializers.CharField()
    name = serializers.CharField()
    contact_email = serializers.CharField()
    contact_phone = serializers.CharField()
    is_example = serializers.BooleanField()


ORGANIZATIONS: Final = Rows(
    OrganizationBody, OrganizationShape, audiences.organizations, create_organization, edit_organization
)


@list_of(ORGANIZATIONS)
class Organizations(RowList):
    """Bodies that may be invited, by name."""


@item_of(ORGANIZATIONS)
class OrganizationItem(RowItem):
    """One organization."""


# Audiences


class AudienceBody(RowBody):
    """A circle of people, or a list of organizations; without `slug` it is called by its Polish name."""

    slug = serializers.SlugField(required=False, allow_blank=True, max_length=80)
    name = TextsField(longest=LONGEST_TITLE)
    position = count(max_value=SMALLINT)
    organizations = SlugsField(Organization, required=False, max_length=1_000)

    def definition(self) -> AudienceDefinition:
        """As its action wants it."""
        return AudienceDefinition(**self.validated_data)


class AudienceShape(Shape):
    """An audience with the organizations on its list."""

    slug = serializers.CharField()
    name = TextsField()
    position = serializers.IntegerField()
    organizations = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_organizations(self, audience: Any) -> list[str]:
        """By their short names."""
        return [organization.slug for organization in audience.organizations.all()]


class TableBody(Body):
    """A table as a spreadsheet copies it: name, e-mail address and phone in each row."""

    table = serializers.CharField(max_length=LONGEST_TABLE)


AUDIENCES: Final = Rows(AudienceBody, AudienceShape, audiences.audiences, create_audience, edit_audience)


@list_of(AUDIENCES)
class Audiences(RowList):
    """For whom events are meant, as the city orders them."""


@item_of(AUDIENCES)
class AudienceItem(RowItem):
    """One audience."""


class OrganizationsOfAudience(APIView):
    """A list of organizations as a table."""

    @extend_schema(request=TableBody, responses={200: AudienceShape})
    def post(self, request: Request, name: str) -> Response:
        """Put the organizations of a table on the list; unknown ones are made, and one bad row refuses the table."""
        user = signed_in(request)
        require_anywhere(user, May.EDIT)
        audience = audiences.audiences().filter(slug=name).first()
        if audience is None:
            raise Http404
        body = TableBody(data=request.data)
        body.is_valid(raise_exception=True)
        add_organizations_from_table(audience, body.validated_data["table"], by=user, at=timezone.now())
        return Response(AudienceShape(audiences.audiences().get(pk=audience.pk)).data)


# Kinds of meetings


class UsualRegistrationBody(RegistrationBody):
    """How people usually sign up; what is left out is as everywhere."""

    required = None  # type: ignore[assignment]  # has a column of its own
    opens_at = None  # type: ignore[assignment]  # dates are never usual
    closes_at = None  # type: ignore[assignment]


class KindBody(RowBody):
    """A kind of meeting with what a new event of it begins with."""

    code = serializers.SlugField(max_length=60)
    name = TextsField(longest=LONGEST_TITLE)
    position = count(max_value=SMALLINT)
    registration_required = serializers.BooleanField(required=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    registration = UsualRegistrationBody(required=False)
    reminders = several(ReminderBody, most=20, required=False)
    accessibility = AccessibilityField(required=False)
    languages = serializers.ListField(child=serializers.RegexField(r"^[a-z]{2,3}$"), required=False, max_length=20)
    notice_days = count(max_value=SMALLINT)
    contact_retention_days = count(max_value=SMALLINT)
    needs_retention_days = count(max_value=SMALLINT)

    def definition(self) -> KindDefinition:
        """As its action wants it."""
        said = dict(self.validated_data)
        if "registration" in said:
            registration = dict(said["registration"])
            if "categories" in registration:
                registration["categories"] = tuple(CategoryDefinition(**one) for one in registration["categories"])
            said["registration"] = RegistrationDefinition(**registration)
        if "visibility" in said:
            said["visibility"] = Visibility(said["visibility"])
        said["reminders"] = tuple(ReminderBody.definition(reminder) for reminder in said.get("reminders", ()))
        said["languages"] = tuple(said.get("languages", ()))
        return KindDefinition(**said)


class ManagedKindShape(Shape):
    """A kind of meeting with what a new event of it begins with."""

    code = serializers.CharField()
    name = TextsField()
    position = serializers.IntegerField()
    registration_required = serializers.BooleanField()
    visibility = serializers.ChoiceField(source="default_visibility", choices=Visibility.choices)
    registration = serializers.SerializerMethodField()
    reminders = serializers.SerializerMethodField()
    accessibility = AccessibilityField(source="default_accessibility")
    languages = serializers.ListField(source="default_languages", child=serializers.CharField())
    notice_days = serializers.IntegerField()
    contact_retention_days = serializers.IntegerField()
    needs_retention_days = serializers.IntegerField()

    @extend_schema_field(UsualRegistrationBody)
    def get_registration(self, kind: EventKind) -> dict[str, Any]:
        """Only what is usual; it is kept as it is sent."""
        return dict(kind.default_registration)

    @extend_schema_field(ReminderBody(many=True))
    def get_reminders(self, kind: EventKind) -> list[dict[str, Any]]:
        """As they are sent."""
        return list(kind.default_reminders)


KINDS: Final = Rows(
    KindBody,
    ManagedKindShape,
    reference.event_kinds,
    create_kind,
    edit_kind,
    key="code",
    may_write=May.ADMINISTER,
)


@list_of(KINDS)
class Kinds(RowList):
    """Kinds of meetings, as the city orders them; administrators make them."""


@item_of(KINDS)
class KindItem(RowItem):
    """One kind of meeting; administrators change it."""


# Topics


class TopicBody(RowBody):
    """A subject that events are about."""

    slug = serializers.SlugField(max_length=120)
    name = TextsField(longest=LONGEST_TITLE)
    process = serializers.SlugRelatedField(
        slug_field="slug", queryset=ParticipationProcess.objects.all(), required=False, allow_null=True
    )
    position = count(max_value=SMALLINT)

    def definition(self) -> TopicDefinition:
        """As its action wants it."""
        return TopicDefinition(**self.validated_data)


class ManagedTopicShape(Shape):
    """A subject that events are about."""

    slug = serializers.CharField()
    name = TextsField()
    process = serializers.CharField(source="process.slug", default=None, allow_null=True)
    position = serializers.IntegerField()


TOPICS: Final = Rows(TopicBody, ManagedTopicShape, reference.topics, create_topic, edit_topic, may_write=May.ADMINISTER)


@list_of(TOPICS)
class Topics(RowList):
    """Subjects of events, in the order of their process; administrators make them."""


@item_of(TOPICS)
class TopicItem(RowItem):
    """One subject; administrators change it."""
