"""A page as it was fetched, tinted by what extraction did with each block, and made unable to do anything.

What runs, loads or navigates is taken out of the page, not only forbidden: elements and attributes outside the lists
below go, style sheets lose every address, links and forms lose their targets. The frame's sandbox and its
Content-Security-Policy then stand behind that; neither is trusted alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from lxml import etree
from lxml.html import HtmlElement, tostring

from newscrawl.extraction.page import Page
from newscrawl.extraction.results import Extraction
from newscrawl.report.differences import WORD
from newscrawl.report.html import read
from newscrawl.report.text import excerpt

_RULES = tomllib.loads((files("newscrawl.report") / "harmless.toml").read_text(encoding="utf-8"))
_GONE, _ATTRIBUTES = frozenset(_RULES["gone"]), frozenset(_RULES["attributes"])
#: What in a style sheet names an address, also one cut in two by escapes.
_LOADS = re.compile(
    r"(?:url|image-set|image|cross-fade|element|src|expression)\s*\(|@(?:import|charset|namespace)", re.I
)
_OUTSIDE = "outside"
#: Characters of a text that is not found by chance within another.
_TELLING = 40


@dataclass(frozen=True, slots=True)
class DroppedBlock:
    """A block that is not in the record. mark: its number in the page; rule: why it was dropped."""

    mark: int
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """html: the page, tinted and harmless; origins: field -> where in the page's head it stands, as source text;
    shown: fields whose place in the page is marked; kept: blocks kept; dropped, outside: blocks left out; gone, came:
    blocks that only the old body or only the new one holds, where two were given."""

    html: str
    origins: Mapping[str, str] = field(default_factory=dict)
    shown: frozenset[str] = frozenset()
    kept: int = 0
    dropped: Sequence[DroppedBlock] = ()
    outside: int = 0
    gone: Sequence[DroppedBlock] = ()
    came: Sequence[DroppedBlock] = ()


def annotate(
    page: Page,
    extraction: Extraction,
    dateline: str | None = None,
    from_meta: Mapping[str, str] | None = None,
    bodies: tuple[str, str] | None = None,
) -> Annotated:
    """Tint a freshly read page, which this call uses up.

    dateline: as printed, to be found in its paragraph; from_meta: values of fields that a <meta> gave, to be found;
    bodies: those of an old and a new record, to show which blocks went and came.
    """
    tree = page.tree
    _clear_tints(tree)
    dropped = list(_mark_blocks(tree, extraction))
    shown, origins = _mark_fields(tree, extraction.fields)
    for name, value in (from_meta or {}).items():
        if name not in shown and name not in origins and (meta := _meta_with(tree, value)):
            origins[name] = meta
    if dateline and _mark_dateline(tree, dateline):
        shown.add("dateline")
    if any(block.kept for block in extraction.trace):
        shown.add("body")
    turns = _mark_turns(tree, extraction, *bodies) if bodies else ()
    for element in list(tree.iter()):
        if element is not tree:
            _disarm(element)
    html = _framed(tree)
    kept = sum(block.kept for block in extraction.trace)
    inside = [block for block in dropped if block.rule != _OUTSIDE]
    return Annotated(html, origins, frozenset(shown), kept, inside, len(dropped) - len(inside), *turns)


def _clear_tints(tree: HtmlElement) -> None:
    """Tints are ours: a page that was saved from an inspector, or that plays one, has none of its own."""
    for element in tree.iter(etree.Element):
        for name in [str(each) for each in element.attrib if str(each).startswith("data-nc")]:
            del element.attrib[name]


def _mark_turns(
    tree: HtmlElement, extraction: Extraction, old: str, new: str
) -> tuple[list[DroppedBlock], list[DroppedBlock]]:
    """Blocks that are only in the old body, and only in the new one, found by their words."""
    was, now = _Body(old), _Body(new)
    gone: list[DroppedBlock] = []
    came: list[DroppedBlock] = []
    for number, block in enumerate(extraction.trace):
        text = " ".join(block.text.split())
        in_old, in_new = was.holds(text), now.holds(text)
        if in_old == in_new or (in_new and not block.kept):
            continue
        rule = (block.rule or "not part of the story") if in_old else "kept"
        (gone if in_old else came).append(DroppedBlock(number, excerpt(text, 160), rule))
        if (element := _at(tree, block.path)) is not None:
            element.set("data-nc-diff", "gone" if in_old else "came")
            element.set("data-nc-block", str(number))
            element.set("title", f"only in the old record: {rule}" if in_old else "only in the new record")
    return gone, came


class _Body:
    """A body to look blocks up in: a block may be part of a paragraph, hold several, or have lost some words."""

    def __init__(self, body: str) -> None:
        self._paragraphs = {" ".join(each.split()) for each in body.split("\n\n")} - {""}
        self._telling = [each for each in self._paragraphs if len(each) >= _TELLING]
        self._whole = " ".join(body.split())
        self._runs = _runs(self._whole)

    def holds(self, text: str) -> bool:
        if len(text) < _TELLING:
            return text in self._paragraphs
        if text in self._whole or any(each in text for each in self._telling):
            return True
        runs = _runs(text)
        return 2 * len(runs & self._runs) > len(runs)


def _runs(text: str) -> set[int]:
    """Hashes of every four words in a row."""
    words = re.findall(WORD, text)
    return {hash(tuple(words[at : at + 4])) for at in range(len(words) - 3)}


def _mark_blocks(tree: HtmlElement, extraction: Extraction) -> Iterator[DroppedBlock]:
    for number, block in enumerate(extraction.trace):
        element = _at(tree, block.path)
        rule = block.rule or "not part of the story"
        if not block.kept:
            yield DroppedBlock(number, excerpt(" ".join(block.text.split()), 160), rule)
        if element is None or element.get("data-nc") == "kept":
            continue
        element.set("data-nc", "kept" if block.kept else "outside" if rule == _OUTSIDE else "dropped")
        element.set("data-nc-block", str(number))
        if not block.kept:
            element.set("title", "outside the story" if rule == _OUTSIDE else f"dropped: {rule}")


def _mark_fields(tree: HtmlElement, fields: Mapping[str, str]) -> tuple[set[str], dict[str, str]]:
    shown, origins = set(), {}
    for name, path in fields.items():
        element = _at(tree, path)
        if element is None:
            continue
        if element.tag in _GONE or any(ancestor.tag == "head" for ancestor in element.iterancestors()):
            origins[name] = _source_of(element)
        else:
            _add_field(element, name)
            shown.add(name)
    return shown, origins


def _meta_with(tree: HtmlElement, value: str) -> str | None:
    """The source of the <meta> that holds a value; of a time, the day is enough."""
    wanted = " ".join(value.split())
    a_time = re.match(r"\d{4}-\d\d-\d\dT", wanted)
    for meta in tree.iter("meta"):
        content = " ".join((meta.get("content") or "").split())
        if content and (content == wanted or (a_time and content[:10] == wanted[:10])):
            return _source_of(meta)
    return None


def _source_of(element: HtmlElement) -> str:
    return excerpt(" ".join(tostring(element, encoding="unicode", with_tail=False).split()), 240)


def _mark_dateline(tree: HtmlElement, raw: str) -> bool:
    start = "".join(raw.split())
    for element in tree.iter():
        if element.get("data-nc") == "kept" and "".join(element.text_content().split()).startswith(start):
            _add_field(element, "dateline")
            return True
    return False


def _add_field(element: HtmlElement, name: str) -> None:
    names = f"{element.get('data-nc-field', '')} {name}".strip()
    element.set("data-nc-field", names)
    if element.get("data-nc") != "kept":
        element.set("title", f"gives {names.replace(' ', ', ')}")


def _at(tree: HtmlElement, path: str) -> HtmlElement | None:
    """The element at a path that lxml gave; None where its name is no XPath name, as in <o:p>."""
    try:
        found = tree.getroottree().xpath(path)
    except etree.XPathError:
        return None
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, HtmlElement) else None


def _disarm(element: HtmlElement) -> None:
    if not isinstance(element.tag, str) or not re.fullmatch(r"[a-z][a-z0-9-]*", element.tag):
        element.drop_tag()  # comments, processing instructions, <o:p>
        return
    if element.tag in _GONE:
        _replace(element)
        return
    if element.tag == "style":
        element.text = _still(element.text_content())
    if element.tag in _RULES["stilled"]:
        element.set("data-nc-was", element.tag)
        element.tag = _RULES["stilled"][element.tag]
    for name in map(str, list(element.attrib)):
        if name == "style":
            element.set("style", _still(element.get("style") or ""))
        elif name not in _ATTRIBUTES and not name.startswith("data-nc"):
            del element.attrib[name]


def _still(css: str) -> str:
    """A style sheet that loads nothing. A word goes in the place of each address, so that no new one closes up."""
    return _LOADS.sub(" none ", re.sub(r"[<>\\\\]", "", css))


def _replace(element: HtmlElement) -> None:
    """Take an element out, with a word in its place where a reader would miss it."""
    name = _RULES["stand_ins"].get(element.tag)
    parent = element.getparent()
    if parent is None:
        return
    if name:
        stand_in = HtmlElement(f"[{name}{': ' + alt if (alt := (element.get('alt') or '').strip()) else ''}]")
        stand_in.tag = "span"
        for key in ("data-nc", "data-nc-block", "data-nc-field", "title"):
            if value := element.get(key):
                stand_in.set(key, value)
        stand_in.set("data-nc-was", element.tag)
        element.addprevious(stand_in)
    element.drop_tree()


def _framed(tree: HtmlElement) -> str:
    """The page's source for the frame, with the tints, and a policy that lets nothing load even if opened alone."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
    source = tostring(tree, encoding="unicode")
    tints = f"<style>{read('frame.css')}</style>"
    opening = re.match(r"<html[^>]*>", source)
    at = opening.end() if opening else 0
    return f"<!doctype html>{source[:at]}{head}{source[at:].removesuffix('</html>')}{tints}</html>"
