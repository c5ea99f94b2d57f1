"""The other meetings of the process: a hearing, debates, a conference, workshops, and one for councillors only."""

from datetime import date, datetime, time, timedelta
from typing import Final

from events.actions.definitions import (
    AgendaItemDefinition,
    EventDefinition,
    QuestionDefinition,
    RegistrationDefinition,
    RoleDefinition,
)
from events.actions.examples.scene import SATURDAY, THURSDAY, TUESDAY, Scene, kind_of, marked, session, venue_of
from events.enums import AgeRule, EventMode, EventRoleKind, QuestionKind
from events.models import Translated

FULL_EVENT: Final = "przyklad-pelny-warsztat"


def hearing(scene: Scene) -> EventDefinition:
    """Three days with an interpreter of Polish Sign Language, streamed and recorded."""
    first = scene.next_weekday(THURSDAY, weeks=5)
    blocks = (
        ("Gospodarka", "Economy", "Економіка"),
        ("Zieleń i transport", "Green areas and transport", "Зелень і транспорт"),
        ("Mieszkanie i kultura", "Housing and culture", "Житло й культура"),
    )
    return EventDefinition(
        unit=scene.process.unit,
        kind=kind_of("public_hearing"),
        slug="przyklad-wysluchanie-publiczne",
        title=marked("Wysłuchanie publiczne", "Public hearing", "Громадські слухання"),
        summary={
            "pl": "Trzy dni, trzy bloki tematyczne, każdy po trzy godziny.",
            "en": "Three days, three blocks of topics, three hours each.",
            "uk": "Три дні, три тематичні блоки по три години.",
        },
        mode=EventMode.HYBRID,
        venue=scene.hall,
        join_url="https://meeting.example.org/przyklad-wysluchanie",
        accessibility={"pjm": "yes", "captions": "yes"},
        languages=("pl",),
        is_streamed=True,
        is_recorded=True,
        roles=(
            RoleDefinition(EventRoleKind.CHAIR, "Osoba prowadząca (przykład)", is_public=True),
            RoleDefinition(
                EventRoleKind.INTERPRETER, "Osoba tłumacząca na PJM (przykład)", email="interpreter@example.org"
            ),
        ),
        process=scene.process,
        sessions=tuple(
            session(first + timedelta(days=day), 16, 19, title=dict(zip(("pl", "en", "uk"), names, strict=True)))
            for day, names in enumerate(blocks)
        ),
        registration=RegistrationDefinition(capacity=120),
        questions=(
            QuestionDefinition(
                kind=QuestionKind.YES_NO,
                text={
                    "pl": "Czy chce Pani lub Pan zabrać głos?",
                    "en": "Would you like to speak?",
                    "uk": "Чи хочете Ви виступити?",
                },
                purpose={
                    "pl": "Układamy listę osób, które zabiorą głos.",
                    "en": "We make the list of those who speak.",
                    "uk": "Ми складаємо список тих, хто виступить.",
                },
                retention_days=30,
            ),
        ),
    )


def debate(scene: Scene) -> EventDefinition:
    """Two debates in one room, and a place at either."""
    day = scene.next_weekday(SATURDAY, weeks=2)
    morning = {"pl": "Miasto dla wszystkich", "en": "A city for everybody", "uk": "Місто для всіх"}
    afternoon = {"pl": "Miasto zielone", "en": "A green city", "uk": "Зелене місто"}
    return EventDefinition(
        unit=scene.process.unit,
        kind=kind_of("open_debate"),
        slug="przyklad-dzien-debat",
        title=marked("Dzień otwartych debat", "A day of open debates", "День відкритих дебатів"),
        summary={
            "pl": "Dwie debaty; można przyjść na jedną albo na obie.",
            "en": "Two debates; come to one of them or to both.",
            "uk": "Дві дискусії; можна прийти на одну або на обидві.",
        },
        venue=scene.hall,
        accessibility={"pjm": "yes"},
        process=scene.process,
        sessions=(
            session(day, 10, 12, title=morning, room=scene.room, capacity=40),
            session(day, 13, 15, title=afternoon, room=scene.room, capacity=40),
        ),
        registration=RegistrationDefinition(capacity=70),
    )


