"""What kind of page this is: a full story, a teaser, a liveblog, or no story at all, and why.

A page is turned away only on evidence: it says of itself that it is an error page, a form, a video (verdict.toml has
the words, in many languages), or it is made of links or pictures; and it has little prose. A short story that says
nothing of the kind is a story.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from newscrawl.extraction.blocks import Block
from newscrawl.extraction.chrome import line_rules
from newscrawl.extraction.container import total_weight
from newscrawl.extraction.text import is_cjk
from newscrawl.extraction.titles import first_part

if TYPE_CHECKING:
    from newscrawl.extraction.body import Body
    from newscrawl.extraction.metadata import Metadata
    from newscrawl.extraction.page import Page

#: Weight of prose (characters; see container.weight) from which on a page is a story whatever it says.
_STORY, _SHORT, _SCRAP = 1_500.0, 500.0, 160.0
#: The same of a text without a sentence that is but a label.
_LABEL = 40.0
#: Weight that the free part of a locked story may have.
_STUB = 2_200.0
#: The same for a story of which nothing but its metadata says that it is locked: some publishers declare all to be so.
_LOCKED = 1_000.0
#: Characters that a headline has at least, and that a line has at most that is a clock time.
_TITLE, _LONGEST_CLOCK = 20, 24
_FEW_ITEMS, _FEW_PICTURES, _FEW_ENTRIES = 8, 4, 4
_LISTING_TYPES = frozenset(("CollectionPage", "SearchResultsPage", "ItemList"))
_STORY_TYPE = re.compile(r"(?:Article|Posting|Report)$|^article$")
_SENTENCE = re.compile(r"[.!?…。！？؟।][\"'”’»“」』）)\]]*$")
_CLOCK = re.compile(
    r"(?:\d{1,2}[./]\d{1,2}\.?,?\s+)?(?P<hour>[01]?\d|2[0-3])[:.h](?P<minute>[0-5]\d)(?!\d)\s?(?P<half>[ap]\.?m\b)?",
    re.IGNORECASE,
)
_SEARCH_KEYS = frozenset(("q", "query", "s", "search", "keyword", "keywords", "suche", "buscar", "wd"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """reason is a key of items.REASONS, or None for a story, which then has a completeness."""

    reason: str | None = None
    detail: str | None = None
    completeness: str = "full"


@dataclass(frozen=True, slots=True)
class _Kind:
    title: re.Pattern[str]
    text: re.Pattern[str]


@cache
def _kinds() -> dict[str, _Kind]:
    """The words of verdict.toml, read once. Raises ValueError with the kind where one does not compile."""
    data = tomllib.loads(files("newscrawl.extraction").joinpath("verdict.toml").read_text(encoding="utf-8"))
    kinds: dict[str, _Kind] = {}
    for name, listed in data.items():
        try:
            title, text = ("|".join(listed[key]) for key in ("title", "text"))
            kinds[name] = _Kind(re.compile(rf"(?:{title})", re.IGNORECASE), re.compile(text, re.IGNORECASE))
        except re.error as error:
            raise ValueError(f"verdict.toml: {name}: {error}") from None
    return kinds


@dataclass(frozen=True, slots=True)
class _Look:
    """What the rules look at: prose is the weight of the story's sentences."""

    page: Page
    metadata: Metadata
    body: Body
    titles: tuple[str, ...]
    prose: float

    @property
    def says_story(self) -> bool:
        """Whether the page calls itself an article, or is dated."""
        return bool(self.metadata.published_at) and any(map(_STORY_TYPE.search, self.metadata.page_types))


def give_verdict(page: Page, metadata: Metadata, body: Body) -> Verdict:
    """The verdict on a page whose fields and body are known."""
    if len(body.text) > page.limits.text:
        return Verdict("too_long", f"{len(body.text):,} characters")
    look = _Look(page, metadata, body, tuple(_titles(metadata)), _prose(body.kept))
    refused = _wall(look) or _medium(look) or _listing(look)
    if refused:
        return refused
    if not any(block.text for block in body.blocks):
        return Verdict("empty", "no text that is seen")
    if not look.prose and total_weight(body.kept) < _LABEL:
        return Verdict("no_story", "no paragraphs were found")
    return Verdict(completeness=_completeness(look))


def judge_text(headline: str | None, body: str, paragraphs: Sequence[str]) -> Verdict:
    """The verdict on a text dump, of which only the words are known; paragraphs: all of it, chrome too."""
    size = len(body) * (2.5 if is_cjk(body[:200]) else 1.0)
    if size < _STORY:
        titles = [headline] if headline else list(paragraphs[:1])
        named = _named(titles, paragraphs, size, dated=False)
        if named:
            return Verdict(named, f"it says {titles[0]!r}" if titles else None)
    if not body.strip():
        return Verdict("no_story", "no paragraphs were found")
    locked = size < _STUB and any(map(is_paywall, paragraphs))
    return Verdict(completeness="teaser" if locked else "full")


def is_paywall(text: str) -> bool:
    """Whether a line stands in the place of a locked story's rest."""
    return any(rule.name == "paywall" for rule in line_rules(text))


def _titles(metadata: Metadata) -> Iterator[str]:
    for each in dict.fromkeys((metadata.headline or "", (metadata.title or "")[:300])):
        if each:
            yield each
            yield first_part(each)


