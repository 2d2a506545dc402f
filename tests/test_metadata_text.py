"""Clean-up of text: what a reader sees, with nothing invisible in it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from newscrawl.extraction.text import clean, clean_value, fold, is_names, seen_text


@pytest.mark.parametrize(
    "text,expected",
    [
        ("  two\n\t words ", "two words"),
        ("no\u00a0break\u2009thin\u3000wide", "no break thin wide"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffbom", "softhyphen zerowidth bom"),
        ("\u202eright to left\u202c", "right to left"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("La\u200dtin", "Latin"),
        ("a\x00b\x07c", "a b c"),
        ("👩\u200d🚒", "👩\u200d🚒"),
        ("", ""),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    "text,expected",
    [
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"),
        ("one<br/>two", "one two"),
        ("5 < 6 > 4", "5 < 6 > 4"),
        ("AT&T", "AT&T"),
    ],
)
def test_clean_value(text: str, expected: str) -> None:
    assert clean_value(text) == expected


@pytest.mark.parametrize(
    "source,expected",
    [
        ("<h1>One<br>two</h1>", "One two"),
        ("<p>on<b>e</b> two</p>", "one two"),
        ("<div><p>One</p><p>Two</p></div>", "One Two"),
        ("<p>One<script>x()</script><style>p{}</style><noscript>n</noscript> two</p>", "One two"),
        ("<div><span>One</span><span>two</span></div>", "Onetwo"),
        ("<p>One <!-- c -->two</p>", "One two"),
        ("<ul><li>One</li><li>two</li></ul>", "One two"),
        ("<p>" + "<b>" * 50 + "deep" + "</b>" * 50 + "</p>", "deep"),
    ],
)
def test_seen_text(source: str, expected: str) -> None:
    assert seen_text(lxml_html.fragment_fromstring(source)) == expected


def test_fold_and_is_names() -> None:
    assert fold("“Why?” – asked  the MAYOR") == fold("why asked the mayor")
    assert is_names("Anna Berg / Jean-Luc de Brun") and is_names("MIA HOLM") and is_names("Ö. Å. Ek and Per Lind")
    assert not any(map(is_names, ("Harbour opens", "Anna", "Who: Anna Berg", "", "anna berg", "A B C D E F")))


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_value(clean_value(text)) == clean_value(clean_value(clean_value(text)))
    assert "\u200b" not in clean(text) and "\u202e" not in clean(text) and "\xad" not in clean(text)
