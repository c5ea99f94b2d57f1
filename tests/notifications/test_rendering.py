"""Every kind in every language, with nothing left open, and SMS that fit."""

import re
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polib
import pytest
from django.conf import settings as project
from django.urls import reverse
from django.utils import translation

from events.enums import EventChangeKind, EventMode, EventRoleKind, Visibility
from events.models import AgendaItem, Event, EventChange, EventRole, RegistrationPolicy, SeatPool, Session, User
from notifications.delivery.composing import NobodyToWriteTo, background_of, letter_of, linked, outgoing_of
from notifications.enums import Channel
from notifications.kinds import KINDS
from notifications.models import Announcement, Message
from notifications.queries.dispatch import complete_messages
from notifications.rendering.letters import Letter, NothingToSay
from notifications.rendering.secret_links import (
    TOKEN_LENGTH,
    manage_address,
    mine_address,
    mine_link_mark,
    without_links,
)
from notifications.rendering.short_messages import SEGMENTS, SEGMENTS_WITH_LINK, fitted, plain_latin, segments
from registrations.enums import NeedKind, NeedState, RegistrationState
from registrations.models import AccommodationRequest, PartyMember, Registration, RegistrationChange
from tests.make import make_event, make_invitation, make_member, make_registration, make_user, make_venue
from tests.make.events import NOW
from tests.notifications.make_messages import make_message, make_message_to, make_message_to_invited, make_role

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
    "application_received": S.AWAITING_APPROVAL,
    "application_to_confirm": S.HELD,
    "application_waitlisted": S.WAITLISTED,
    "application_rejected": S.REJECTED,
    "seat_released": S.CANCELLED_BY_ORGANIZER,
    "reminder_waitlisted": S.WAITLISTED,
}
DATES = {"starts_at": "2027-01-20T08:00:00+00:00", "ends_at": "2027-01-20T09:00:00+00:00", "all_day": False}
# The change that a kind tells of, where it is not the way of taking part.
CHANGES: dict[str, tuple[EventChangeKind, dict[str, Any]]] = {
    "event_postponed": (EventChangeKind.POSTPONED, {}),
    "new_date": (EventChangeKind.NEW_DATE, {"sessions": [DATES]}),
    "moved_online": (EventChangeKind.MODE_CHANGED, {"mode": "in_person"}),
    "feature_lost": (EventChangeKind.FEATURE_LOST, {"features": ["pjm"]}),
    "accessibility_alert": (EventChangeKind.FEATURE_LOST, {"features": ["pjm"]}),
    "wheelchair_alert": (EventChangeKind.NEED_ALERT, {}),
    "supplier_cancelled": (EventChangeKind.CANCELLED, {}),
    "supplier_postponed": (EventChangeKind.POSTPONED, {}),
    "supplier_changed": (EventChangeKind.NEW_DATE, {"sessions": [DATES]}),
}
# Nobody who gets one of these has a registration (any more) to look after.
WITHOUT_LINK = {
    "event_cancelled",
    "offer_lapsed",
    "own_cancellation",
    "application_rejected",
    "seat_released",
    "after_event",
    "reminder_speaker",
    "accessibility_alert",
    "wheelchair_alert",
    "filling_up",
    "needs_unmet",
    "failing_messages",
    # The page of the registration is the person's who made it; an invitation has a link of its own.
    "member_confirmed",
    "member_replaced",
    "invited",
} | {kind for kind in KINDS if kind.startswith("supplier_")}
TO_STAFF = {"accessibility_alert", "wheelchair_alert", "filling_up", "needs_unmet", "failing_messages"}
TO_MEMBERS = {"member_confirmed", "member_replaced"}
NUMBER = "+48501502503"
ANNOUNCED = {
    "subject": {"pl": "Wejście od podwórza", "en": "Use the back door", "uk": "Вхід з двору"},
    "body": {"pl": "Prosimy o dokumenty. " * 30, "en": "Bring papers. " * 50, "uk": "Візьміть документи. " * 30},
}


