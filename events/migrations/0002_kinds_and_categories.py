"""The kinds of meetings and the categories of participants that a city starts with; both are rows, so more may follow."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REMINDERS = [
    {"channel": "email", "before": {"days": 1, "at": "17:00"}},
    {"channel": "sms", "before": {"minutes": 180}},
]

# code, Polish, English, Ukrainian
KINDS = (
    ("business_meeting", "Spotkanie biznesowe", "Business meeting", "Бізнес-зустріч"),
    ("public_hearing", "Wysłuchanie publiczne", "Public hearing", "Громадські слухання"),
    ("open_debate", "Otwarta debata tematyczna", "Open thematic debate", "Відкриті тематичні дебати"),
    ("mobile_point", "Punkt mobilny", "Mobile point", "Мобільний пункт"),
    ("open_district_meeting", "Spotkanie otwarte w dzielnicy", "Open district meeting", "Відкрита зустріч у районі"),
    ("participatory_cafe", "Kafejka partycypacyjna", "Participatory café", "Партисипативне кафе"),
    ("workshop", "Warsztat", "Workshop", "Майстерня"),
    ("conference", "Konferencja", "Conference", "Конференція"),
    (
        "district_councils_meeting",
        "Spotkanie dla Rad Dzielnic",
        "District councils' meeting",
        "Зустріч для рад районів",
    ),
    (
        "city_councillors_meeting",
        "Spotkanie dla Radnych Rady Miasta",
        "City councillors' meeting",
        "Зустріч для депутатів міської ради",
    ),
    ("thematic_working_group", "Tematyczna grupa robocza", "Thematic working group", "Тематична робоча група"),
    ("council_session", "Sesja Rady Miasta", "City council session", "Сесія міської ради"),
    ("open_meeting", "Spotkanie otwarte", "Open meeting", "Відкрита зустріч"),
)
WITHOUT_REGISTRATION = {"mobile_point"}
RESTRICTED = {"district_councils_meeting", "city_councillors_meeting"}

CATEGORIES = (
    ("resident", "Mieszkanki i mieszkańcy", "Residents", "Мешканці"),
    ("business", "Biznes", "Business", "Бізнес"),
    ("ngo", "Organizacje pozarządowe", "Non-governmental organisations", "Громадські організації"),
    ("university", "Uczelnie", "Universities", "Заклади вищої освіти"),
    ("city_staff", "Pracownicy miasta", "City staff", "Працівники міста"),
    ("councillor", "Radni Rady Miasta", "City councillors", "Депутати міської ради"),
    ("district_council", "Rady Dzielnic", "District councils", "Ради районів"),
    ("media", "Media", "Media", "Медіа"),
    ("other", "Inne osoby", "Others", "Інші"),
)


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 - Django's own signature
    """Add the rows; a city that has one already keeps its own."""
    for position, (code, polish, english, ukrainian) in enumerate(KINDS, start=1):
        apps.get_model("events", "EventKind").objects.get_or_create(
            code=code,
            defaults={
                "name": {"pl": polish, "en": english, "uk": ukrainian},
                "position": position,
                "registration_required": code not in WITHOUT_REGISTRATION,
                "default_reminders": [] if code in WITHOUT_REGISTRATION else REMINDERS,
                "default_visibility": "restricted" if code in RESTRICTED else "public",
            },
        )
    for position, (code, polish, english, ukrainian) in enumerate(CATEGORIES, start=1):
        apps.get_model("events", "ParticipantCategory").objects.get_or_create(
            code=code, defaults={"name": {"pl": polish, "en": english, "uk": ukrainian}, "position": position}
        )


class Migration(migrations.Migration):
    """Going back keeps the rows: events may stand on them."""

    dependencies: ClassVar = [("events", "0001_initial")]

    operations: ClassVar = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=False)]
