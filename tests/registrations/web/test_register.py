"""Signing up on the page: what is asked, where the mail goes, and what a stranger may not learn."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from events.actions.notices import write_notice
from events.enums import AgeRule, QuestionKind, Visibility
from events.models import Event
from notifications.tasks import housekeeping
from registrations.enums import ChangeCause, NeedKind, RegistrationState
from registrations.models import Consent, Registration
from registrations.web.register import masked
from tests.make.events import NOW, make_event, make_notice, make_question, make_session, make_user
from tests.make.registrations import make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]

ANNA = {"first_name": "Anna", "last_name": "Żółć", "email": "anna@example.org"}


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def event() -> Event:
    make_notice()
    return make_event("spotkanie", confirm_email=True)


def post(client: Client, data: Mapping[str, object], path: str = "/events/spotkanie/register/"):
    return client.post(path, data)


def test_a_person_signs_up_and_learns_where_the_mail_went(client: Client, event: Event) -> None:
    response = post(client, {**ANNA, "phone": "600 100 200", "sms_reminders": "on", "organisation": "Koło"})

    assert response.status_code == 302
    assert response["Location"] == reverse("register-sent", args=["spotkanie"])
    registration = Registration.objects.select_related("participant").get()
    assert registration.state == RegistrationState.HELD
    assert registration.notice is not None
    assert registration.sms_reminders
    assert str(registration.participant.phone) == "+48600100200"
    html = client.get(response["Location"]).content.decode()
    assert "a•••@example.org" in html
    assert "anna@example.org" not in html
    assert registration.manage_token not in html
    assert registration.reference not in html


def test_the_notice_of_the_kind_is_shown_and_kept(client: Client, event: Event) -> None:
    notice = write_notice(event.unit, text={"pl": "Klauzula warsztatów"}, kind=event.kind, by=None, at=NOW)

    assert "Klauzula warsztatów" in client.get("/events/spotkanie/register/").content.decode()
    post(client, ANNA)

    assert Registration.objects.get().notice == notice


def test_what_goes_beyond_taking_part_is_asked_apart_in_the_words_in_force_and_unticked(
    client: Client, event: Event
) -> None:
    html = client.get("/en/events/spotkanie/register/").content.decode()

    for purpose, words in (
        ("news", "I want e-mails about similar meetings. I can stop them at any time."),
        ("photo", "I agree that photographs of this meeting on which I can be recognised are published."),
        ("contact_sharing", "I agree that my name and e-mail address are passed on to other participants"),
    ):
        assert f'<input type="checkbox" name="consent_{purpose}" id="id_consent_{purpose}">' in html
        assert words in html
    assert "If the meeting is called off or moved, we may send that to this number as well." in html


def test_what_was_ticked_is_kept_with_its_words_and_nothing_else_is(client: Client, event: Event) -> None:
    post(
        client,
        {**ANNA, "consent_photo": "on", "phone": "600 100 200", "sms_reminders": "on"},
        "/uk/events/spotkanie/register/",
    )

    rows = Consent.objects.values_list("purpose", "text__version", "language", "source", "given_at", "withdrawn_at")
    assert set(rows) == {("photo", 1, "uk", "web", NOW, None), ("sms_reminders", 1, "uk", "web", NOW, None)}


def test_what_was_allowed_is_kept_after_a_mistyped_address_that_was_somebody_elses(
    client: Client, event: Event
) -> None:
    make_registration(event, email="anna@example.org")
    post(client, {**ANNA, "consent_news": "on"})
    assert not Consent.objects.exists()

    client.post("/events/spotkanie/register/correct/", {"email": "ania@example.org"})

    assert list(Consent.objects.values_list("purpose", "email")) == [("news", "ania@example.org")]


def test_the_language_of_the_page_is_the_language_of_the_mails(client: Client, event: Event) -> None:
    post(client, ANNA, "/uk/events/spotkanie/register/")

    assert Registration.objects.get().language == "uk"


def test_the_notice_stands_before_the_button_and_no_box_asks_for_consent_to_taking_part(
    client: Client, event: Event
) -> None:
    html = client.get("/en/events/spotkanie/register/").content.decode()

    assert html.index("Notice") < html.index('type="submit">Register')
    needs = html.count('type="checkbox" name="needs"')
    assert needs == len(NeedKind)
    # SMS reminders, no photographs, and what goes beyond taking part: news, photographs, passing on an address.
    assert html.count('type="checkbox"') == needs + 5
    assert "checked" not in html


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"first_name": ""}, "first_name", "Give your first name."),
        ({"first_name": "x" * 101}, "first_name", "at most 100 characters"),
        ({"email": "anna"}, "email", "It should read like name@example.org."),
        ({"email": ""}, "email", "your confirmation goes there"),
        ({"phone": "12"}, "phone", "This is not a phone number."),
        ({"sms_reminders": "on"}, "phone", "Give a phone number, or untick the SMS reminder."),
    ],
)
def test_an_error_stands_at_its_field_and_on_top_and_nothing_typed_is_lost(
    client: Client, event: Event, given: dict[str, str], field: str, sentence: str
) -> None:
    data = {**ANNA, "organisation": "Koło Gospodyń", **given}

    response = post(client, data, "/en/events/spotkanie/register/")

    html = response.content.decode()
    assert response.status_code == 400
    assert html.count(sentence) == 2
    assert f'<a href="#id_{field}">' in html
    assert f'id="id_{field}_error"' in html
    assert 'value="Koło Gospodyń"' in html
    assert not Registration.objects.exists()


@pytest.fixture
def asking(event: Event) -> dict[str, str]:
    """An event that asks one question of each kind and for a statement; what somebody says to all of them."""
    Event.objects.update(age_rule=AgeRule.GUARDIAN_STATEMENT, age_limit=16)
    said = {QuestionKind.TEXT: "Zupę", QuestionKind.CHOICE: "soup", QuestionKind.MULTIPLE: "bread"}
    said |= {QuestionKind.NUMBER: "2,5", QuestionKind.YES_NO: "no"}
    names = [f"answer_{make_question(event, kind, choices=['soup', 'bread'], is_required=True).pk}" for kind in said]
    make_question(event, is_required=True, is_retired=True, text="Dawne")
    return {**dict(zip(names, said.values(), strict=True)), "age_statement": "on"}


def test_questions_are_asked_with_their_purpose_and_an_end(client: Client, asking: dict[str, str]) -> None:
    html = client.get("/en/events/spotkanie/register/").content.decode()

    for name in asking:
        assert f'name="{name}"' in html
    assert html.count("We order food.<br>The answer is kept for 30 days after the event.") == 5
    assert "Dawne" not in html
    assert "I am 16 or older, or my guardian agrees to my taking part." in html
    assert "Only the people who arrange it see this, apart from your name. It is deleted 30 days" in html


def test_answers_needs_and_the_statement_are_kept(client: Client, asking: dict[str, str]) -> None:
    response = post(client, {**ANNA, **asking, "needs": ["pjm", "wheelchair"], "needs_note": " Szerokie drzwi "})

    assert response.status_code == 302
    registration = Registration.objects.get()
    answers = [answer.value for answer in registration.answers.order_by("question")]
    assert answers == ["Zupę", "soup", ["bread"], 2.5, False]
    assert registration.age_statement is True
    assert list(registration.needs.values_list("kind", "note")) == [
        ("pjm", "Szerokie drzwi"),
        ("wheelchair", "Szerokie drzwi"),
    ]
    # What stands with the registration is not kept a second time.
    kept = client.session["sign_up"]["applicant"]
    assert (kept["answers"], kept["needs"]) == ({}, [])


def test_what_is_missing_is_said_at_its_field_and_on_top(client: Client, asking: dict[str, str]) -> None:
    html = post(client, {**ANNA, "needs": ["other"]}, "/en/events/spotkanie/register/").content.decode()

    for name in asking:
        assert f'id="id_{name}_error"' in html
    assert html.count("Please answer this question.") == 2 * 5
    assert html.count("Without this statement you cannot register for this event.") == 2
    assert not Registration.objects.exists()


def test_what_only_the_action_sees_stands_at_its_field_too(client: Client, asking: dict[str, str]) -> None:
    number = list(asking)[3]
    said = {**ANNA, **asking, number: "1e30", "needs": ["other"]}
    response = post(client, said, "/en/events/spotkanie/register/")

    html = response.content.decode()
    assert response.status_code == 400
    assert f'id="id_{number}_error"' in html
    assert html.count("This number is too large.") == 2
    assert 'id="id_needs_note_error"' in html
    assert not Registration.objects.exists()


def test_who_need_not_answer_may_say_nothing(client: Client, event: Event) -> None:
    names = [f"answer_{make_question(event, kind, choices=['soup']).pk}" for kind in QuestionKind]

    html = client.get("/en/events/spotkanie/register/").content.decode()
    boxes = names.pop(list(QuestionKind).index(QuestionKind.MULTIPLE))
    response = post(client, {**ANNA, **dict.fromkeys(names, "")})
    nothing = post(client, {**ANNA, "email": "ewa@example.org"})

    assert html.count("No answer") == 2
    assert f'name="{boxes}"' in html
    assert (response.status_code, nothing.status_code) == (302, 302)
    assert [registration.answers.count() for registration in Registration.objects.all()] == [0, 0]


def test_a_note_alone_is_a_need_of_its_own(client: Client, event: Event) -> None:
    post(client, {**ANNA, "needs_note": "Cichy pokój"})

    assert list(Registration.objects.get().needs.values_list("kind", "note")) == [("other", "Cichy pokój")]


def test_adults_state_that_they_are(client: Client, event: Event) -> None:
    Event.objects.update(age_rule=AgeRule.ADULTS_ONLY)

    assert "I am 18 or older." in client.get("/en/events/spotkanie/register/").content.decode()
    assert post(client, ANNA).status_code == 400
    assert post(client, {**ANNA, "age_statement": "on"}).status_code == 302


def test_who_corrects_an_address_that_was_somebody_elses_need_not_answer_again(
    client: Client, event: Event, asking: dict[str, str]
) -> None:
    make_registration(event, email="anna@example.org")
    post(client, {**ANNA, **asking, "needs": ["pjm"]})

    client.post("/events/spotkanie/register/correct/", {"email": "ewa@example.org"})

    registration = Registration.objects.get(participant__email="ewa@example.org")
    assert registration.answers.count() == 5
    assert list(registration.needs.values_list("kind", flat=True)) == ["pjm"]
    assert registration.age_statement is True


def test_a_category_is_asked_for_where_the_event_lists_some(client: Client) -> None:
    make_event("spotkanie", categories=[("business", 16), ("resident", None)])

    refused = post(client, ANNA, "/en/events/spotkanie/register/")
    unknown = post(client, {**ANNA, "category": "media"}, "/en/events/spotkanie/register/")
    taken = post(client, {**ANNA, "category": "business"})

    assert refused.status_code == 400
    assert "Choose the group you belong to." in refused.content.decode()
    assert unknown.status_code == 400
    assert taken.status_code == 302
    assert Registration.objects.get().category.code == "business"  # type: ignore[union-attr]


def test_all_dates_ticked_is_the_whole_event_and_one_date_is_one_date(client: Client) -> None:
    event = make_event("spotkanie", sessions=3)
    days = [str(session.pk) for session in event.sessions.all()]

    post(client, {**ANNA, "sessions": days})
    post(client, {**ANNA, "email": "ewa@example.org", "sessions": days[1]})
    nothing = post(client, {**ANNA, "email": "iga@example.org"})

    whole, part = Registration.objects.order_by("id")
    assert list(whole.sessions.all()) == []
    assert [str(session.pk) for session in part.sessions.all()] == [days[1]]
    assert nothing.status_code == 400


def test_dates_that_have_begun_are_not_offered(client: Client) -> None:
    event = make_event("spotkanie", starts_at=NOW - timedelta(days=1))
    later = make_session(event, starts_at=NOW + timedelta(days=1))

    response = post(client, ANNA)

    assert response.status_code == 302
    assert [session.pk for session in Registration.objects.get().sessions.all()] == [later.pk]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"capacity": 0, "waitlist": False}, "reserve list is full"),
        ({"opens_at": NOW + timedelta(days=1)}, "Registration has not opened yet"),
        ({"closes_at": NOW}, "Registration is closed."),
        ({"status": "cancelled"}, "nobody can register"),
        ({"required": False}, "No registration is needed"),
    ],
)
def test_where_nobody_can_sign_up_the_page_says_why_instead_of_a_form(
    client: Client, made: dict[str, object], words: str
) -> None:
    make_event("spotkanie", **made)  # type: ignore[arg-type]

    html = client.get("/en/events/spotkanie/register/").content.decode()
    posted = post(client, ANNA)

    assert words in html
    assert 'name="email"' not in html
    assert posted.status_code == 409
    assert 'value="anna@example.org"' in posted.content.decode()
    assert not Registration.objects.exists()


def test_at_a_full_event_one_joins_the_reserve_list(client: Client) -> None:
    event = make_event("spotkanie", capacity=1, confirm_email=False)
    make_registration(event)

    form = client.get("/en/events/spotkanie/register/").content.decode()
    response = client.post("/en/events/spotkanie/register/", ANNA, follow=True)

    assert "All seats are taken." in form
    assert "You are on the reserve list" in response.content.decode()
    assert Registration.objects.latest("id").state == RegistrationState.WAITLISTED


def test_a_second_try_with_the_same_address_shows_what_a_stranger_would_see(event: Event) -> None:
    first, second = Client(), Client()

    shown = first.post("/events/spotkanie/register/", ANNA, follow=True).content
    shown_again = second.post("/events/spotkanie/register/", ANNA, follow=True).content
    again = [client.post("/events/spotkanie/register/again/", follow=True) for client in (first, second)]

    assert _without_tokens(shown_again) == _without_tokens(shown)
    assert _without_tokens(again[1].content) == _without_tokens(again[0].content)
    registration = Registration.objects.get()
    causes = list(registration.changes.order_by("id").values_list("cause", flat=True))
    assert causes[:2] == [ChangeCause.SIGNED_UP, ChangeCause.ASKED_AGAIN]


def test_a_mistyped_address_is_corrected_from_the_page_after_the_form(client: Client, event: Event) -> None:
    post(client, {**ANNA, "email": "ana@example.org"})
    old_token = Registration.objects.get().manage_token

    response = client.post("/events/spotkanie/register/correct/", {"email": "ewa@example.org"}, follow=True)

    assert "e•••@example.org" in response.content.decode()
    registration = Registration.objects.select_related("participant").get()
    assert registration.participant.email == "ewa@example.org"
    assert client.get(f"/r/{old_token}/").status_code == 404


def test_correcting_looks_the_same_when_the_first_address_was_somebody_elses(event: Event) -> None:
    make_registration(event, email="anna@example.org")
    client, stranger = Client(), Client()

    post(client, ANNA)
    shown = client.post("/events/spotkanie/register/correct/", {"email": "nowa@example.org"}, follow=True).content
    post(stranger, {**ANNA, "email": "anka@example.org"})
    expected = stranger.post("/events/spotkanie/register/correct/", {"email": "nina@example.org"}, follow=True).content

    assert _without_tokens(shown) == _without_tokens(expected)
    assert Registration.objects.filter(participant__email="nowa@example.org", state=RegistrationState.HELD).exists()


def test_corrections_end_at_the_same_number_whoever_was_found_on_the_way(event: Event) -> None:
    make_registration(event, email="anna@example.org")
    shown = []
    for taken in ("anna@example.org", "nikt@example.org"):
        client = Client()
        post(client, {**ANNA, "email": f"x.{taken}"})
        path = "/events/spotkanie/register/correct/"
        addresses = [taken, f"a1.{taken}", f"a2.{taken}", f"a3.{taken}"]
        shown.append([client.post(path, {"email": address}).status_code for address in addresses])

    assert shown[0] == shown[1] == [302, 302, 302, 409]


def test_asking_again_tells_nothing_when_the_event_has_filled_up(event: Event) -> None:
    make_registration(event, email="anna@example.org")
    event.policy.waitlist = False
    event.policy.save()
    clients = [Client(), Client()]
    for client, email in zip(clients, ("anna@example.org", "ewa@example.org"), strict=True):
        post(client, {**ANNA, "email": email})
    pool = event.pools.get()
    pool.capacity = pool.taken
    pool.save()

    shown = [client.post("/events/spotkanie/register/again/", follow=True).content for client in clients]

    assert _without_tokens(shown[0]) == _without_tokens(shown[1]).replace("e•••", "a•••")


def test_a_wrong_correction_is_told_at_its_field(client: Client, event: Event) -> None:
    post(client, ANNA)

    response = client.post("/en/events/spotkanie/register/correct/", {"email": "nic"})

    assert response.status_code == 400
    assert 'id="id_email_error"' in response.content.decode()


def test_the_page_after_the_form_is_gone_after_an_hour_and_for_others(client: Client, event: Event) -> None:
    post(client, ANNA)

    assert client.get("/events/spotkanie/register/sent/").status_code == 200
    assert Client().get("/events/spotkanie/register/sent/").status_code == 302
    with time_machine.travel(NOW + timedelta(minutes=61)):
        for response in (
            client.get("/events/spotkanie/register/sent/"),
            client.post("/events/spotkanie/register/again/"),
            client.post("/events/spotkanie/register/correct/", {"email": "x@example.org"}),
        ):
            assert response["Location"] == reverse("event-register", args=["spotkanie"])


def test_too_many_attempts_are_told_and_nothing_typed_is_lost(client: Client, event: Event, settings) -> None:
    settings.REGISTRATION_RATE = (1, 60)
    post(client, ANNA)

    form = post(client, {**ANNA, "email": "ewa@example.org"})
    my = client.post("/my/", {"email": "anna@example.org"})

    assert form.status_code == 429
    assert 'value="ewa@example.org"' in form.content.decode()
    assert my.status_code == 429


def test_unlisted_events_take_registrations_and_restricted_ones_are_hidden(client: Client) -> None:
    make_event("z-adresu", visibility=Visibility.UNLISTED)
    make_event("zamkniete", visibility=Visibility.RESTRICTED)

    assert post(client, ANNA, "/events/z-adresu/register/").status_code == 302
    assert post(client, ANNA, "/events/zamkniete/register/").status_code == 404


@pytest.mark.parametrize("field", ["first_name", "email", "organisation"])
@pytest.mark.parametrize("text", ["Anna\x00", b"Anna\xff\xfe", b"Anna\xed\xa0\x80"])
def test_what_is_not_text_is_refused(client: Client, event: Event, field: str, text: str | bytes) -> None:
    body = urlencode({**ANNA, field: text})
    response = client.post("/events/spotkanie/register/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 400
    assert not Registration.objects.exists()


def test_my_registrations_answers_every_address_alike(client: Client, event: Event) -> None:
    make_registration(event, email="anna@example.org")

    known = client.post("/my/", {"email": "anna@example.org"}).content
    unknown = client.post("/my/", {"email": "nikt@example.org"}).content
    wrong = client.post("/my/", {"email": "nikt"})

    assert known == unknown
    assert wrong.status_code == 400
    assert 'value="nikt"' in wrong.content.decode()


@pytest.mark.parametrize(
    ("address", "shown"),
    [("anna@example.org", "a•••@example.org"), ("a@b.example", "a•••@b.example"), ("„x”@y.example", "„•••@y.example")],
)
def test_masking(address: str, shown: str) -> None:
    assert masked(address) == shown


def _without_tokens(html: bytes) -> str:
    lines = html.decode().splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line)


def test_what_was_typed_does_not_outlive_its_hour(client: Client, event: Event) -> None:
    post(client, ANNA)
    assert Session.objects.count() == 1

    with time_machine.travel(NOW + timedelta(minutes=61)):
        housekeeping()

    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([14], "Tuesday, 26 January 2027</time> can be promised if you ask until 21 January 2027."),
        ([1], "Wednesday, 13 January 2027</time> could be promised until 8 January 2027. Ask all the same"),
        # The first date for which it can still be promised.
        ([1, 14, 21], "Tuesday, 26 January 2027</time> can be promised if you ask until 21 January 2027."),
        ([1, 2], "Wednesday, 13 January 2027</time> could be promised until 8 January 2027. Ask all the same"),
    ],
)
def test_the_form_says_until_when_sign_language_can_be_promised(client: Client, days: list[int], words: str) -> None:
    event = make_event("debata", starts_at=NOW + timedelta(days=days[0]))
    for later in days[1:]:
        make_session(event, starts_at=NOW + timedelta(days=later))

    page = client.get("/en/events/debata/register/").content.decode()

    assert words in page
    assert 'aria-describedby="id_needs_helptext id_needs_certain"' in page


def test_parts_at_the_same_time_are_refused_by_their_names(client: Client, event: Event) -> None:
    first = event.sessions.get()
    event.sessions.update(title={"pl": "Zieleń", "en": "Green"})
    second = make_session(event, starts_at=first.starts_at + timedelta(hours=1), title="Woda")

    answer = post(client, {**ANNA, "sessions": [first.pk, second.pk]}, "/en/events/spotkanie/register/")

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "“Green – Tuesday, 26 January 2027, 10:00–12:00”" in html
    assert "“Woda – Tuesday, 26 January 2027, 11:00–13:00”" in html
    assert not Registration.objects.exists()


def test_what_a_signed_in_person_typed_is_gone_after_the_hour_without_signing_them_out(client: Client) -> None:
    make_event("spotkanie")
    client.force_login(make_user("anna@example.org"))
    post(client, ANNA)
    assert client.get("/en/events/spotkanie/register/sent/").status_code == 200
    assert ANNA["last_name"] not in str(dict(client.session.items()))

    with time_machine.travel(NOW + timedelta(hours=1, minutes=1), tick=False):
        SessionStore.clear_expired()
        kept = [str(session.get_decoded()) for session in Session.objects.all()]
        page = client.get("/en/events/spotkanie/register/sent/")

        assert not any(ANNA["last_name"] in words for words in kept)
        assert page["Location"] == "/en/events/spotkanie/register/"
        assert "sign_up" not in client.session
        assert "_auth_user_id" in client.session
