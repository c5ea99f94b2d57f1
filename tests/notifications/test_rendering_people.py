"""What people read of applications, invitations, parties and of the question whether they still come."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from events.enums import EventMode, EventStatus, NoAnswer, Visibility
from events.models import Event, OrganizationalUnit, RegistrationPolicy, Session
from notifications.delivery.composing import (
    ComesTooLate,
    NobodyToWriteTo,
    background_of,
    letter_of,
    outgoing_of,
)
from notifications.enums import Channel
from notifications.models import Message
from notifications.queries.dispatch import complete_messages
from notifications.rendering.letters import Letter
from notifications.rendering.secret_links import TOKEN_LENGTH, without_links
from registrations.enums import ChangeCause, MemberState, RegistrationState
from registrations.models import Invitation, Participant, PartyMember, Registration, RegistrationChange
from tests.make import make_event, make_invitation, make_member, make_registration, make_session, make_venue
from tests.make.events import NOW
from tests.notifications.make_messages import make_message, make_message_to_invited

pytestmark = pytest.mark.django_db

S = RegistrationState
NUMBER = "+48501502503"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def letter(message: Message, *, at: Any = NOW) -> Letter:
    (complete,) = complete_messages([message.pk])
    return letter_of(complete, background_of([complete]), at=at)


def sent(message: Message) -> Any:
    (complete,) = complete_messages([message.pk])
    return outgoing_of(complete, letter_of(complete, background_of([complete]), at=NOW), at=NOW)


def about(message: Message, cause: ChangeCause, **more: Any) -> Message:
    """The message with the change that it answers."""
    assert message.registration is not None
    state = message.registration.state
    values = {"from_state": state, "to_state": state, "at": NOW, **more}
    message.registration_change = RegistrationChange.objects.create(
        registration=message.registration, cause=cause, **values
    )
    message.save()
    return message


def ask(event: Event, **columns: Any) -> None:
    RegistrationPolicy.objects.filter(event=event).update(**{"ask_days_before": 3, **columns})


def words(text: str) -> str:
    return " ".join(text.split())


# Whether people still come


@pytest.mark.parametrize("kind", ["confirmed", "promoted", "application_accepted", "forced_in"])
@pytest.mark.parametrize(
    ("no_answer", "sentence"),
    [
        (NoAnswer.RELEASE, "if you do not answer in time, your seat goes to somebody else."),
        (NoAnswer.KEEP, "if you do not answer, you keep your seat."),
    ],
)
def test_the_first_mail_says_that_people_will_be_asked_and_what_follows(kind: str, no_answer: str, sentence: str):
    event = make_event()
    ask(event, ask_no_answer=no_answer)
    message = make_message(make_registration(event, language="en"), kind)

    found = letter(message)

    said = f"3 days before the meeting we ask you whether you still come; {sentence}"
    assert said in words(found.body)
    assert said in words(found.html)
    # The question lies behind: Saturday at ten.
    assert "whether you still come" not in letter(message, at=NOW + 11 * DAY).body


@pytest.mark.parametrize("columns", [{"ask_days_before": None}, {}])
def test_who_will_not_be_asked_is_told_nothing_of_it(columns: dict[str, Any]):
    event = make_event(status=EventStatus.PUBLISHED if columns else EventStatus.POSTPONED)
    ask(event, **columns)

    assert "whether you still come" not in letter(make_message(make_registration(event, language="en"))).body


def test_the_question_says_until_when_and_what_follows():
    event = make_event()
    registration = make_registration(event, language="en", phone=NUMBER)
    Registration.objects.update(attendance_intent="asked", intent_due_at=NOW + 2 * DAY)
    message = make_message(registration, "still_coming")
    kept = letter(message)
    ask(event, ask_no_answer=NoAnswer.RELEASE)
    released = letter(message)
    sms = letter(make_message(registration, "still_coming", channel=Channel.SMS)).body
    Registration.objects.update(intent_due_at=None)
    without_limit = letter(message)

    assert kept.subject == "Do you still come? Answer until 14 January, 10:00: Trial meeting"
    assert "Please answer until 14 January, 10:00. If you do not, you keep your seat." in kept.body
    assert "Please answer until 14 January, 10:00. If you do not, your seat goes to somebody else." in released.html
    assert "Answer: yes or no:\n{{manage_link:" in kept.body
    assert "Without an answer until 14 January, 10:00 your seat goes to others. {{manage_link:" in sms
    assert without_limit.subject == "Do you still come? Trial meeting"
    assert "If you do not" not in without_limit.body


def test_who_has_lost_the_seat_reads_why_and_their_calendar_is_cleared():
    registration = make_registration(make_event(), state=S.CANCELLED_BY_ORGANIZER, language="en")
    message = about(make_message(registration, "seat_released"), ChangeCause.NO_ANSWER, from_state="confirmed")

    found = letter(message)

    assert "your answer did not come in time" in found.body
    assert "please register again on the event page" in found.body
    assert (found.calendar_method, "\nSTATUS:" in found.calendar) == ("CANCEL", False)
    Event.objects.update(visibility=Visibility.RESTRICTED)
    assert "please register again" not in letter(message).body


# Applications


def test_an_application_promises_no_seat_and_asks_to_confirm_the_address_where_that_is_wanted():
    event = make_event(confirm_email=True)
    registration = make_registration(event, state=S.AWAITING_APPROVAL, language="en")
    message = make_message(registration, "application_received")

    found = letter(message)

    assert "It is not a registration yet: the organiser decides about it" in found.body
    assert "open the page and press the button there" in found.body
    assert "open the page and press the button there" in found.html
    assert registration.ticket_code not in found.body + found.html
    assert found.calendar == ""
    Registration.objects.update(address_confirmed_at=NOW)
    assert "press the button" not in letter(message).body
    Registration.objects.update(address_confirmed_at=None)
    RegistrationPolicy.objects.update(confirm_email=False)
    assert "press the button" not in letter(message).body


def test_an_accepted_application_says_where_one_stands():
    event = make_event()
    seat, held, waiting = (
        make_registration(event, state=state, language="en") for state in (S.CONFIRMED, S.HELD, S.WAITLISTED)
    )
    accepted = letter(make_message(seat, "application_accepted"))
    to_confirm = letter(make_message(held, "application_to_confirm"))
    waitlisted = letter(make_message(waiting, "application_waitlisted"))

    assert accepted.subject.startswith("Your application is accepted")
    assert f"Your entry code: {seat.ticket_code}" in accepted.body
    assert accepted.calendar_method == "REQUEST"
    assert "we keep your seat until 12 January, 11:00" in to_confirm.body
    assert to_confirm.calendar == ""
    assert waitlisted.subject.startswith("Reserve list")
    assert "reserve list" in waitlisted.body.split("\n\n")[1]
    assert "your application has been accepted" in waitlisted.body
    assert waiting.ticket_code not in waitlisted.body + waitlisted.html
    Registration.objects.filter(pk=held.pk).update(holds_seat=False)
    assert "you will be on the reserve list" in letter(Message.objects.get(kind="application_to_confirm")).body


def test_a_rejection_gives_the_organisers_reason():
    registration = make_registration(make_event(), state=S.REJECTED, language="en")
    message = make_message(registration, "application_rejected")
    about(message, ChangeCause.REJECTED, from_state="awaiting_approval", reason="Tylko dla <rad> dzielnic.")

    found = letter(message)

    assert "the organiser has not accepted your application." in found.body
    assert "Reason: Tylko dla <rad> dzielnic." in found.body
    assert "Reason: Tylko dla &lt;rad&gt; dzielnic." in found.html
    assert found.calendar == ""


# Invitations


def test_an_invitation_says_who_invites_to_what_until_when_and_has_a_link_of_its_own():
    event = make_event(visibility=Visibility.RESTRICTED, closes_at=NOW + 5 * HOUR, opens_at=NOW + HOUR)
    OrganizationalUnit.objects.update(contact_email="strategia@example.org")
    invitation = make_invitation(event, seats=3, note="Liczymy na Panią.\n<b>Ewa</b>")
    message = make_message_to_invited(invitation, language="en")

    found, outgoing = letter(message), sent(message)

    address = f"http://127.0.0.1:8000/en/invited/{invitation.token}/"
    assert (found.to, found.subject) == (invitation.email, "Invitation: Trial meeting, 26.01 10:00")
    assert found.body.startswith("Hello Ewa,\n\nStrategy Department invites you to this meeting.\n\nLiczymy na Panią.")
    assert "Liczymy na Panią.<br>&lt;b&gt;Ewa&lt;/b&gt;" in found.html
    assert "So many people may come with this invitation, you included: 3." in found.body
    assert "Registration opens: 12 January, 11:00." in found.body
    assert "You can register until 12 January, 15:00." in found.body
    assert "strategia@example.org" in found.body
    assert "because Strategy Department has invited you" in found.body
    # The key is put in at sending only, and the page of a restricted event opens for nobody.
    assert invitation.token not in found.body + found.html
    assert f"See the invitation and register:\n{address}" in outgoing.text
    assert f'href="{address}"' in outgoing.html
    with translation.override("en"):
        assert "[personal link]" in without_links(found.body)
    assert f"/events/{event.slug}/" not in found.body + found.html
    assert len(invitation.token) == TOKEN_LENGTH


def test_a_mark_of_another_invitation_stays_a_mark():
    other = make_invitation(make_event())
    invitation = make_invitation(make_event(), note=f"{{{{invitation_link:{other.pk}}}}} {{{{manage_link:1}}}}")

    text = sent(make_message_to_invited(invitation)).text

    assert f"{{{{invitation_link:{other.pk}}}}} {{{{manage_link:1}}}}" in text
    assert other.token not in text


def test_an_invitation_is_not_written_once_registration_has_closed():
    invitation = make_invitation(make_event(closes_at=NOW))

    with pytest.raises(ComesTooLate):
        letter(make_message_to_invited(invitation))


@pytest.mark.parametrize("gone", ["address", "row"])
def test_an_invitation_without_an_address_is_not_written(gone: str):
    message = make_message_to_invited(make_invitation(make_event()))
    if gone == "row":
        Invitation.objects.all().delete()
    else:
        Invitation.objects.update(email="")

    with pytest.raises(NobodyToWriteTo):
        letter(message)


# Parties


def make_party(**event: Any) -> tuple[Registration, PartyMember, PartyMember]:
    registration = make_registration(
        make_event(**event), seats=3, language="en", email="anna@example.org", phone=NUMBER
    )
    jan = make_member(registration, email="jan@example.org")
    ola = make_member(registration, first_name="Ola")
    return registration, jan, ola


def test_who_registered_reads_everybodys_code():
    registration, jan, ola = make_party()
    end = make_member(registration, first_name="Ewa")
    PartyMember.objects.filter(pk=end.pk).update(state=MemberState.CANCELLED, ended_at=NOW)
    message = make_message(registration)

    found = letter(message)

    listed = f"- Anna Nowak: {registration.ticket_code}\n- Jan Nowak: {jan.ticket_code}\n- Ola Nowak: {ola.ticket_code}"
    assert f"Entry codes of your group:\n{listed}\n\n" in found.body
    assert all(code in found.html for code in (registration.ticket_code, jan.ticket_code, ola.ticket_code))
    assert end.ticket_code not in found.body + found.html
    assert len(sent(message).attachments) == 1


def test_who_has_given_up_the_own_place_has_no_code():
    registration, jan, _ola = make_party()
    Registration.objects.update(contact_comes=False)
    message = make_message(registration)

    found = letter(message)

    assert registration.ticket_code not in found.body + found.html
    assert "Your entry code" not in found.body
    assert jan.ticket_code in found.body
    assert sent(message).attachments == ()


def test_an_sms_has_as_many_codes_as_it_has_room_for():
    registration, jan, ola = make_party()
    few = letter(make_message(registration, channel=Channel.SMS)).body
    codes = [registration.ticket_code, jan.ticket_code, ola.ticket_code]
    codes.append(make_member(registration).ticket_code)
    for _person in range(2):
        make_member(registration)

    many = letter(Message.objects.get()).body

    assert f"Entry code: {', '.join(codes[:3])}." in few
    assert f"Entry code: {', '.join(codes)} (+2)." in many


def test_who_comes_along_reads_the_own_code_and_no_link_to_the_registration():
    registration, jan, ola = make_party()
    ask(registration.event)
    message = make_message(registration, "member_confirmed", member=jan)

    found, outgoing = letter(message), sent(message)

    assert found.to == "jan@example.org"
    assert "Anna Nowak has registered you for this meeting." in found.body
    assert f"Your entry code: {jan.ticket_code}" in found.body
    assert "because Anna Nowak registered you for this event" in found.body
    assert "whether you still come" not in found.body
    assert "Number of seats" not in found.body
    for text in (outgoing.text, outgoing.html):
        assert "/r/" not in text
        assert registration.ticket_code not in text
        assert ola.ticket_code not in text
    assert len(outgoing.attachments) == 1
    assert "ATTENDEE" in found.calendar
    assert "mailto:jan@example.org" in found.calendar.replace("\r\n ", "")


def test_a_key_that_stands_in_a_text_is_not_put_in_for_somebody_else():
    registration, jan, _ola = make_party()
    Event.objects.update(title={"pl": f"{{{{manage_link:{registration.pk}}}}}"})

    assert registration.manage_token not in sent(make_message(registration, "member_confirmed", member=jan)).text


def test_who_comes_along_to_an_online_meeting_learns_who_has_the_link():
    registration, jan, _ola = make_party(mode=EventMode.ONLINE)
    Event.objects.update(join_url="https://meet.example.org/x")
    message = make_message(registration, "member_confirmed", member=jan)

    found = letter(message)

    said = "To take part online, ask Anna Nowak: the link opens on their page on 26 January, 09:30."
    assert said in words(found.body)
    assert said in words(found.html)
    assert "https://meet.example.org/x" in letter(message, at=NOW + 14 * DAY).body


def test_a_substitution_tells_the_old_the_new_and_who_registered():
    registration, jan, _ola = make_party()
    PartyMember.objects.filter(pk=jan.pk).update(state=MemberState.REPLACED, ended_at=NOW)
    ewa = make_member(registration, first_name="Ewa", last_name="Zastępcza", email="ewa@example.org")
    old, new, own = (
        about(make_message(registration, kind, member=member), ChangeCause.MEMBER_SUBSTITUTED, member=ewa)
        for kind, member in (("member_replaced", jan), ("member_confirmed", ewa), ("own_substitution", None))
    )

    to_old, to_new, to_own = letter(old), letter(new), letter(own)

    assert (to_old.to, to_old.subject) == ("jan@example.org", "Somebody else comes in your place: Trial meeting")
    assert "your entry code no longer works" in to_old.body
    assert "Zastępcza" not in to_old.body + to_old.html
    assert jan.ticket_code not in to_old.body
    assert to_old.calendar_method == "CANCEL"
    assert ewa.ticket_code in to_new.body
    assert "Ewa Zastępcza comes instead of Jan Nowak." in to_own.body
    assert f"- Ewa Zastępcza: {ewa.ticket_code}" in to_own.body
    assert jan.ticket_code not in to_own.body
    assert to_own.calendar == ""


def test_a_substitution_in_the_queue_names_no_code():
    registration = make_registration(make_event(), state=S.WAITLISTED, language="en")
    jan = make_member(registration)
    message = about(make_message(registration, "own_substitution"), ChangeCause.MEMBER_SUBSTITUTED, member=jan)

    assert "Entry codes" not in letter(message).body
    assert jan.ticket_code not in letter(message).body


def test_one_who_does_not_come_is_told_apart_from_who_registered_them():
    registration, jan, ola = make_party()
    PartyMember.objects.filter(pk=jan.pk).update(state=MemberState.CANCELLED, ended_at=NOW)
    to_jan, to_anna = (
        about(make_message(registration, "member_cancelled", member=member), ChangeCause.MEMBER_CANCELLED, member=jan)
        for member in (jan, None)
    )

    his, hers = letter(to_jan), letter(to_anna)

    assert (his.to, hers.to) == ("jan@example.org", "anna@example.org")
    assert "you are no longer registered for this meeting" in his.body
    assert "/r/" not in sent(to_jan).text
    assert (his.calendar_method, "SEQUENCE:1" in his.calendar) == ("CANCEL", True)
    assert "Jan Nowak does not come any more" in hers.body
    assert f"- Ola Nowak: {ola.ticket_code}" in hers.body
    assert jan.ticket_code not in hers.body
    assert hers.calendar == ""
    assert registration.manage_token in sent(to_anna).text


def test_who_gives_only_the_own_place_back_reads_so():
    registration, jan, _ola = make_party()
    Registration.objects.update(contact_comes=False)
    message = about(make_message(registration, "member_cancelled"), ChangeCause.MEMBER_CANCELLED)

    found = letter(message)

    assert found.subject == "Your own place is given back: Trial meeting"
    assert "you have given your own place back" in found.body
    assert jan.ticket_code in found.body
    assert registration.ticket_code not in found.body
    assert (
        "Your own place is given back"
        in letter(make_message(registration, "member_cancelled", channel=Channel.SMS)).body
    )


@pytest.mark.parametrize("kind", ["event_cancelled", "event_postponed", "event_changed", "new_date", "moved_online"])
def test_news_for_who_comes_along_have_no_link_and_say_whom_to_tell(kind: str):
    mode = EventMode.ONLINE if kind == "moved_online" else EventMode.IN_PERSON
    registration, jan, _ola = make_party(venue=make_venue(), mode=mode)
    Registration.objects.update(attendance_intent="asked")
    message = make_message(registration, kind, member=jan)

    outgoing = sent(message)

    for text in (outgoing.text, outgoing.html):
        assert "/r/" not in text
        assert "manage_link" not in text
        assert "your page" not in text
        assert 'href=""' not in text
        assert "Do you still come?" not in text
    tells = "please tell Anna Nowak" in outgoing.text
    assert tells == (kind in {"event_changed", "new_date", "moved_online"})


def test_who_is_gone_from_the_database_is_not_written_to_in_the_person_of_somebody_else():
    registration, jan, _ola = make_party()
    message = make_message(registration, "member_confirmed", member=jan)
    PartyMember.objects.all().delete()

    with pytest.raises(NobodyToWriteTo):
        letter(message)


def test_an_erased_person_leaves_no_name_to_who_came_along():
    registration, jan, _ola = make_party()
    message = make_message(registration, "member_confirmed", member=jan)
    Participant.objects.all().delete()

    assert "Nowak has registered" not in letter(message).body


# Several sessions in one reminder


def make_day(*hours: int, language: str = "en") -> tuple[Event, list[Session]]:
    """An event whose sessions begin on one day at these hours by the clock on the wall."""
    event = make_event(starts_at=NOW + 14 * DAY)
    midnight = timezone.localtime(NOW + 14 * DAY).replace(hour=0)
    Session.objects.all().delete()
    return event, [
        make_session(event, starts_at=midnight + hour * HOUR, hours=1, title=f"Blok {hour}") for hour in hours
    ]


def remind_of(session: Session, registration: Registration, channel: Channel = Channel.EMAIL) -> Message:
    message = make_message(registration, "reminder", channel=channel)
    message.session, message.session_starts_at = session, session.starts_at
    message.save()
    return message


def test_one_reminder_lists_all_that_one_has_chosen_of_the_day():
    event, sessions = make_day(10, 12, 15)
    registration = make_registration(event, sessions=sessions[::2], language="en", phone=NUMBER)

    mail = letter(remind_of(sessions[0], registration))
    sms = letter(remind_of(sessions[0], registration, Channel.SMS))

    assert mail.subject == "Reminder: Trial meeting, 26.01 10:00, 15:00"
    assert "10:00–11:00 · Blok 10" in mail.body
    assert "15:00–16:00 · Blok 15" in mail.body
    assert "Blok 12" not in mail.body + mail.html
    assert sms.body.startswith("Reminder: Trial meeting, 26.01 10:00, 15:00.")


def test_an_sms_names_four_starts_and_each_once():
    event, sessions = make_day(9, 9, 10, 11, 12, 13)
    registration = make_registration(event, language="en", phone=NUMBER)

    sms = letter(remind_of(sessions[0], registration, Channel.SMS))

    assert sms.body.startswith("Reminder: Trial meeting, 26.01 09:00, 10:00, 11:00, 12:00....")
