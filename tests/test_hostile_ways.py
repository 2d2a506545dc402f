"""Hostile feeds, sitemaps and indexes in a real crawl: it ends, fetches what it may, and finds the stories."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import Crawls
from hostile_server import HTML, Case, Hostile, page, serving
from hostile_stories import headline, story
from hostile_world import MEMORY, Done, hostile_crawls, profile, watched

XML = ("Content-Type", "application/xml")
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BOMB = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>'
QUADRATIC = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "{"a" * 100_000}">]>'
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "{base}/fetched.dtd" [<!ENTITY % p SYSTEM "{base}/fetched-p.dtd"> %p;'
    '<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "{base}/fetched.txt">]>'
)


def xml(text: str) -> Case:
    """A document; {base} in it stands for the server's address."""

    async def case(connection):  # type: ignore[no-untyped-def]
        await connection.answer(text.replace("{base}", connection.server.base).encode(), headers=[XML])

    return case


def item(number: int, title: str = "") -> str:
    return f"<item><title>{title or headline(number)}</title><link>{{base}}/story/{number}.html</link></item>"


def rss(items: str) -> str:
    return f'<rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'


def url(path: str) -> str:
    return f"<url><loc>{{base}}{path}</loc></url>"


def child(path: str) -> str:
    return f"<sitemap><loc>{{base}}{path}</loc></sitemap>"