def letter(message: Message, *, at: datetime = NOW) -> Letter:
    (complete,) = complete_messages([message.pk])
    return letter_of(complete, background_of([complete]), at=at)


def make_complete(kind: str, language: str, channel: Channel, **event: Any) -> Message:
    venue = make_venue()
    if kind == "moved_online":
        event = {"mode": EventMode.ONLINE, **event}
    row = make_event(venue=venue, **event)
    if kind.startswith("supplier_") or kind == "reminder_speaker":
        message = make_message_to(make_role(row), kind, channel=channel, language=language)
    elif kind in TO_STAFF:
        message = make_message_to(make_user(), kind, event=row, channel=channel, language=language)
        for _number in range(3):
            make_registration(row, last_name="Tajna").needs.create(kind=NeedKind.WHEELCHAIR, created_at=NOW)
        SeatPool.objects.filter(event=row).update(capacity=3)
        failed = make_message(Registration.objects.filter(event=row).latest("id"))
        Message.objects.filter(pk=failed.pk).update(state="failed")
    elif kind == "invited":
        return make_message_to_invited(make_invitation(row, note="Zapraszam!"), channel=channel, language=language)
    else:
        registration = make_registration(row, state=STATES.get(kind, S.CONFIRMED), language=language, phone=NUMBER)
        AccommodationRequest.objects.create(registration=registration, kind=NeedKind.PJM, created_at=NOW)
        Registration.objects.update(intent_due_at=NOW + timedelta(days=2) if kind == "still_coming" else None)
        member = make_member(registration, email="jan@example.org")
        message = make_message(registration, kind, channel=channel, member=member if kind in TO_MEMBERS else None)
        if kind == "announcement":
            message.announcement = Announcement.objects.create(event=row, at=NOW, nonce=uuid.uuid4(), **ANNOUNCED)
    if message.registration is None and kind not in CHANGES:
        return message
    if kind in CHANGES or kind.startswith("event_"):
        what, before = CHANGES.get(kind, (EventChangeKind.MODE_CHANGED, {"mode": "online"}))
        message.event_change = EventChange.objects.create(
            event=row, kind=what, before=before, at=NOW, notify=True, reason="Awaria"
        )
    else:
        cause, _state = (*KINDS[kind].causes, *KINDS[kind].member_causes, ("signed_up", ""))[0]
        message.registration_change = RegistrationChange.objects.create(
            registration_id=message.registration_id or 0,
            member=PartyMember.objects.first(),
            cause=cause,
            to_state="confirmed",
            at=NOW,
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
    if kind not in WITHOUT_LINK:
        token = message.registration.manage_token if message.registration else ""
        assert manage_address(token, language) in outgoing.text
        assert manage_address(token, language) in outgoing.html
        assert token not in without_links(found.body + found.html)


def test_the_mail_with_all_links_has_the_key_to_everything_and_no_other_mail_has():
    message = make_complete("my_registrations", "en", Channel.EMAIL)
    assert message.registration_change is not None
    change_id, token = message.registration_change.pk, message.registration_change.mine_token
    found = letter(message)
    (complete,) = complete_messages([message.pk])

    outgoing = outgoing_of(complete, found, at=NOW)

    for text in (outgoing.text, outgoing.html):
        assert mine_address(token, "en") in text
        assert "24 hours" in text
    assert token not in found.body + found.html
    assert "{{" not in without_links(found.body)
    # Somebody may have typed the mark into a name.
    Message.objects.update(kind="confirmed")
    (other,) = complete_messages([message.pk])
    assert linked(other, mine_link_mark(change_id), to="") == mine_link_mark(change_id)


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


def test_the_reserve_list_is_reminded_that_it_has_no_seat():
    message = make_complete("reminder_waitlisted", "en", Channel.EMAIL)
    assert message.registration is not None
    ahead = make_registration(message.registration.event, state=S.WAITLISTED)
    Registration.objects.filter(pk=ahead.pk).update(queued_at=NOW - timedelta(days=1))

    found = letter(message)

    assert found.subject.startswith("Still on the reserve list, no seat yet")
    assert "reserve list" in found.body.split("\n\n")[1]
    assert "Your place on the list: 2." in found.body
    assert message.registration.ticket_code not in found.body + found.html
    assert (found.calendar, "cid:" in found.html) == ("", False)


def test_who_comes_along_is_reminded_without_the_link_that_is_not_theirs():
    event = make_event()
    registration = make_registration(event, language="en")
    member = make_member(registration, first_name="Ola", email="ola@example.org")
    message = make_message(registration, "reminder", member=member)

    found = letter(message)
    outgoing = outgoing_of(complete_messages([message.pk])[0], found, at=NOW)

    assert (found.to, "Hello Ola" in found.body) == ("ola@example.org", True)
    assert "please tell Ann" in found.body
    for text in (outgoing.text, outgoing.html):
        assert "/r/" not in text
        assert registration.manage_token not in text


def test_who_speaks_is_reminded_of_every_point_that_is_theirs_that_day():
    event = make_event(sessions=2)
    first, second = event.sessions.all()
    points = [
        AgendaItem.objects.create(session=session, title={"pl": title}, starts_at=starts_at, position=place)
        for place, (session, title, starts_at) in enumerate(
            [(first, "Powitanie", first.starts_at), (first, "Spór", None), (second, "Jutro", second.starts_at)]
        )
    ]
    chair = make_role(event, EventRoleKind.CHAIR, email="Jan@example.org")
    for point in points:
        make_role(event, EventRoleKind.SPEAKER, email="jan@example.org", agenda_item=point)
    AgendaItem.objects.create(session=first, title={"pl": "Cudzy"})
    message = make_message_to(chair, "reminder_speaker")
    Message.objects.update(session=first, session_starts_at=first.starts_at)

    body = letter(message).body

    hour = f"{first.starts_at.astimezone(ZoneInfo(event.time_zone)):%H:%M}"
    assert f"{hour} Powitanie\nSpór\n" in body
    assert "Jutro" not in body
    assert "Cudzy" not in body
    # Without a session, as in a trial of the texts, it is all of them.
    Message.objects.update(session=None)
    assert "Jutro" in letter(message).body


def test_thanks_lead_to_the_files_unless_the_page_is_not_for_everybody():
    message = make_complete("after_event", "en", Channel.EMAIL)

    assert "#files" in letter(message).body
    Event.objects.update(visibility=Visibility.RESTRICTED)
    assert "#files" not in letter(message).body + letter(message).html


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("filling_up", "Seats confirmed: 3 of 3. On the reserve list: 0."),
        ("needs_unmet", "Needs still open: 3."),
        ("failing_messages", "Messages that nobody has looked at yet: 1."),
    ],
)
def test_an_alert_says_numbers_and_no_names_and_nothing_once_it_is_seen_to(kind: str, sentence: str):
    message = make_complete(kind, "en", Channel.EMAIL)

    found = letter(message)

    assert sentence in found.body
    assert sentence in found.html
    assert "Tajna" not in found.subject + found.body + found.html
    SeatPool.objects.update(capacity=100)
    AccommodationRequest.objects.update(state=NeedState.ARRANGED)
    Message.objects.update(seen_at=NOW)
    with pytest.raises(NothingToSay):
        letter(message)


