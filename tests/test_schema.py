"""The JSON Schema says what items.py says, and refuses what is no record."""

from __future__ import annotations

from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from stored import article, rejection

from newscrawl.items import ArchiveRef, article_from_dict, to_dict
from newscrawl.storage import schema

REF = ArchiveRef("pages-00001.warc.gz", "<urn:uuid:6f1c0f2e-8f5c-4b6e-9a53-5a4a53d5c6a1>")


def test_the_shipped_schema_is_the_one_that_items_make() -> None:
    shipped = resources.files("newscrawl").joinpath(schema.NAME).read_text("utf-8")
    assert shipped == schema.as_json(), "python -m newscrawl.storage.schema > newscrawl/record.schema.json"
    Draft202012Validator.check_schema(schema.build())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"archive": REF},
        {"url": None, "canonical_url": None, "site": None, "fetched_at": None, "http_status": None},
        {"headline": None, "dateline": None, "authors": (), "images": (), "published_at": None, "language": None},
        {"published_at": "2026-11-24", "modified_at": "2026-11-24T09:30:00+08:00", "language": "zh-Hans"},
    ],
)
def test_records_are_valid(changes: dict[str, Any]) -> None:
    record = to_dict(article(1, **changes))
    assert schema.problems(record) == []
    assert to_dict(article_from_dict(record)) == record


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("id", "ABC", "id:"),
        ("revision", 0, "revision:"),
        ("revision", "1", "revision:"),
        ("headline", "", "headline:"),
        ("body", None, "body:"),
        ("authors", [""], "authors.0:"),
        ("authors", None, "authors:"),
        ("images", [{"url": None, "caption": None, "credit": None}], "images.0.url:"),
        ("published_at", "24 Nov 2026", "published_at:"),
        ("published_at", "2026-11-24T09:30:00", "published_at:"),
        ("language", "English", "language:"),
        ("completeness", "half", "completeness:"),
        ("confidence", 1.2, "confidence:"),
        ("content_hash", "1234", "content_hash:"),
        ("http_status", 42, "http_status:"),
        ("archive", {"file": "pages-00001.warc.gz"}, "archive:"),
        ("provenance", {"body": 1}, "provenance.body:"),
    ],
)
def test_what_is_wrong_is_named(key: str, value: Any, says: str) -> None:
    record = to_dict(article(1)) | {key: value}
    assert [each for each in schema.problems(record) if each.startswith(says)]


def test_a_missing_key_and_another_order_are_wrong_and_a_new_key_is_not() -> None:
    record = to_dict(article(1))
    assert schema.problems(record | {"new_in_2030": 1}) == []
    assert schema.problems(dict(reversed(record.items()))) == ["record: keys in another order"]
    del record["deck"]
    assert schema.problems(record) == ["record: 'deck' is a required property"]


@pytest.mark.parametrize(
    ("changes", "valid"),
    [({}, True), ({"detail": None, "http_status": None}, True), ({"archive": REF}, True), ({"reason": "odd"}, False)],
)
def test_reject_lines(changes: dict[str, Any], valid: bool) -> None:
    assert (schema.rejection_problems(to_dict(rejection(1, **changes))) == []) is valid