def _prose(blocks: Sequence[Block]) -> float:
    return total_weight(b for b in blocks if _SENTENCE.search(b.text[-12:]))


def _wall(look: _Look) -> Verdict | None:
    if look.prose >= _STORY:
        return None
    named = _named(look.titles, [b.text for b in look.body.blocks], look.prose, dated=look.says_story)
    if named == "login_wall" and look.prose >= _SHORT and not _has_password(look):
        return None
    return Verdict(named, f"it says {look.titles[0]!r}" if look.titles else None) if named else None


def _named(titles: Sequence[str], lines: Sequence[str], prose: float, *, dated: bool) -> str | None:
    """The kind of page that titles and lines speak of; a dated article needs more evidence than a bare page."""
    for name, kind in _kinds().items():
        title = any(kind.title.fullmatch(each.strip()) for each in titles)
        if not title and prose >= _SHORT and dated:
            continue
        hits = [line for line in lines[:200] if len(line) <= 1_000 and kind.text.search(line)]
        if title and (hits or (prose < _SCRAP and not dated)):
            return name
        said = {match[0].lower() for line in hits for match in kind.text.finditer(line)}
        if name != "search" and not dated and len(said) >= 3 and sum(map(len, hits)) >= 0.4 * sum(map(len, lines)):
            return name
    return None


def _has_password(look: _Look) -> bool:
    return look.page.tree.find(".//input[@type='password']") is not None


def _medium(look: _Look) -> Verdict | None:
    """A page that is a video or a gallery, with no story to it."""
    if look.prose >= _SHORT:
        return None
    kinds = look.metadata.page_types
    is_story = any(map(_STORY_TYPE.search, kinds))
    films = any(kind.startswith(("Video", "video.")) for kind in kinds)
    if look.prose < _SCRAP and films and (not is_story or "video.other" in kinds):
        return Verdict("video", "a video without a story")
    captions = [b for b in look.body.blocks if b.kind == "caption"]
    pictures = sum(1 for _ in look.page.tree.iter("figure"))
    gallery = any(kind in ("ImageGallery", "MediaGallery") for kind in kinds)
    if look.prose < _SCRAP and (gallery or (pictures >= _FEW_PICTURES and len(captions) >= _FEW_PICTURES)):
        return Verdict("gallery", f"{pictures or len(captions)} pictures without a story")
    return None


def _listing(look: _Look) -> Verdict | None:
    """A page made of links: lists of stories, results of a search."""
    if look.prose >= _SHORT or look.says_story:
        return None
    text = look.body.text
    titles = [b for b in look.body.blocks if b.link_share > 0.4 and _is_title(b.text)]
    links = [b for b in titles if b.kept or not text or b.text[:_TITLE] in text]
    weighed = sum(len(b.text) for b in links)
    if len(links) < _FEW_ITEMS or weighed < 0.5 * len(text):
        return None
    if any(key.lower() in _SEARCH_KEYS for key, _ in parse_qsl(urlsplit(look.page.url or "").query)):
        return Verdict("search", "results of a search")
    declared = bool(_LISTING_TYPES.intersection(look.metadata.page_types))
    if declared or (look.prose < _SCRAP and weighed > 2 * look.prose + 200):
        return Verdict("listing", f"{len(links)} links and hardly a sentence")
    return None


def _is_title(text: str) -> bool:
    """Whether the text of a link may be a story's headline; names of sections and products are shorter."""
    return len(text) >= 12 if is_cjk(text) else len(text) >= _TITLE and len(text.split()) >= 4


def _completeness(look: _Look) -> str:
    if "LiveBlogPosting" in look.metadata.page_types or _is_live(look):
        return "liveblog"
    size = total_weight(look.body.kept)
    if look.metadata.is_free is False and size < _LOCKED:
        return "teaser"
    if size < _STUB and any(is_paywall(b.text) for b in _around(look.body)):
        return "teaser"
    return "full"


def _around(body: Body) -> Iterator[Block]:
    """What stands close after the story: where a site puts the box that sells the rest of it."""
    if body.kept:
        last = body.kept[-1].order
        yield from (b for b in body.blocks[last - 3 if last > 3 else 0 : last + 8] if not b.kept)


def _is_live(look: _Look) -> bool:
    """Many entries that each open with a clock time of its own, in order; opening hours are in none."""
    first, last = (look.body.kept[0].order, look.body.kept[-1].order) if look.body.kept else (0, -1)
    blocks = (b.text for b in look.body.blocks[max(0, first - 2) : last + 1] if len(b.text) <= _LONGEST_CLOCK)
    times = [_minutes(found) for text in blocks if (found := _CLOCK.match(text))]
    steps = [later - earlier for earlier, later in pairwise(times) if later != earlier]
    in_order = max(sum(step > 0 for step in steps), sum(step < 0 for step in steps))
    return len(set(times)) >= _FEW_ENTRIES and in_order >= 0.8 * len(steps)


def _minutes(clock: re.Match[str]) -> int:
    """Minutes since midnight."""
    afternoon = "p" in (clock["half"] or "").lower() and int(clock["hour"]) < 12
    return (int(clock["hour"]) + (12 if afternoon else 0)) * 60 + int(clock["minute"])
