"""What sessions look like in calendars, byte by byte and as other programs read them."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import localdate
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from events.ical import (
    UNTITLED,
    VTIMEZONE,
    ZONE,
    CalendarHead,
    EntryFacts,
    JoinLink,
    Mailbox,
    ascii_url,
    calendar_file,
    invitation,
    many_lines,
    one_line,
    plain_file,
    touches_clock_change,
    vevent,
    without_stamps,
)
from tests.events.calendar_readers import (
    IcalJs,
    Libical,
    LibicalIsMissing,
    Read,
    Reader,
    read_with_home_assistant,
    read_with_icalendar,
    read_with_vobject,
)

WARSAW = ZoneInfo(ZONE)
GOLDEN = Path(__file__).parent / "golden"
STAMP = datetime(2027, 1, 12, 9, tzinfo=UTC)
HEAD = CalendarHead(
    name="Kalendarz spotkań",
    description="Spotkania, wysłuchania i debaty; zapraszamy.",
    source="https://wiec.example/calendar/events.ics?kind=workshop&kind=open_debate",
    last_modified=STAMP,
)
BASE = EntryFacts(
    uid=UUID("6f1c2d3e-4a5b-4c6d-8e7f-901234567890"),
    sequence=0,
    created_at=datetime(2027, 1, 2, 8, tzinfo=UTC),
    last_modified=STAMP,
    starts_at=datetime(2027, 1, 26, 17, tzinfo=WARSAW),
    ends_at=datetime(2027, 1, 26, 19, tzinfo=WARSAW),
    all_day=False,
    time_zone=ZONE,
    status="CONFIRMED",
    summary="Zieleń w mieście",
    description="Zapraszamy na warsztat.\n\nDostępność: wejście bez schodów",
    location="Ratusz (przykład), Rynek 1, 20-000 Lublin",
    url="https://wiec.example/events/zielen/",
    categories=("Warsztat", "Zieleń, woda; klimat"),
    coordinates=(Decimal("51.246500"), Decimal("22.568400")),
    organizer=Mailbox(name='Wydział "Strategii"', address="strategia@example.org"),
)
ORGANIZER = Mailbox(name="Wydział Strategii", address="strategia@example.org")
GUEST = Mailbox(name="Анна Новак", address="anna+spotkania@example.com")


def _local(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW, fold=fold).astimezone(UTC)


# Each is a golden file; what programs have to read from it stands beside it.
CASES: dict[str, tuple[EntryFacts, str, str]] = {
    "evening": (BASE, "2027-01-26T16:00:00Z", "2027-01-26T18:00:00Z"),
    "summer": (
        replace(BASE, starts_at=_local("2027-07-01T12:00"), ends_at=_local("2027-07-01T14:30")),
        "2027-07-01T10:00:00Z",
        "2027-07-01T12:30:00Z",
    ),
    "over_midnight": (
        replace(BASE, starts_at=_local("2027-06-30T22:00"), ends_at=_local("2027-07-01T01:30")),
        "2027-06-30T20:00:00Z",
        "2027-06-30T23:30:00Z",
    ),
    "spring_missing_hour": (
        replace(BASE, starts_at=_local("2027-03-28T01:00"), ends_at=_local("2027-03-28T03:00")),
        "2027-03-28T00:00:00Z",
        "2027-03-28T01:00:00Z",
    ),
    "spring_night": (
        replace(BASE, starts_at=_local("2027-03-27T22:00"), ends_at=_local("2027-03-28T06:00")),
        "2027-03-27T21:00:00Z",
        "2027-03-28T04:00:00Z",
    ),
    "spring_after": (
        replace(BASE, starts_at=_local("2027-03-28T03:00"), ends_at=_local("2027-03-28T05:00")),
        "2027-03-28T01:00:00Z",
        "2027-03-28T03:00:00Z",
    ),
    "autumn_first_doubled_hour": (
        replace(BASE, starts_at=_local("2027-10-31T01:00"), ends_at=_local("2027-10-31T02:30")),
        "2027-10-30T23:00:00Z",
        "2027-10-31T00:30:00Z",
    ),
    "autumn_second_doubled_hour": (
        replace(BASE, starts_at=_local("2027-10-31T02:30", fold=1), ends_at=_local("2027-10-31T04:00")),
        "2027-10-31T01:30:00Z",
        "2027-10-31T03:00:00Z",
    ),
    "all_day": (
        replace(BASE, all_day=True, starts_at=_local("2027-06-19T00:00"), ends_at=_local("2027-06-22T00:00")),
        "2027-06-19",
        "2027-06-22",
    ),
    "all_day_over_the_change": (
        replace(BASE, all_day=True, starts_at=_local("2027-10-31T00:00"), ends_at=_local("2027-11-01T00:00")),
        "2027-10-31",
        "2027-11-01",
    ),
    "other_zone": (replace(BASE, time_zone="Europe/Kyiv"), "2027-01-26T16:00:00Z", "2027-01-26T18:00:00Z"),
    "polish_at_the_fold": (
        replace(
            BASE,
            status="CANCELLED",
            sequence=3,
            summary="ODWOŁANE: " + "Zażółć gęślą jaźń; źdźbło, ćma\\łąka " * 6,
            description="„Pchnąć w tę łódź jeża lub ośm skrzyń fig” — " * 12,
        ),
        "2027-01-26T16:00:00Z",
        "2027-01-26T18:00:00Z",
    ),
    "ukrainian_at_the_fold": (
        replace(
            BASE,
            status="TENTATIVE",
            summary="Жебракують філософи при ґанку церкви в Гадячі; " * 5,
            description="Щастям б'єш жук їх глицю в фон й ґедзь пріч 🎉\n" * 10,
            location="Люблін, вул. Краківське передмістя, 78, 20-000 Lublin" * 2,
            categories=("Громадські слухання", "Міська зелень"),
        ),
        "2027-01-26T16:00:00Z",
        "2027-01-26T18:00:00Z",
    ),
    "bare": (
        replace(BASE, description="", location="", categories=(), coordinates=None, organizer=None),
        "2027-01-26T16:00:00Z",
        "2027-01-26T18:00:00Z",
    ),
}


@pytest.fixture(scope="module")
def readers() -> Iterator[dict[str, Reader]]:
    """Every program, by name; libical where it is."""
    ical_js = IcalJs()
    found: dict[str, Reader] = {
        "icalendar": read_with_icalendar,
        "vobject": read_with_vobject,
        "Home Assistant": read_with_home_assistant,
        "ical.js": ical_js.read,
    }
    with suppress(LibicalIsMissing):
        found["libical"] = Libical().read
    yield found
    ical_js.close()


@pytest.fixture(params=["icalendar", "vobject", "Home Assistant", "ical.js", "libical"])
def reader(request: pytest.FixtureRequest, readers: dict[str, Reader]) -> Reader:
    if request.param not in readers:
        pytest.skip("needs libical, which is missing: apt-get install libical3")
    return readers[request.param]


def _expected(entry: EntryFacts, start: str, end: str) -> Read:
    return Read(
        uid=str(entry.uid),
        start=start,
        end=end,
        status=entry.status,
        sequence=entry.sequence,
        summary=one_line(entry.summary) or UNTITLED,
        description=many_lines(entry.description),
        location=one_line(entry.location),
    )


@pytest.mark.parametrize("name", CASES)
def test_the_bytes_are_those_of_the_golden_file(name):
    entry, _start, _end = CASES[name]

    assert vevent(entry).encode() == (GOLDEN / f"{name}.ics").read_bytes()


@pytest.mark.parametrize("name", CASES)
def test_every_program_reads_the_same(name, reader: Reader):
    entry, start, end = CASES[name]

    assert reader(calendar_file(HEAD, vevent(entry))) == [_expected(entry, start, end)]


def test_a_whole_feed_is_read_in_order(reader: Reader):
    entries = [replace(entry, uid=UUID(int=number)) for number, (entry, *_times) in enumerate(CASES.values())]

    found = reader(calendar_file(HEAD, "".join(map(vevent, entries))))

    assert [one.uid for one in found] == [str(entry.uid) for entry in entries]


def test_an_empty_feed_is_a_calendar(reader: Reader):
    assert reader(calendar_file(HEAD, "")) == []


# Any text

_texts = st.text(st.characters(codec="utf-8"), max_size=300)
_NASTY = "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\nX:1\x00\x0b\x85\u2028;,\\n\\\\:\"^'\ufeff\u202eרטל e\u0301 👩‍👩‍👧‍👦 \t end"


def _in_one_file(entries: Sequence[EntryFacts]) -> str:
    text = calendar_file(HEAD, "".join(map(vevent, entries)))
    lines = text.encode().split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    # No fold between a backslash and what it escapes: some programs unescape before they unfold.
    assert all((len(line) - len(line.rstrip(b"\\"))) % 2 == 0 for line in lines)
    return text


# Several entries in a file: what one of them says must not reach into another.
@given(st.lists(st.tuples(_texts, _texts, _texts), min_size=1, max_size=4))
@example([(_NASTY, _NASTY, _NASTY)] * 2)
@example([("ż" * 10_000, "🎉" * 10_000, "a b " * 2_500), ("x", "y", "z")])
@example([(" ", "\n" * 50, "\\"), ("\\n", "\\\n", ";,\\;\\,")])
@example(
    [("\u05e9\u05dc\u05d5\u05dd \u202e\u05e2\u202c", "\u0645\r\n\t\u0628", "\u200f3\u200e"), ("[<b>&amp;", "<!--", '"')]
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_from_every_program(readers: dict[str, Reader], texts):
    entries = [
        replace(
            BASE, uid=UUID(int=number), sequence=number, summary=summary, description=description, location=location
        )
        for number, (summary, description, location) in enumerate(texts)
    ]
    expected = [_expected(entry, "2027-01-26T16:00:00Z", "2027-01-26T18:00:00Z") for entry in entries]

    found = {name: read(_in_one_file(entries)) for name, read in readers.items()}

    assert found == dict.fromkeys(readers, expected)


@given(st.text())
def test_lone_surrogates_and_control_characters_never_get_out(text):
    vevent(replace(BASE, summary=text, description=text, location=text)).encode()


@given(
    # Naive bounds, as hypothesis wants them.
    start=st.datetimes(datetime(2021, 1, 1), datetime(2039, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    length=st.timedeltas(timedelta(minutes=1), timedelta(days=3)),
    all_day=st.booleans(),
    status=st.sampled_from(["CONFIRMED", "TENTATIVE", "CANCELLED"]),
    sequence=st.integers(0, 2**31 - 1),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_time_and_status_is_the_same_in_every_program(readers, start, length, all_day, status, sequence):
    start = start.replace(microsecond=0)
    end = start + timedelta(seconds=int(length.total_seconds()))
    entry = replace(BASE, starts_at=start, ends_at=end, all_day=all_day, status=status, sequence=sequence)
    if all_day:
        last = (end - timedelta(microseconds=1)).astimezone(WARSAW).date()
        expected = _expected(entry, str(start.astimezone(WARSAW).date()), str(last + timedelta(days=1)))
    else:
        expected = _expected(entry, *(moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (start, end)))

    found = {name: read(_in_one_file([entry])) for name, read in readers.items()}

    assert found == {name: [expected] for name in readers}


# The time zone


def test_the_time_zone_is_what_the_database_says():
    """When this fails, clock changes have been abolished or moved: the block needs a new rule."""
    this_year = localdate().year
    for year in range(min(this_year, 2026) - 6, this_year + 11):
        spring, autumn = (_last_sunday(year, month) for month in (3, 10))
        for day in (spring, autumn):
            change = datetime(year, day.month, day.day, 1, tzinfo=UTC)
            before, after = (change + timedelta(seconds=more) for more in (-1, 0))
            offsets = [moment.astimezone(WARSAW).utcoffset() for moment in (before, after)]
            summer, winter = timedelta(hours=2), timedelta(hours=1)
            assert offsets == ([winter, summer] if day == spring else [summer, winter])
        in_summer = [
            datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
            for hour in range(365 * 24)
            if (datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour)).astimezone(WARSAW).utcoffset()
            == timedelta(hours=2)
        ]
        assert in_summer[0].date() == spring
        assert in_summer[-1].date() == autumn


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def test_the_time_zone_block_is_constant_and_stands_first():
    text = calendar_file(HEAD, vevent(BASE))

    assert VTIMEZONE in text
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert text.index("BEGIN:VTIMEZONE") < text.index("BEGIN:VEVENT")
    assert "DTSTART:19700329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n" in VTIMEZONE
    assert "DTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n" in VTIMEZONE


def test_local_times_are_used_where_they_are_plain_and_utc_where_not():
    starts = {
        name: vevent(entry).partition("DTSTART")[2].partition("\r\n")[0] for name, (entry, *_times) in CASES.items()
    }

    assert starts["evening"] == ";TZID=Europe/Warsaw:20270126T170000"
    assert starts["over_midnight"] == ";TZID=Europe/Warsaw:20270630T220000"
    assert starts["spring_after"] == ";TZID=Europe/Warsaw:20270328T030000"
    assert starts["all_day"] == ";VALUE=DATE:20270619"
    for name in ("spring_missing_hour", "spring_night", "autumn_first_doubled_hour", "autumn_second_doubled_hour"):
        assert starts[name].endswith("Z"), name
    assert starts["other_zone"].endswith("Z")


def test_an_end_in_the_doubled_hour_touches_it():
    end = _local("2027-10-31T02:00")

    assert touches_clock_change(end - timedelta(hours=1), end, WARSAW)
    assert not touches_clock_change(end - timedelta(hours=2), end - timedelta(hours=1), WARSAW)


# What stands in an entry, and what never does


def test_nothing_of_a_person_and_no_alarm_is_in_a_public_entry():
    content = vevent(BASE)

    for word in ("ATTENDEE", "VALARM", "CONFERENCE", "METHOD", "DURATION", "RRULE", "CLASS"):
        assert word not in content
    assert "TRANSP:TRANSPARENT\r\n" in content
    assert "X-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n" in content


def test_a_join_link_has_its_value_type_and_blocks_the_time():
    join = JoinLink(label='Dołącz; "tu"', url="https://meet.example.org/ą?x=1")
    content = vevent(replace(BASE, join=join, is_busy=True)).replace("\r\n ", "")

    parameters = "FEATURE=VIDEO;LABEL=\"Dołącz; 'tu'\";VALUE=URI"
    assert f"CONFERENCE;{parameters}:https://meet.example.org/%C4%85?x=1\r\n" in content
    assert "TRANSP:OPAQUE\r\n" in content
    assert "X-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n" in content


@pytest.mark.parametrize(("minutes", "trigger"), [(60, "-PT1H"), (1440, "-P1D")])
def test_an_alarm_of_ones_own_is_a_display_with_its_words(reader: Reader, minutes, trigger):
    entry = replace(BASE, summary="Zieleń; w mieście", alarm_minutes=minutes)

    text = calendar_file(HEAD, vevent(entry))

    alarm = text.partition("BEGIN:VALARM\r\n")[2].partition("END:VALARM\r\nEND:VEVENT\r\n")[0]
    assert sorted(alarm.split("\r\n")) == [
        "",
        "ACTION:DISPLAY",
        "DESCRIPTION:Zieleń\\; w mieście",
        f"TRIGGER:{trigger}",
    ]
    assert reader(text) == [_expected(entry, "2027-01-26T16:00:00Z", "2027-01-26T18:00:00Z")]


def test_a_mail_has_no_alarm():
    assert "VALARM" not in _request(replace(BASE, alarm_minutes=60))


def test_stamps_are_the_only_difference_between_versions():
    later = replace(BASE, last_modified=STAMP + timedelta(days=1))

    assert vevent(later) != vevent(BASE)
    assert without_stamps(vevent(later)) == without_stamps(vevent(BASE))
    assert without_stamps(vevent(replace(BASE, sequence=1))) != without_stamps(vevent(BASE))


def test_addresses_are_ascii():
    assert ascii_url("https://spotkania.łódź.example/Świętego Ducha/?q=ż#ó") == (
        "https://spotkania.xn--d-uga0v4h.example/%C5%9Awi%C4%99tego%20Ducha/?q=%C5%BC#%C3%B3"
    )
    assert ascii_url("https://wiec.example/a%20b?x=1&y=2") == "https://wiec.example/a%20b?x=1&y=2"
    assert ascii_url(f"https://{'ż' * 60}.example:8443/").isascii()


def test_a_line_that_could_blank_a_whole_calendar_is_never_written(monkeypatch):
    monkeypatch.setattr("events.ical.one_line", lambda text: f"{text}\x00")

    with pytest.raises(ValueError, match="RFC 5545"):
        vevent(BASE)


def test_an_office_without_a_name_is_its_address():
    content = vevent(replace(BASE, organizer=Mailbox(name="", address="biuro@łódź.example")))

    assert "ORGANIZER:mailto:biuro@xn--d-uga0v4h.example\r\n" in content


# Mail


def _request(entry: EntryFacts = BASE, **kwargs) -> str:
    return invitation(
        entry, **{"method": "REQUEST", "attendee": GUEST, "organizer": ORGANIZER, "stamp": STAMP, **kwargs}
    ).replace("\r\n ", "")


def test_an_invitation_has_one_attendee_who_has_accepted(reader: Reader):
    text = _request()

    assert text.count("METHOD:REQUEST\r\n") == 1
    assert text.count("ATTENDEE;") == text.count("ORGANIZER;") == 1
    assert (
        'ATTENDEE;CN="Анна Новак";CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE:'
        "mailto:anna+spotkania@example.com\r\n"
    ) in text
    assert 'ORGANIZER;CN="Wydział Strategii":mailto:strategia@example.org\r\n' in text
    assert [one.status for one in reader(text)] == ["CONFIRMED"]


def test_an_invitation_is_stamped_when_it_is_sent():
    text = _request(stamp=STAMP + timedelta(hours=5))

    assert "DTSTAMP:20270112T140000Z\r\n" in text
    assert "LAST-MODIFIED:20270112T090000Z\r\n" in text


def test_everybody_has_their_own_lines_in_an_invitation_and_all_else_alike():
    other = Mailbox(name="Osoba o bardzo długim imieniu i nazwisku, która ma też tytuł", address="inna@example.com")
    changed = replace(BASE, sequence=12, last_modified=BASE.last_modified + timedelta(days=1))

    first, second = _request().split("\r\n"), _request(changed, attendee=other).split("\r\n")

    assert len(first) == len(second)
    assert {line.partition(":")[0].partition(";")[0] for line in set(first) ^ set(second)} == {
        "ATTENDEE",
        "LAST-MODIFIED",
        "SEQUENCE",
    }
    assert {"SEQUENCE:12", "LAST-MODIFIED:20270113T090000Z"} <= set(second)
    assert sum("mailto:inna@example.com" in line for line in second) == 1


def test_an_invitation_and_the_feed_share_uid_sequence_and_times(reader: Reader):
    entry = replace(BASE, sequence=7)

    (mailed,), (fed,) = reader(_request(entry)), reader(calendar_file(HEAD, vevent(entry)))

    assert mailed == fed


def test_a_cancelled_event_is_cancelled_with_its_status(reader: Reader):
    text = _request(replace(BASE, status="CANCELLED", sequence=1), method="CANCEL")

    assert "METHOD:CANCEL\r\n" in text
    assert [(one.status, one.sequence) for one in reader(text)] == [("CANCELLED", 1)]


def test_ones_own_withdrawal_never_says_that_the_event_is_off(reader: Reader):
    text = _request(replace(BASE, sequence=1), method="CANCEL", is_withdrawal=True)

    assert "METHOD:CANCEL\r\n" in text
    assert "\r\nSTATUS" not in text
    assert text.count("ATTENDEE;") == 1
    assert [one.uid for one in reader(text)] == [str(BASE.uid)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"organizer": Mailbox(name="", address="ANNA+spotkania@example.com")},
        {"entry": replace(BASE, status="CANCELLED")},
        {"is_withdrawal": True},
    ],
)
def test_what_no_program_may_be_sent_is_refused(wrong):
    with pytest.raises(ValueError, match=r"requested|themselves"):
        _request(**wrong)


def test_a_file_to_open_has_all_sessions_and_no_method(reader: Reader):
    text = plain_file([BASE, replace(BASE, uid=UUID(int=1))])

    assert "METHOD" not in text
    assert "X-WR-CALNAME" not in text
    assert [one.uid for one in reader(text)] == [str(BASE.uid), str(UUID(int=1))]
