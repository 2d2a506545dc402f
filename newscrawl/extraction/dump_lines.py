"""A text dump to paragraphs.

Dumps come in three shapes: paragraphs with blank lines between, a paragraph a line, and text that was wrapped at a
width. Wrapped text shows itself: in most lines the next line's first word would not have fitted any more, and most
lines end within a sentence.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from newscrawl.extraction.text import clean, is_cjk

_SENTENCE_END = re.compile(r"[.!?…。！？؟।:：;；][\"'”’»“」』）)\]]*$")
_BREAK = re.compile(r"\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BULLET = re.compile(r"\s*(?:[-–—*•·▪◦‣●]\s|\d{1,2}[.)]\s)")
#: Widths at which people and programs wrap text; East Asian characters take two columns.
_NARROWEST, _WIDEST = 28, 132
_FEWEST_WRAPPED = 3


def read_paragraphs(text: str) -> list[str]:
    """The paragraphs of a dump in order, each on one line as a reader sees it; none is empty."""
    lines = [_Line(raw) for raw in textwrap.dedent(_BREAK.sub("\n", text)).split("\n")]
    width = _wrapped_at(lines)
    paragraphs: list[str] = []
    before: _Line | None = None
    for line in lines:
        if before and line.text and before.text and _continues(before, line, width):
            paragraphs[-1] = join_lines(paragraphs[-1], line.text)
        elif line.text:
            paragraphs.append(line.text)
        before = line
    return paragraphs


class _Line:
    """A line as a reader sees it; columns: its width as printed."""

    __slots__ = ("bullet", "columns", "indented", "text")

    def __init__(self, raw: str) -> None:
        self.text = clean(raw)
        self.indented = raw[:1] in (" ", "\t", "\u3000")
        self.bullet = bool(_BULLET.match(raw))
        indent = raw[: len(raw) - len(raw.lstrip())] if self.indented else ""
        self.columns = len(indent + self.text) + sum(map(_is_wide, indent + self.text))

    @property
    def first_word(self) -> int:
        """Columns of what cannot be parted from the line's start: a word, or one East Asian character."""
        return 2 if _is_wide(self.text[0]) else len(self.text.split(" ", 1)[0])


def _is_wide(character: str) -> bool:
    return character > "\u10ff" and (
        "\u1100" <= character <= "\u115f" or "\u2e80" <= character <= "\ua4cf" or "\uac00" <= character <= "\uff60"
    )


def _wrapped_at(lines: list[_Line]) -> int | None:
    """The width that a dump was wrapped at, or None where it was not."""
    pairs = [(one, two) for one, two in zip(lines, lines[1:], strict=False) if one.text and two.text]
    widths = sorted(one.columns for one, _ in pairs)
    if len(widths) < _FEWEST_WRAPPED:
        return None
    width = widths[-1 - len(widths) // 25]  # a long address here and there is not wrapped
    if not _NARROWEST <= width <= _WIDEST:
        return None
    full = [one for one, two in pairs if _is_full(one, two, width)]
    open_ended = sum(not _SENTENCE_END.search(line.text) for line in full)
    if len(full) >= max(_FEWEST_WRAPPED, 0.4 * len(pairs)) and open_ended >= 0.5 * len(full):
        return width
    return None


def _is_full(line: _Line, following: _Line, width: int) -> bool:
    """Whether the next line's first word would not have fitted, as in a line that was wrapped."""
    slack = 4 if _is_wide(line.text[-1]) else 0  # no line starts with a comma, so one or two characters may be missing
    return width * 0.6 < line.columns <= width and line.columns + following.first_word + slack >= width


def _continues(before: _Line, line: _Line, width: int | None) -> bool:
    """Whether a line goes on with the paragraph of the line before it."""
    if line.bullet:
        return False
    if line.text[0] in "，。、；：！？）”』」":
        return True
    if width is not None:
        return not line.indented and (_is_full(before, line, width) or before.columns > width)
    return not _SENTENCE_END.search(before.text) and (line.text[0].islower() or line.text[0] in ",;)")


def join_lines(one: str, two: str) -> str:
    """Two lines of one paragraph; a hyphen stays, and no space comes between East Asian characters."""
    if one.endswith("-") and one[-2:-1].isalpha() and two[0].isalpha():
        return one + two
    if two[0] in ",.;:)" or (is_cjk(one[-1]) or _is_wide(one[-1])) and _is_wide(two[0]):
        return one + two
    return f"{one} {two}"


def unfold(paragraphs: list[str]) -> Iterator[str]:
    """Each paragraph once, in order; short ones may come again."""
    seen: set[str] = set()
    for paragraph in paragraphs:
        if len(paragraph) <= 50 or paragraph not in seen:
            seen.add(paragraph)
            yield paragraph
