"""Accounts of staff: who they are, where they belong, and keys for their programs."""

from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events.enums import Role
from events.errors import FieldErrors
from events.models import ApiToken, OrganizationalUnit, Translated, UnitMembership, User
from events.tokens import hash_api_token, new_api_token


@transaction.atomic
def create_staff(
    email: str,
    *,
    unit: OrganizationalUnit,
    role: Role,
    password: str | None,
    is_superuser: bool = False,
    is_example: bool = False,
    by: User | None,  # noqa: ARG001 - every action says who
    at: datetime,  # noqa: ARG001 - and when
) -> User:
    """Make the account, or give the one with this address the role as well; a password that is given is set."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise FieldErrors({"email": [_("This is not an e-mail address.")]}) from error
    known = User.objects.select_for_update().filter(email=email).first()
    user = known or User(email=email, is_example=is_example)
    user.is_staff = True
    user.is_superuser |= is_superuser
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise FieldErrors({"password": list(error.messages)}) from error
        user.set_password(password)
    elif known is None:
        user.set_unusable_password()
    user.save()
    UnitMembership.objects.get_or_create(user=user, unit=unit, role=role)
    return user


@transaction.atomic
def create_unit(
    slug: str,
    *,
    name: Translated,
    by: User | None,  # noqa: ARG001 - every action says who
    at: datetime,  # noqa: ARG001 - and when
) -> OrganizationalUnit:
    """Make a unit that may own events; a short name that is taken is refused."""
    unit = OrganizationalUnit(slug=slug, name=name)
    try:
        unit.full_clean()
    except ValidationError as error:
        raise FieldErrors({field: list(sentences) for field, sentences in error.message_dict.items()}) from error
    unit.save()
    return unit


@transaction.atomic
def create_token(user: User, *, days: int | None, at: datetime) -> str:
    """A key for the person's programs, good for so many days or without end; only its hash is kept."""
    token = new_api_token()
    expires_at = None if days is None else at + timedelta(days=days)
    ApiToken.objects.create(user=user, token_hash=hash_api_token(token), created_at=at, expires_at=expires_at)
    return token
