"""JSON-LD (schema.org) of a page, read once, with bounds: https://schema.org/NewsArticle, https://json-ld.org/.

Pages write it badly, and hostile ones write it large: a script over the size limit is passed over, nesting over the
depth limit is cut, and a script that is no JSON even after the usual slips are mended gives what single fields a
pattern can still find. Nothing here raises.

Some pages describe other stories only (those they link to): a node that gives another page's address and a headline
unlike this page's titles is not believed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from newscrawl.extraction.text import clean_value, fold, likeness

Node = Mapping[str, Any]

_MAX_SCRIPT = 4_000_000  # characters
_MAX_TOTAL = 8_000_000
_MAX_NODES = 500
_MAX_DEPTH = 12

_WRAPPER = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated|articleSection|description)"\s*:\s*"((?:[^"\\]|\\.){1,2000})"'
)

_UNLIKE = 0.35  # likeness of a headline to the page's titles below which it can be another story's

#: schema.org types of a story, the plainer ones last: where a page has several, the first is the story.
_STORY = re.compile(
    r"(?:News|Report|Opinion|Analysis|Background|Review|AskPublic|Satirical|Advertiser|Scholarly|Tech)"
    r"\w*Article|ReportageNewsArticle|LiveBlogPosting|BlogPosting|SocialMediaPosting"
)
_STORY_PLAIN = re.compile(r"Article|Report\b|Posting|Recipe\b|Review\b|HowTo\b|CreativeWork\b|MediaObject|VideoObject")


@dataclass(frozen=True, slots=True)
class JsonLd:
    """nodes: every object with a @type, outermost first; story: the one that describes this page's article."""

    nodes: tuple[Node, ...] = ()
    story: Node | None = None
    page: Node | None = None

    def find(self, reference: Any) -> Any:
        """What a {"@id": …} stands for, where it names another node; else the reference itself."""
        if isinstance(reference, Mapping) and "@id" in reference and len(reference) <= 2:
            for node in self.nodes:
                if node.get("@id") == reference["@id"] and len(node) > len(reference):
                    return node
        return reference


@dataclass(frozen=True, slots=True)
class Own:
    """What a page says that it is: its addresses (fetched, canonical), and its titles outside the text."""

    urls: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


def read_jsonld(scripts: Sequence[str], page: Own) -> JsonLd:
    """Every node of the scripts' JSON-LD, and the one that describes the page's own article."""
    nodes: list[Node] = []
    total = 0
    for script in scripts:
        total += len(script)
        if len(script) > _MAX_SCRIPT or total > _MAX_TOTAL or len(nodes) >= _MAX_NODES:
            continue
        for value in _parse(script):
            nodes.extend(_flatten(value, _MAX_NODES - len(nodes)))
    typed = tuple(node for node in nodes if not _is_another(node, page))
    return JsonLd(typed, _story(typed, page), next((n for n in typed if "WebPage" in " ".join(types(n))), None))


def _parse(script: str) -> Iterable[Any]:
    text = script.strip()
    if text[:1] not in "[{" or text[-1:] not in "]}":
        text = _WRAPPER.sub("", _WRAPPER.sub("", text))
    for mend in (lambda t: t, lambda t: _TRAILING_COMMA.sub(r"\1", _BAD_ESCAPE.sub("", t))):
        try:
            return [json.loads(mend(text), strict=False)]
        except (ValueError, RecursionError):
            continue
    return _salvage(text)


def _salvage(text: str) -> Iterable[Any]:
    """Several objects in one script, one after the other; else the single fields that can be found."""
    decoder = json.JSONDecoder(strict=False)
    try:
        first, end = decoder.raw_decode(text)
        rest = text[end:].lstrip(" \t\r\n,;")
        return [first, *(_parse(rest) if rest and len(rest) < len(text) and rest[0] in "[{" else ())]
    except (ValueError, RecursionError):
        pass
    found: dict[str, str] = {}
    for match in _FIELD.finditer(text[:200_000]):
        found.setdefault(match[1], match[2].replace('\\"', '"').replace("\\/", "/"))
    return [{"@type": "Article", **found}] if found else []