def test_most_seats_are_not_all_of_them():
    message = make_complete("filling_up", "en", Channel.EMAIL)
    full = letter(message).subject
    SeatPool.objects.update(capacity=None)
    with pytest.raises(NothingToSay):
        letter(message)
    make_registration(Event.objects.get())
    SeatPool.objects.update(capacity=5)

    assert full.startswith("All seats are taken")
    assert letter(message).subject.startswith("Filling up")


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


def test_a_link_to_take_part_is_only_for_who_has_a_seat_and_opens_shortly_before():
    confirmed = make_complete("confirmed", "en", Channel.EMAIL, mode=EventMode.ONLINE)
    reminder = make_complete("reminder", "en", Channel.EMAIL, mode=EventMode.ONLINE)
    waiting = make_complete("waitlisted", "en", Channel.EMAIL, mode=EventMode.ONLINE)
    Event.objects.update(join_url="https://meet.example.org/secret", join_opens_minutes=45)
    opens_at = NOW + timedelta(days=14) - timedelta(minutes=45)

    early, open_now = letter(reminder), letter(reminder, at=opens_at)

    assert "the link opens there on 26 January, 09:15" in " ".join(early.body.split())
    assert "the link opens there on 26 January, 09:15" in early.html
    assert "To take part online: https://meet.example.org/secret" in open_now.body
    assert "the link opens there" in letter(confirmed).body
    for text in (
        early,
        letter(confirmed),
        letter(waiting, at=opens_at),
        letter(reminder, at=opens_at + timedelta(hours=3)),
    ):
        assert "meet.example.org" not in text.body + text.html + text.calendar
    assert "the link opens there" not in letter(waiting).body


