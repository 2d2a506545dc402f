"""What `-a` may say: values read, and one line for each that cannot be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from newscrawl.arguments import ArgumentError, Arguments, parse_arguments
from newscrawl.choice import choose_site, site_without_profile
from newscrawl.sites import Site, SiteError


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Arguments()),
        ({"since": "2026-01-31"}, Arguments(since=date(2026, 1, 31))),
        ({"limit": "50", "full": "1"}, Arguments(limit=50, full=True)),
        ({"full": "no", "rebuild": "yes"}, Arguments(rebuild=True)),
        ({"url": "https://example.com/"}, Arguments(url="https://example.com/")),
        ({"_job": "scrapyd's own"}, Arguments()),
    ],
)
def test_arguments_are_read(given: dict[str, str], expected: Arguments) -> None:
    assert parse_arguments(given) == expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sinse": "2026-01-31"}, "sinse: no such argument; known are since"),
        ({"since": "yesterday"}, "expected a date such as 2026-01-31"),
        ({"since": "2026-02-30"}, "expected a date"),
        ({"limit": "0"}, "expected a number above zero"),
        ({"limit": "many"}, "expected a number above zero"),
        ({"full": "maybe"}, "expected 1 or 0"),
        ({"url": "example.com"}, "expected a web address"),
        ({"url": "file:///etc/passwd"}, "expected a web address"),
        ({"url": "https://[broken"}, "expected a web address"),
        ({"profile": ""}, "expected the path of a profile"),
    ],
)
def test_a_wrong_argument_is_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        parse_arguments(given)


def test_a_profile_from_any_file(tmp_path: Path) -> None:
    path = tmp_path / "harbour.toml"
    path.write_text('name = "harbour"\ndomains = ["harbour.example"]\n')
    assert choose_site(None, Arguments(profile=str(path))).domains == ("harbour.example",)


def test_a_profile_is_checked_whole_before_the_crawl(tmp_path: Path) -> None:
    path = tmp_path / "harbour.toml"
    path.write_text('name = "harbour"\n[discover]\narticle = ["(unclosed"]\n')
    with pytest.raises(SiteError, match=r"harbour\.toml: discover\.article: '\(unclosed' is no regex"):
        choose_site(None, Arguments(profile=str(path)))


def test_news_needs_a_site() -> None:
    with pytest.raises(ArgumentError, match="-a url=https://… or a profile with -a profile=PATH"):
        choose_site(None, Arguments())


def test_a_named_site_takes_no_address() -> None:
    with pytest.raises(ArgumentError, match="for `scrapy crawl news`, not for harbour"):
        choose_site(Site("harbour"), Arguments(url="https://example.com/"))


@pytest.mark.parametrize(
    ("url", "name", "domain"),
    [
        ("https://www.example.com/news/", "example_com", "example.com"),
        ("http://news.example.co.uk", "news_example_co_uk", "example.co.uk"),
        ("http://127.0.0.1:8000/", "site_127_0_0_1_8000", "127.0.0.1"),
    ],
)
def test_a_site_without_a_profile_is_named_after_its_host(url: str, name: str, domain: str) -> None:
    site = site_without_profile(url)
    assert (site.name, site.domains) == (name, (domain,))
