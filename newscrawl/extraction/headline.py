"""The headline: JSON-LD, og:title, h1 and <title> weighed against each other, without the site's name or section.

What is printed above the story counts; the other sources say which of the page's headings that is, and how much of
it is headline (a kicker or a date may stand in the same heading). Two exceptions are common enough to be rules:
- some sites put the search engines' title into an h1 at the end of the trail of links to the section, and print the
  headline in an h2 below it;
- where JSON-LD and og:title agree on a wording that neither the h1 nor <title> has, that is the editors' headline,
  and the h1 is a variant under test; on pages that call themselves news, also where <title> agrees with them;
- where og:title and twitter:title agree on a wording that is shorter than the h1, and <title> repeats the h1, the
  shorter one is the headline, and the h1 was lengthened for search engines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from newscrawl.extraction.callings import calling
from newscrawl.extraction.context import Context, Found, after, from_profile, marks
from newscrawl.extraction.head import meta_keys
from newscrawl.extraction.jsonld import text_of, types
from newscrawl.extraction.links import absolute
from newscrawl.extraction.text import clean, clean_value, fold, is_cjk, likeness, seen_text
from newscrawl.extraction.titles import first_part, section_names, site_names, without_site

MAX_HEADLINE = 500  # characters; longer is no headline
_CLOSE_ENOUGH = 0.4
_ALIKE = 0.6
_NEWS = ("NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle")
_CUT = re.compile(r"(?:…|\.\.\.)$")


@dataclass(frozen=True, slots=True)
class _Heading:
    text: str
    element: HtmlElement


def find_headline(context: Context, published: Found[str]) -> Found[str]:
    """The headline and where it came from: "profile", "template" (printed), "json-ld", "meta", "title" or a hint's."""
    elements = from_profile(context, "headline", published.value)
    value = seen_text(elements[0], MAX_HEADLINE * 2)[:MAX_HEADLINE] if elements else None
    if value:
        return Found(value, "profile", elements[:1])
    names = site_names(context)
    sections = section_names(context)
    given = {source: kept for source, text in _given(context) if (kept := without_site(text, names, sections))}
    heading = _printed(context, given, names)
    if heading:
        news = any(kind in _NEWS for kind in types(context.story))
        return _elsewhere(heading, given, news) or _settled(heading, given)
    if given:
        return _fullest(given)
    if context.hints.title:
        return Found(clean_value(context.hints.title, MAX_HEADLINE), context.hints.source or "feed")
    return Found()


def _given(context: Context) -> Iterator[tuple[str, str]]:
    """Headlines outside the text, by source; first the most trusted. "meta" is og:title's or the like."""
    if text := text_of(context.story.get("headline") or context.story.get("name"), MAX_HEADLINE):
        yield "json-ld", text
    if text := context.head.first(*meta_keys("headline")):
        yield "meta headline", text[:MAX_HEADLINE]
    if text := context.head.first("og:title", "twitter:title", "dc.title", "title"):
        yield "meta", text[:MAX_HEADLINE]
    if text := context.head.first("twitter:title"):
        yield "twitter", text[:MAX_HEADLINE]
    if context.head.title:
        yield "title", context.head.title[:MAX_HEADLINE]
    if text := text_of(context.story.get("alternativeHeadline"), MAX_HEADLINE):
        yield "alternative", text


def _fullest(given: Mapping[str, str]) -> Found[str]:
    """The most trusted of the headlines that are not printed; another one where that is only cut short."""
    source, text = next(iter(given.items()))
    source = source.split()[0]
    start = fold(_CUT.sub("", text))
    for other, longer in given.items():
        if len(longer) > len(text) > 60 and fold(longer).startswith(start):
            return Found(longer, other.split()[0])
    return Found(text, source)


def _elsewhere(heading: _Heading, given: Mapping[str, str], news: bool) -> Found[str] | None:
    """The headline in a wording that is not the printed one, where enough other sources agree on it."""
    element, printed = (heading.element,), fold(heading.text)
    wordings = {source: fold(text) for source, text in given.items()}
    editors, jsonld, title = (wordings.get(source, "") for source in ("meta", "json-ld", "title"))
    if not editors or editors == printed:
        return None
    if editors == jsonld and (title != editors or (news and wordings.get("twitter") == editors)):
        return Found(given["json-ld"], "json-ld", element)
    shorter = len(editors) < len(printed) and not printed.endswith(editors)
    if shorter and editors == wordings.get("twitter") and title == printed and likeness(editors, printed) > _ALIKE:
        return Found(given["meta"], "meta", element)
    return None


def _settled(heading: _Heading, given: Mapping[str, str]) -> Found[str]:
    """How much of the heading is headline, and in whose wording."""
    element, printed = (heading.element,), fold(seen_text(heading.element, MAX_HEADLINE * 2))
    jsonld = given.get("json-ld", "")
    if heading.text == jsonld and fold(jsonld) != printed:
        return Found(jsonld, "json-ld", element)  # what is printed is yet another wording
    pieces = [piece for piece in (clean(text) for text in heading.element.itertext()) if fold(piece)]
    if len(pieces) > 1:
        for text in filter(None, (given.get("meta"), jsonld, given.get("alternative"))):
            if _is_run(pieces, fold(text)):  # of kicker and headline in one heading; theirs has the colon between
                return Found(text, "template", element)
        return Found(_without_kicker(heading), "template", element)
    return Found(heading.text, "template", element)


