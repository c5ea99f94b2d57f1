"""Forms of the lists that all units share: kinds, topics, organizations, audiences."""

from typing import Any, Final

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from events.actions.audiences import AudienceDefinition, OrganizationDefinition
from events.actions.definitions import CategoryDefinition, RegistrationDefinition, ReminderDefinition, usual_reminders
from events.actions.kinds import KindDefinition, TopicDefinition
from events.actions.rules import ASK_DAYS, GROUP_MAX, OFFER_HOURS, usual_categories
from events.enums import Accessibility, AccessibilityFeature, Language, NoAnswer, Visibility, WaitlistPolicy
from events.forms.manage import reminder_initial
from events.forms.texts import TranslatedFormField
from events.models import Audience, EventKind, Organization, ParticipationProcess, Topic
from events.queries.search import fold

_FEATURE: Final = "access_"
_MOST_POSITIONS: Final = 32_000
_MOST_DAYS: Final = 3_650
_AS_EVERYWHERE: Final = ("", _("As everywhere"))
_YES_NO: Final = (_AS_EVERYWHERE, ("yes", _("Yes")), ("no", _("No")))
_BOOLEANS: Final = ("confirm_email", "waitlist", "approval", "approval_holds_seat", "assistants_take_seats")
_NUMBERS: Final = (
    "capacity",
    "hold_minutes",
    "waitlist_limit",
    "offer_hours",
    "group_max",
    "ask_days_before",
    "ask_reply_hours",
    "wheelchair_places",
)
_QUEUE: Final = (
    "confirm_email",
    "waitlist",
    "waitlist_policy",
    "capacity",
    "hold_minutes",
    "waitlist_limit",
    "offer_hours",
    "gives_at_once",
)
_GROUPS: Final = ("group_max", "approval", "approval_holds_seat")
_ASKING: Final = ("ask_days_before", "ask_reply_hours", "ask_no_answer")
_ACCESS: Final = ("wheelchair_places", "any_wheelchairs", "assistants_take_seats")
_CHOICES: Final = {"waitlist_policy": WaitlistPolicy, "ask_no_answer": NoAnswer}
# What is usual for registering and has no field here.
_UNASKED: Final = ("reserved",)
_COLUMNS: Final = (
    "name",
    "position",
    "registration_required",
    "notice_days",
    "contact_retention_days",
    "needs_retention_days",
)


def _position() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Place in the list"),
        min_value=0,
        max_value=_MOST_POSITIONS,
        initial=0,
        help_text=_("The lowest number is first."),
    )


def _short_name(most: int) -> forms.SlugField:
    return forms.SlugField(
        label=_("Short name in addresses"),
        max_length=most,
        required=False,
        help_text=_("Small letters, digits and hyphens. Left empty, it is made from the name."),
    )


def _short(typed: dict[str, Any], field: str, most: int) -> str:
    name: str = typed.get(field) or slugify(fold(typed["name"]["pl"]))[:most].strip("-")
    return name


class TopicForm(forms.Form):
    """A subject of events; its short name is what filters and feeds call it, so it stays."""

    name = TranslatedFormField(label=_("Name"), max_length=200)
    process = forms.ModelChoiceField(
        ParticipationProcess.objects.order_by("slug"),
        label=_("Process"),
        required=False,
        help_text=_("Left empty, the topic is there for all events."),
    )
    position = _position()
    slug = _short_name(120)

    def __init__(self, *args: Any, topic: Topic | None = None, **kwargs: Any) -> None:
        """`topic`: the one that is changed."""
        if topic is not None:
            names = ("name", "position", "slug")
            kwargs["initial"] = {**{name: getattr(topic, name) for name in names}, "process": topic.process_id}
        super().__init__(*args, **kwargs)
        self._topic = topic
        if topic is not None:
            del self.fields["slug"]

    def definition(self) -> TopicDefinition:
        """What the person typed, once it is valid."""
        typed = self.cleaned_data
        return TopicDefinition(
            slug=self._topic.slug if self._topic else _short(typed, "slug", 120),
            name=typed["name"],
            process=typed["process"],
            position=typed["position"],
        )


