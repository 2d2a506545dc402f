"""Rules that are looked up by how a text begins, or in a table, say just what their regexes say."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_chrome import LEFT, NAMED, ONLY_ALIKE, TAKEN, UNNAMED, whole

from newscrawl.extraction.chrome import element_rule, line_rules, rules, words_of
from newscrawl.extraction.patterns import Pattern, opening

LINES = [line for lines in TAKEN.values() for line in lines] + [*LEFT, *ONLY_ALIKE]
LABELS = [label for labels in NAMED.values() for label in labels] + UNNAMED
#: Words that the rules know and words that they do not, to be put together in any way.
NAMES = sorted({word for label in LABELS for word in words_of(label).split("-")} | {"x1", "", "_", "shareholder"})


@pytest.mark.parametrize(
    ("pattern", "character", "narrowed"),
    [
        ("share|save|print", "s", "share|save"),
        ("share|save|print", "x", None),
        ("(?:also read|read more)[:>]", "r", "(?:read more)[:>]"),
        ("[>»]*(?:more|next)$", "m", "(?:more)$"),
        ("[>»]*(?:more|next)$", "»", "[>»]*(?:more|next)$"),
        (r"\d{1,2} min", "4", r"\d{1,2} min"),
        (r"\d{1,2} min", "m", None),
        ("(?:the )?end", "e", "end"),
        ("(?:the )?end", "t", "(?:the )?end"),
        ("(?:a|b)+c", "b", "(?:a|b)+c"),
        ("(?:a|)c", "c", "(?:)c"),
        ("(?=.*x)ab", "z", "(?=.*x)ab"),
        (r"a|\bb", "z", r"\bb"),
        ("a{2}|b{0,2}c", "c", "c"),
        (".{0,5}x", "z", ".{0,5}x"),
        (r"\(c\)|c", "(", r"\(c\)"),
        ("[^a]b|]", "a", None),
        ("über|más|also|[a-z]x", "ü", "[a-z]x|über"),
        ("über|más|also|[a-z]x", "é", "[a-z]x|über"),
    ],
)
def test_a_pattern_narrowed_to_a_character(pattern: str, character: str, narrowed: str | None) -> None:
    assert Pattern.of(pattern).beginning(opening(character)) == narrowed


@pytest.mark.parametrize(
    ("pattern", "texts", "endless"),
    [
        ("nav|menus?", ["nav", "menu", "menus"], []),
        ("most-?(?:read|seen)", ["most-read", "most-seen", "mostread", "mostseen"], []),
        ("auteur[es]?", ["auteur", "auteure", "auteurs"], []),
        (r"ads?|related\w*|a{2}|b+", ["ad", "ads"], [r"related\w*", "a{2}", "b+"]),
        ("x(?:y(?:z)?)?", ["x", "xy", "xyz"], []),
        ("[^a]|[a-c]|.", [], ["[^a]", "[a-c]", "."]),
    ],
)
def test_all_that_a_pattern_can_be(pattern: str, texts: list[str], endless: list[str]) -> None:
    listed, more = Pattern.of(pattern).spelled()
    assert (sorted(listed), more) == (sorted(texts), endless)


ATOMS = st.sampled_from(["a", "b", "ab", "é", "[ab]", "[^a]", ".", r"\w", r"\.", r"\b", "(?=a)", "$", ""])
REPEATS = st.sampled_from(["", "", "", "?", "*", "+", "{2}", "{0,2}"])


def repeated(text: str, repeat: str) -> str:
    return text + repeat if text and text not in (r"\b", "$", "(?=a)") else text


PATTERNS = st.recursive(
    st.builds(repeated, ATOMS, REPEATS),
    lambda inner: st.one_of(
        st.builds("".join, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda many, repeat: f"(?:{'|'.join(many)}){repeat}", st.lists(inner, max_size=3), REPEATS),
    ),
    max_leaves=8,
)
TEXTS = st.text("abé.-", max_size=6)


@given(st.lists(PATTERNS, min_size=1, max_size=3), TEXTS.filter(bool))
@example(["(?:a|)b"], "b")
@example(["ab?(?:a|b)"], "aa")
def test_a_narrowed_pattern_matches_the_same(alternatives: list[str], text: str) -> None:
    pattern = "|".join(alternatives)
    narrowed = Pattern.of(pattern).beginning(opening(text))
    whole = re.match(pattern, text)
    assert bool(whole) == (narrowed is not None and bool(re.match(narrowed, text)))


@given(st.lists(PATTERNS, min_size=1, max_size=3), TEXTS)
def test_what_is_listed_and_what_is_endless_is_the_whole(alternatives: list[str], text: str) -> None:
    texts, endless = Pattern.of("|".join(alternatives)).spelled()
    assert all(re.fullmatch("|".join(alternatives), each) for each in texts)
    found = text in texts or any(re.fullmatch(each, text) for each in endless)
    assert found == bool(re.fullmatch("|".join(alternatives), text))


@given(st.sampled_from(LINES), st.text(max_size=3), st.text(max_size=3))
@example("Subscribe to our newsletter", "", "")
def test_lines_are_told_as_by_the_whole_regexes(line: str, before: str, after: str) -> None:
    line = before + line + after
    lowered = line.lower()
    fitting = [r for r in rules().lines if len(lowered) <= r.longest and re.match(r.pattern, lowered)]
    assert [*line_rules(line)] == fitting


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5), st.sampled_from("-_"))
@example(["sr", "only"], "-")
@example(["xnewsletterx", "nav"], "-")
def test_names_are_told_as_by_the_whole_regexes(words: list[str], mark: str) -> None:
    name = mark.join(words)
    named = [rule for rule in rules().elements if re.search(whole(rule), words_of(name))]
    assert element_rule(name) == (named[0] if named else None)