def _is_run(pieces: list[str], wanted: str) -> bool:
    """Whether some of the pieces, one after the other, are all of the text that is wanted."""
    folded = [fold(piece) for piece in pieces[:20]]
    ends = range(1, len(folded) + 1)
    return any(" ".join(folded[start:end]) == wanted for end in ends for start in range(end))


def _without_kicker(heading: _Heading) -> str:
    for part in islice(heading.element.iterdescendants(), 20):
        if isinstance(part.tag, str) and calling("kicker").fits(marks(part)):
            rest = heading.text.removeprefix(seen_text(part)).lstrip(" :|-–—·•/")
            return rest if len(rest) > 10 else heading.text
    return heading.text


def _printed(context: Context, given: Mapping[str, str], names: frozenset[str]) -> _Heading | None:
    """The h1 that says most nearly what the other sources say, else the only h1, where it is no site's name."""
    headings = list(_headings(context, names, {fold(text) for text in given.values()}))
    best = max(headings, key=lambda h: _support(h.text, given), default=None)
    if best and _support(best.text, given) > _CLOSE_ENOUGH:
        return _below_trail(best, given) if _in_trail(best.element) else best
    exact = _exact(context.tree.iter("h2", "h3", "h4", "p", "div", "span"), given) if given else None
    if exact is None and best and len(headings) == 1 and (len(fold(best.text).split()) > 3 or not given):
        return best
    return exact


def _headings(context: Context, names: frozenset[str], told: set[str]) -> Iterator[_Heading]:
    for element in islice(context.tree.iter("h1"), 20):
        text = clean_value(seen_text(element, MAX_HEADLINE * 2))
        bare = without_site(text, names)
        text = bare if fold(bare) in told else text
        if (
            fold(text)
            and fold(text) not in names
            and len(text) <= MAX_HEADLINE
            and not _leads_home(element, context.url)
        ):
            yield _Heading(text, element)


def _leads_home(element: HtmlElement, url: str | None) -> bool:
    """Whether a heading links to the front page: then it is the site's name."""
    links = [element, *islice(element.iter("a"), 3), *islice(element.iterancestors("a"), 1)]
    for href in filter(None, (link.get("href") for link in links)):
        target = absolute(href, url)
        if href == "/" or (target and urlsplit(target).path in ("", "/") and not urlsplit(target).query):
            return not href.startswith("#")
    return False


def _support(text: str, given: Mapping[str, str]) -> float:
    """How well the other sources support a heading: by likeness, or as the part of a title before its separator."""
    printed = fold(text)
    if any(fold(other).startswith(printed) and fold(first_part(other)) == printed for other in given.values()):
        return 1.0
    return max((likeness(text, other) for other in given.values()), default=0.0)


def _in_trail(element: HtmlElement) -> bool:
    """Whether a heading stands in the trail of links to its section (breadcrumbs) instead of above the story."""
    if calling("trail").fits(marks(element)):
        return True
    for parent in islice(element.iterancestors(), 4):
        if parent.tag in ("li", "nav") or calling("trail").fits(marks(parent)):
            return True
    before = islice(element.itersiblings(preceding=True), 20)
    return len([sibling for sibling in before if sibling.tag == "a"]) >= 2


def _below_trail(trail: _Heading, given: Mapping[str, str]) -> _Heading:
    """What is printed below the trail; where that is yet another wording, JSON-LD says which is the editors'."""
    below = _exact(after(trail.element, 3_000), given)
    if below and fold(below.text) in {fold(text) for source, text in given.items() if source != "alternative"}:
        return below
    heading = below.element if below else next(_plain_h2(trail.element), trail.element)
    return _Heading(given.get("json-ld", trail.text), heading)


def _plain_h2(trail: HtmlElement) -> Iterator[HtmlElement]:
    """The first h2 below the trail, if no paragraph comes before it."""
    for element in after(trail, 400):
        if element.tag == "p" and len(seen_text(element, 200)) > 80:
            return
        if element.tag == "h2" and len(seen_text(element, 200)) > 15 and not _in_trail(element):
            yield element


def _exact(elements: Iterator[HtmlElement], given: Mapping[str, str]) -> _Heading | None:
    """The first heading (or what a template uses for one) that says word for word what another source says."""
    wanted = {fold(text) for text in given.values()}
    starts = {text[:4].casefold() for text in given.values()}
    for element in islice(elements, 3_000):
        if element.tag not in ("h2", "h3") and (len(element) or not _starts(element.text, starts)):
            continue
        text = seen_text(element, MAX_HEADLINE * 2)
        if len(text) > (8 if is_cjk(text) else 15) and _says(text, wanted) and not _in_trail(element):
            return _Heading(text, element)
    return None


def _says(text: str, wanted: set[str]) -> bool:
    """Whether a text is one of those wanted, or the greater part of one that goes on with names of site or section."""
    folded = fold(text)
    return folded in wanted or any(each.startswith(folded) and len(folded) > 0.7 * len(each) for each in wanted)


def _starts(text: str | None, starts: set[str]) -> bool:
    return bool(text) and (text or "").lstrip()[:4].casefold() in starts
