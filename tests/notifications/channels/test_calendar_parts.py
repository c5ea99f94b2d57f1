"""Calendars in mails stand where Gmail, Outlook, Apple Mail and Thunderbird look for them."""

import uuid
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import SMTP, Policy, compat32

import pytest
from icalendar import Calendar

from events.ical import Mailbox
from events.models import Event, OrganizationalUnit, Session
from notifications.channels.mime import mail_of
from notifications.channels.outgoing import Attachment, Outgoing
from notifications.delivery.composing import background_of, letter_of
from registrations.enums import RegistrationState
from registrations.models import Registration
from registrations.queries.feeds import entries_of
from registrations.rendering import MailCalendar, Purpose, mail_calendar
from tests.make import make_event, make_registration
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

ANNA = Mailbox(name="Анна Новак", address="anna@example.com")
OFFICE = Mailbox(name="Wydział Strategii", address="strategia@example.org")
QR = Attachment(name="qr.png", media_type="image/png", content=b"\x89PNG", content_id="ticket")
WITH_BUTTON = [
    "multipart/mixed",
    "  multipart/alternative",
    "    text/plain",
    "    multipart/related",
    "      text/html",
    "      image/png",
    "    text/calendar",
    "  application/ics",
]


def _calendar(registration: Registration, purpose: Purpose) -> MailCalendar:
    entries = entries_of([registration])[registration.pk]
    return mail_calendar(entries, purpose=purpose, language="uk", attendee=ANNA, organizer=OFFICE, stamp=NOW)


def _raw(calendar: MailCalendar) -> bytes:
    outgoing = Outgoing(
        id=uuid.UUID(int=1),
        to=ANNA.address,
        subject="Zażółć",
        text="Do zobaczenia\n",
        html='<p>Do zobaczenia</p><img src="cid:ticket" alt="">',
        language="pl",
        sent_at=NOW,
        useful_until=NOW + timedelta(days=1),
        reply_to=OFFICE.address,
        calendar=calendar.text,
        calendar_method=calendar.method,
        attachments=(QR,),
    )
    return mail_of(outgoing, sender="Wiec <wiec@example.org>", domain="example.org")


def _tree(mail: Message, indent: str = "") -> list[str]:
    found = [f"{indent}{mail.get_content_type()}"]
    if mail.is_multipart():
        for one in mail.get_payload():
            assert isinstance(one, Message)
            found += _tree(one, f"{indent}  ")
    return found


@pytest.mark.parametrize("policy", [SMTP, compat32])
@pytest.mark.parametrize(
    ("purpose", "state", "method", "status"),
    [
        ("REQUEST", RegistrationState.CONFIRMED, "REQUEST", "CONFIRMED"),
        ("CANCEL", RegistrationState.CONFIRMED, "CANCEL", "CANCELLED"),
        ("WITHDRAWAL", RegistrationState.CANCELLED_BY_PARTICIPANT, "CANCEL", None),
    ],
)
def test_a_button_is_the_last_alternative_and_says_its_method_twice(
    policy: Policy, purpose: Purpose, state: RegistrationState, method: str, status: str | None
) -> None:
    event = make_event(title="Zażółć gęślą jaźń; źdźbło, ćma — " * 3)
    calendar = _calendar(make_registration(event, email=ANNA.address, state=state), purpose)
    raw = _raw(calendar)

    mail = message_from_bytes(raw, policy=policy)

    assert _tree(mail) == WITH_BUTTON
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    (part,) = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    assert (part.get_param("method"), part.get_content_charset()) == (method, "utf-8")
    assert part["Content-Transfer-Encoding"] == "quoted-printable"
    assert part["Content-Disposition"] is None
    (file,) = [one for one in mail.walk() if one.get_content_type() == "application/ics"]
    assert (file["Content-Transfer-Encoding"], file.get_content_disposition()) == ("base64", "attachment")
    assert file.get_filename() == "invite.ics"
    # Every byte arrives, CRLF and folds included: a relay or a reader that unfolds changes nothing.
    assert part.get_payload(decode=True) == file.get_payload(decode=True) == calendar.text.encode()
    read = Calendar.from_ical(calendar.text)
    (entry,) = read.walk("VEVENT")
    assert (read["METHOD"], entry.get("STATUS")) == (method, status)
    assert str(entry["ATTENDEE"]) == f"mailto:{ANNA.address}"
    assert entry["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert str(entry["ORGANIZER"]) == f"mailto:{mail['Reply-To']}"
    assert "VALARM" not in calendar.text
    assert [part.name for part in read.subcomponents] == ["VTIMEZONE", "VEVENT"]


def test_several_dates_are_a_file_and_no_button() -> None:
    calendar = _calendar(make_registration(make_event(sessions=2), email=ANNA.address), "REQUEST")

    mail = message_from_bytes(_raw(calendar), policy=SMTP)

    assert _tree(mail) == [line for line in WITH_BUTTON if line != "    text/calendar"]
    (file,) = [one for one in mail.walk() if one.get_content_type() == "application/ics"]
    assert file.get_filename() == "calendar.ics"
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes)
    read = Calendar.from_ical(content)
    assert "METHOD" not in read
    assert len(read.walk("VEVENT")) == 2


def test_an_update_is_newer_by_its_sequence_and_by_its_stamp() -> None:
    event = make_event()
    registration = make_registration(event, email=ANNA.address)
    letters = []
    for number, sequence in enumerate((0, 1)):
        Session.objects.filter(event=event).update(sequence=sequence)
        message = make_message(registration, ("confirmed", "event_changed")[number])
        letters.append(letter_of(message, background_of([message]), at=NOW + timedelta(hours=number)))

    first, second = (Calendar.from_ical(letter.calendar).walk("VEVENT")[0] for letter in letters)

    assert [letter.calendar_method for letter in letters] == ["REQUEST", "REQUEST"]
    assert first["UID"] == second["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)
    assert (first.decoded("dtstamp"), second.decoded("dtstamp")) == (NOW, NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("of_unit", "of_event", "organizer"),
    [
        ("biuro@example.org", "", "biuro@example.org"),
        ("biuro@example.org", "biuro@example.org", "biuro@example.org"),
        # Answers go to somebody else: then only the sender is an organiser that programs trust.
        ("biuro@example.org", "jan@example.org", "wiec@example.org"),
        ("", "", "wiec@example.org"),
        ("", "jan@example.org", "wiec@example.org"),
    ],
)
def test_the_organiser_is_whom_the_mail_is_from_or_who_is_answered(settings, of_unit, of_event, organizer) -> None:
    settings.DEFAULT_FROM_EMAIL = "Wiec <wiec@example.org>"
    event = make_event()
    OrganizationalUnit.objects.filter(pk=event.unit_id).update(contact_email=of_unit)
    Event.objects.filter(pk=event.pk).update(contact_email=of_event)
    message = make_message(make_registration(Event.objects.get(pk=event.pk), email=ANNA.address))

    letter = letter_of(message, background_of([message]), at=NOW)

    (entry,) = Calendar.from_ical(letter.calendar).walk("VEVENT")
    assert str(entry["ORGANIZER"]) == f"mailto:{organizer}"
