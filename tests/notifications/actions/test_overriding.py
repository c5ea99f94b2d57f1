"""Own words are kept when they can be put in, hold for the next batch, and are taken back by an empty part."""

import pytest
from django.utils import translation

from events.errors import FieldErrors
from notifications.actions.overriding import check_own_words, write_own_words
from notifications.enums import TemplatePart as P
from notifications.kinds import ANNOUNCEMENT, KINDS
from notifications.models import TemplateOverride
from notifications.queries.overrides import own_words
from tests.make import make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def test_they_are_kept_tidied_and_taken_back():
    owner = make_user()
    kind = KINDS["confirmed"]

    write_own_words(kind, "pl", {P.SUBJECT: " Do\nzobaczenia ", P.LEAD: " A\r\nB "}, by=owner, at=NOW)
    assert own_words().of("confirmed", "pl") == {"subject": "Do zobaczenia", "lead": "A\nB"}
    write_own_words(kind, "pl", {P.SUBJECT: "", P.MORE: "C"}, by=owner, at=NOW)

    assert own_words().of("confirmed", "pl") == {"lead": "A\nB", "more": "C"}
    assert {row.by for row in TemplateOverride.objects.all()} == {owner}


def test_saving_the_same_again_changes_nobody_s_name_and_no_version():
    first = make_user()
    write_own_words(KINDS["confirmed"], "pl", {P.SUBJECT: "A"}, by=first, at=NOW)
    before = own_words().version

    write_own_words(KINDS["confirmed"], "pl", {P.SUBJECT: "A "}, by=make_user(), at=NOW.replace(hour=12))

    assert own_words().version == before
    assert TemplateOverride.objects.get().by == first


@pytest.mark.parametrize(
    ("kind", "part", "text", "says"),
    [
        ("confirmed", P.SUBJECT, "x" * 151, "longer than 150 characters"),
        ("confirmed", P.LEAD, "{{ password }}", "nothing by the name “password”"),
        ("confirmed", P.LEAD, "{{ title|upper }}", "Only names in double braces"),
        ("confirmed", P.LEAD, "{% now 'Y' %}", "Only names in double braces"),
        ("confirmed", P.LEAD, "{{manage_link:7}}", "Only names in double braces"),
        ("confirmed", P.SMS, "Masz miejsce.", "{{ ticket_code }} has to be in it"),
        ("still_coming", P.SMS, "Odpowiedz do {{ answer_by }}.", "{{ manage_link }} has to be in it"),
        ("event_cancelled", P.SMS, "Odwołane. " * 47, "longer than it may be"),
        ("still_coming", P.SMS, "{{ answer_by }} {{ manage_link }}" + " Я" * 100, "longer than it may be"),
    ],
)
def test_what_could_not_be_put_in_is_said_and_nothing_is_kept(kind: str, part: P, text: str, says: str):
    with translation.override("en"), pytest.raises(FieldErrors) as refused:
        write_own_words(KINDS[kind], "pl", {part: text, P.MORE: "Dobre"}, by=make_user(), at=NOW)

    assert list(refused.value.errors) == [part.value]
    with translation.override("en"):
        assert says in " ".join(str(sentence) for sentence in refused.value.errors[part.value])
    assert not TemplateOverride.objects.exists()


def test_an_announcement_has_its_organiser_s_words():
    with pytest.raises(FieldErrors):
        check_own_words(ANNOUNCEMENT, "pl", {P.LEAD: "Od miasta"})
