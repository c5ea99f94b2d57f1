"""`/api/v1/docs/`: the schema as a page to read, without a script and without anybody else's server."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from config.api.schema import schema_in

JSONObject = Mapping[str, Any]


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
class Answer:
    """What comes back with a status."""

    status: str
    type: str
    description: str


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    needs_token: bool
    parameters: tuple[Field, ...]
    body: str
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
            yield Operation(
                id=operation["operationId"],
                method=method.upper(),
                path=path,
                summary=operation.get("description", ""),
                needs_token=any(operation.get("security", ())),
                parameters=tuple(
                    Field(
                        name=parameter["name"],
                        type=type_name(parameter["schema"]),
                        required=parameter.get("required", False),
                        description=parameter.get("description", ""),
                    )
                    for parameter in operation.get("parameters", ())
                ),
                body=_content_type_name(operation.get("requestBody", {})),
                answers=tuple(
                    Answer(status=status, type=_content_type_name(answer), description=answer.get("description", ""))
                    for status, answer in operation["responses"].items()
                ),
            )


def shapes(schema: JSONObject) -> Iterator[Shape]:
    """What bodies and answers are made of."""
    for name, shape in schema["components"]["schemas"].items():
        required = shape.get("required", ())
        fields = tuple(
            Field(
                name=field,
                type=type_name(inner),
                required=field in required,
                description=inner.get("description", ""),
            )
            for field, inner in shape.get("properties", {}).items()
        )
        if fields:
            yield Shape(name=name, description=shape.get("description", ""), fields=fields)


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


def _content_type_name(holder: JSONObject) -> str:
    for content_type, content in holder.get("content", {}).items():
        name = type_name(content.get("schema", {}))
        return name if content_type.endswith("json") else content_type
    return ""
