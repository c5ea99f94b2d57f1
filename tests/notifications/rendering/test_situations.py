"""What is written once and filled in for each is, byte for byte, what would have been written for each alone."""

import uuid
from collections.abc import Iterable, Mapping

import pytest

from notifications.delivery.composing import background_of, letter_of
from notifications.enums import Channel
from notifications.kinds import KINDS, REMINDER, Kind
from notifications.queries.dispatch import complete_messages
from notifications.rendering import situations
from notifications.rendering.letters import Letter
from notifications.rendering.overrides import rendered
from notifications.rendering.situations import Renderings
from registrations.models import Invitation, Participant, PartyMember, Registration, RegistrationChange
from tests.make.events import NOW
from tests.notifications.test_rendering import make_complete

pytestmark = pytest.mark.django_db

NASTY = "<b>O'N</b>&\"</p>{{title}}{{manage_link:7}}%s%(name)s{0}\\1\\g<0>\ue000name\ue001"
LONG = "  Ї{% now %} שרה \u202eאב\u202c\u200f\n\n\n gęślą\u2028 jaźń {{mine_link:7}} " + "Ż" * 100
NAMES = {Channel.EMAIL: [NASTY, LONG[:100]], Channel.SMS: ["{{x}} %s <ż>"]}


def letters(pks: Iterable[uuid.UUID], renderings: Renderings) -> list[Letter]:
    return [
        letter_of(message, background_of([message], renderings), at=NOW) for message in complete_messages(list(pks))
    ]


def leave_alone() -> None:
    """Nobody brings anybody along, but for those to whom a message goes."""
    RegistrationChange.objects.update(member=None)
    PartyMember.objects.filter(messages=None).delete()


@pytest.mark.parametrize(("language", "channel"), [("uk", Channel.EMAIL), ("en", Channel.SMS)])
def test_a_text_filled_in_is_the_text_written_alone(
    language: str, channel: Channel, texts_compared: list[tuple[str, bool]]
):
    pks = [make_complete(kind, language, channel).pk for kind in KINDS]
    leave_alone()
    renderings = Renderings()
    texts_compared.clear()
    for name in ("Anna", *NAMES[channel]):
        Participant.objects.update(first_name=name)
        PartyMember.objects.update(first_name=name)
        Invitation.objects.update(first_name=name)
        letters(pks, renderings)

    assert {template.split("/")[1] for template, _ in texts_compared} == set(KINDS)
    assert {template.split("/")[1] for template, is_alone in texts_compared if not is_alone} > {"confirmed", "reminder"}


def test_people_in_one_situation_share_what_is_written(monkeypatch: pytest.MonkeyPatch):
    message = make_complete("reminder", "pl", Channel.EMAIL)
    leave_alone()
    written: list[str] = []

    def counted(kind: Kind, name: str, values: Mapping[str, object], own_words: Mapping[str, str]) -> str:
        written.append(name)
        return rendered(kind, name, values, own_words)

    monkeypatch.setattr(situations, "rendered", counted)
    renderings = Renderings()

    letters([message.pk], renderings)
    Participant.objects.update(first_name="Ktoś inny")
    (other,) = letters([message.pk], renderings)
    Registration.objects.update(seats=3)
    (more,) = letters([message.pk], renderings)

    assert "Ktoś inny" in other.body
    assert "3" in more.body.replace(other.body, "")
    assert len(written) == 6


def test_what_is_kept_has_an_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(situations, "_MOST_KEPT", 2)
    renderings = Renderings()

    for number in range(5):
        renderings.reader(REMINDER, {"title": str(number), "when_short": ""}, {}).render("subject.txt")

    assert len(renderings._kept) <= 2
