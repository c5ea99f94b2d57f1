"""A city's own words: put in as text, in the parts that there are, with the values that there are."""

import pytest

from notifications.delivery.sending import send_due
from notifications.enums import Channel, TemplatePart
from notifications.kinds import ANNOUNCEMENT, KINDS
from notifications.models import Message, TemplateOverride
from notifications.queries.overrides import own_words
from notifications.rendering.overrides import OVERRIDABLE, original_of, parts_of, placeholders_of, replaces, required_in
from tests.make import make_event, make_registration
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

P = TemplatePart


def put(part: TemplatePart, text: str, *, kind: str = "confirmed", language: str = "pl") -> None:
    TemplateOverride.objects.create(kind=kind, language=language, part=part, text=text, at=NOW)


def sent(kind: str = "confirmed", *, channel: Channel = Channel.EMAIL, title: str = "Park & ogród") -> Message:
    event = make_event(title=title)
    message = make_message(make_registration(event, first_name="Ewa", phone="+48501502503"), kind, channel=channel)
    send_due(clock=lambda: NOW)
    message.refresh_from_db()
    return message


def test_own_words_stand_in_place_of_the_original_and_the_rest_stays():
    put(P.SUBJECT, "Do zobaczenia: {{ title }}")
    put(P.LEAD, "Witamy w Lublinie, {{ name }}.\n\nTu jest strona: {{ manage_link }}")
    put(P.MORE, "Prosimy o {{title}} <b>punktualność</b>.")

    message = sent()

    assert message.subject == "Do zobaczenia: Park & ogród"
    assert "Witamy w Lublinie, Ewa." in message.body
    assert "Prosimy o Park & ogród <b>punktualność</b>." in message.body
    assert "<p>Witamy w Lublinie, Ewa.</p>" in message.html
    assert "Park &amp; ogród &lt;b&gt;punktualność&lt;/b&gt;" in message.html
    assert message.registration is not None
    mark = f"{{{{manage_link:{message.registration.pk}}}}}"
    assert f'<a href="{mark}">{mark}</a>' in message.html
    assert mark in message.body
    assert message.registration.ticket_code in message.body


def test_without_own_words_in_its_language_a_message_has_the_original_ones():
    put(P.SUBJECT, "Only English", language="en")

    assert sent().subject != "Only English"


def test_an_sms_has_own_words_and_the_original_ones_where_they_do_not_fit():
    put(P.SMS, "Pamietaj: {{ title }}, {{ ticket_code }}")
    own = sent(channel=Channel.SMS)
    assert own.registration is not None
    assert own.body == f"Pamietaj: Park & ogrod, {own.registration.ticket_code}"
    TemplateOverride.objects.update(text="{{ place }} {{ title }} " * 30)

    too_long = sent(channel=Channel.SMS, title="Bardzo długa nazwa spotkania o parku")

    assert too_long.registration is not None
    assert too_long.registration.ticket_code in too_long.body
    assert too_long.body.count("Bardzo") == 1


def test_facts_are_never_lost_by_own_words():
    assert [replaces(KINDS["confirmed"], part) for part in (P.SUBJECT, P.LEAD, P.MORE)] == [True, True, False]
    assert not replaces(KINDS["event_changed"], P.LEAD)
    assert replaces(KINDS["event_changed"], P.SMS)


def test_a_whole_batch_reads_them_once_and_a_new_word_has_a_new_version():
    before = own_words().version
    put(P.SUBJECT, "Nowe")

    assert own_words().version != before
    assert own_words().of("confirmed", "pl") == {"subject": "Nowe"}
    assert own_words().of("confirmed", "en") == {}


@pytest.mark.parametrize("kind", OVERRIDABLE)
def test_every_kind_shows_its_original_words_with_the_names_that_may_be_used(kind: str):
    parts = parts_of(KINDS[kind])

    for part in parts:
        original = original_of(KINDS[kind], part, "pl")
        assert original or part == P.MORE
        assert "{%" not in original
    assert {P.SUBJECT, P.SMS, P.LEAD} <= set(parts)
    assert set(required_in(KINDS[kind], P.SMS)) <= set(placeholders_of(KINDS[kind]))


def test_what_needs_an_answer_needs_its_link():
    assert required_in(KINDS["still_coming"], P.SMS) == ("answer_by", "manage_link")
    assert required_in(KINDS["still_coming"], P.LEAD) == ()
    assert required_in(KINDS["confirmed"], P.SMS) == ("ticket_code",)
    assert required_in(KINDS["offered"], P.LEAD) == ("offer_until",)
    assert required_in(KINDS["confirmed"], P.MORE) == ()
    assert "{{ manage_link }}" in original_of(KINDS["still_coming"], P.SMS, "en")
    assert parts_of(ANNOUNCEMENT) == ()
