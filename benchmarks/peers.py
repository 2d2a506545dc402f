"""newscrawl and other extractors behind one call: bytes of a page and its URL to what was found, with each one's
recommended way for text and fields. A peer that is not installed is a name and a reason.

Where a peer gives no deck but the page's description, that is taken for its deck.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import lxml.html
from w3lib.encoding import html_to_unicode

from benchmarks.scoring import FIELDS, Found

Read = Callable[[bytes, str | None], Found]
#: For peers that cannot do without a URL.
_NOWHERE = "https://example.com/"
_BLOCKS = (
    "p", "div", "br", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "tr", "td", "dt", "dd", "figure",
    "figcaption", "section", "article", "ul", "ol", "table", "hr",
)  # fmt: skip
_LANG = re.compile(r"<html\b[^>]{0,1000}?\blang=[\"']?([a-zA-Z]{2,3})\b")


@dataclass(frozen=True, slots=True)
class Peer:
    """An extractor. package: its name on PyPI, "" for this project; module: what is imported; gives: its fields."""

    name: str
    package: str
    module: str
    read: Read
    gives: frozenset[str] = frozenset()

    def version(self) -> str:
        """The installed version. Raises PackageNotFoundError."""
        if not self.package:  # this project runs from its checkout
            return str(importlib.import_module(self.module).__version__)
        return version(self.package)

    def absent(self) -> str | None:
        """Why the peer cannot be measured here, or None."""
        try:
            self.version()
            importlib.import_module(self.module)
        except PackageNotFoundError:
            return "not installed"
        except Exception as error:  # one that breaks at import is as good as none
            return f"cannot be imported ({type(error).__name__}: {error})"
        return None


def choose(names: Iterable[str]) -> list[Peer]:
    """The peers of these names, in the order of PEERS; all of them for no name. Raises ValueError for a strange one."""
    wanted = list(names) or [peer.name for peer in PEERS]
    known = {peer.name for peer in PEERS}
    if strange := [name for name in wanted if name not in known]:
        raise ValueError(f"{', '.join(strange)}: no such peer; there are {', '.join(sorted(known))}")
    return [peer for peer in PEERS if peer.name in wanted]


def decoded(html: bytes) -> str:
    """A page as text, for peers that take no bytes: by its BOM or its meta tag, else as UTF-8."""
    return html_to_unicode(None, html)[1]


def shown(html: str) -> str:
    """The text of a piece of HTML, a line for each block: for peers that give back markup."""
    tree: Any = lxml.html.document_fromstring(html or "<p></p>")
    for element in tree.iter(*_BLOCKS):
        element.text = f"\n{element.text or ''}"
        element.tail = f"\n{element.tail or ''}"
    lines = (" ".join(line.split()) for line in tree.text_content().split("\n"))
    return "\n".join(line for line in lines if line)


def as_found(
    text: Any, headline: Any = None, deck: Any = None, published: Any = None, authors: Iterable[Any] | None = ()
) -> Found:
    """What a peer gave, as text: some give None, times, or names in lists within their list.

    >>> as_found(None, "", authors=["Anna Berg", ["Jo Ek"], None]).authors
    ('Anna Berg', 'Jo Ek')
    """
    names = (name for each in authors or () for name in (each if isinstance(each, list | tuple) else [each]))
    title, summary, time = (str(each) if each else None for each in (headline, deck, published))
    return Found(str(text or ""), title, summary, time, tuple(str(name) for name in names if name))


def _newscrawl(html: bytes, url: str | None) -> Found:
    import newscrawl

    record = newscrawl.extract(html, url=url)
    if isinstance(record, newscrawl.Rejection):
        return Found()
    raw = record.dateline.raw if record.dateline else ""
    return Found(f"{raw} {record.body}", record.headline, record.deck, record.published_at, record.authors)


def _trafilatura(html: bytes, url: str | None) -> Found:
    import trafilatura

    found: Any = trafilatura.bare_extraction(html, url=url, with_metadata=True, include_comments=False)
    if found is None:
        return Found()
    authors = (found.author or "").split("; ")
    return as_found(found.text, found.title, found.description, found.date, authors)


def _newspaper4k(html: bytes, url: str | None) -> Found:
    import newspaper

    article = newspaper.Article(url or _NOWHERE, fetch_images=False)
    article.download(input_html=decoded(html))
    article.parse()
    return as_found(article.text, article.title, article.meta_description, article.publish_date, article.authors)


def _newsplease(html: bytes, url: str | None) -> Found:
    from newsplease import NewsPlease

    article = NewsPlease.from_html(decoded(html), url=url, fetch_images=False)
    return as_found(article.maintext, article.title, article.description, article.date_publish, article.authors)


def _readability(html: bytes, url: str | None) -> Found:
    from readability import Document

    document = Document(decoded(html), url=url)
    return as_found(shown(document.summary(html_partial=True)), document.short_title())


def _resiliparse(html: bytes, url: str | None) -> Found:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse_from_bytes(html, detect_encoding(html))
    return as_found(extract_plain_text(tree, main_content=True, alt_texts=False), tree.title)


def _goose3(html: bytes, url: str | None) -> Found:
    article = _goose().extract(url=url, raw_html=decoded(html)) if url else _goose().extract(raw_html=decoded(html))
    return as_found(
        article.cleaned_text, article.title, article.meta_description, article.publish_date, article.authors
    )


@cache
def _goose() -> Any:
    from goose3 import Goose

    return Goose({"enable_image_fetching": False})


def _justext(html: bytes, url: str | None) -> Found:
    import justext

    text = decoded(html)
    paragraphs = justext.justext(text, justext.get_stoplist(_justext_language(text)))
    return Found("\n\n".join(each.text for each in paragraphs if not each.is_boilerplate))


def _justext_language(html: str) -> str:
    """The name of the stop words for a page, by its lang attribute; jusText asks for them and guesses nothing."""
    import justext

    told = _LANG.search(html, 0, 5_000)
    name = _LANGUAGES.get(told[1].lower() if told else "en", "English")
    return name if name in justext.get_stoplists() else "English"


def _boilerpy3(html: bytes, url: str | None) -> Found:
    from boilerpy3.extractors import ArticleExtractor

    document = ArticleExtractor().get_doc(decoded(html))
    return as_found(document.content, document.title)


_LANGUAGES = {
    "af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ka": "Georgian", "ko": "Korean", "lb": "Luxembourgish",
    "lt": "Lithuanian", "lv": "Latvian", "ms": "Malay", "nb": "Norwegian_Bokmal", "nl": "Dutch",
    "nn": "Norwegian_Nynorsk", "no": "Norwegian_Bokmal", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish",
    "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "vi": "Vietnamese",
}  # fmt: skip

_ALL = frozenset(FIELDS)
_TITLE = frozenset(("headline",))

PEERS = (
    Peer("newscrawl", "", "newscrawl", _newscrawl, _ALL),
    Peer("trafilatura", "trafilatura", "trafilatura", _trafilatura, _ALL),
    Peer("newspaper4k", "newspaper4k", "newspaper", _newspaper4k, _ALL),
    Peer("news-please", "news-please", "newsplease", _newsplease, _ALL),
    Peer("readability-lxml", "readability-lxml", "readability", _readability, _TITLE),
    Peer("resiliparse", "resiliparse", "resiliparse.extract.html2text", _resiliparse, _TITLE),
    Peer("goose3", "goose3", "goose3", _goose3, _ALL),
    Peer("jusText", "justext", "justext", _justext),
    Peer("boilerpy3", "boilerpy3", "boilerpy3.extractors", _boilerpy3, _TITLE),
)
