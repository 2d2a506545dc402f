"""A sitemap's entries, gathered as the parser meets their tags: no tree is built, whatever the size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

_CHUNK = 1 << 16
_ENTRY_END = re.compile(rb"(</(?:[a-z]+:)?(?:url|sitemap)\s*>)", re.IGNORECASE)
_LEAVES = {"loc", "lastmod", "publication_date", "title", "language", "keywords", "name"}


@dataclass(slots=True)
class Entries:
    """Gathers <url> and <sitemap> entries as the parser meets their tags (lxml's parser target interface).

    A leaf counts when it is in the entry's own namespace or a news one: <image:loc> is no story's address.
    """

    done: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    seen: int = 0
    kind: str | None = None
    space: str = ""
    leaf: str | None = None
    text: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    depth: int = 0
    ended: bool = False
    cut: bool = False

    def start(self, tag: str | bytes, attributes: object) -> None:
        self.depth += 1
        space, _, name = str(tag).rpartition("}")
        if name in ("url", "sitemap"):
            if self.kind:  # the last entry was never closed
                self._close()
            self.kind, self.space, self.fields = name, space, {}
        elif self.kind and name in _LEAVES and (space in ("", self.space) or "news" in space):
            self.leaf, self.text = (name if name not in self.fields else None), []

    def data(self, data: str | bytes) -> None:
        if self.leaf and len(self.text) < 100:
            self.text.append(str(data[:4000]))

    def end(self, tag: str | bytes) -> None:
        self.depth -= 1
        self.ended = self.depth <= 0
        name = str(tag).rpartition("}")[2]
        if self.leaf and name == self.leaf:
            self.fields[name] = "".join(self.text)[:4000]
            self.leaf = None
        elif name == self.kind:
            self._close()

    def comment(self, text: str | bytes) -> None:
        """Comments hold nothing."""

    def close(self) -> None:
        if self.kind:
            self._close()
        self.depth, self.ended = 0, True

    def _close(self) -> None:
        if self.kind and self.fields.get("loc") and not self.cut:
            self.done.append((self.kind, self.fields))
            self.seen += 1
        self.kind, self.leaf, self.fields = None, None, {}


def parser_for(entries: Entries) -> etree.XMLParser:
    """A parser that hands each tag to entries, mends what it can, and expands, loads and fetches nothing."""
    return etree.XMLParser(
        target=entries, recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )


def cut_behind_entries(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The document cut behind each entry, so that a fault is known to lie in one."""
    rest = b""
    for chunk in chunks:
        *pieces, rest = _ENTRY_END.split(rest + chunk)
        for piece, end in zip(pieces[::2], pieces[1::2], strict=True):
            yield piece + end
        if len(rest) > _CHUNK:
            yield rest
            rest = b""
    yield rest