def mobile_point(scene: Scene) -> EventDefinition:
    """A meeting without registration."""
    return EventDefinition(
        unit=scene.process.unit,
        kind=kind_of("mobile_point"),
        slug="przyklad-punkt-mobilny",
        title=marked("Punkt mobilny w parku", "Mobile point in the park", "Мобільний пункт у парку"),
        summary={
            "pl": "Przyjdź bez zapisów, kiedy chcesz. Liczymy tylko, ile osób z nami rozmawiało.",
            "en": "Come whenever you like, without registering. We only count how many people talked to us.",
            "uk": "Приходьте без запису, коли хочете. Ми лише рахуємо, скільки людей із нами поговорило.",
        },
        venue=venue_of("park-przykladowy", "Park przykładowy", "Example park", "Зразковий парк", latitude="51.248000"),
        process=scene.process,
        sessions=(session(scene.next_weekday(SATURDAY, weeks=0), 10, 14),),
    )


def conference(scene: Scene) -> EventDefinition:
    """Talks with their speakers, a workshop, and what the city asks people who come."""
    day = scene.next_weekday(THURSDAY, weeks=7)
    plenary = {"pl": "Konferencja", "en": "Conference", "uk": "Конференція"}
    workshop = {"pl": "Warsztat: metody partycypacji", "en": "Workshop: methods", "uk": "Майстерня: методи участі"}
    return EventDefinition(
        unit=scene.process.unit,
        kind=kind_of("conference"),
        slug="przyklad-konferencja",
        title=marked("Konferencja z warsztatem", "Conference with a workshop", "Конференція з майстернею"),
        summary={
            "pl": "Rano wykłady dla wszystkich, po południu warsztat dla dwudziestu osób.",
            "en": "Talks for everybody in the morning, a workshop for twenty in the afternoon.",
            "uk": "Зранку доповіді для всіх, пополудні майстерня для двадцяти осіб.",
        },
        venue=scene.hall,
        process=scene.process,
        sessions=(
            session(day, 9, 13, title=plenary, room=scene.room, agenda=_talks(day, scene)),
            session(day, 14, 16, title=workshop, room=scene.workshop_room, capacity=20),
        ),
        registration=RegistrationDefinition(capacity=200),
        questions=(
            QuestionDefinition(
                kind=QuestionKind.CHOICE,
                text={"pl": "Co Pani lub Pan zje?", "en": "What will you eat?", "uk": "Що Ви будете їсти?"},
                choices=(
                    ("usual", {"pl": "Wszystko", "en": "Anything", "uk": "Усе"}),
                    ("vegetarian", {"pl": "Bez mięsa", "en": "No meat", "uk": "Без м'яса"}),
                ),
                purpose={
                    "pl": "Zamawiamy obiad w przerwie.",
                    "en": "We order lunch for the break.",
                    "uk": "Ми замовляємо обід на перерву.",
                },
                retention_days=14,
            ),
        ),
    )


def _talks(day: date, scene: Scene) -> tuple[AgendaItemDefinition, ...]:
    body = scene.bodies[0]
    speaker = RoleDefinition(EventRoleKind.SPEAKER, "Osoba prelegencka (przykład)", organization=body, is_public=True)
    guest = RoleDefinition(EventRoleKind.SPEAKER, "Druga osoba prelegencka (przykład)", is_public=True)
    titles: tuple[tuple[Translated, tuple[RoleDefinition, ...]], ...] = (
        ({"pl": "Otwarcie", "en": "Opening", "uk": "Відкриття"}, ()),
        ({"pl": "Miasto za dziesięć lat", "en": "The city in ten years", "uk": "Місто через десять років"}, (speaker,)),
        ({"pl": "Rozmowa", "en": "Discussion", "uk": "Розмова"}, (speaker, guest)),
    )
    return tuple(
        AgendaItemDefinition(
            title=title,
            starts_at=datetime.combine(day, time(9 + number)),
            ends_at=datetime.combine(day, time(10 + number)),
            roles=roles,
        )
        for number, (title, roles) in enumerate(titles)
    )


