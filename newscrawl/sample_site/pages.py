"""Stories and odd pages as the bytes that the server sends: templates filled, encoded, with headers. No sockets."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache, cached_property
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from newscrawl.sample_site.stories import _INLINE, Block, Story

ZONE = ZoneInfo("Asia/Shanghai")
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Page:
    """An answer of the server. modified is when the page last changed; story is the key of the story it prints."""

    path: str
    body: bytes
    content_type: str = HTML
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    modified: datetime | None = None
    story: str | None = None

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'

    @cached_property
    def last_modified(self) -> str | None:
        return format_datetime(self.modified.astimezone(UTC), usegmt=True) if self.modified else None

    @cached_property
    def zipped(self) -> bytes:
        return gzip.compress(self.body, compresslevel=5, mtime=0)


@cache
def templates() -> Environment:
    """The site's templates. autoescape is on for all of them: the feeds and sitemaps are XML."""
    env = Environment(
        loader=PackageLoader("newscrawl.sample_site", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    env.filters |= {"inline": inline, "when": when, "runs": runs, "rfc822": rfc822}
    env.globals |= {"jsonld": jsonld}
    return env


def inline(text: str) -> Markup:
    """A block's text with its marks as HTML."""
    return Markup(  # noqa: S704 - the text is escaped right here, before marks become tags
        _INLINE.sub(
            lambda m: f"<strong>{m[1]}</strong>" if m[1] else f'<a href="/topic/">{m[2]}</a>', str(escape(text))
        )
    )


def when(stamp: str, pattern: str) -> str:
    """An ISO 8601 time or date in another notation; %-d is the day without a leading zero."""
    moment = datetime.fromisoformat(stamp)
    return moment.strftime(pattern.replace("%-d", str(moment.day)))


def rfc822(stamp: str) -> str:
    return format_datetime(datetime.fromisoformat(stamp))


def runs(blocks: Iterable[Block]) -> Iterator[tuple[str, list[Block]]]:
    """Blocks with those of one kind that follow each other taken together, so that items make one list."""
    return ((kind, list(group)) for kind, group in groupby(blocks, key=lambda block: block.kind))


def jsonld(story: Story, base: str, others: Iterable[Story] = ()) -> Markup:
    """The page's JSON-LD, in the manner that the story's flags ask for."""
    data: Any = _article(story, base)
    if "jsonld-graph" in story.flags:
        site = {"@type": "WebSite", "@id": f"{base}/#site", "name": story.publisher, "url": base + "/"}
        data = {"@context": "https://schema.org", "@graph": [site, {"@type": "WebPage", "name": story.headline}, data]}
    if "jsonld-other" in story.flags:
        data = [_article(other, base) for other in others]
    if "jsonld-wrong" in story.flags:
        data |= {"datePublished": "1970-01-01T00:00:00Z", "dateModified": "", "author": {"name": "admin"}}
        data["headline"] = story.publisher
    text = json.dumps(data, ensure_ascii=False, indent=1).replace("</", "<\\/")
    if "jsonld-bad" in story.flags:
        text = text[: len(text) // 2]
    return Markup(text)  # noqa: S704 - a script element holds raw text; "</" is escaped above


def _article(story: Story, base: str) -> dict[str, Any]:
    agency = story.authors == (story.publisher,)
    authors = [{"@type": "Organization" if agency else "Person", "name": name} for name in story.authors]
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.headline,
        "datePublished": story.published,
        "publisher": {"@type": "NewsMediaOrganization", "name": story.publisher, "url": base + "/"},
        "mainEntityOfPage": {"@type": "WebPage", "@id": base + story.path},
    }
    data |= {"author": authors} if authors else {}
    data |= {"dateModified": story.modified} if story.modified else {}
    data |= {"articleSection": story.section} if story.section else {}
    data |= {"keywords": list(story.keywords)} if story.keywords else {}
    if story.completeness == "teaser":
        data |= {"isAccessibleForFree": False, "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False}}
    if story.completeness == "liveblog":
        data["@type"] = "LiveBlogPosting"
    if "jsonld-body" in story.flags:
        data["articleBody"] = f"{story.dateline.raw} {story.body}" if story.dateline else story.body
    return data


def picture(name: str) -> bytes:
    """A small drawing in place of a photograph: sky, hills and sun, chosen by the picture's name; also the code that
    an app link shows and the captcha's letters."""
    dice = random.Random(name)
    if name == "qr":
        cells = (f"M{x} {y}h20v20h-20z" for x in range(20, 380, 20) for y in range(20, 380, 20) if dice.random() < 0.5)
        return _svg(400, 400, f'<rect width="400" height="400" fill="#fff"/><path d="{"".join(cells)}"/>')
    if name == "captcha":
        letters = "".join(
            f'<text x="{30 + 60 * n}" y="{dice.randrange(70, 110)}" rotate="{dice.randrange(-30, 30)}">{letter}</text>'
            for n, letter in enumerate("tideway")
        )
        return _svg(480, 140, f'<g font-family="serif" font-size="70" fill="#456">{letters}</g>')
    hue, hills = dice.randrange(360), []
    for layer in range(3):
        points = " ".join(f"{x},{dice.randrange(210 + 70 * layer, 290 + 70 * layer)}" for x in range(0, 961, 120))
        hills.append(f'<polygon fill="hsl({hue} 30% {48 - 13 * layer}%)" points="0,506 {points} 960,506"/>')
    sun = f'<circle cx="{dice.randrange(120, 800)}" cy="{dice.randrange(90, 190)}" r="46" fill="#fff" opacity=".75"/>'
    sky = f'<rect width="960" height="506" fill="hsl({(hue + 40) % 360} 45% 78%)"/>'
    return _svg(960, 506, sky + sun + "".join(hills))


def _svg(width: int, height: int, inside: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{inside}</svg>'.encode()