def test_a_place_that_was_left_is_struck_out_in_every_mail():
    message = make_complete("moved_online", "en", Channel.EMAIL)
    event = Event.objects.get()
    reminder = make_message(Registration.objects.get(), "reminder")
    Event.objects.update(published_at=NOW - timedelta(hours=1))

    for found in (letter(message), letter(reminder)):
        assert "Online\nNo longer at: Town hall (example), Rynek 1, 20-000 Lublin" in found.body
        assert '<span class="old">Town hall (example), Rynek 1, 20-000 Lublin</span><br>Online' in found.html
    assert "Please do not go to the place that was announced." in letter(message).body
    # The place may also have been taken out of the event.
    EventChange.objects.create(
        event=event,
        kind=EventChangeKind.RELOCATED,
        before={"venue": "x", "name": {"pl": "Dom Kultury"}, "address": "Rynek 9"},
        at=NOW + timedelta(seconds=1),
    )
    EventChange.objects.filter(kind=EventChangeKind.MODE_CHANGED).update(at=NOW + timedelta(seconds=1))
    Event.objects.update(venue=None)
    assert "No longer at: Dom Kultury, Rynek 9" in letter(reminder).body


def test_what_is_in_a_place_again_is_not_called_online():
    message = make_complete("moved_online", "en", Channel.EMAIL)
    Event.objects.update(mode=EventMode.HYBRID)

    with pytest.raises(NothingToSay):
        letter(message)


def test_a_new_date_asks_whether_one_still_comes_and_says_what_else_has_changed():
    message = make_complete("new_date", "en", Channel.EMAIL)
    event = Event.objects.get()
    # While there was no date, and together with the date: both are told with it; what is not told is not.
    for at, notify, old in ((NOW - timedelta(hours=1), True, "online"), (NOW, False, "hybrid")):
        EventChange.objects.create(
            event=event, kind=EventChangeKind.MODE_CHANGED, before={"mode": old}, at=at, notify=notify
        )
    EventChange.objects.create(
        event=event, kind=EventChangeKind.RELOCATED, before={"name": {"pl": "Inne"}}, at=NOW - timedelta(minutes=1)
    )
    Registration.objects.update(created_at=NOW - timedelta(days=1))
    last = EventChange.objects.create(
        event=event, kind=EventChangeKind.NEW_DATE, before={"sessions": [DATES]}, at=NOW, notify=True
    )
    Message.objects.update(event_change=last)

    plain = letter(message).body
    Registration.objects.update(attendance_intent="asked")
    asked = letter(message)

    assert "Before: Wednesday, 20 January 2027, 09:00–10:00" in plain
    assert "Before: Online\nNow: In person" in plain
    assert "Inne" not in plain
    assert "Do you still come?" not in plain
    assert "Do you still come? Answer: yes or no:" in asked.body
    assert "Do you still come?" in asked.html
    assert "METHOD:REQUEST" in asked.calendar


