"""Builders of requests: a program of a member of staff."""

import itertools
from typing import Any

from rest_framework.test import APIClient

from events.models import ApiToken, User
from events.tokens import hash_api_token, new_api_token
from tests.make.events import NOW

_numbers = itertools.count(1)


class Program(APIClient):
    """A client that speaks JSON and English, each from an address of its own, so that no test slows another one."""

    def __init__(self, user: User | None = None, *, language: str = "en", **defaults: Any) -> None:
        number = next(_numbers)
        address = f"198.51.{number // 250 % 250}.{number % 250 + 1}"
        super().__init__(REMOTE_ADDR=address, HTTP_ACCEPT_LANGUAGE=language, **defaults)
        if user is not None:
            token = new_api_token()
            ApiToken.objects.create(user=user, token_hash=hash_api_token(token), created_at=NOW)
            self.credentials(HTTP_AUTHORIZATION=f"Token {token}")
