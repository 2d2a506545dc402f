"""How well an extraction fits the known answer: the measures of benchmarks/extraction.py and of its floor in the tests.

f1         four words in a row are a shingle; precision and recall of the shingles, each with its count, are averaged
           over pages, and f1 is taken of the two means. A page without text has no precision, one without answer no
           recall. The measure of scrapinghub/article-extraction-benchmark: case counts, punctuation does not.
exact      share of pages whose words are the answer's, one by one
word_f1    f1 of the words without their order and case, averaged over pages; a Chinese, Japanese or Korean character
           is a word. The measure of Murrough-Foley/web-content-extraction-benchmark, which takes such text as it comes.
headline   share of pages with the same words, case and punctuation folded; deck likewise
day        share of pages with the right day of publication; minute: with the right minute, where the answer has a time
authors    f1 of the names, averaged over pages

What an answer does not say is not asked for: each field's mean is over the pages that have one.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SHINGLE = 4
#: A line of the text that repeats a good part of the deck is no more counted than the whole deck is.
_PART_OF_DECK = 25
_EAST_ASIAN = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_RUN = re.compile(r"\w+")
_WORD = re.compile(rf"[{_EAST_ASIAN}]|[^\W{_EAST_ASIAN}]+")

QUALITY = ("f1", "exact", "word_f1")
FIELDS = ("headline", "deck", "day", "minute", "authors")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a page; None and () where nothing is known. published: ISO 8601, a day or a time.

    deck: its paragraphs; where they stand in an extracted text too, they are not counted. optional: paragraphs that
    may stand in the text and need not.
    """

    text: str
    headline: str | None = None
    deck: tuple[str, ...] = ()
    published: str | None = None
    authors: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What an extractor made of a page: text holds the dateline too. published: ISO 8601, a day or a time."""

    text: str = ""
    headline: str | None = None
    deck: str | None = None
    published: str | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page's figures, 0 to 1. precision, recall: None where undefined; fields: only what the answer has."""

    precision: float | None
    recall: float | None
    exact: bool
    word_f1: float
    fields: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the pages of a set; None where no page has the field."""

    pages: int
    empty: int
    f1: float
    precision: float
    recall: float
    exact: float
    word_f1: float
    headline: float | None = None
    deck: float | None = None
    day: float | None = None
    minute: float | None = None
    authors: float | None = None


def words(text: str | None) -> list[str]:
    """The words of a text in lower case, an East Asian character each.

    >>> words("Die Fähre, 渡轮!")
    ['die', 'fähre', '渡', '轮']
    """
    return _WORD.findall((text or "").lower())


def folded(text: str | None) -> str:
    """A text's words with one space between, for telling whether two say the same."""
    return " ".join(words(text))


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Every run of four words with its count; of a shorter text, all its words."""
    runs = _RUN.findall(text)
    if not runs:
        return Counter()
    starts = range(max(1, len(runs) - SHINGLE + 1))
    return Counter(tuple(runs[at : at + SHINGLE]) for at in starts)


def precision_recall(found: Counter[Any], wanted: Counter[Any]) -> tuple[float | None, ...]:
    """Share of what was found that is wanted, and of what is wanted that was found; None for a share of nothing."""
    common = (found & wanted).total()
    return tuple(common / each.total() if each else None for each in (found, wanted))


def harmonic(precision: float | None, recall: float | None) -> float:
    """The f1 of a precision and a recall; 0 where either is missing."""
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


def score(found: Found, answer: Answer) -> PageScore:
    """How well an extraction of a page fits its answer."""
    text, wanted = counted(found.text, answer.deck), _with_optional(answer, found.text)
    precision, recall = precision_recall(shingles(text), shingles(wanted))
    bag, wanted_bag = (Counter((word,) for word in words(each)) for each in (text, wanted))
    return PageScore(
        precision=precision,
        recall=recall,
        exact=_RUN.findall(text) == _RUN.findall(wanted),
        word_f1=harmonic(*precision_recall(bag, wanted_bag)),
        fields=_fields(found, answer),
    )


def counted(text: str, deck: Iterable[str]) -> str:
    """The text without lines that repeat the deck: some pages print it as the story's first paragraph."""
    decks = [each for each in map(folded, deck) if each]
    kept = (line for line in text.strip().split("\n") if not any(_repeats(folded(line), each) for each in decks))
    return "\n".join(kept).strip()


def _repeats(line: str, deck: str) -> bool:
    return line == deck or (len(line) > _PART_OF_DECK and line in deck)


def _with_optional(answer: Answer, found: str) -> str:
    """The answer with those of its optional paragraphs that an extraction has; they come after the rest of it."""
    if not answer.optional:
        return answer.text
    text = folded(found)
    taken = [each for each in answer.optional if folded(each) and folded(each) in text]
    return _in_order(answer.text, taken, text)


def _in_order(text: str, taken: Sequence[str], found: str) -> str:
    """Paragraphs put in among others where the extraction has them, so that shingles across them agree."""
    paragraphs = text.split("\n\n")
    places = {each: found.find(folded(each)) for each in (*paragraphs, *taken)}
    for each in taken:
        after = [at for at, one in enumerate(paragraphs) if -1 < places[one] < places[each]]
        paragraphs.insert(after[-1] + 1 if after else 0, each)
    return "\n\n".join(paragraphs)


def _fields(found: Found, answer: Answer) -> dict[str, float]:
    scores: dict[str, float] = {}
    if answer.headline:
        scores["headline"] = folded(found.headline) == folded(answer.headline)
    if answer.deck:
        scores["deck"] = folded(found.deck) == folded(" ".join(answer.deck))
    if answer.published:
        scores["day"] = (found.published or "")[:10] == answer.published[:10]
        if len(answer.published) > len("2026-05-03"):
            scores["minute"] = same_minute(found.published, answer.published)
    if answer.authors:
        scores["authors"] = name_f1(found.authors, answer.authors)
    return scores


def same_minute(found: str | None, wanted: str) -> bool:
    """Whether two times of ISO 8601 are less than a minute apart; one without offset is taken to have the other's."""
    try:
        one, two = datetime.fromisoformat(found or ""), datetime.fromisoformat(wanted)
    except ValueError:
        return False
    one, two = (one.replace(tzinfo=one.tzinfo or two.tzinfo), two.replace(tzinfo=two.tzinfo or one.tzinfo))
    return abs((one - two).total_seconds()) < 60


def name_f1(found: Iterable[str], wanted: Iterable[str]) -> float:
    """f1 of two sets of names, case and punctuation folded."""
    one, two = ({each for each in map(folded, names) if each} for names in (found, wanted))
    if not one or not two:
        return 0.0
    common = len(one & two)
    return harmonic(common / len(one), common / len(two))


def mean(scores: Sequence[PageScore]) -> Figures:
    """The figures of a set; needs one page at least."""
    precision = _mean(each.precision for each in scores) or 0.0
    recall = _mean(each.recall for each in scores) or 0.0
    fields = {name: _mean(each.fields.get(name) for each in scores) for name in FIELDS}
    return Figures(
        pages=len(scores),
        empty=sum(each.precision is None for each in scores),
        f1=harmonic(precision, recall),
        precision=precision,
        recall=recall,
        exact=statistics.mean(each.exact for each in scores),
        word_f1=statistics.mean(each.word_f1 for each in scores),
        **fields,
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.mean(known) if known else None
