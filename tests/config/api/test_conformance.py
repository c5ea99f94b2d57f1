"""Programs that nobody here wrote: schemathesis reads the schema, asks every operation, and compares the answers with it."""

import os
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi_checks

from config.wsgi import application
from events.enums import Role
from events.models import ApiToken, Audience, EventSeries, Organization, User
from events.tokens import hash_api_token, new_api_token
from registrations.enums import RegistrationState
from tests.make import make_event, make_notice, make_process, make_registration, make_topic, make_user, make_venue
from tests.make.events import NOW

# Chosen one by one: what a refusal of a wrong body looks like is held by tests of our own, because a string of digits
# where a number is meant is read as one here, as everywhere in this framework.
HELD = [
    not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.unsupported_method,
]
CHOICE = {"value": "a", "label": {"pl": "Zieleń"}}
EXAMPLES = int(os.environ.get("EXAMPLES", "2"))


def program_of(user: User) -> dict[str, str]:
    """The header of a program of this user."""
    token = new_api_token()
    ApiToken.objects.create(user=user, token_hash=hash_api_token(token), created_at=NOW)
    return {"Authorization": f"Token {token}"}


@pytest.fixture
def world(served: WSGIHandler) -> dict[str, Any]:
    """Things that addresses can lead to, so that more than 404s are compared."""
    make_notice()
    event = make_event("debata", venue=make_venue("ratusz"), categories=[("business", 5)], sessions=2)
    event.topics.add(make_topic("zielen"))
    make_process("lublin")
    session = event.sessions.all()[0]
    body = Organization.objects.create(slug="fundacja", name="Fundacja")
    Audience.objects.create(slug="lista", name={"pl": "Lista"}).organizations.add(body)
    point = session.agenda.create(title={"pl": "Otwarcie"})
    role = {"kind": "speaker", "name": "Ewa", "identity": "ewa", "is_public": True, "organization": body}
    event.roles.create(**role)
    event.roles.create(**role, agenda_item=point)
    event.reminders.create(channel="sms", minutes_before=120)
    question = event.questions.create(kind="choice", text={"pl": "?"}, purpose={"pl": "!"}, choices=[CHOICE])
    event.attachments.create(title={"pl": "Plik"}, file_name="a.pdf", size=1, sha256="1", added_at=NOW)
    series = EventSeries.objects.create(unit=event.unit, name="Debaty", created_at=NOW)
    event.series = series
    event.save()
    registration = make_registration(event, state=RegistrationState.OFFERED, category="business")
    registration.changes.create(cause="signed_up", to_state="offered", at=NOW)
    event.changes.create(kind="published", at=NOW, after={"passed_over": ["venue"]})
    return {
        "paths": {
            "/api/v1/processes/{slug}/": {"slug": "lublin"},
            "/api/v1/processes/{slug}/report/": {"slug": "lublin"},
            "/api/v1/manage/venues/{slug}/": {"slug": "ratusz"},
            "/api/v1/manage/events/{slug}/sessions/{item}/": {"slug": "debata", "item": session.pk},
            "/api/v1/manage/events/{slug}/questions/{item}/": {"slug": "debata", "item": question.pk},
            "/api/v1/manage/events/{slug}/pools/{item}/": {"slug": "debata", "item": event.pools.all()[0].pk},
            "/api/v1/manage/organizations/{name}/": {"name": "fundacja"},
            "/api/v1/manage/audiences/{name}/": {"name": "lista"},
            "/api/v1/manage/audiences/{name}/organizations/": {"name": "lista"},
            "/api/v1/manage/kinds/{name}/": {"name": "workshop"},
            "/api/v1/manage/topics/{name}/": {"name": "zielen"},
        },
        "usual": {
            "slug": "debata",
            "token": registration.manage_token,
            "reference": registration.reference,
            "item": 1,
            "series_id": series.pk,
        },
        "headers": program_of(make_user(role=Role.OWNER)),
    }


schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", app=application)
# Bodies that fit: what does not fit is asked by hand in test_bad_input, and making it up took most of the time.
schema.config.generation.update(modes=[schemathesis.GenerationMode.POSITIVE])


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_what_the_schema_says(case: Any, world: dict[str, Any]) -> None:
    known = {**world["usual"], **world["paths"].get(case.path, {})}
    case.path_parameters = {name: known.get(name, value) for name, value in (case.path_parameters or {}).items()}
    # The transport inside of one process unpacks nothing.
    case.headers = {**(case.headers or {}), "Accept-Encoding": "identity"}
    if case.path.startswith("/api/v1/manage/"):
        case.headers = {**case.headers, **world["headers"]}
    with transaction.atomic():
        case.call_and_validate(checks=HELD)
        transaction.set_rollback(True)
