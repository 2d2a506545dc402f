"""Invented stories in many languages, and what pages in these languages put around and between their paragraphs."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path


@dataclass(frozen=True)
class Told:
    """A story, and chrome in its language: one line of each kind, some of them alone, some with their links."""

    language: str
    headline: str
    paragraphs: tuple[str, ...]
    sections: tuple[str, ...]
    share: str
    read_more: str
    newsletter: str
    advert: str
    related: str
    others: tuple[str, ...]
    comments: str
    rights: str

    @property
    def body(self) -> str:
        return "\n\n".join(self.paragraphs)


def _stories() -> tuple[Told, ...]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        Told(**{key: tuple(value) if isinstance(value, list) else value for key, value in story.items()})
        for story in data["story"]
    )


STORIES = _stories()


def paragraphs(told: Told) -> str:
    return "".join(f"<p>{escape(each)}</p>" for each in told.paragraphs)


def links(titles: tuple[str, ...]) -> str:
    """A list of links to other stories."""
    return "".join(f'<li><a href="/n/{at}">{escape(each)}</a></li>' for at, each in enumerate(titles))


def page(told: Told, inner: str | None = None, above: str = "", below: str = "") -> str:
    """The story as a page: inner stands for its paragraphs, above and below around its article."""
    inner = paragraphs(told) if inner is None else inner
    return (
        f'<!DOCTYPE html><html lang="{told.language}"><head><meta charset="utf-8"><title>{escape(told.headline)}'
        f"</title></head><body>{above}<article><h1>{escape(told.headline)}</h1><div>{inner}</div></article>{below}"
        "</body></html>"
    )


Piece = Callable[[Told], str]


def _box(name: str, title: str, inner: str) -> str:
    return f'<div class="{name}"><h3>{escape(title)}</h3>{inner}</div>'


#: What pages put around stories, by name: each a function of the story, for its language.
AROUND: dict[str, Piece] = {
    "nav": lambda told: f"<nav><ul>{links(told.sections)}</ul></nav>",
    "menu": lambda told: f'<div class="site-menu"><ul>{links(told.sections)}</ul></div>',
    "share bar": lambda told: f'<div class="share-bar"><a href="#">{told.share}</a><button>{told.share}</button></div>',
    "newsletter": lambda told: _box("newsletter-box", "Newsletter", f"<p>{told.newsletter}</p><form><input></form>"),
    "related": lambda told: _box("related-stories", told.related, f"<ul>{links(told.others)}</ul>"),
    "related without a name": lambda told: _box("x1", told.related, f"<ul>{links(told.others)}</ul>"),
    "aside": lambda told: f"<aside><h4>{told.related}</h4><ul>{links(told.others)}</ul></aside>",
    "advert": lambda told: f'<div class="ad-slot"><span>{told.advert}</span></div>',
    "comments": lambda told: _box("comments", told.comments, "<form><textarea></textarea></form>"),
    "footer": lambda told: f"<footer><ul>{links(told.sections)}</ul><p>{told.rights}</p></footer>",
    "cookies": lambda _: '<div class="cookie-banner"><p>We use cookies. <button>Accept all</button></p></div>',
    "script": lambda _: "<script>window.dataLayer = [];</script><style>p { color: red }</style>",
}

#: What stands between paragraphs as one of them: no element tells it.
BETWEEN: dict[str, Piece] = {
    "share": lambda told: f"<p>{told.share}</p>",
    "advert": lambda told: f"<p>{told.advert}</p>",
    "read more": lambda told: f'<p><a href="/n/1">{told.read_more}</a></p>',
    "newsletter": lambda told: f"<p>{told.newsletter}</p>",
    "rights": lambda told: f"<p>{told.rights}</p>",
}
