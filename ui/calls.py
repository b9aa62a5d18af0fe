"""The OpenAPI document as a list for people: each call with its fields, those inside others named with a dot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body; ``choices`` if it has some only."""

    name: str
    kind: str
    needed: bool
    about: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A method of an address, what it does, and what it takes."""

    method: str
    path: str
    about: str
    fields: tuple[Field, ...]


def calls(document: Schema) -> tuple[Call, ...]:
    """All calls of an OpenAPI document, in its order."""
    schemas = document["components"]["schemas"]
    return tuple(
        Call(method.upper(), path, call.get("description", "").replace("``", ""), tuple(_taken(call, schemas)))
        for path, methods in document["paths"].items()
        for method, call in methods.items()
    )


def _taken(call: Schema, schemas: Schema) -> Iterator[Field]:
    for parameter in call.get("parameters", ()):
        about = {"description": parameter.get("description", ""), **parameter["schema"]}
        yield from _fields(parameter["name"], about, parameter["required"], schemas)
    for body in call.get("requestBody", {}).get("content", {}).values():
        yield from _inside("", body["schema"], schemas)


def _inside(prefix: str, schema: Schema, schemas: Schema) -> Iterator[Field]:
    """The fields of the object that ``schema`` is, or refers to; none if it is no object."""
    found = _named(schema, schemas)
    for name, field in found.get("properties", {}).items():
        yield from _fields(prefix + name, field, name in found.get("required", ()), schemas)


def _fields(name: str, schema: Schema, needed: bool, schemas: Schema) -> Iterator[Field]:
    """A field, and those inside it or inside the elements of its list."""
    either = [part for part in schema.get("anyOf", (schema,)) if part.get("type") != "null"]
    own = [_named(part, schemas) for part in either]
    choices = tuple(str(choice) for part in own for choice in part.get("enum", ()))
    kind = " / ".join(dict.fromkeys(str(part.get("type", "any")) for part in own))
    about = schema.get("description") or ("" if either == [schema] else own[0].get("description", ""))
    yield Field(name, kind, needed, about, choices)
    for part in either:
        if "items" in part:
            yield from _inside(f"{name}[].", part["items"], schemas)
        else:
            yield from _inside(f"{name}.", part, schemas)


def _named(schema: Schema, schemas: Schema) -> Schema:
    """The schema that ``schema`` refers to, or itself."""
    found: Schema = schemas[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
    return found
