"""The language of a page: what it declares, weighed against what its words say.

Many sites declare the language of their template ("en") whatever they write in. So a sample of the text is looked
at: the script decides between scripts, and the commonest small words between languages of one script. They only
overrule a declaration when they leave no doubt; between close kin (Norwegian and Danish) it always stands.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice

from newscrawl.extraction.context import Context
from newscrawl.extraction.jsonld import text_of

_TAG = re.compile(r"([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{4}))?(?:[-_]([a-zA-Z]{2}|\d{3}))?(?![a-zA-Z])")
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 1_000  # characters
_NOT_LATIN = re.compile("[^a-z\u00c0-\u024f\u1e00-\u1eff]")
_FEW = 12  # words: a sample of fewer says nothing
_NAMES: Mapping[str, str] = {
    "english": "en",
    "german": "de",
    "deutsch": "de",
    "french": "fr",
    "spanish": "es",
    "nb": "no",
    "iw": "he",
    "in": "id",
}


def find_language(context: Context, *texts: str | None) -> str | None:
    """BCP 47: the declared language, unless the text is clearly in another; texts: headline, deck."""
    declared = [tag for value in _declared(context) if (tag := language_tag(value))]
    found = detect(_sample(context, texts))
    if found is None:
        return declared[0] if declared else language_tag(context.hints.language)
    for tag in declared:
        if akin(main_language(tag), found):
            return tag
    return found


def _declared(context: Context) -> list[str | None]:
    return [
        context.tree.get("lang"),
        context.tree.get("xml:lang"),
        text_of(context.story.get("inLanguage"), 50),
        *context.head.every(("content-language", "dc.language", "language", "og:locale")),
        context.site.language if context.site else None,
    ]


def _sample(context: Context, texts: tuple[str | None, ...]) -> str:
    """Headline, deck and the first longer paragraphs: enough to tell a language by."""
    parts = [text for text in texts if text]
    size = sum(map(len, parts))
    for paragraph in islice(context.tree.iter("p"), 80):
        if size > _SAMPLE:
            break
        text = "".join(islice(paragraph.itertext(), 40))[:500]
        if len(text) > (80 if text.isascii() else 20):
            parts.append(text)
            size += len(text)
    if size < _SAMPLE // 5:
        parts += context.head.every(("og:description", "description"))
    return " ".join(parts)[:_SAMPLE]


def language_tag(value: str | None) -> str | None:
    """A BCP 47 tag in its usual case, or None.

    >>> language_tag("pt_br"), language_tag("zh-hans-cn"), language_tag("x")
    ('pt-BR', 'zh-Hans-CN', None)
    """
    text = (value or "").strip()[:40]
    text = _NAMES.get(text.lower(), text)
    match = _TAG.match(text)
    if not match or match[1].lower() in ("und", "zxx", "mul"):
        return None
    parts = [match[1].lower(), match[2] and match[2].title(), match[3] and match[3].upper()]
    return "-".join(part for part in parts if part)


def main_language(tag: str) -> str:
    """The language of a tag, without script and region."""
    return tag.split("-", 1)[0]


def akin(one: str, other: str) -> bool:
    """Whether two languages are the same, or too close to be told apart by their words."""
    return one == other or any(one in group and other in group for group in _table().groups)


def detect(text: str) -> str | None:
    """The language of a text, where script or words leave no doubt; else None. ISO 639.

    >>> detect("Der Hafen ist seit dem Morgen wieder offen, und die Schiffe fahren von hier aus auf die Inseln.")
    'de'
    """
    table = _table()
    words = _WORD.findall(text[:_SAMPLE].lower())
    letters = "".join(words)
    if not letters:
        return None
    script = _script(letters, table)
    if script and script not in table.sharing:
        return script
    scores = Counter(language for word in words for language in table.words.get(word, ()))
    best = [(lang, n) for lang, n in scores.most_common(8) if (script is None) == (lang not in table.scripted)]
    for language, marks in table.letters.items():
        if script and language in table.scripted and sum(letters.count(m) for m in marks) > len(letters) / 100:
            return language
    return _clear(best, len(words)) or script


def _clear(best: list[tuple[str, int]], words: int) -> str | None:
    """The best-scoring language, if it is well ahead of all that are not its kin."""
    if not best or words < _FEW or best[0][1] < 4:
        return None
    language, count = best[0]
    rival = max((other for each, other in best[1:] if not akin(each, language)), default=0)
    many = count >= words * 0.12 and count >= 1.3 * rival
    return language if many or (count >= 5 and count >= 3 * rival) else None  # the latter: few small words at all


def _script(letters: str, table: _Table) -> str | None:
    """The language that a script stands for, where most letters are of one that is not Latin; kana outweigh Han."""
    if len(_NOT_LATIN.findall(letters)) * 2 < len(letters):
        return None
    counts = {language: len(pattern.findall(letters)) for language, pattern in table.scripts.items()}
    if counts["ja"] * 12 > counts["zh"] > 0 and counts["ja"] + counts["zh"] > len(letters) / 3:
        return "ja"
    language, count = max(counts.items(), key=lambda pair: pair[1])
    return language if count > len(letters) / 2 else None


@dataclass(frozen=True, slots=True)
class _Table:
    groups: tuple[frozenset[str], ...]
    scripts: Mapping[str, re.Pattern[str]]
    letters: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    scripted: frozenset[str]  # languages of other scripts than Latin
    sharing: frozenset[str]  # scripts that several languages share


@cache
def _table() -> _Table:
    data = tomllib.loads(resources.files("newscrawl.extraction").joinpath("languages.toml").read_text(encoding="utf-8"))
    index: dict[str, list[str]] = {}
    for language, listed in data["words"].items():
        for word in listed.split():
            index.setdefault(word, []).append(language)
    scripts = {language: re.compile(f"[{letters}]") for language, letters in data["scripts"].items()}
    other = {"uk", "be", "bg", "sr", "mk", "kk", "fa", "ur", "ps", "mr", "ne", *scripts}
    return _Table(
        groups=tuple(frozenset(group) for group in data["groups"]),
        scripts=scripts,
        letters=data["letters"],
        words={word: tuple(languages) for word, languages in index.items()},
        scripted=frozenset(other),
        sharing=frozenset(("ru", "ar", "hi")),
    )
