"""Signing in: by address and password, slowly for whoever guesses, and nobody signs up."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from events.models import User
from tests.make import make_user
from tests.make.events import PASSWORD

pytestmark = pytest.mark.django_db

LOGIN = "/en/accounts/login/"
RESET = "/en/accounts/password/reset/"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def user():
    return make_user("ola@example.org")


def test_the_address_and_the_password_open_the_desk(user):
    client = Client()

    response = client.post(LOGIN, {"login": "OLA@example.org", "password": PASSWORD})

    assert response["Location"] == "/en/manage/"
    assert client.get("/en/manage/").status_code == 200


def test_one_lands_where_one_wanted_to_go_and_nowhere_else(user):
    wanted = Client().post(LOGIN, {"login": user.email, "password": PASSWORD, "next": "/en/manage/events/"})
    foreign = Client().post(LOGIN, {"login": user.email, "password": PASSWORD, "next": "https://evil.example/"})

    assert (wanted["Location"], foreign["Location"]) == ("/en/manage/events/", "/en/manage/")


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(user):
    wrong = Client().post(LOGIN, {"login": user.email, "password": "wrong"}).content.decode()
    unknown = Client().post(LOGIN, {"login": "nobody@example.org", "password": "wrong"}).content.decode()

    sentence = "The e-mail address and the password do not match."
    assert sentence in wrong
    assert sentence in unknown


def test_guessing_is_slowed_down_even_for_the_right_password(user):
    client = Client()
    for _try in range(5):
        client.post(LOGIN, {"login": user.email, "password": "wrong"})

    response = client.post(LOGIN, {"login": user.email, "password": PASSWORD})

    assert "Too many wrong attempts." in response.content.decode()
    assert client.get("/en/manage/").status_code == 302


def test_knocking_without_end_is_answered_429(user):
    answers = {
        Client().post(LOGIN, {"login": f"x{number}@example.org", "password": "x"}).status_code for number in range(40)
    }

    assert 429 in answers


def test_nobody_signs_up():
    shown = Client().get("/en/accounts/signup/")
    tried = Client().post(
        "/en/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    )

    assert "Nobody signs up here" in shown.content.decode()
    assert "Nobody signs up here" in tried.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("page", ["email/", "password/set/", "confirm-email/", "login/code/", "reauthenticate/"])
def test_pages_that_staff_do_not_need_do_not_exist(user, page):
    client = Client()
    client.force_login(user)

    assert client.get(f"/en/accounts/{page}").status_code == 404


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(user):
    Client().post(RESET, {"email": user.email})
    (letter,) = mail.outbox
    (link,) = re.findall(r"https?://[^/]+(/en/accounts/password/reset/key/\S+)", str(letter.body))
    client = Client()

    page = client.get(link, follow=True)
    done = client.post(page.request["PATH_INFO"], {"password1": "new horse staple", "password2": "new horse staple"})

    user.refresh_from_db()
    assert done["Location"] == "/en/accounts/password/reset/key/done/"
    assert user.check_password("new horse staple")
    assert "This link does not work any more" in Client().get(link, follow=True).content.decode()


def test_an_address_without_an_account_gets_no_mail_and_the_same_answer(user):
    known = Client().post(RESET, {"email": user.email})
    mail.outbox.clear()
    unknown = Client().post(RESET, {"email": "nobody@example.org"})

    assert known["Location"] == unknown["Location"] == "/en/accounts/password/reset/done/"
    assert mail.outbox == []


def test_the_password_is_changed_with_the_present_one(user):
    client = Client()
    client.force_login(user)
    change = {"password1": "new horse staple", "password2": "new horse staple"}

    refused = client.post("/en/accounts/password/change/", {"oldpassword": "wrong", **change})
    done = client.post("/en/accounts/password/change/", {"oldpassword": PASSWORD, **change})

    user.refresh_from_db()
    assert "This is not your present password." in refused.content.decode()
    assert done["Location"] == "/en/manage/"
    assert user.check_password("new horse staple")


def test_signing_out_needs_a_button(user):
    client = Client()
    client.force_login(user)

    asked = client.get("/en/accounts/logout/")
    assert (asked.status_code, client.get("/en/manage/").status_code) == (200, 200)
    client.post("/en/accounts/logout/")

    assert client.get("/en/manage/").status_code == 302


def test_an_account_that_is_switched_off_stays_outside(user):
    User.objects.update(is_active=False)
    client = Client()

    client.post(LOGIN, {"login": user.email, "password": PASSWORD})

    assert client.get("/en/manage/").status_code == 302