def _flatten(value: Any, room: int) -> Iterator[Node]:
    """Objects with a @type (or a @graph), outermost first, at most room of them."""
    level: list[Any] = [value]
    for _ in range(_MAX_DEPTH):
        below: list[Any] = []
        for each in level:
            if isinstance(each, list):
                below.extend(each[:1_000])
            elif isinstance(each, dict):
                if "@type" in each:
                    if room <= 0:
                        return
                    room -= 1
                    yield each
                below.extend(v for v in each.values() if isinstance(v, (dict, list)))
        level = below[:20_000]


def types(node: Node) -> tuple[str, ...]:
    """The schema.org types of a node, without the vocabulary's address."""
    kinds = node.get("@type")
    if isinstance(kinds, str) and kinds.isalpha():
        return (kinds,)
    listed = kinds if isinstance(kinds, list) else [kinds]
    return tuple(k.rsplit("/", 1)[-1].removeprefix("schema:") for k in listed[:10] if isinstance(k, str))


def _story(nodes: Sequence[Node], page: Own) -> Node | None:
    """The node of the page's own story: of a story's type, naming this page or its title rather than none, richest
    first."""
    best: tuple[float, Node] | None = None
    for position, node in enumerate(nodes):
        score = _story_score(node, page) - position / 1_000
        if score > 0 and (best is None or score > best[0]):
            best = (score, node)
    return best[1] if best else None


def _story_score(node: Node, page: Own) -> float:
    kinds = " ".join(types(node))
    score = 4.0 if _STORY.search(kinds) else 2.0 if _STORY_PLAIN.search(kinds) else 0.0
    if not score:
        return 0.0
    score += 2.0 * ("headline" in node) + 1.0 * ("datePublished" in node) + 0.5 * ("author" in node)
    score -= 3.0 * ("headline" not in node and "datePublished" not in node)
    return score + 1.5 * _is_here(node, page) + _likeness(node, page)


def _is_another(node: Node, page: Own) -> bool:
    """Whether a node describes another page's story."""
    if "headline" not in node or not page.urls or not _STORY.search(" ".join(types(node))):
        return False
    return any(_addresses(node)) and not _is_here(node, page) and _likeness(node, page) < _UNLIKE


def _is_here(node: Node, page: Own) -> bool:
    return any(same_page(url, *_addresses(node)) for url in page.urls)


def _likeness(node: Node, page: Own) -> float:
    """How much a node's headline is like one of the page's titles; 1 for a page that has none."""
    headline = text_of(node.get("headline") or node.get("name"), 500) or ""
    return max((likeness(headline, title) for title in page.titles), default=1.0)


def _addresses(node: Node) -> Iterator[str]:
    for key in ("url", "@id", "mainEntityOfPage"):
        value = node.get(key)
        if isinstance(value, Mapping):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            yield value


def same_page(url: str, *others: str) -> bool:
    """Whether one of the others is this URL, apart from scheme, query, fragment and closing slash."""
    mine = _bare(url)
    return any(
        _bare(urljoin(url, other) if not other.startswith("http") else other) == mine for other in others if other
    )


def _bare(url: str) -> str:
    return url.split("#", 1)[0].split("?", 1)[0].split("://", 1)[-1].removeprefix("www.").rstrip("/").lower()


def text_of(value: Any, limit: int = 20_000) -> str | None:
    """The text of a property: a string, the first string of a list, or an object's name or @value; None if empty."""
    for _ in range(4):
        if isinstance(value, list):
            value = next((v for v in value if v), None)
        elif isinstance(value, Mapping):
            value = value.get("@value") or value.get("name") or value.get("headline")
        else:
            break
    if isinstance(value, str):
        return clean_value(value, limit) or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18 else None


def lines_of(value: Any, limit: int = 1_000_000) -> str | None:
    """A long text of several lines (articleBody), each line cleaned, empty ones left out."""
    if not isinstance(value, str):
        return text_of(value, limit)
    text = re.sub(r"<(?:br|/p|/div|/li|/h\d)[^<>]{0,50}>", "\n", value[:limit], flags=re.IGNORECASE)
    return "\n".join(line for line in map(clean_value, text.splitlines()) if line) or None


def texts_of(value: Any, limit: int = 100) -> list[str]:
    """The texts of a property that may hold several: strings, objects with names, or lists of these."""
    listed = value if isinstance(value, list) else [value]
    return [t for t in (text_of(v) for v in listed[:limit]) if t and fold(t)]
