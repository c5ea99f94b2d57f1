"""Every kind in every language, with nothing left open, and SMS that fit."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings as project
from django.urls import reverse
from django.utils import translation

from events.enums import EventChangeKind, EventMode
from events.models import Event, EventChange, Session
from notifications.delivery.composing import calendar_entries, letter_of, outgoing_of
from notifications.enums import Channel
from notifications.kinds import KINDS
from notifications.models import Message
from notifications.queries.dispatch import complete_messages
from notifications.rendering.letters import Letter, NothingToSay
from notifications.rendering.secret_links import TOKEN_LENGTH, manage_address, without_links
from notifications.rendering.short_messages import SEGMENTS, SEGMENTS_WITH_LINK, fitted, plain_latin, segments
from registrations.enums import RegistrationState
from registrations.models import Registration, RegistrationChange
from tests.make import make_event, make_registration, make_venue
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

S = RegistrationState
LANGUAGES = ["pl", "en", "uk"]
# What each kind is sent about.
STATES = {
    "hold_to_confirm": S.HELD,
    "waitlisted": S.WAITLISTED,
    "offered": S.OFFERED,
    "offer_lapsed": S.EXPIRED,
    "own_cancellation": S.CANCELLED_BY_PARTICIPANT,
}
NUMBER = "+48501502503"


def letter(message: Message) -> Letter:
    (complete,) = complete_messages([message.pk])
    return letter_of(complete, calendar_entries([complete]), at=NOW)


def make_complete(kind: str, language: str, channel: Channel, **event: Any) -> Message:
    venue = make_venue()
    row = make_event(venue=venue, **event)
    registration = make_registration(row, state=STATES.get(kind, S.CONFIRMED), language=language, phone=NUMBER)
    message = make_message(registration, kind, channel=channel)
    if kind.startswith("event_"):
        message.event_change = EventChange.objects.create(
            event=row,
            kind=EventChangeKind.MODE_CHANGED,
            before={"mode": "online"},
            at=NOW,
            notify=True,
            reason="Awaria",
        )
    else:
        message.registration_change = RegistrationChange.objects.create(
            registration=registration, cause="signed_up", to_state=registration.state, at=NOW
        )
    message.save()
    return message


def test_every_kind_has_its_templates_and_its_line():
    table = Path(project.BASE_DIR / "docs/reference/messages.md").read_text()
    for kind in KINDS:
        folder = Path(project.BASE_DIR / "templates/messages" / kind)
        assert {file.name for file in folder.iterdir()} == {"subject.txt", "email.txt", "email.html", "sms.txt"}
        assert f"| `{kind}` |" in table


@pytest.mark.parametrize("language", ["pl", "uk"])
def test_every_word_of_a_message_is_translated(language: str):
    catalogue = polib.pofile(str(project.BASE_DIR / f"locale/{language}/LC_MESSAGES/django.po"))
    ours = [
        entry for entry in catalogue if any(place.startswith("templates/messages/") for place, _ in entry.occurrences)
    ]

    assert len(ours) > 50
    assert [entry.msgid for entry in ours if not entry.translated()] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_is_written_in_every_language(kind: str, language: str):
    message = make_complete(kind, language, Channel.EMAIL)

    found = letter(message)
    outgoing = outgoing_of(complete_messages([message.pk])[0], found, at=NOW)

    assert found.subject
    assert "\n" not in found.subject
    for text in (outgoing.subject, outgoing.text, outgoing.html):
        assert "{{" not in text
        assert "%(" not in text
        assert "None" not in text
    assert f'<html lang="{language}">' in outgoing.html
    if language == "uk" and kind != "my_registrations":
        assert re.search("[а-яіїєґ]", found.subject)
    if kind not in {"event_cancelled", "offer_lapsed", "own_cancellation"}:
        token = message.registration.manage_token if message.registration else ""
        assert manage_address(token, language) in outgoing.text
        assert manage_address(token, language) in outgoing.html
        assert token not in without_links(found.body + found.html)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(KINDS))
def test_every_sms_fits_into_two_segments(kind: str, language: str, settings: Any):
    settings.BASE_URL = "https://konsultacje.lublin.example"
    long = {"pl": "Zażółć gęślą jaźń " * 8, "en": "A very long title " * 8, "uk": "Дуже довга назва зустрічі " * 6}
    message = make_complete(kind, language, Channel.SMS)
    Event.objects.update(title=long)

    found = letter(message)
    sent = outgoing_of(complete_messages([message.pk])[0], found, at=NOW).text

    assert segments(sent) <= (SEGMENTS_WITH_LINK if KINDS[kind].sms_needs_link else SEGMENTS)
    assert not KINDS[kind].sms_needs_link or "/r/" in sent
    if language == "uk":
        assert re.search("[а-яіїєґ]", sent)


def test_the_address_in_a_mail_is_the_address_of_the_page():
    token = "x" * TOKEN_LENGTH
    for language in LANGUAGES:
        with translation.override(language):
            path = reverse("registration-manage", args=[token])
        assert manage_address(token, language) == f"{project.BASE_URL}{path}"


def test_a_token_has_the_length_that_is_counted_with():
    assert len(make_registration(make_event()).manage_token) == TOKEN_LENGTH


def test_waiting_people_are_told_so_first_and_get_no_code():
    message = make_complete("waitlisted", "en", Channel.EMAIL)

    found = letter(message)

    assert found.subject.startswith("Reserve list")
    assert "reserve list" in found.body.split("\n\n")[1]
    assert message.registration is not None
    assert message.registration.ticket_code not in found.body + found.html
    assert found.calendar == ""


def test_a_held_place_in_the_queue_does_not_promise_a_seat():
    message = make_complete("hold_to_confirm", "en", Channel.EMAIL)
    Registration.objects.update(holds_seat=False)

    assert "you will be on the reserve list" in letter(message).body


def test_a_change_tells_the_old_and_the_new_value():
    message = make_complete("event_changed", "en", Channel.EMAIL)
    session = Session.objects.get()
    before = {"starts_at": "2027-01-26T08:00:00+00:00", "ends_at": "2027-01-26T09:00:00+00:00", "all_day": False}
    message.event_change = EventChange.objects.create(
        event=session.event, session=session, kind=EventChangeKind.RESCHEDULED, before=before, at=NOW, notify=True
    )
    message.save()

    body = letter(message).body

    assert "Before: Tuesday, 26 January 2027, 09:00–10:00" in body
    assert "Now: Tuesday, 26 January 2027, 10:00–12:00" in body
    assert "Before: Online" in body
    assert "Now: In person" in body
    assert "SEQUENCE" in letter(message).calendar


def test_every_sort_of_change_is_worded():
    message = make_complete("event_changed", "en", Channel.EMAIL)
    event = Event.objects.get()
    session = event.sessions.get()
    gone = Session.objects.create(
        event=event,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        created_at=NOW,
        last_modified=NOW,
        is_cancelled=True,
    )
    times = {"starts_at": session.starts_at.isoformat(), "ends_at": session.ends_at.isoformat(), "all_day": True}
    venue = {"venue": "old", "name": {"pl": "Stary ratusz", "en": "Old town hall"}, "address": "Rynek 1"}
    for kind, of, before, after in (
        (EventChangeKind.RESCHEDULED, gone, times, {}),
        (EventChangeKind.RESCHEDULED, session, {}, times),
        (EventChangeKind.RELOCATED, None, venue, {}),
        (EventChangeKind.RELOCATED, None, {"venue": None}, {}),
        (EventChangeKind.RELOCATED, None, {}, {"join_url_changed": True}),
        (EventChangeKind.RELOCATED, session, {"room": "101"}, {"room": None}),
        (EventChangeKind.EDITED, None, {"title": {"pl": "x"}}, {}),
    ):
        message.event_change = EventChange.objects.create(
            event=event, session=of, kind=kind, before=before, after=after, at=NOW, notify=True
        )
    message.save()

    body = letter(message).body

    assert "Before: Tuesday, 26 January 2027\nNow: no longer planned" in body
    assert "Before: Old town hall, Rynek 1" in body
    assert "Room\nBefore: 101\nNow: no longer planned" in body
    assert "The link has changed" in body


def test_a_change_that_was_taken_back_is_no_news():
    message = make_complete("event_changed", "en", Channel.EMAIL)
    EventChange.objects.update(before={"mode": EventMode.IN_PERSON})

    with pytest.raises(NothingToSay):
        letter(message)


def test_an_edit_that_is_to_be_told_points_to_the_page():
    message = make_complete("event_changed", "en", Channel.EMAIL)
    EventChange.objects.update(kind=EventChangeKind.EDITED)

    assert "The details are on the event page." in letter(message).body


def test_what_one_has_been_told_is_not_told_again():
    make_complete("event_changed", "en", Channel.EMAIL)
    told = EventChange.objects.get()
    Message.objects.update(state="sent")
    event = told.event
    again = EventChange.objects.create(event=event, kind=EventChangeKind.EDITED, at=NOW, notify=True)
    registration = Registration.objects.get()
    second = make_message(registration, "event_cancelled")
    Message.objects.filter(pk=second.pk).update(kind="event_changed", event_change=again)

    body = letter(second).body

    assert "Before: Online" not in body
    assert "The details are on the event page." in body


def test_who_comes_to_one_session_is_not_told_of_another():
    event = make_event(sessions=2)
    first, second = event.sessions.all()
    registration = make_registration(event, language="en")
    registration.sessions.set([first])
    times = {"starts_at": "2027-01-20T08:00:00+00:00", "ends_at": "2027-01-20T09:00:00+00:00", "all_day": False}
    message = make_message(registration, "event_changed")
    for session in (second, first):
        message.event_change = EventChange.objects.create(
            event=event, session=session, kind=EventChangeKind.RESCHEDULED, before=times, at=NOW, notify=True
        )
    message.save()

    assert letter(message).body.count("Before:") == 1


def test_a_cancellation_says_why_and_clears_the_calendar():
    message = make_complete("event_cancelled", "en", Channel.EMAIL)
    Event.objects.update(status="cancelled")

    found = letter(message)

    assert "Reason: Awaria" in found.body
    assert found.calendar_method == "CANCEL"
    assert "STATUS:CANCELLED" in found.calendar
    assert "26 January" in found.body


def test_the_organiser_gives_a_reason_too():
    message = make_complete("own_cancellation", "en", Channel.EMAIL)
    RegistrationChange.objects.update(
        from_state=S.CONFIRMED, to_state=S.CANCELLED_BY_ORGANIZER, reason="<b>Zdublowane</b>"
    )

    found = letter(message)

    assert "the organiser has cancelled your registration." in found.body
    assert "Reason: <b>Zdublowane</b>" in found.body
    assert "&lt;b&gt;Zdublowane&lt;/b&gt;" in found.html
    assert (found.calendar_method, "\nSTATUS:" in found.calendar) == ("CANCEL", False)


def test_a_reminder_speaks_of_its_own_day():
    event = make_event(sessions=3)
    second = event.sessions.all()[1]
    registration = make_registration(event, language="en")
    message = make_message(registration, "reminder")
    Message.objects.update(session=second, session_starts_at=second.starts_at)

    body = letter(message).body

    assert "27 January" in body
    assert "26 January" not in body


def test_a_link_to_take_part_is_only_for_who_has_a_seat():
    confirmed = make_complete("confirmed", "en", Channel.EMAIL, mode=EventMode.ONLINE)
    waiting = make_complete("waitlisted", "en", Channel.EMAIL, mode=EventMode.ONLINE)
    Event.objects.update(join_url="https://meet.example.org/secret")

    assert "https://meet.example.org/secret" in letter(confirmed).body
    assert "https://meet.example.org/secret" not in letter(waiting).body + letter(waiting).html


def test_the_overview_has_a_link_for_each():
    first = make_registration(make_event(), email="anna@example.org", language="en")
    second = make_registration(make_event(), email="anna@example.org", state=S.WAITLISTED)
    make_registration(make_event(), email="anna@example.org", state=S.EXPIRED)
    message = make_message(first, "my_registrations")

    sent = outgoing_of(complete_messages([message.pk])[0], letter(message), at=NOW).text

    assert re.findall(r"/r/([^/]+)/", sent) == [first.manage_token, second.manage_token]


def test_an_erased_person_has_no_overview():
    registration = make_registration(make_event())
    message = make_message(registration, "my_registrations")
    Registration.objects.update(email_key=None)

    assert "/r/" not in letter(message).body


def test_days_without_hours_have_none():
    event = make_event(starts_at=NOW.replace(hour=23) + timedelta(days=13), hours=48)
    Session.objects.update(all_day=True)
    message = make_message(make_registration(event, language="en"), "confirmed")

    found = letter(message)

    assert "Tuesday, 26 January 2027 – Wednesday, 27 January 2027" in found.body
    assert found.subject.endswith("26.01")


def test_an_event_over_midnight_has_both_days():
    event = make_event(starts_at=NOW.replace(hour=21), hours=4)
    message = make_message(make_registration(event, language="en"), "confirmed")

    assert "Tuesday, 12 January 2027, 22:00 – Wednesday, 13 January 2027, 02:00" in letter(message).body


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_segments_are_counted_as_the_networks_do(text: str, count: int):
    assert segments(text) == count


def test_latin_letters_lose_their_marks_and_others_stay():
    assert plain_latin("Łódź “č” Київ à") == 'Lodz "c" Київ à'


def test_an_sms_that_cannot_fit_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        fitted(lambda title, _with_link: "я" * 200 + title, "x", measure=str, link_is_needed=False)
