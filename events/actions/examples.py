"""Meetings to try the service with: invented, marked as examples everywhere, and dated from today."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone

from events.actions.definitions import (
    CategoryDefinition,
    EventDefinition,
    RegistrationDefinition,
    SessionDefinition,
)
from events.actions.drafts import SLUG_LENGTH
from events.actions.editing import create_event
from events.actions.notices import write_notice
from events.actions.publishing import publish_event
from events.enums import EventMode
from events.models import (
    District,
    Event,
    EventKind,
    InformationNotice,
    ParticipantCategory,
    ParticipationProcess,
    Room,
    Stage,
    Translated,
    User,
    Venue,
)
from events.queries.notices import current_notice

CONTACT: Final = "kontakt@example.org"
FULL_EVENT: Final = "przyklad-pelny-warsztat"

_TUESDAY, _THURSDAY, _SATURDAY = 1, 3, 5

# By number, as the process file has them; the Polish titles come from there.
_TOPICS: Final = {
    1: ("Commercialising science in Lublin", "Комерціалізація науки в Любліні"),
    2: ("Keeping talents and graduates in Lublin", "Як утримати таланти й випускників у Любліні"),
    3: (
        "Joint promotion by the academic community, international cooperation in networks of universities and the city",
        "Спільне просування академічного середовища, міжнародна співпраця в мережах університетів і міста",
    ),
    4: ("Shaping the city's image through its brand and promotion", "Формування іміджу міста через бренд і просування"),
    5: (
        "Attracting talents to Lublin from Poland and abroad",
        "Залучення талантів до Любліна з Польщі та з-за кордону",
    ),
    6: ("Universities working with BPO companies", "Співпраця університетів із компаніями галузі BPO"),
    7: ("Universities working with IT companies", "Співпраця університетів з ІТ-компаніями"),
    8: ("New technologies and the smart city", "Нові технології та розумне місто"),
    9: ("Foreigners in Lublin", "Іноземці в Любліні"),
    10: (
        "Cooperation between sectors in the innovation ecosystem",
        "Міжсекторальна співпраця в екосистемі інновацій",
    ),
    11: ("Medicine and health in the Lublin 2030 Strategy", "Медицина та здоров'я у Стратегії Люблін 2030"),
    12: ("Sustainable development of the city", "Сталий розвиток міста"),
    13: ("Tourism as a factor in Lublin's development", "Туризм як чинник розвитку Любліна"),
    14: (
        "Directions for investment areas in services, logistics and industry",
        "Напрями розвитку інвестиційних територій у сфері послуг, логістики, промисловості",
    ),
}

# Short name, Polish name of the district
_DISTRICTS: Final = (
    ("czuby-poludniowe", "Czuby Południowe"),
    ("kalinowszczyzna", "Kalinowszczyzna"),
    ("dziesiata", "Dziesiąta"),
    ("slawin", "Sławin"),
)


@dataclass(frozen=True)
class _Scene:
    """What all examples share."""

    process: ParticipationProcess
    by: User
    at: datetime
    hall: Venue
    room: Room
    workshop_room: Room

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    @property
    def stage(self) -> Stage | None:
        return self.process.stages.order_by("-number").first()

    def next_weekday(self, weekday: int, *, weeks: int) -> date:
        """The weekday of the week after so many weeks; never less than two days ahead."""
        first = self.today + timedelta(days=2)
        return first + timedelta(days=(weekday - first.weekday()) % 7, weeks=weeks)


@transaction.atomic
def make_examples(process: ParticipationProcess, *, by: User, at: datetime) -> list[Event]:
    """Make the examples that are not there yet and announce them; returns the new ones."""
    _notice(process, by=by, at=at)
    hall = _venue("sala-przykladowa", "Sala przykładowa", "Example hall", "Зала", latitude="51.246500")
    scene = _Scene(
        process=process,
        by=by,
        at=at,
        hall=hall,
        room=Room.objects.get_or_create(venue=hall, name="Sala A", defaults={"capacity": 200})[0],
        workshop_room=Room.objects.get_or_create(venue=hall, name="Sala B", defaults={"capacity": 20})[0],
    )
    wanted = [
        *_business_meetings(scene),
        *_district_meetings(scene),
        _hearing(scene),
        _debate(scene),
        _mobile_point(scene),
        _conference(scene),
        _full_workshop(scene),
    ]
    known = set(Event.objects.filter(slug__in=[item.slug for item in wanted]).values_list("slug", flat=True))
    return [_announce(item, scene) for item in wanted if item.slug not in known]


def _announce(definition: EventDefinition, scene: _Scene) -> Event:
    event = create_event(replace(definition, contact_email=CONTACT), by=scene.by, at=scene.at)
    Event.objects.filter(pk=event.pk).update(is_example=True)
    publish_event(event, by=scene.by, at=scene.at)
    return event


def _marked(polish: str, english: str, ukrainian: str) -> Translated:
    return {"pl": f"{polish} (przykład)", "en": f"{english} (example)", "uk": f"{ukrainian} (приклад)"}


def _notice(process: ParticipationProcess, *, by: User, at: datetime) -> InformationNotice:
    present = current_notice(process.unit, at=at)
    return present or write_notice(
        process.unit,
        text={
            "pl": (
                "Przykładowa klauzula informacyjna (przykład). W prawdziwym serwisie stoi tu informacja z art. 13 RODO:"
                " kto jest administratorem danych, po co i jak długo je przetwarza, jakie masz prawa."
            ),
            "en": (
                "An example of an information notice (example). In a real service this is the information of"
                " article 13 GDPR: who controls the data, what for and how long, and what your rights are."
            ),
            "uk": (
                "Зразок інформаційного повідомлення (приклад). У справжньому сервісі тут стоїть інформація за ст. 13"
                " GDPR: хто є адміністратором даних, навіщо і як довго їх обробляє, які ви маєте права."
            ),
        },
        by=by,
        at=at,
        is_example=True,
    )


def _venue(
    slug: str, polish: str, english: str, ukrainian: str, *, latitude: str, district: District | None = None
) -> Venue:
    venue, _created = Venue.objects.get_or_create(
        slug=slug,
        defaults={
            "name": _marked(polish, english, ukrainian),
            "address": "ul. Przykładowa 1, 20-000 Lublin",
            "district": district,
            "latitude": Decimal(latitude),
            "longitude": Decimal("22.568400"),
            "accessibility": {
                "step_free": "yes",
                "accessible_toilet": "yes",
                "accessible_parking": "no",
                "induction_loop": "on_request",
                "pjm": "on_request",
                "captions": "unknown",
                "assistance_dog": "yes",
            },
            "is_example": True,
        },
    )
    return venue


def _kind(code: str) -> EventKind:
    return EventKind.objects.get(code=code)


def _categories(**capacities: int | None) -> tuple[CategoryDefinition, ...]:
    rows = ParticipantCategory.objects.in_bulk(list(capacities), field_name="code")
    return tuple(CategoryDefinition(rows[code], capacity) for code, capacity in capacities.items())


def _session(
    day: date,
    start: int,
    end: int,
    *,
    title: Translated | None = None,
    room: Room | None = None,
    capacity: int | None = None,
) -> SessionDefinition:
    """A session at whole hours of the wall clock."""
    return SessionDefinition(
        # The event's zone is added where the session is saved.
        starts_at=datetime.combine(day, time(start)),
        ends_at=datetime.combine(day, time(end)),
        title=title,
        room=room,
        capacity=capacity,
    )


def _business_meetings(scene: _Scene) -> Iterator[EventDefinition]:
    """The topics of the process, one a week."""
    for week, topic in enumerate(scene.process.topics.order_by("position")):
        english, ukrainian = _TOPICS.get(topic.position, (str(topic), str(topic)))
        yield EventDefinition(
            unit=scene.process.unit,
            kind=_kind("business_meeting"),
            slug=f"przyklad-{topic.slug}"[:SLUG_LENGTH],
            title=_marked(topic.name["pl"], english, ukrainian),
            summary={
                "pl": "Rozmowa przedsiębiorców, uczelni i miasta przy jednym stole.",
                "en": "Companies, universities and the city talk at one table.",
                "uk": "Розмова підприємців, університетів і міста за одним столом.",
            },
            venue=scene.hall,
            process=scene.process,
            stage=scene.stage,
            topics=(topic,),
            sessions=(_session(scene.next_weekday(_TUESDAY, weeks=week), 17, 19, room=scene.room),),
            registration=RegistrationDefinition(
                capacity=50, categories=_categories(business=16, university=16, ngo=None, resident=None, other=None)
            ),
        )


def _district_meetings(scene: _Scene) -> Iterator[EventDefinition]:
    for number, (slug, name) in enumerate(_DISTRICTS):
        district, _created = District.objects.get_or_create(slug=slug, defaults={"name": name})
        place = _venue(
            f"swietlica-przykladowa-{slug}",
            f"Świetlica przykładowa {name}",
            f"Example club room {name}",
            f"Зразкова світлиця {name}",
            latitude=f"51.2{number + 1}0000",
            district=district,
        )
        yield EventDefinition(
            unit=scene.process.unit,
            kind=_kind("open_district_meeting"),
            slug=f"przyklad-spotkanie-{slug}",
            title=_marked(
                f"Spotkanie otwarte: {name}", f"Open district meeting: {name}", f"Відкрита зустріч у районі: {name}"
            ),
            summary={
                "pl": "O tym, czego dzielnica potrzebuje najbardziej.",
                "en": "About what the district needs most.",
                "uk": "Про те, що району потрібно найбільше.",
            },
            venue=place,
            process=scene.process,
            sessions=(_session(scene.next_weekday(_THURSDAY, weeks=number), 17, 19),),
            registration=RegistrationDefinition(capacity=30),
        )


def _hearing(scene: _Scene) -> EventDefinition:
    first = scene.next_weekday(_THURSDAY, weeks=5)
    blocks = (
        ("Gospodarka", "Economy", "Економіка"),
        ("Zieleń i transport", "Green areas and transport", "Зелень і транспорт"),
        ("Mieszkanie i kultura", "Housing and culture", "Житло й культура"),
    )
    return EventDefinition(
        unit=scene.process.unit,
        kind=_kind("public_hearing"),
        slug="przyklad-wysluchanie-publiczne",
        title=_marked("Wysłuchanie publiczne", "Public hearing", "Громадські слухання"),
        summary={
            "pl": "Trzy dni, trzy bloki tematyczne, każdy po trzy godziny.",
            "en": "Three days, three blocks of topics, three hours each.",
            "uk": "Три дні, три тематичні блоки по три години.",
        },
        mode=EventMode.HYBRID,
        venue=scene.hall,
        join_url="https://meeting.example.org/przyklad-wysluchanie",
        accessibility={"pjm": "yes", "captions": "yes"},
        process=scene.process,
        sessions=tuple(
            _session(first + timedelta(days=day), 16, 19, title=dict(zip(("pl", "en", "uk"), names, strict=True)))
            for day, names in enumerate(blocks)
        ),
        registration=RegistrationDefinition(capacity=120),
    )


def _debate(scene: _Scene) -> EventDefinition:
    day = scene.next_weekday(_SATURDAY, weeks=2)
    morning = {"pl": "Miasto dla wszystkich", "en": "A city for everybody", "uk": "Місто для всіх"}
    afternoon = {"pl": "Miasto zielone", "en": "A green city", "uk": "Зелене місто"}
    return EventDefinition(
        unit=scene.process.unit,
        kind=_kind("open_debate"),
        slug="przyklad-dzien-debat",
        title=_marked("Dzień otwartych debat", "A day of open debates", "День відкритих дебатів"),
        summary={
            "pl": "Dwie debaty; można przyjść na jedną albo na obie.",
            "en": "Two debates; come to one of them or to both.",
            "uk": "Дві дискусії; можна прийти на одну або на обидві.",
        },
        venue=scene.hall,
        accessibility={"pjm": "yes"},
        process=scene.process,
        sessions=(
            _session(day, 10, 12, title=morning, room=scene.room, capacity=40),
            _session(day, 13, 15, title=afternoon, room=scene.room, capacity=40),
        ),
        registration=RegistrationDefinition(capacity=70),
    )


def _mobile_point(scene: _Scene) -> EventDefinition:
    return EventDefinition(
        unit=scene.process.unit,
        kind=_kind("mobile_point"),
        slug="przyklad-punkt-mobilny",
        title=_marked("Punkt mobilny w parku", "Mobile point in the park", "Мобільний пункт у парку"),
        summary={
            "pl": "Przyjdź bez zapisów, kiedy chcesz. Liczymy tylko, ile osób z nami rozmawiało.",
            "en": "Come whenever you like, without registering. We only count how many people talked to us.",
            "uk": "Приходьте без запису, коли хочете. Ми лише рахуємо, скільки людей із нами поговорило.",
        },
        venue=_venue("park-przykladowy", "Park przykładowy", "Example park", "Зразковий парк", latitude="51.248000"),
        process=scene.process,
        sessions=(_session(scene.next_weekday(_SATURDAY, weeks=0), 10, 14),),
    )


def _conference(scene: _Scene) -> EventDefinition:
    day = scene.next_weekday(_THURSDAY, weeks=7)
    plenary = {"pl": "Konferencja", "en": "Conference", "uk": "Конференція"}
    workshop = {"pl": "Warsztat: metody partycypacji", "en": "Workshop: methods", "uk": "Майстерня: методи участі"}
    return EventDefinition(
        unit=scene.process.unit,
        kind=_kind("conference"),
        slug="przyklad-konferencja",
        title=_marked("Konferencja z warsztatem", "Conference with a workshop", "Конференція з майстернею"),
        summary={
            "pl": "Rano wykłady dla wszystkich, po południu warsztat dla dwudziestu osób.",
            "en": "Talks for everybody in the morning, a workshop for twenty in the afternoon.",
            "uk": "Зранку доповіді для всіх, пополудні майстерня для двадцяти осіб.",
        },
        venue=scene.hall,
        process=scene.process,
        sessions=(
            _session(day, 9, 13, title=plenary, room=scene.room),
            _session(day, 14, 16, title=workshop, room=scene.workshop_room, capacity=20),
        ),
        registration=RegistrationDefinition(capacity=200),
    )


def _full_workshop(scene: _Scene) -> EventDefinition:
    return EventDefinition(
        unit=scene.process.unit,
        kind=_kind("workshop"),
        slug=FULL_EVENT,
        title=_marked("Warsztat przyszłości", "Workshop of the future", "Майстерня майбутнього"),
        summary={
            "pl": "Pięć miejsc, wszystkie zajęte: zobacz, jak działa lista rezerwowa.",
            "en": "Five seats, all of them taken: see how the reserve list works.",
            "uk": "П'ять місць, усі зайняті: подивіться, як працює резервний список.",
        },
        venue=scene.hall,
        process=scene.process,
        sessions=(_session(scene.next_weekday(_SATURDAY, weeks=1), 10, 13, room=scene.workshop_room),),
        registration=RegistrationDefinition(capacity=5),
    )
