"""JSON-LD as pages write it: slips are mended, the story's node is found, and no script can do harm."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.extraction.jsonld import Own, lines_of, read_jsonld, same_page, text_of, texts_of, types

URL = "https://gull.example/2026/05/harbour-opens"
PAGE = Own((URL,))
STORY = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Harbour opens",
    "datePublished": "2026-05-03",
}


def headline(*scripts: str) -> str | None:
    story = read_jsonld(scripts, PAGE).story
    return text_of(story.get("headline")) if story else None


@pytest.mark.parametrize(
    "script",
    [
        json.dumps(STORY),
        json.dumps([STORY]),
        json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Gull"}, STORY]}),
        json.dumps({"@type": "WebPage", "mainEntity": STORY}),
        json.dumps({**STORY, "@type": ["Thing", "http://schema.org/NewsArticle"]}),
        "<!--\n" + json.dumps(STORY) + "\n-->",
        "//<![CDATA[\n" + json.dumps(STORY) + "\n//]]>",
        json.dumps(STORY) + ";",
        json.dumps(STORY)[:-1] + ",}",
        json.dumps(STORY).replace("Harbour opens", "Harbour\nopens"),
        json.dumps(STORY).replace("Harbour opens", r"Harbour \opens"),
        json.dumps({"@type": "Organization", "name": "Gull"}) + "\n" + json.dumps(STORY),
        json.dumps(STORY)[:-1],
        json.dumps(STORY).replace('"datePublished"', '"section": "a"b", "datePublished"'),
    ],
    ids=[
        "plain",
        "list",
        "graph",
        "inside the page",
        "several types",
        "comment",
        "cdata",
        "semicolon",
        "trailing comma",
        "raw newline",
        "bad escape",
        "two objects",
        "cut off",
        "stray quote",
    ],
)
def test_reads_what_pages_write(script: str) -> None:
    assert headline(script) == "Harbour opens"


def test_the_story_is_the_node_of_this_page() -> None:
    other = {
        "@type": "NewsArticle",
        "headline": "Another",
        "datePublished": "2026-05-01",
        "url": "https://gull.example/other",
    }
    assert headline(json.dumps([other, {**STORY, "url": URL + "?utm_source=x"}])) == "Harbour opens"


def test_a_story_is_preferred_to_its_pictures_and_videos() -> None:
    video = {"@type": "VideoObject", "name": "Clip", "headline": "Clip", "datePublished": "2026-05-03", "author": "A"}
    assert headline(json.dumps(video), json.dumps(STORY)) == "Harbour opens"


def test_a_page_without_a_story_has_none() -> None:
    assert read_jsonld([json.dumps({"@type": "Organization", "name": "Gull"})], PAGE).story is None


def test_references_are_followed() -> None:
    graph = {
        "@graph": [{"@type": "Person", "@id": "#anna", "name": "Anna Berg"}, {**STORY, "author": {"@id": "#anna"}}]
    }
    data = read_jsonld([json.dumps(graph)], PAGE)
    assert data.story is not None
    assert text_of(data.find(data.story["author"])) == "Anna Berg"
    assert data.find({"@id": "#nobody"}) == {"@id": "#nobody"}


TITLED = Own((URL,), ("Harbour opens after storm - The Gull",))
OTHER = {**STORY, "headline": "Cat found on roof", "url": "https://gull.example/2026/05/cat"}


@pytest.mark.parametrize(
    "nodes,expected",
    [
        ([OTHER], None),
        ([OTHER, STORY], "Harbour opens"),
        ([OTHER, {**STORY, "url": URL, "headline": "Ships sail"}], "Ships sail"),
        ([{**OTHER, "url": URL}], "Cat found on roof"),
        ([{**OTHER, "headline": "Harbour opens again after the storm"}], "Harbour opens again after the storm"),
        ([{k: v for k, v in OTHER.items() if k != "url"}], "Cat found on roof"),
        ([{k: v for k, v in OTHER.items() if k != "url"}, STORY], "Harbour opens"),
    ],
    ids=["another's", "both", "own address", "own address alone", "own title", "no address", "no address, less like"],
)
def test_other_stories_are_not_this_one(nodes: list[dict[str, str]], expected: str | None) -> None:
    data = read_jsonld([json.dumps(nodes)], TITLED)
    assert text_of((data.story or {}).get("headline")) == expected
    assert OTHER not in data.nodes


@pytest.mark.parametrize(
    "value,expected",
    [
        ("Fish &amp;amp; chips", "Fish & chips"),
        (["", "second"], "second"),
        ({"name": {"@value": "deep"}}, "deep"),
        ({"@id": "x"}, None),
        (12, "12"),
        (True, None),
        (None, None),
        ([[[[[["too deep"]]]]]], None),
    ],
)
def test_text_of(value: object, expected: str | None) -> None:
    assert text_of(value) == expected


def test_texts_of_takes_lists_of_anything() -> None:
    assert texts_of(["One", {"name": "Two"}, None, "", 3]) == ["One", "Two", "3"]


def test_lines_of_keeps_paragraphs() -> None:
    assert lines_of("First&nbsp;one.<br><br>Second <b>one</b>.\n\n  Third.") == "First one.\nSecond one.\nThird."


def test_same_page() -> None:
    assert same_page("https://www.a.example/x/?q=1", "http://a.example/x#top")
    assert same_page("https://a.example/x", "/x/")
    assert not same_page("https://a.example/x", "https://a.example/y", "")
    assert not same_page("https://a.example/x", "https://[broken")


@pytest.mark.parametrize(
    "script",
    [
        "[" * 200_000,
        '{"a":' * 100_000,
        '{"@type":"NewsArticle","headline":' + "9" * 6_000 + "}",
        '{"@type":"NewsArticle","headline":"' + "x" * 5_000_000 + '"}',
        json.dumps([{"@type": "NewsArticle", "headline": f"h{n}"} for n in range(20_000)]),
        '{"@type": {"@type": []}, "headline": [[]]}',
        "\ud800 {",
        "," * 100_000,
    ],
    ids=["open lists", "open objects", "huge number", "too large", "many", "wrong types", "surrogate", "commas"],
)
def test_hostile_scripts_give_no_error(script: str) -> None:
    data = read_jsonld([script] * 3, PAGE)
    assert len(data.nodes) <= 500


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["@type", "@id", "@graph", "headline", "author", "name", "url", "datePublished"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_any_json_is_read(value: object) -> None:
    data = read_jsonld([json.dumps(value)], PAGE)
    for node in data.nodes:
        assert all(isinstance(kind, str) for kind in types(node))
        assert text_of(node.get("headline")) != ""
