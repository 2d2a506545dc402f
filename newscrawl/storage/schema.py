"""The JSON Schema of records and reject lines: made from items.py, shipped as newscrawl/record.schema.json.

items.py says names, order and types; the table below adds what types cannot say. Objects are open: a reader of today
must not refuse a record of tomorrow that has one key more.

    python -m newscrawl.storage.schema > newscrawl/record.schema.json
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import resources
from typing import Any

from newscrawl.items import REASONS, Article, Rejection

NAME = "record.schema.json"

_DAY = r"\d{4}-\d\d-\d\d"
_MOMENT = rf"{_DAY}T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)"

#: What the types in items.py do not say, by class and field.
_MORE: Mapping[str, Mapping[str, Any]] = {
    "Article.id": {"pattern": "^[0-9a-f]{32}$", "description": "of SHA-256 over the canonical URL"},
    "Article.revision": {"minimum": 1},
    "Article.url": {"format": "uri", "description": "where it was fetched, after redirects"},
    "Article.canonical_url": {"format": "uri", "description": "the page's own, without tracking parameters"},
    "Article.site": {"description": "profile name"},
    "Article.published_at": {"pattern": f"^({_DAY}|{_MOMENT})$"},
    "Article.modified_at": {"pattern": f"^({_DAY}|{_MOMENT})$"},
    "Article.language": {"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "description": "BCP 47"},
    "Article.body": {"description": "paragraphs, subheadings and list items, joined by a blank line"},
    "Article.word_count": {"minimum": 0, "description": "one CJK character counts as one"},
    "Article.completeness": {"enum": ["full", "teaser", "liveblog"]},
    "Article.confidence": {"minimum": 0, "maximum": 1},
    "Article.content_hash": {"pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of headline and body"},
    "Article.fetched_at": {"pattern": f"^{_MOMENT}$"},
    "Article.http_status": {"minimum": 100, "maximum": 599},
    "Dateline.country": {"pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2"},
    "Dateline.latitude": {"minimum": -90, "maximum": 90},
    "Dateline.longitude": {"minimum": -180, "maximum": 180},
    "Dateline.date": {"pattern": f"^{_DAY}$"},
    "ArchiveRef.record_id": {"pattern": "^<urn:uuid:[0-9a-f-]{36}>$", "description": "WARC-Record-ID of the response"},
    "ArchiveRef.file": {"description": "relative to the run's folder"},
    "Rejection.reason": {"enum": list(REASONS)},
    "Rejection.fetched_at": {"pattern": f"^{_MOMENT}$"},
    "Rejection.http_status": {"minimum": 100, "maximum": 599},
}

_PLAIN: Mapping[Any, Mapping[str, Any]] = {
    str: {"type": "string", "minLength": 1},
    int: {"type": "integer"},
    float: {"type": "number"},
}


def build() -> dict[str, Any]:
    """The schema: a record at its top, a reject line under $defs/rejection."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A news article",
        **_object(Article),
        "$defs": {"rejection": {"title": "A page that gave no record", **_object(Rejection)}},
    }


def as_json() -> str:
    """The text of record.schema.json."""
    return json.dumps(build(), indent=1) + "\n"


def problems(record: Mapping[str, Any]) -> list[str]:
    """What is wrong with a record given as plain JSON types: "key: reason", none when it is valid."""
    return [*_problems(_validators()[0], record), *_order(Article, record)]


def rejection_problems(line: Mapping[str, Any]) -> list[str]:
    """What is wrong with a reject line."""
    return [*_problems(_validators()[1], line), *_order(Rejection, line)]


def _problems(validator: Any, data: Mapping[str, Any]) -> Iterator[str]:
    for error in validator.iter_errors(data):
        yield f"{'.'.join(map(str, error.absolute_path)) or 'record'}: {error.message}"


def _order(kind: type, data: Mapping[str, Any]) -> Iterator[str]:
    """JSON Schema cannot say that keys stand in an order; ours do."""
    names = [field.name for field in fields(kind)]
    if [name for name in data if name in names] != [name for name in names if name in data]:
        yield "record: keys in another order"


@cache
def _validators() -> tuple[Any, Any]:
    from jsonschema import Draft202012Validator

    schema = json.loads(resources.files("newscrawl").joinpath(NAME).read_text("utf-8"))
    return Draft202012Validator(schema), Draft202012Validator(schema["$defs"]["rejection"])


def _object(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    properties = {name: _value(hints[name], _MORE.get(f"{kind.__name__}.{name}", {})) for name in names}
    return {"type": "object", "required": names, "properties": properties}


def _value(hint: Any, more: Mapping[str, Any]) -> dict[str, Any]:
    arguments = typing.get_args(hint)
    if type(None) in arguments:
        some = next(each for each in arguments if each is not type(None))
        return _or_null(_value(some, more))
    origin = typing.get_origin(hint)
    if origin is tuple:
        return {"type": "array", "items": _value(arguments[0], {}), **more}
    if origin is not None and not isinstance(hint, types.UnionType):
        return {"type": "object", "additionalProperties": _value(arguments[1], {}), **more}
    if is_dataclass(hint):
        return {**_object(typing.cast("type", hint)), **more}
    return {**_PLAIN[hint], **more}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **enum}


if __name__ == "__main__":
    print(as_json(), end="")