def test_while_there_is_no_date_the_old_one_is_struck_out():
    message = make_complete("event_postponed", "en", Channel.EMAIL)
    Event.objects.update(status="postponed")

    found = letter(message)

    assert "Reason: Awaria" in found.body
    assert "Postponed. There is no new date yet.\nIt was announced for:\n\nTuesday, 26 January 2027" in found.body
    assert '<span class="old">Tuesday, 26 January 2027' in found.html
    assert "STATUS:TENTATIVE" in found.calendar


def test_only_what_one_asked_for_and_is_still_missing_is_said_to_be_lost():
    message = make_complete("feature_lost", "en", Channel.EMAIL)
    EventChange.objects.update(before={"features": ["pjm", "step_free", "captions"]})
    Event.objects.update(accessibility={"pjm": "no", "step_free": "no", "captions": "no"})

    found = letter(message)

    assert "- Polish Sign Language interpreter\n" in found.body
    assert "Step-free access" not in found.body + found.html
    assert "interpreter" not in found.subject
    AccommodationRequest.objects.update(state=NeedState.NOT_POSSIBLE, reason="Brak", alternative="Napisy")
    with pytest.raises(NothingToSay):
        letter(message)
    AccommodationRequest.objects.update(state=NeedState.ARRANGED)
    Event.objects.update(accessibility={"pjm": "on_request"})
    with pytest.raises(NothingToSay):
        letter(message)


def test_the_coordinator_reads_how_many_are_concerned_and_no_name():
    message = make_complete("accessibility_alert", "en", Channel.EMAIL)
    event = Event.objects.get()
    Event.objects.update(accessibility={"pjm": "no"}, venue=None)
    SeatPool.objects.update(capacity=None)
    nobody = letter(message).body
    for state in (NeedState.REQUESTED, NeedState.WITHDRAWN):
        registration = make_registration(event, last_name="Tajna")
        AccommodationRequest.objects.create(registration=registration, kind=NeedKind.PJM, state=state, created_at=NOW)

    found = letter(message)

    assert found.body.startswith("Hello,\n")
    assert "Nobody who is registered has asked for it." in nobody
    assert "Number of people who asked for it: 1." in found.body
    assert f"http://127.0.0.1:8000/en/manage/events/{event.slug}/" in found.body
    assert "Tajna" not in found.body + found.html


def test_the_coordinator_reads_how_many_wheelchairs_come_and_no_name():
    message = make_complete("wheelchair_alert", "en", Channel.EMAIL)
    event = Event.objects.get()

    found = letter(message)

    assert "Places asked for: 3. Places there: 2." in found.body
    assert f"http://127.0.0.1:8000/en/manage/events/{event.slug}/needs/" in found.body
    assert "Tajna" not in found.body + found.html


@pytest.mark.parametrize("places", [3, None])
def test_wheelchairs_for_which_there_is_room_by_now_are_no_news(places: int | None):
    message = make_complete("wheelchair_alert", "en", Channel.EMAIL)
    RegistrationPolicy.objects.update(wheelchair_places=places)

    with pytest.raises(NothingToSay):
        letter(message)