def full_workshop(scene: Scene) -> EventDefinition:
    """A meeting that everybody wants to come to."""
    return EventDefinition(
        unit=scene.process.unit,
        kind=kind_of("workshop"),
        slug=FULL_EVENT,
        title=marked("Warsztat przyszłości", "Workshop of the future", "Майстерня майбутнього"),
        summary={
            "pl": "Pięć miejsc, wszystkie zajęte: zobacz, jak działa lista rezerwowa.",
            "en": "Five seats, all of them taken: see how the reserve list works.",
            "uk": "П'ять місць, усі зайняті: подивіться, як працює резервний список.",
        },
        venue=scene.hall,
        process=scene.process,
        sessions=(session(scene.next_weekday(SATURDAY, weeks=1), 10, 13, room=scene.workshop_room),),
        registration=RegistrationDefinition(capacity=5),
    )


def councillors_meeting(scene: Scene) -> EventDefinition:
    """A meeting that no list, feed or search knows of: for those who were invited."""
    return EventDefinition(
        unit=scene.process.unit,
        kind=kind_of("city_councillors_meeting"),
        slug="przyklad-spotkanie-radnych",
        title=marked(
            "Spotkanie dla Radnych Rady Miasta", "Meeting for city councillors", "Зустріч для депутатів міської ради"
        ),
        summary={
            "pl": "Tylko dla zaproszonych: tego spotkania nie ma na żadnej liście ani w żadnym kalendarzu.",
            "en": "For invited people only: this meeting is in no list and in no calendar.",
            "uk": "Лише для запрошених: цієї зустрічі немає в жодному списку й календарі.",
        },
        venue=scene.hall,
        process=scene.process,
        stage=scene.stage,
        audiences=(scene.audiences["radni-rady-miasta"],),
        organizations=scene.bodies[:1],
        sessions=(session(scene.next_weekday(TUESDAY, weeks=1), 9, 11, room=scene.workshop_room),),
        registration=RegistrationDefinition(capacity=15),
    )


def cafe(scene: Scene) -> EventDefinition:
    """A meeting that is put off once it has been announced."""
    return EventDefinition(
        unit=scene.process.unit,
        kind=kind_of("participatory_cafe"),
        slug="przyklad-kafejka",
        title=marked("Kafejka partycypacyjna", "Participatory café", "Партисипативне кафе"),
        summary={
            "pl": "Rozmowa przy kawie o tym, jak ma wyglądać centrum.",
            "en": "A talk over coffee about what the centre should look like.",
            "uk": "Розмова за кавою про те, яким має бути центр.",
        },
        venue=scene.hall,
        process=scene.process,
        age_rule=AgeRule.GUARDIAN_STATEMENT,
        age_limit=16,
        sessions=(session(scene.next_weekday(SATURDAY, weeks=3), 11, 13, room=scene.workshop_room),),
        registration=RegistrationDefinition(capacity=20),
    )


def open_meeting(scene: Scene) -> EventDefinition:
    """A meeting that moves online once it has been announced."""
    return EventDefinition(
        unit=scene.process.unit,
        kind=kind_of("open_meeting"),
        slug="przyklad-spotkanie-otwarte",
        title=marked("Spotkanie o zieleni", "Meeting about green areas", "Зустріч про зелень"),
        summary={
            "pl": "Gdzie w mieście posadzić drzewa.",
            "en": "Where in the city to plant trees.",
            "uk": "Де в місті посадити дерева.",
        },
        venue=scene.hall,
        process=scene.process,
        sessions=(session(scene.next_weekday(THURSDAY, weeks=3), 17, 19, room=scene.workshop_room),),
        registration=RegistrationDefinition(capacity=20),
    )
