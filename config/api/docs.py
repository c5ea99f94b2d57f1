"""`/api/v1/docs/`: the schema as a page to read, without a script and without anybody else's server."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from config.api.schema import schema_in

JSONObject = Mapping[str, Any]

# What stands in examples: by format, else by the field's name.
FORMATS: Final = {
    "date-time": "2027-02-07T17:00:00+01:00",
    "date": "2027-02-07",
    "uuid": "7f2c1b9e-5d0a-4c3e-9a41-0c6f5b8d2e17",
    "email": "anna@example.org",
    "uri": "https://wiec.example.org/",
}
TEXTS: Final = {
    "pl": "Spacer po parku",
    "en": "A walk in the park",
    "uk": "Прогулянка парком",
    "slug": "spacer-po-parku",
    "event": "spacer-po-parku",
    "email": "anna@example.org",
    "first_name": "Anna",
    "last_name": "Nowak",
    "phone": "+48600100200",
    "kind": "workshop",
    "category": "resident",
    "unit": "strategia",
    "time_zone": "Europe/Warsaw",
    "language": "pl",
    "latitude": "51.247900",
    "longitude": "22.568300",
}


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a body."""

    name: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True)
class Shape:
    """A named object that bodies and answers are made of."""

    name: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Content:
    """A body or an answer: its type, the object or list of them that it is made of, and what it looks like."""

    type: str
    shape: str = ""
    fields: tuple[Field, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class Answer:
    """What comes back with a status."""

    status: str
    description: str
    content: Content


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    needs_token: bool
    parameters: tuple[Field, ...]
    body: Content
    curl: str
    answers: tuple[Answer, ...]


@require_safe
@cache_control(public=True, max_age=300)
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation and every shape, in the order of the schema."""
    schema = schema_in(get_language() or "")
    context = {"operations": list(operations(schema)), "shapes": list(shapes(schema))}
    return render(request, "api/docs.html", context)


def operations(schema: JSONObject) -> Iterator[Operation]:
    """What one can ask for."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            needs_token = any(operation.get("security", ()))
            body = _content(operation.get("requestBody", {}), schema)
            yield Operation(
                id=operation["operationId"],
                method=method.upper(),
                path=path,
                summary=operation.get("description", ""),
                needs_token=needs_token,
                parameters=tuple(
                    Field(
                        name=parameter["name"],
                        type=type_name(parameter["schema"]),
                        required=parameter.get("required", False),
                        description=parameter.get("description", ""),
                    )
                    for parameter in operation.get("parameters", ())
                ),
                body=body,
                curl=_curl(method, path, body=body.example, needs_token=needs_token),
                answers=tuple(
                    Answer(status=status, description=answer.get("description", ""), content=_content(answer, schema))
                    for status, answer in operation["responses"].items()
                ),
            )


def shapes(schema: JSONObject) -> Iterator[Shape]:
    """What bodies and answers are made of."""
    for name, shape in schema["components"]["schemas"].items():
        fields = _fields(shape)
        if fields:
            yield Shape(name=name, description=shape.get("description", ""), fields=fields)


def _fields(shape: JSONObject) -> tuple[Field, ...]:
    required = shape.get("required", ())
    return tuple(
        Field(
            name=field,
            type=type_name(inner),
            required=field in required,
            description=inner.get("description", ""),
        )
        for field, inner in shape.get("properties", {}).items()
    )


def type_name(schema: JSONObject) -> str:
    """A type as people write it: `EventSession[]`, `"pl" | "en"`, `integer | null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return " | ".join(type_name(one) for one in schema[several])
    if "enum" in schema:
        return " | ".join("null" if value is None else f'"{value}"' for value in schema["enum"])
    kind = schema.get("type", "")
    names = [str(one) for one in cast("list[object]", kind)] if isinstance(kind, list) else [str(kind or "any")]
    form = f" ({schema['format']})" if "format" in schema else ""
    words = {"array": f"{type_name(schema.get('items', {}))}[]", "null": "null"} if kind else {}
    return " | ".join(words.get(name, f"{name}{form}") for name in names)


def example(schema: JSONObject, whole: JSONObject, *, name: str = "", inside: tuple[str, ...] = ()) -> object:
    """A value that the schema allows; `inside` keeps an object that holds its like from going on for ever."""
    reference = str(schema.get("$ref", "")).rpartition("/")[2]
    if reference:
        if reference in inside:
            return {}
        return example(whole["components"]["schemas"][reference], whole, name=name, inside=(*inside, reference))
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return example(schema[several][0], whole, name=name, inside=inside)
    if "properties" in schema:
        parts = schema["properties"].items()
        return {part: example(inner, whole, name=part, inside=inside) for part, inner in parts}
    if schema.get("type") == "array":
        return [example(schema.get("items", {}), whole, name=name, inside=inside)]
    return _single(schema, name)


def _single(schema: JSONObject, name: str) -> object:
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    for known in (schema.get("default"), schema.get("example"), *schema.get("enum", ())[:1]):
        if known is not None:
            return known
    kind = schema.get("type")
    kind = next((one for one in kind if one != "null"), None) if isinstance(kind, list) else kind
    number = max(1, schema.get("minimum", 1))
    by_kind: JSONObject = {"boolean": True, "integer": number, "number": number, "object": {}, "array": []}
    return by_kind.get(str(kind), TEXTS.get(name, "…"))


def _content(holder: JSONObject, whole: JSONObject) -> Content:
    for content_type, content in holder.get("content", {}).items():
        if not content_type.endswith("json"):
            return Content(content_type)
        schema = content.get("schema", {})
        name = type_name(schema)
        shape = whole["components"]["schemas"].get(name, {})
        # What is refused looks alike everywhere and is shown once, with the shapes.
        is_problem = content_type.endswith("problem+json")
        if is_problem or not shape:
            return Content(name, name if shape else "")
        written = json.dumps(example(schema, whole), ensure_ascii=False, indent=2)
        return Content(name, name if _fields(shape) else "", _fields(shape), written)
    return Content("")


def _curl(method: str, path: str, *, body: str, needs_token: bool) -> str:
    """The line that asks for it, with what is to be put in between braces."""
    parts = ["curl --globoff"]
    parts += [f"--request {method.upper()}"] if method != "get" else []
    parts += ['--header "Authorization: Token $TOKEN"'] if needs_token else []
    parts += ['--header "Content-Type: application/json" --data @body.json'] if body else []
    return " ".join([*parts, f'"{settings.BASE_URL}{path}"'])
