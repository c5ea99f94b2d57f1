"""Staff pages of events: found, made, changed, published, copied."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from events.actions.search_texts import keep_search_words
from events.enums import EventChangeKind, EventStatus, ReminderChannel, Role
from events.models import Audience, Event, EventChange, ReminderRule, SeatPool, Session
from tests.make import make_category, make_event, make_kind, make_notice, make_unit, make_user, make_venue
from tests.make.events import NOW, make_session
from tests.make.sheets import sheet_data

pytestmark = pytest.mark.django_db

NEW = "/en/manage/events/new/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def owner():
    return make_user("ola@example.org")


@pytest.fixture
def client(owner):
    client = Client()
    client.force_login(owner)
    return client


def sent(client, address, **changes):
    """What the page would send, with some fields changed."""
    return sheet_data(client.get(address).context["sheet"], **changes)


def a_new_event(client, **changes):
    first = {
        "kind": make_kind("workshop").pk,
        "title_pl": "Zielone podwórka",
        "title_en": "Green yards",
        "sessions-0-starts_at": "2027-03-01T17:00",
        "sessions-0-ends_at": "2027-03-01T19:00",
    }
    return sent(client, NEW, **(first | changes))


def test_a_draft_is_made_with_everything_the_sheet_says(client, owner):
    venue, resident = make_venue("ratusz"), make_category("resident")
    listed = [form["code"].value() for form in client.get(NEW).context["sheet"].categories.forms]
    row = listed.index("resident")
    data = a_new_event(
        client,
        summary_pl="O podwórkach.",
        venue=venue.pk,
        mode="hybrid",
        join_url="https://meet.example.org/x",
        contact_email="pytania@example.org",
        access_pjm="yes",
        capacity="40",
        opens_at="2027-02-01T08:00",
        confirm_email=None,
        usual_reminders=None,
        **{
            f"categories-{row}-is_listed": "on",
            f"categories-{row}-capacity": "10",
            "reminders-TOTAL_FORMS": 1,
            "reminders-0-channel": "sms",
            "reminders-0-days": "1",
            "reminders-0-at": "17:00",
        },
    )

    response = client.post(NEW, data)

    event = Event.objects.get()
    assert response["Location"] == f"/en/manage/events/{event.slug}/"
    assert (event.status, event.slug, event.unit.slug) == (EventStatus.DRAFT, "zielone-podworka", "strategia")
    assert event.title == {"pl": "Zielone podwórka", "en": "Green yards"}
    assert (event.mode, event.venue, event.join_url) == ("hybrid", venue, "https://meet.example.org/x")
    assert event.accessibility == {"pjm": "yes"}
    session = event.sessions.get()
    assert session.starts_at == datetime(2027, 3, 1, 16, 0, tzinfo=UTC)
    assert event.policy.opens_at == datetime(2027, 2, 1, 7, 0, tzinfo=UTC)
    assert not event.policy.confirm_email
    pools = SeatPool.objects.order_by("id").values_list("category", "capacity")
    assert list(pools) == [(None, 40), (resident.pk, 10)]
    rule = ReminderRule.objects.get()
    assert (rule.channel, rule.days_before, rule.at_time) == (ReminderChannel.SMS, 1, time(17, 0))
    assert EventChange.objects.get().by == owner


def test_what_is_left_out_is_as_usual_for_the_kind(client):
    kind = make_kind("mobile_point")

    client.post(NEW, a_new_event(client, kind=kind.pk))

    event = Event.objects.get()
    assert event.policy.required == kind.registration_required
    assert event.visibility == kind.default_visibility
    assert event.reminders.count() == len(kind.default_reminders)


def test_adding_a_date_keeps_everything_that_was_typed_and_saves_nothing(client):
    data = a_new_event(client, description_uk="Опис", add="sessions", capacity="abc")

    response = client.post(NEW, data)

    sheet = response.context["sheet"]
    assert not Event.objects.exists()
    assert len(sheet.sessions.forms) == 2
    assert sheet.wrong_forms() == []
    page = response.content.decode()
    for typed in ("Zielone podwórka", "Green yards", "Опис", "2027-03-01T17:00", 'value="abc"'):
        assert typed in page


def test_a_second_date_is_saved_and_an_empty_row_is_no_date(client):
    rows = {
        "sessions-TOTAL_FORMS": 3,
        "sessions-2-starts_at": "2027-03-02T17:00",
        "sessions-2-ends_at": "2027-03-02T19:00",
    }

    client.post(NEW, a_new_event(client, **rows))

    assert [session.starts_at.day for session in Session.objects.all()] == [1, 2]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title_pl": ""}, "title", "Write this in Polish."),
        ({"title_pl": " ", "title_en": "Only English"}, "title", "Write this in Polish."),
        ({"sessions-0-ends_at": "2027-03-01T16:00"}, "ends_at", "The end has to be after the start."),
        ({"sessions-0-ends_at": ""}, "ends_at", "Give the date and the time."),
        ({"sessions-0-starts_at": "tomorrow"}, "starts_at", "Write date and time like 2027-01-31 17:00."),
        (
            {"sessions-0-starts_at": "2027-03-28T02:30", "sessions-0-ends_at": "2027-03-28T04:00"},
            "starts_at",
            "On March 28, 2027 there is no 02:30: the clock is put forward that night. Choose another hour.",
        ),
        ({"sessions-0-starts_at": "", "sessions-0-ends_at": ""}, "__all__", "Give at least one date."),
        (
            {"opens_at": "2027-02-02T08:00", "closes_at": "2027-02-01T08:00"},
            "closes_at",
            "Registration has to close after it opens.",
        ),
        ({"slug": "new"}, "slug", "This address is taken. Choose another one."),
        (
            {"reminders-TOTAL_FORMS": 1, "reminders-0-days": "1", "usual_reminders": None},
            "days",
            "Give the number of days and the time of day.",
        ),
        (
            {
                "reminders-TOTAL_FORMS": 1,
                "reminders-0-days": "1",
                "reminders-0-at": "17:00",
                "reminders-0-minutes": "5",
                "usual_reminders": None,
            },
            "minutes",
            "Give days and a time of day, or minutes, not both.",
        ),
        (
            {
                "reminders-TOTAL_FORMS": 1,
                "reminders-0-minutes": "5",
                "reminders-0-minutes_after": "5",
                "usual_reminders": None,
            },
            "minutes_after",
            "Say when before the start, or when after the end, not both.",
        ),
    ],
)
def test_a_fault_is_named_at_its_field_and_on_top_and_nothing_is_saved(client, changes, field, sentence):
    response = client.post(NEW, a_new_event(client, **changes))

    wrong = response.context["sheet"].wrong_forms()
    assert {name: list(errors) for form in wrong for name, errors in form.errors.items()} == {field: [sentence]}
    assert response.content.decode().count(sentence) >= (1 if field == "__all__" else 2)
    assert not Event.objects.exists()


def test_a_room_of_another_place_is_refused_at_its_row(client):
    elsewhere = make_venue("dom").rooms.create(name="Sala 1")

    response = client.post(NEW, a_new_event(client, venue=make_venue("ratusz").pk, **{"sessions-0-room": elsewhere.pk}))

    (row,) = response.context["sheet"].wrong_forms()
    assert row.errors == {"room": ["This room is not in the chosen place."]}
    assert not Event.objects.exists()


def test_an_event_is_only_made_in_a_unit_where_one_edits(client):
    other = make_unit("inny")

    response = client.post(NEW, a_new_event(client, unit=other.pk))

    assert "unit" in response.context["sheet"].event.errors
    assert not Event.objects.exists()


def test_an_edit_sheet_sent_as_it_was_changes_nothing(client):
    event = make_event("meeting", venue=make_venue(), categories=[("business", 16)], sessions=2)
    make_session(event, starts_at=NOW.replace(month=3), title="Finał", capacity=5)

    response = client.post("/en/manage/events/meeting/edit/", sent(client, "/en/manage/events/meeting/edit/"))

    assert response.status_code == 302
    assert not EventChange.objects.exists()


def test_moving_an_event_tells_people_unless_the_editor_says_no(client):
    address = "/en/manage/events/meeting/edit/"
    make_event("meeting")

    client.post(address, sent(client, address, **{"sessions-0-ends_at": "2027-01-26T13:00"}))
    client.post(address, sent(client, address, **{"sessions-0-ends_at": "2027-01-26T14:00", "notify": "no"}))
    client.post(address, sent(client, address, title_pl="Inny tytuł", notify="yes"))

    changes = EventChange.objects.order_by("id").values_list("kind", "notify")
    assert list(changes) == [
        (EventChangeKind.RESCHEDULED, True),
        (EventChangeKind.RESCHEDULED, False),
        (EventChangeKind.EDITED, True),
    ]


def test_a_date_is_taken_out(client):
    make_event("meeting", sessions=2)
    address = "/en/manage/events/meeting/edit/"

    client.post(address, sent(client, address, **{"sessions-1-DELETE": "on"}))

    assert Session.objects.filter(is_cancelled=False).count() == 1


def test_two_people_who_edit_at_once_notice_each_other(client):
    make_event("meeting")
    address = "/en/manage/events/meeting/edit/"
    mine = sent(client, address, title_pl="Mój tytuł")
    client.post(address, sent(client, address, title_pl="Cudzy tytuł"))

    response = client.post(address, mine)

    assert response.status_code == 200
    assert "Somebody else has changed this in the meantime." in response.content.decode()
    assert "Mój tytuł" in response.content.decode()
    assert Event.objects.get().title["pl"] == "Cudzy tytuł"


def test_publishing_names_every_gap_at_once(client):
    event = make_event("meeting", status=EventStatus.DRAFT)
    client.force_login(make_user(role=Role.EDITOR))

    response = client.post("/en/manage/events/meeting/publish/", {"reason": "Pilne"})

    assert {gap.code for gap in response.context["gaps"]} >= {"information_notice", "venue", "accessibility", "contact"}
    event.refresh_from_db()
    assert event.status == EventStatus.DRAFT


def test_an_owner_publishes_over_gaps_with_a_reason_and_an_editor_does_not(client):
    make_notice()
    event = make_event("meeting", status=EventStatus.DRAFT)
    address = "/en/manage/events/meeting/publish/"
    editor = Client()
    editor.force_login(make_user(role=Role.EDITOR))

    refused = [editor.post(address, {"reason": "Pilne"}), client.post(address, {"reason": " "})]
    event.refresh_from_db()
    assert ([answer.status_code for answer in refused], event.status) == ([200, 200], EventStatus.DRAFT)
    assert 'name="reason"' not in refused[0].content.decode()
    assert "Say why the event may be published like this." in refused[1].content.decode()

    response = client.post(address, {"reason": "Pilne"})

    event.refresh_from_db()
    assert (response["Location"], event.status) == ("/en/manage/events/meeting/", EventStatus.PUBLISHED)
    page = client.get("/en/manage/events/meeting/").content.decode()
    assert "Published although this was missing: place" in page
    assert "Pilne" in page


def test_a_warning_is_shown_and_stops_nobody(client):
    make_notice()
    evening = NOW + timedelta(days=14, hours=8)
    event = make_event("meeting", status=EventStatus.DRAFT, venue=make_venue(), starts_at=evening)
    event.contact_email = "ask@example.org"
    event.save()
    other = make_event("other", starts_at=evening)
    for meeting in (event, other):
        meeting.audiences.add(Audience.objects.get_or_create(slug="all", defaults={"name": {"pl": "Wszyscy"}})[0])

    page = client.get("/en/manage/events/meeting/publish/").content.decode()
    client.post("/en/manage/events/meeting/publish/", {"reason": ""})

    event.refresh_from_db()
    assert "Another meeting that evening is meant for the same people" in page
    assert event.status == EventStatus.PUBLISHED


def test_publishing_twice_is_worded_and_not_a_crash(client):
    make_notice()
    make_event("meeting")

    response = client.post("/en/manage/events/meeting/publish/", {"reason": ""}, follow=True)

    assert "The event is in a state in which this cannot be done." in response.content.decode()


def test_a_copy_is_a_draft(client):
    make_event("meeting", title="Spotkanie")

    response = client.post("/en/manage/events/meeting/copy/")

    copy = Event.objects.exclude(slug="meeting").get()
    assert (copy.status, response["Location"]) == (EventStatus.DRAFT, f"/en/manage/events/{copy.slug}/edit/")


def test_the_list_is_searched_without_diacritics_and_filtered(client):
    keep_search_words(make_event("zolw", title="Żółw", status=EventStatus.DRAFT))
    make_event("meeting", kind="public_hearing")
    make_event("past", starts_at=NOW.replace(year=2026))

    def slugs(query):
        return [event.slug for event in client.get(f"/en/manage/events/{query}").context["page"].object_list]

    assert slugs("") == ["zolw", "meeting"]
    assert slugs("?q=ZOLW") == ["zolw"]
    assert slugs("?status=draft") == ["zolw"]
    assert slugs("?kind=public_hearing") == ["meeting"]
    assert slugs("?when=past") == ["past"]
    assert slugs("?when=all") == ["zolw", "meeting", "past"]
    assert slugs("?kind=nonsense&when=never") == ["zolw", "meeting"]


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "1" + "0" * 20])
def test_a_page_that_does_not_exist_is_404(client, page):
    make_event("meeting")

    assert client.get(f"/en/manage/events/?page={page}").status_code == 404


def test_lists_and_overview_ask_the_same_number_of_queries_for_one_and_for_three(client):
    make_notice()
    one = make_event("one", venue=make_venue(), starts_at=NOW)
    pages = ("/en/manage/events/", "/en/manage/places/", "/en/manage/notices/", "/en/manage/events/one/", "/en/manage/")

    def counts():
        for page in pages:
            client.get(page)
        found = {}
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            found[page] = len(queries)
        return found

    before = counts()
    for number in range(2):
        make_event(f"more-{number}", venue=make_venue(), categories=[("business", 3)], sessions=2)
        make_session(one, starts_at=timezone.now())
        EventChange.objects.create(event=one, kind=EventChangeKind.EDITED, at=NOW)
        make_user(unit=make_unit())

    assert counts() == before


def test_a_head_of_unit_publishes_and_is_offered_no_page_that_is_closed_to_them(client):
    make_notice()
    make_event("meeting", status=EventStatus.DRAFT)
    client.force_login(make_user(role=Role.HEAD))

    for page in (
        "/en/manage/",
        "/en/manage/events/",
        "/en/manage/events/meeting/",
        "/en/manage/events/meeting/publish/",
    ):
        links = set(re.findall(r'href="(/en/manage/[^"?#]*)', client.get(page).content.decode()))
        assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("page", [NEW, "/en/manage/events/meeting/edit/"])
def test_the_form_says_whether_the_unit_has_an_address(client, page):
    event = make_event("meeting")
    link = "/en/manage/notices/strategia/contact/"

    without = client.get(page).content.decode()
    event.unit.contact_email = "biuro@example.org"
    event.unit.save()
    having = client.get(page).content.decode()

    assert "the unit has none yet" in without
    assert link in without
    assert "Left empty, the address of the unit is shown." in having
    assert link not in having


def test_the_missing_contact_leads_to_where_it_is_set(client):
    make_notice()
    make_event("meeting", status=EventStatus.DRAFT)

    page = client.get("/en/manage/events/meeting/publish/").content.decode()

    assert "neither the event nor its unit has one" in page
    assert "/en/manage/notices/strategia/contact/" in page
    assert "(needed for publishing anyway)" in page


def test_a_long_list_is_paged_like_the_public_one(client):
    for _number in range(21):
        make_event()

    page = client.get("/en/manage/events/").context["page"]

    assert (len(page.object_list), page.paginator.num_pages) == (20, 2)


@pytest.mark.parametrize(
    ("language", "said"),
    [("pl", ["(2 terminy)", "(5 terminów)"]), ("uk", ["(2 дати)", "(5 дат)"])],
)
def test_several_dates_are_said_in_the_words_of_the_page(client, language, said):
    for count in (2, 5):
        make_event(sessions=count)

    page = client.get("/manage/events/" if language == "pl" else f"/{language}/manage/events/").content.decode()

    assert all(words in page for words in said)
    assert not re.search(r"\d\d:\d\d to ", page)