def test_an_answer_says_of_every_need_where_it_stands():
    message = make_complete("need_answered", "en", Channel.EMAIL)
    registration = Registration.objects.get()
    registration.needs.update(
        state=NeedState.NOT_POSSIBLE, reason="All <b>interpreters</b> are taken.", alternative="Live captions."
    )
    for kind, state, word in (
        (NeedKind.INDUCTION_LOOP, NeedState.ARRANGED, "In the first row."),
        (NeedKind.LARGE_PRINT, NeedState.ACKNOWLEDGED, ""),
        (NeedKind.WHEELCHAIR, NeedState.WITHDRAWN, ""),
    ):
        registration.needs.create(kind=kind, state=state, reason=word, created_at=NOW)

    found = letter(message)

    assert (
        "- Polish Sign Language (PJM): It is not possible.\n"
        "Why not: All <b>interpreters</b> are taken.\n"
        "What we offer instead: Live captions.\n"
        "- Induction loop: It is arranged.\n"
        "A word to you: In the first row.\n"
        "- Large print: We have seen it and are looking after it.\n"
    ) in re.sub(r"\n+", "\n", found.body)
    assert "All &lt;b&gt;interpreters&lt;/b&gt; are taken." in found.html
    assert "wheelchair" not in found.body
    # Whoever glances at the telephone of somebody else learns nothing.
    assert "anguage" not in found.subject
    message.channel = Channel.SMS
    message.save()
    assert "anguage" not in letter(message).body


def test_an_answer_to_what_was_taken_back_is_no_news():
    message = make_complete("need_answered", "en", Channel.EMAIL)
    AccommodationRequest.objects.update(state=NeedState.WITHDRAWN)

    with pytest.raises(NothingToSay):
        letter(message)


def test_who_works_at_an_event_reads_as_what_and_gets_no_link_to_a_registration():
    event = make_event(sessions=2, visibility=Visibility.RESTRICTED)
    first, second = event.sessions.all()
    item = AgendaItem.objects.create(session=second, title={"pl": "Wykład"})
    message = make_message_to(make_role(event, agenda_item=item), "supplier_changed", language="en")
    for session in (first, second):
        message.event_change = EventChange.objects.create(
            event=event, session=session, kind=EventChangeKind.RESCHEDULED, before=DATES, at=NOW, notify=True
        )
    message.save()

    found = letter(message)

    assert found.to == "jan@example.org"
    assert found.body.startswith("Hello Jan Kowalski,\n")
    assert "We count on you as: Interpreter." in found.body
    assert found.body.count("Before:") == 1
    assert "27 January" in found.body
    assert "26 January" not in found.body
    # The page of a restricted event opens for nobody.
    assert f"/events/{event.slug}/" not in found.body + found.html
    assert "/r/" not in found.body + found.html
    assert found.calendar == ""


@pytest.mark.parametrize("gone", ["role", "address", "account", "event"])
def test_there_may_be_nobody_left_to_write_to(gone: str):
    message = make_complete("accessibility_alert" if gone == "account" else "supplier_changed", "pl", Channel.EMAIL)
    if gone == "role":
        EventRole.objects.all().delete()
    elif gone == "address":
        EventRole.objects.update(email="")
    elif gone == "account":
        User.objects.update(is_active=False)
    else:
        Message.objects.update(event=None)

    with pytest.raises(NobodyToWriteTo):
        letter(message)


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
        fitted(lambda title, _with_link: "я" * 300 + title, "x", measure=str, link_is_needed=False)


@pytest.mark.parametrize("kind", ["confirmed", "reminder"])
@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, None),
        ({"is_streamed": True}, "This meeting is streamed live. Whoever speaks can be seen and heard."),
        ({"is_recorded": True}, "This meeting is recorded. Whoever speaks can be seen and heard."),
        (
            {"is_streamed": True, "is_recorded": True},
            "This meeting is streamed live and recorded. Whoever speaks can be seen and heard.",
        ),
    ],
)
def test_that_a_meeting_is_streamed_or_recorded_stands_in_the_mail(
    kind: str, facts: dict[str, bool], sentence: str | None
):
    message = make_complete(kind, "en", Channel.EMAIL)
    Event.objects.update(**{"is_streamed": False, **facts})
    (complete,) = complete_messages([message.pk])

    letter = letter_of(complete, background_of([complete]), at=NOW)

    for text in (letter.body, letter.html):
        assert ("can be seen and heard" in text) == bool(sentence)
        assert sentence is None or sentence in text
