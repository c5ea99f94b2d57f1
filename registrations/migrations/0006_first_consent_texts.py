from datetime import UTC, datetime

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TEXTS = {
    "sms_reminders": {
        "pl": "Chcę dostać SMS z przypomnieniem o tym spotkaniu na podany numer.",
        "en": "I want an SMS reminder of this meeting at the number I gave.",
        "uk": "Я хочу отримати SMS-нагадування про цю зустріч на вказаний номер.",
    },
    "news": {
        "pl": "Chcę dostawać e-mailem wiadomości o podobnych spotkaniach. Mogę z nich zrezygnować w każdej chwili.",
        "en": "I want e-mails about similar meetings. I can stop them at any time.",
        "uk": "Я хочу отримувати електронні листи про подібні зустрічі. Я можу відмовитися від них будь-коли.",
    },
    "photo": {
        "pl": "Zgadzam się na publikację zdjęć z tego spotkania, na których można mnie rozpoznać.",
        "en": "I agree that photographs of this meeting on which I can be recognised are published.",
        "uk": "Я погоджуюся на публікацію фотографій із цієї зустрічі, на яких мене можна впізнати.",
    },
    "contact_sharing": {
        "pl": "Zgadzam się na przekazanie mojego imienia, nazwiska i adresu e-mail innym uczestnikom tego spotkania.",
        "en": "I agree that my name and e-mail address are passed on to other participants of this meeting.",
        "uk": "Я погоджуюся, щоб моє ім’я, прізвище та адресу електронної пошти передали іншим учасникам цієї зустрічі.",
    },
}


def write(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    ConsentText = apps.get_model("registrations", "ConsentText")
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    for purpose, text in TEXTS.items():
        ConsentText.objects.get_or_create(purpose=purpose, version=1, defaults={"text": text, "in_force_from": begun})


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0005_parties_invitations_consents"),
    ]

    operations = [
        migrations.RunPython(write, migrations.RunPython.noop),
    ]
