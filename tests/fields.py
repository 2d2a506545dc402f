"""What the tests of the fields share: an invented page, read."""

from __future__ import annotations

import json

from newscrawl.extraction.metadata import Metadata, read_metadata
from newscrawl.extraction.page import Page, read_page

URL = "https://www.gull.example/local/2026/harbour-opens?ref=front"
TEXT = (
    "<p>"
    + "The harbour opened on Sunday after three years of work, and ferries left for the islands again. " * 3
    + "</p>"
)


def read(body: str = "", head: str = "", url: str | None = URL, lang: str = ' lang="en"', **more: object) -> Metadata:
    page = read_page(f"<html{lang}><head>{head}</head><body>{body}</body></html>", url)
    assert isinstance(page, Page)
    return read_metadata(page, **more)  # type: ignore[arg-type]


def jsonld(**story: object) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Harbour opens", **story}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'