def ten_million(base: str) -> bytes:
    """A packed sitemap of ten million lines; a part of it that is said again and again."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    part = "".join(url(f"/many/{n}.html") for n in range(125_000)).replace("{base}", base).encode()
    start = packer.compress(SITEMAP.encode()) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + (packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)) * 80


FEEDS = {
    "laughs": xml(BOMB + rss(item(1) + item(2, "&l11;") + item(3))),
    "quadratic": xml(QUADRATIC + rss(item(4) + item(5, "&a;" * 50_000))),
    "outside": xml(OUTSIDE + rss(item(6) + item(7, "&f;&h;"))),
    "unclosed": xml(rss(item(8) + "<item><title>" + "<b>" * 200_000)),
    "huge-title": xml(rss(item(9) + item(10, "x" * 5_000_000))),
    "schemes": xml(
        rss(
            "".join(
                f"<item><title>t</title><link>{link}</link></item>"
                for link in (
                    "file:///etc/passwd",
                    "javascript:alert(1)",
                    "ftp://x/y",
                    "http://127.0.0.2:1/x",
                    "\x0b",
                    "//",
                )
            )
            + item(11)
        )
    ),
    "steering": xml(rss(item(12, "\u202eturned &#27;[31m red &#13;&#10;ERROR forged") + item(13))),
    "packed": page(gzip.compress(bytes(50_000_000)), XML),
    "loop": xml(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>'
        '<link rel="next" href="{base}/feed/loop.xml?page=1"/>'
        f'<entry><title>{headline(14)}</title><link href="{{base}}/story/14.html"/></entry></feed>'
    ),
    "empty": page(b"", XML),
    "nul": page(bytes(1_000_000), XML),
    "missing": page(b"gone", HTML, status=500),
}
SITEMAPS = {
    "laughs": xml(
        BOMB.replace("DOCTYPE rss", "DOCTYPE urlset") + SITEMAP + url("/story/21.html") + url("/&l11;") + "</urlset>"
    ),
    "outside": xml(OUTSIDE.replace("rss", "urlset") + SITEMAP + url("/story/22.html") + url("/&f;&h;") + "</urlset>"),
    "itself": xml(INDEX + child("/map/itself.xml") + child("/map/other.xml") + "</sitemapindex>"),
    "other": xml(INDEX + child("/map/itself.xml?again") + child("/map/itself.xml#x") + "</sitemapindex>"),
    **{f"down-{n}": xml(INDEX + child(f"/map/down-{n + 1}.xml") + "</sitemapindex>") for n in range(30)},
    "elsewhere": xml(INDEX + "<sitemap><loc>file:///etc/passwd</loc></sitemap>" * 9 + "</sitemapindex>"),
    "deep": xml(SITEMAP + "<url>" * 300_000 + url("/story/23.html")),
    "bomb": page(gzip.compress(bytes(200_000_000)), ("Content-Type", "application/gzip")),
}
STORIES = (1, 3, 4, 6, 8, 9, 11, 12, 13, 14, 21, 22)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crawls, Hostile, Done]]:
    cases: dict[str, Case] = {f"/story/{n}.html": page(story(n).encode(), HTML) for n in range(1, 30)}
    cases |= {f"/feed/{name}.xml": case for name, case in FEEDS.items()}
    cases |= {f"/feed/loop.xml?page={n}": FEEDS["loop"] for n in range(1, 5)}
    cases |= {f"/map/{name}.xml": case for name, case in SITEMAPS.items()}
    with serving(cases, "hostile.test") as server:
        cases["/map/ten-million.xml.gz"] = page(ten_million(server.base), ("Content-Type", "application/gzip"))
        feeds = ", ".join(f'"{server.base}/feed/{name}.xml"' for name in FEEDS)
        maps = ", ".join(
            f'"{server.base}/map/{name}"' for name in ("laughs.xml", "outside.xml", "itself.xml", "down-0.xml")
        )
        more = ", ".join(
            f'"{server.base}/map/{n}"' for n in ("elsewhere.xml", "deep.xml", "bomb.xml", "ten-million.xml.gz")
        )
        crawls = hostile_crawls(tmp_path_factory.mktemp("ways"))
        crawls.add_profile_text(
            profile(server.base, "ways", f"feeds = [{feeds}]\nnews_sitemaps = [{maps}]\nsitemaps = [{more}]"), "ways"
        )
        yield crawls, server, watched(crawls, "crawl", "ways", "-a", "limit=40")


def test_the_run_ends_by_itself_within_its_memory(done: tuple[Crawls, Hostile, Done]) -> None:
    assert done[2].status == 0, done[2].errors
    assert done[2].memory < MEMORY


def test_stories_beside_hostile_entries_are_found(done: tuple[Crawls, Hostile, Done]) -> None:
    crawls, server, _ = done
    found = {record["url"] for record in crawls.records("ways")}
    assert {f"{server.base}/story/{n}.html" for n in STORIES} <= found


def test_nothing_outside_is_fetched_or_read(done: tuple[Crawls, Hostile, Done]) -> None:
    crawls, server, _ = done
    assert not [path for path in server.paths if "fetched" in path]
    secret = Path("/etc/passwd").read_bytes().splitlines()[0]
    for path in crawls.output.rglob("*"):
        assert not path.is_file() or secret not in path.read_bytes(), path


def test_loops_and_indexes_of_indexes_come_to_an_end(done: tuple[Crawls, Hostile, Done]) -> None:
    _, server, _ = done
    assert max(server.paths.count(path) for path in server.paths if path.startswith(("/map/", "/feed/"))) <= 3
    assert "/map/down-2.xml" in server.paths
    assert "/map/down-9.xml" not in server.paths


def test_ten_million_addresses_become_as_many_as_are_kept(done: tuple[Crawls, Hostile, Done]) -> None:
    counts = done[0].manifest("ways")["counts"]
    assert 100_000 <= counts["discovered"] < 101_000
    assert counts["fetched"] < 500


def test_what_is_wrong_stands_in_the_manifest(done: tuple[Crawls, Hostile, Done]) -> None:
    sources = {source["url"].rpartition("/")[2]: source for source in done[0].manifest("ways")["sources"]}
    assert "500" in sources["missing.xml"]["error"]
    assert sources["ten-million.xml.gz"]["candidates"] == 100_000


def test_a_feed_writes_no_line_of_its_own_in_the_log(done: tuple[Crawls, Hostile, Done]) -> None:
    said = done[2].errors
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert not any(line.startswith("ERROR forged") for line in said.splitlines())
