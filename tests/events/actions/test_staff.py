"""Staff accounts and keys, made without questions."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from events.actions.staff import create_staff, create_token
from events.enums import Role
from events.errors import FieldErrors
from events.models import ApiToken, UnitMembership, User
from events.tokens import hash_api_token
from tests.make import make_unit, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def roles() -> list[tuple[str, str, str]]:
    return list(UnitMembership.objects.order_by("id").values_list("user__email", "unit__slug", "role"))


def test_an_account_is_made_once_and_collects_roles():
    unit = make_unit()
    for role in (Role.EDITOR, Role.DOOR, Role.DOOR):
        create_staff("Anna@Example.org ", unit=unit, role=role, password=None, by=None, at=NOW)

    assert roles() == [("anna@example.org", "strategia", "editor"), ("anna@example.org", "strategia", "door")]
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (True, False, False)


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [("nobody", "correct horse battery", "email"), ("anna@example.org", "1234", "password")],
)
def test_what_does_not_fit_is_refused(email, password, field):
    with pytest.raises(FieldErrors) as refusal:
        create_staff(email, unit=make_unit(), role=Role.OWNER, password=password, by=None, at=NOW)

    assert list(refusal.value.errors) == [field]
    assert not User.objects.exists()


@pytest.mark.parametrize(("days", "expires_at"), [(None, None), (30, NOW + timedelta(days=30))])
def test_a_key_is_kept_as_a_hash(days, expires_at):
    user = make_user()

    token = create_token(user, days=days, at=NOW)

    row = ApiToken.objects.get()
    assert (row.user, row.token_hash, row.expires_at) == (user, hash_api_token(token), expires_at)


def test_the_command_makes_up_a_password_and_prints_it_once(capsys):
    make_unit()

    call_command("create_staff", "anna@example.org", unit="strategia", role="owner")
    call_command("create_staff", "Anna@example.org", unit="strategia", role="door", superuser=True)

    first, password, second = capsys.readouterr().out.splitlines()
    assert (first, second) == ("anna@example.org is owner in strategia.", "anna@example.org is door in strategia.")
    user = User.objects.get()
    assert user.check_password(password.removeprefix("Password (shown once): "))
    assert user.is_superuser


def test_the_command_reads_a_password(monkeypatch, capsys):
    make_unit()
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))

    call_command("create_staff", "anna@example.org", "--password-stdin", unit="strategia", role="owner")

    assert capsys.readouterr().out == "anna@example.org is owner in strategia.\n"
    assert User.objects.get().check_password("correct horse battery")


@pytest.mark.parametrize(
    ("given", "unit", "sentence"),
    [
        (["anna@example.org"], "nowhere", "There is no unit “nowhere” (there are: strategia)."),
        (["nobody"], "strategia", "To nie jest adres e-mail.|This is not an e-mail address."),
    ],
)
def test_the_command_refuses_in_a_sentence(given, unit, sentence):
    make_unit()

    with pytest.raises(CommandError) as refusal:
        call_command("create_staff", *given, unit=unit, role="owner")

    assert str(refusal.value) in sentence.split("|")


def test_the_key_is_all_that_is_printed(capsys):
    make_user("anna@example.org")

    call_command("create_token", "Anna@example.org", "--days", "7")

    assert ApiToken.objects.get().token_hash == hash_api_token(capsys.readouterr().out.strip())


def test_no_key_for_a_stranger():
    with pytest.raises(CommandError):
        call_command("create_token", "anna@example.org")


@pytest.mark.parametrize("days", ["0", "-1", "x", "4000", "9" * 30])
def test_no_key_for_ever_by_a_slip(days):
    with pytest.raises(CommandError):
        call_command("create_token", "anna@example.org", "--days", days)
