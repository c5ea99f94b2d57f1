"""What is printed, as a browser puts it on sheets of A4."""

import os
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from registrations.models import Participant, Registration
from tests.make import make_event, make_notice, make_registration, make_user

# Where to keep what was printed, for people to look at.
PICTURES = os.environ.get("WIEC_PICTURES")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def sheets(page: Page, name: str) -> int:
    """How many sheets the page is printed on."""
    page.goto(f"/manage/events/meeting/print/{name}/")
    pdf = page.pdf(prefer_css_page_size=True)
    if PICTURES:
        (Path(PICTURES) / f"{name}.pdf").write_bytes(pdf)
    assert {tuple(map(round, map(float, box.split()))) for box in re.findall(rb"/MediaBox \[([\d. ]+)\]", pdf)} == {
        (0, 0, 595, 842)
    }
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_lists_and_badges_fit_their_sheets(page: Page):
    event = make_event(
        "meeting", title="Otwarte spotkanie w sprawie strategii miasta, dzielnica Śródmieście (przykład)"
    )
    make_notice()
    names = ["Żółć-Brzęczyszczykiewicz", "Łoś", "Śliwa", "Szulc", "Lis", "Mak", "Ćwik"]
    for number in range(42):
        make_registration(event, first_name="Przykładosława Anna", last_name=names[number % len(names)])
    Participant.objects.filter(last_name="Łoś").update(
        organisation="Stowarzyszenie Mieszkańców Dzielnicy Kalinowszczyzna na rzecz Zieleni i Spokoju (przykład)"
    )
    Registration.objects.filter(participant__last_name="Łoś").update(no_photo=True)
    client = Client()
    client.force_login(make_user())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.goto("/")
    origin = str(page.evaluate("location.origin"))
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": origin}])

    printed = {name: sheets(page, name) for name in ("attendance", "badges", "door")}

    assert printed == {"attendance": 4, "badges": 5, "door": 3}
    # Nothing of a badge is cut off.
    page.goto("/manage/events/meeting/print/badges/")
    page.emulate_media(media="print")
    cut = page.eval_on_selector_all(
        ".badge, .badge .name", "all => all.filter(one => one.scrollHeight > one.clientHeight + 1).length"
    )
    assert cut == 0