class OrganizationForm(forms.Form):
    """A body that may be invited or represented."""

    name = forms.CharField(label=_("Name"), max_length=250)
    contact_email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("For the city's own letters; it is never shown in public.")
    )
    contact_phone = forms.CharField(label=_("Phone"), max_length=32, required=False)

    def __init__(self, *args: Any, organization: Organization | None = None, **kwargs: Any) -> None:
        """`organization`: the one that is changed."""
        if organization is not None:
            kwargs["initial"] = {name: getattr(organization, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)

    def definition(self) -> OrganizationDefinition:
        """What the person typed, once it is valid."""
        return OrganizationDefinition(**self.cleaned_data)


class AudienceForm(forms.Form):
    """A named circle: residents, district councils, the bodies of external consultations."""

    name = TranslatedFormField(label=_("Name"), max_length=200)
    organizations = forms.ModelMultipleChoiceField(
        Organization.objects.all(),
        label=_("Organizations on the list"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    position = _position()
    slug = _short_name(80)

    def __init__(self, *args: Any, audience: Audience | None = None, **kwargs: Any) -> None:
        """`audience`: the one that is changed."""
        if audience is not None:
            organizations = [organization.pk for organization in audience.organizations.all()]
            initial = {"name": audience.name, "position": audience.position, "organizations": organizations}
            kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self._audience = audience
        if audience is not None:
            del self.fields["slug"]

    def definition(self) -> AudienceDefinition:
        """What the person typed, once it is valid."""
        typed = self.cleaned_data
        return AudienceDefinition(
            name=typed["name"],
            slug=self._audience.slug if self._audience else typed["slug"],
            position=typed["position"],
            organizations=tuple(typed["organizations"]),
        )


class PasteForm(forms.Form):
    """A table of organizations from a spreadsheet, to be put on a list."""

    table = forms.CharField(
        label=_("Paste a table"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One organization in a row: name, e-mail, phone. Those that are known already are found by name."),
    )


class KindForm(forms.Form):
    """A kind of meeting with what is usual for it."""

    name = TranslatedFormField(label=_("Name"), max_length=200)
    registration_required = forms.BooleanField(label=_("People have to register"), required=False, initial=True)
    visibility = forms.ChoiceField(label=_("Who sees it"), choices=Visibility.choices, initial=Visibility.PUBLIC)
    notice_days = forms.IntegerField(
        label=_("Days of notice"),
        min_value=0,
        max_value=365,
        initial=0,
        help_text=_("So many days before, it is announced at the latest."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages of the meeting"),
        choices=Language.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    confirm_email = forms.ChoiceField(
        label=_("People confirm their e-mail address before they get the seat"), choices=_YES_NO, required=False
    )
    waitlist = forms.ChoiceField(
        label=_("Keep a reserve list when all seats are taken"), choices=_YES_NO, required=False
    )
    waitlist_policy = forms.ChoiceField(
        label=_("Who gets a freed seat"), choices=(_AS_EVERYWHERE, *WaitlistPolicy.choices), required=False
    )
    capacity = forms.IntegerField(label=_("Number of seats"), min_value=0, max_value=1_000_000, required=False)
    hold_minutes = forms.IntegerField(
        label=_("Minutes for confirming the address"), min_value=1, max_value=86_400, required=False
    )
    offer_hours = forms.IntegerField(
        label=_("Hours for accepting a freed seat"), min_value=1, max_value=1_440, required=False
    )
    # Not the same as saying nothing about hours.
    gives_at_once = forms.BooleanField(label=_("The next person gets a freed seat at once"), required=False)
    waitlist_limit = forms.IntegerField(
        label=_("Longest reserve list"), min_value=0, max_value=1_000_000, required=False
    )
    assistants_take_seats = forms.ChoiceField(
        label=_("An assistant takes one of the seats"), choices=_YES_NO, required=False
    )
    wheelchair_places = forms.IntegerField(
        label=_("Places for wheelchairs"), min_value=0, max_value=32_767, required=False
    )
    # Not the same as saying nothing about places.
    any_wheelchairs = forms.BooleanField(label=_("There are as many places for wheelchairs as come"), required=False)
    group_max = forms.IntegerField(
        label=_("People whom one person may register at once"), min_value=1, max_value=GROUP_MAX, required=False
    )
    approval = forms.ChoiceField(
        label=_("Registrations are applications: the organiser decides about each"), choices=_YES_NO, required=False
    )
    approval_holds_seat = forms.ChoiceField(
        label=_("An application takes a seat before it is decided about"), choices=_YES_NO, required=False
    )
    ask_days_before = forms.IntegerField(
        label=_("Ask people whether they still come, so many days before"),
        min_value=1,
        max_value=ASK_DAYS,
        required=False,
    )
    ask_reply_hours = forms.IntegerField(
        label=_("Hours for the answer"), min_value=1, max_value=OFFER_HOURS, required=False
    )
    ask_no_answer = forms.ChoiceField(
        label=_("Who does not answer in time"), choices=(_AS_EVERYWHERE, *NoAnswer.choices), required=False
    )
    contact_retention_days = forms.IntegerField(
        label=_("Days for which contacts are kept"), min_value=1, max_value=_MOST_DAYS, initial=180
    )
    needs_retention_days = forms.IntegerField(
        label=_("Days for which needs are kept"), min_value=1, max_value=_MOST_DAYS, initial=30
    )
    position = _position()
    code = _short_name(60)

    def __init__(self, *args: Any, kind: EventKind | None = None, **kwargs: Any) -> None:
        """`kind`: the one that is changed."""
        if kind is not None:
            kwargs["initial"] = _kind_initial(kind)
        super().__init__(*args, **kwargs)
        self._kind = kind
        for feature in AccessibilityFeature:
            self.fields[_FEATURE + feature] = forms.ChoiceField(
                label=feature.label, choices=(("", _("as the place says")), *Accessibility.choices), required=False
            )
        if kind is not None:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        """A freed seat is offered for some hours, or is the next person's at once; places have a number, or none."""
        typed = super().clean() or self.cleaned_data
        if typed.get("gives_at_once") and typed.get("offer_hours") is not None:
            self.add_error("offer_hours", _("Leave the hours empty where the next person gets a freed seat at once."))
        if typed.get("any_wheelchairs") and typed.get("wheelchair_places") is not None:
            self.add_error("wheelchair_places", _("Leave the number empty where there are as many places as come."))
        return typed

    def accessibility_fields(self) -> list[forms.BoundField]:
        """The questions about accessibility, to be shown together."""
        return [self[_FEATURE + feature] for feature in AccessibilityFeature]

    def registration_fields(self) -> list[forms.BoundField]:
        """What is usual for registering, to be shown together."""
        return [self[name] for name in (*_QUEUE, *_GROUPS, *_ASKING, *_ACCESS)]

    def definition(self, reminders: tuple[ReminderDefinition, ...]) -> KindDefinition:
        """What the person typed, once it is valid."""
        typed = self.cleaned_data
        answers = {feature.value: typed[_FEATURE + feature] for feature in AccessibilityFeature}
        return KindDefinition(
            **{name: typed[name] for name in _COLUMNS},
            code=self._kind.code if self._kind else _short(typed, "code", 60),
            visibility=Visibility(typed["visibility"]),
            languages=tuple(typed["languages"]),
            accessibility={name: value for name, value in answers.items() if value},
            registration=self._registration(),
            reminders=reminders,
        )

    def _registration(self) -> RegistrationDefinition:
        typed = self.cleaned_data
        said: dict[str, Any] = {name: typed[name] == "yes" for name in _BOOLEANS if typed[name]}
        said |= {name: typed[name] for name in _NUMBERS if typed[name] is not None}
        said |= {name: words(typed[name]) for name, words in _CHOICES.items() if typed[name]}
        if typed["gives_at_once"]:
            said["offer_hours"] = None
        if typed["any_wheelchairs"]:
            said["wheelchair_places"] = None
        return RegistrationDefinition(**((_unasked(self._kind) if self._kind else {}) | said))


def reminders_initial(kind: EventKind | None) -> list[dict[str, Any]]:
    """The usual reminders as rows, and two empty ones."""
    usual = usual_reminders(kind) if kind else ()
    return [*(reminder_initial(each) for each in usual), {}, {}]


def _kind_initial(kind: EventKind) -> dict[str, Any]:
    usual = kind.default_registration
    return {
        **{name: getattr(kind, name) for name in _COLUMNS},
        "visibility": kind.default_visibility,
        "languages": kind.default_languages,
        **{name: "yes" if usual[name] else "no" for name in _BOOLEANS if name in usual},
        "any_wheelchairs": "wheelchair_places" in usual and usual["wheelchair_places"] is None,
        **{name: usual.get(name) for name in (*_NUMBERS, *_CHOICES)},
        "gives_at_once": "offer_hours" in usual and usual["offer_hours"] is None,
        **{_FEATURE + name: value for name, value in kind.default_accessibility.items()},
    }


def _unasked(kind: EventKind) -> dict[str, Any]:
    """What is usual for registering and has no field here; it stays as it is."""
    usual = kind.default_registration
    kept: dict[str, Any] = {name: usual[name] for name in _UNASKED if name in usual}
    if "categories" in usual:
        known = usual_categories([kind])
        kept["categories"] = tuple(
            CategoryDefinition(known[item["category"]], item.get("capacity"))
            for item in usual["categories"]
            if item["category"] in known
        )
    return kept
