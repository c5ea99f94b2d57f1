"""One business meeting for each topic of the process."""

from collections.abc import Iterator
from typing import Final

from events.actions.definitions import EventDefinition, RegistrationDefinition
from events.actions.drafts import SLUG_LENGTH
from events.actions.examples.scene import TUESDAY, Scene, categories, kind_of, marked, session

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


def business_meetings(scene: Scene) -> Iterator[EventDefinition]:
    """The topics of the process, one a week."""
    for week, topic in enumerate(scene.process.topics.order_by("position")):
        english, ukrainian = _TOPICS.get(topic.position, (str(topic), str(topic)))
        yield EventDefinition(
            unit=scene.process.unit,
            kind=kind_of("business_meeting"),
            slug=f"przyklad-{topic.slug}"[:SLUG_LENGTH],
            title=marked(topic.name["pl"], english, ukrainian),
            summary={
                "pl": "Rozmowa przedsiębiorców, uczelni i miasta przy jednym stole.",
                "en": "Companies, universities and the city talk at one table.",
                "uk": "Розмова підприємців, університетів і міста за одним столом.",
            },
            venue=scene.hall,
            process=scene.process,
            stage=scene.stage,
            topics=(topic,),
            sessions=(session(scene.next_weekday(TUESDAY, weeks=week), 17, 19, room=scene.room),),
            registration=RegistrationDefinition(
                capacity=50, categories=categories(business=16, university=16, ngo=None, resident=None, other=None)
            ),
        )
