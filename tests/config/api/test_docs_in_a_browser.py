"""The page of the docs in a real browser: axe finds nothing, and a phone shows it without sliding sideways."""

import pytest
from playwright.sync_api import Page

from tests.config.test_pages_in_a_browser import AXE, PHONE, RULES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_the_docs_can_be_read_by_everybody(page: Page):
    page.set_viewport_size(PHONE)

    page.goto("/api/v1/docs/")

    # From inside: the page's own policy lets no foreign script in.
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    assert [(fault["id"], len(fault["nodes"]), fault["nodes"][0]["html"][:200]) for fault in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
