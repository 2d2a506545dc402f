"""The catalogue: every profile is sound, a bad one is named, and adding one is as easy as CONTRIBUTING.md says."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from polite_server import Answer, Host, serving

from newscrawl.discovery.urls import host_of, in_domains, is_story_link
from newscrawl.sites import FOLDER, SiteError, check_site, load_site, load_sites, parse_site
from newscrawl.sites.check import check_catalogue

ROOT = Path(__file__).parents[1]
BENCH = ROOT.parent / "shared" / "bench" / "news"
SITES = load_sites()

GOOD = """
name = "good"
publisher = "Good"
language = "en"
domains = ["example.com"]
[discover]
listings = ["https://example.com/"]
"""


def scrapy(*words, folder=None, output=None, **settings):
    given = {"NEWSCRAWL_SITES": folder, "NEWSCRAWL_OUTPUT": output, **settings}
    options = [word for name, value in given.items() if value is not None for word in ("-s", f"{name}={value}")]
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words, *options],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "COLUMNS": "250"},
    )


@pytest.fixture
def folder(tmp_path):
    """Writes profiles into a folder of their own."""
    sites = tmp_path / "sites"
    sites.mkdir()

    def write(text, name="good"):
        path = sites / f"{name}.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    write.path = sites
    return write


# --- The bundled profiles --------------------------------------------------------------------------------------------

_ASKED_FOR = """xinhua xinhua_zh chinaorg people_en people_zh chinadaily cgtn globaltimes ecns ap reuters tass yonhap
kyodo anadolu"""


def test_the_catalogue():
    assert len(SITES) >= 45
    assert set(_ASKED_FOR.split()) <= set(SITES)
    languages = {site.language for site in SITES.values()}
    assert len(languages) >= 20
    assert list(check_catalogue(FOLDER)) == []


@pytest.mark.parametrize("name", SITES)
def test_profile(name):
    site = SITES[name]
    assert site.publisher and site.language and site.domains
    ways = [url for key in ("feeds", "news_sitemaps", "sitemaps", "listings") for url in getattr(site.discover, key)]
    assert ways and len(ways) == len(set(ways))
    for url in site.discover.listings:
        assert in_domains(url, site.domains) or in_domains(f"https://www.{host_of(url)}", site.domains), url


def test_known_addresses_of_stories():
    stories = {
        "xinhua": [
            "https://english.news.cn/20260429/293485b2527a41408c106a9c5eb21920/c.html",
            "http://www.xinhuanet.com/english/2021-08/20/c_1310141234.htm",
        ],
        "xinhua_zh": ["https://www.news.cn/politics/20250514/3123b1e2612147a4877c0e4d21662691/c.html"],
        "chinaorg": [
            "http://www.china.org.cn/world/Off_the_Wire/2022-01/22/content_78005678.htm",
            "http://www.china.org.cn/world/Off_the_Wire/2025-01/22/content_78005678.shtml",
        ],
    }
    for name, urls in stories.items():
        site = SITES[name]
        for url in urls:
            assert in_domains(url, site.domains) and is_story_link(url, site.discover.article, site.discover.skip), url
        assert not is_story_link(site.discover.listings[0], site.discover.article, site.discover.skip)
    part = "http://www.china.org.cn/world/Off_the_Wire/2022-01/22/content_78005678_2.htm"
    assert not is_story_link(part, SITES["chinaorg"].discover.article, ()), "further pages belong to the first"


_HOSTILE = ["a" * 2000, "/" * 2000, "0" * 2000, "/a-1" * 500, "a-" * 1000, "/20260429/" + "0a" * 900, "=&" * 1000]
_TIMED = """
import json, re, sys
for pattern in json.load(sys.stdin)["patterns"]:
    for text in {texts!r}:
        re.search(pattern, "https://example.com/" + text + "!")
"""


def test_no_regex_runs_away():
    patterns = [pattern for site in SITES.values() for pattern in (*site.discover.article, *site.discover.skip)]
    assert patterns
    subprocess.run(
        [sys.executable, "-c", _TIMED.format(texts=_HOSTILE)],
        input=json.dumps({"patterns": patterns}),
        text=True,
        timeout=20,
        check=True,
    )


# --- Bad profiles ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("name = ", "is not TOML"),
        (b"name = '\xff'", "is not TOML"),
        ("x = " + "[" * 20_000, "is not TOML"),
        ("# " + "x" * 300_000, "longer than"),
        ("publisher = 'x'", "name: is missing"),
        ("name = 'other'", "name: is 'other'"),
        ("name = 5", "name: is 5"),
        (GOOD + "selector = 'x'", "discover.selector: no such key; known are article"),
        ("color = 'red'\n" + GOOD, "color: no such key"),
        ("timezone = 5\n" + GOOD, "timezone: expected text, got 5"),
        ("country = ' '\n" + GOOD, "country: expected text"),
        (GOOD + "feeds = 'https://example.com/feed'", "discover.feeds: expected a list"),
        (GOOD + "feeds = [1]", "discover.feeds: expected a list"),
        (GOOD + "feeds = ['']", "discover.feeds: expected a list"),
        ("name = 'good'\ndiscover = 'x'", "discover: expected a table"),
        ("name = 'good'\nlayout = 'x'", "layout: expected tables"),
        (GOOD + "[[layout]]\nvalid_until = '2021'", "layout 1: valid_until: expected a date"),
        (GOOD + "[[layout]]\nvalid_until = 2021-01-01T00:00:00Z", "layout 1: valid_until: expected a date"),
        (GOOD + "[[layout]]\nbodies = '#x'", "layout 1: bodies: no such key"),
        (GOOD + "[health]\nrejects = 'few'", "health.rejects: expected a number"),
        (GOOD + "[health]\nrejects = nan", "health.rejects: expected a number"),
        (GOOD + "[health]\nrejects = true", "health.rejects: expected a number"),
    ],
)
def test_bad_file(folder, text, named):
    path = folder(text)
    with pytest.raises(SiteError) as error:
        load_site(path)
    assert str(path) in str(error.value) and named in str(error.value)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ("article = ['(']", "discover.article: '(' is no regex: missing )"),
        ("article = ['a{99999999999}']", "discover.article"),
        (f"skip = ['{'(a' * 1500}']", "discover.skip"),
        ("article = ['(?<=a+)b']", "look-behind"),
        ("feeds = ['example.com/feed']", "is no http(s) URL"),
        ("feeds = ['file:///etc/passwd']", "is no http(s) URL"),
        ("feeds = ['https://']", "is no http(s) URL"),
        ("feeds = ['https://example.com:99999/']", "is no http(s) URL"),
        ("feeds = ['https://example.com/\\u001b[31m']".replace("'", '"'), "is no http(s) URL"),
        ("[[layout]]\nbody = '#a >'", "layout 1: body: '#a >' is no CSS selector"),
        ("[[layout]]\nbody = 'h1::text'", "Pseudo-elements are not supported"),
        (f"[[layout]]\ndrop = ['{'a ' * 5000}']", "layout 1: drop"),
        ("[[layout]]\n[[layout]]\nbody = '//div['", "layout 2: body"),
        (
            "[[layout]]\nbody = 'p'\nvalid_until = 2021-01-01\n[[layout]]\nvalid_until = 2022-01-01",
            "newest comes first",
        ),
        ("[[layout]]\nvalid_until = 2021-01-01\n[[layout]]\nbody = 'p'", "newest comes first"),
    ],
)
def test_faults(folder, more, named):
    site = load_site(folder(GOOD + more))
    assert any(named in fault and site.source in fault for fault in check_site(site)), list(check_site(site))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("language = 'en'", ""), "language: expected a language tag"),
        (("language = 'en'", "language = 'english'"), "language: expected a language tag"),
        (("publisher = 'Good'", ""), "publisher: is missing"),
        (("domains = ['example.com']", ""), "domains: is missing"),
        (("domains = ['example.com']", "domains = ['https://example.com/']"), "is no host name"),
        (("domains = ['example.com']", "domains = ['*.example.com']"), "is no host name"),
        (("language = 'en'", "language = 'en'\ncountry = 'UK'"), "country: expected two letters"),
        (("language = 'en'", "language = 'en'\ntimezone = 'Mars/Olympus'"), "no IANA time zone"),
        (("language = 'en'", "language = 'en'\ntimezone = '../../etc/passwd'"), "no IANA time zone"),
        (("listings = ['https://example.com/']", ""), "names no way to the stories"),
    ],
)
def test_catalogue_faults(folder, change, named):
    folder(GOOD.replace('"', "'").replace(*change))
    assert any(named in fault for fault in check_catalogue(folder.path)), list(check_catalogue(folder.path))


def test_layouts_in_order_are_good(folder):
    dated = "[[layout]]\n[[layout]]\nvalid_until = 2024-01-01\n[[layout]]\nvalid_until = 2021-01-01\n"
    for layouts in (dated, "[[layout]]\n[[layout]]\n", "[[layout]]\nvalid_until = 2021-01-01"):
        assert list(check_site(load_site(folder(GOOD + layouts)))) == []


def test_names_lead_nowhere():
    for name in ("../evil", "a/b", "", "A", "1a", "a" * 60, "a.b", "a\nb"):
        with pytest.raises(SiteError, match="name"):
            parse_site({"name": name}, "x.toml")


# --- scrapy sites ----------------------------------------------------------------------------------------------------


def test_check_names_every_fault(folder):
    good = scrapy("sites", "--check")
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout == f"{len(SITES)} profiles, no fault\n"
    folder(GOOD)
    folder(GOOD.replace('"good"', '"one"') + "articel = []\n", "one")
    folder(GOOD.replace('"good"', '"two"') + "article = ['(', '[']\n[health]\nluck = 1\n", "two")
    folder(GOOD.replace('"good"', '"three"').replace("Good", "\\u001b[31mred"), "three")
    bad = scrapy("sites", "--check", folder=folder.path)
    assert bad.returncode == 1
    lines = bad.stderr.splitlines()
    assert [line for line in lines if "one.toml" in line and "discover.articel" in line]
    assert len([line for line in lines if "two.toml" in line]) == 3
    assert len(lines) == 4
    assert "Traceback" not in bad.stderr


def test_table(folder, tmp_path):
    folder(GOOD.replace("Good", "The \\u001b[31mGood [bold]Paper"))
    run = tmp_path / "output" / "good" / "runs" / "20261124T020000Z"
    run.mkdir(parents=True)
    manifest = {
        "started_at": "2026-11-24T02:00:00Z",
        "exit_status": 3,
        "counts": {"new": 41, "revised": 1},
        "health": {"ok": False, "problems": [{"message": "no story on 41 of 44 pages"}, {"message": "x"}]},
    }
    (run / "manifest.json").write_text(json.dumps(manifest))
    (run.parent / "20261124T030000Z").mkdir()
    for name, text in (("20261123T020000Z", "{}"), ("20261125T020000Z", "not json")):
        (run.parent / name).mkdir()
        (run.parent / name / "manifest.json").write_text(text)
    done = scrapy("sites", folder=folder.path, output=tmp_path / "output")
    assert done.returncode == 0, done.stderr
    rows = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert len(rows) == len(SITES) + 2
    assert re.search(r"1 feed, 1 listing", rows["xinhua"])
    assert re.search(r"\sCN\s+en\s", rows["xinhua"])
    good = rows["good"]
    assert "2026-11-24T02:00:00Z" in good and " 42 " in good and "no story on 41 of 44 pages (and 1 more)" in good
    assert "\x1b" not in done.stdout and "[bold]Paper" in good


def test_bad_profile_stops_everything_with_a_line(folder):
    path = folder("name = 'good'\ncolor = 1")
    for words in (["sites"], ["crawl", "xinhua"]):
        done = scrapy(*words, folder=folder.path)
        assert done.returncode != 0
        assert "color: no such key" in done.stderr
    assert "Traceback" not in scrapy("sites", folder=folder.path).stderr
    path.unlink()


# --- CONTRIBUTING.md -------------------------------------------------------------------------------------------------

_STORY = """<!DOCTYPE html><html lang="en"><head><title>Harbour story {0} - The Example Times</title></head>
<body><article>
<h1>Harbour story {0}: the port reopens after the storm</h1>
<p>The harbour of Port {0} reopened on Tuesday after a storm had closed it for three days, the port authority said.</p>
<p>Ferries to the islands will run from Wednesday morning, while fishing boats were already out at sea by noon.</p>
<p>Repairs to the northern pier are expected to last until the end of the month and to cost two million crowns.</p>
<p>"We have seen worse, but not in this century," harbour master Ada Quist told reporters on the quay number {0}.</p>
</article></body></html>"""


def test_adding_a_site_is_as_easy_as_it_says(folder, tmp_path):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = re.search(r"## Add a site\n(.*?)(?:\n## |\Z)", text, re.DOTALL)[1]
    assert sum(not line.lstrip().startswith("```") for line in section.strip().splitlines()) <= 10
    profile = re.sub(r"(?m)^   ", "", re.search(r"```toml\n(.*?)```", section, re.DOTALL)[1])
    commands = re.findall(r"`scrapy ([^`]+)`", section)
    name = re.search(r'name = "(\w+)"', profile)[1]
    assert [command.split()[0] for command in commands] == ["sites", "crawl", "report"]

    stories = {
        f"/world/2026/11/2{n}/harbour-story-{n}.html": [Answer(200, _STORY.format(n).encode())] for n in range(8)
    }
    links = "".join(f'<h3><a href="{path}">Harbour story: the port reopens</a></h3>' for path in stories)
    host = Host("127.4.0.1", {"/world/": [Answer(200, f"<html><body>{links}</body></html>".encode())], **stories})
    with serving({"a": host}):
        profile = profile.replace("https://www.example.com", host.url("")).replace("www.example.com", host.address)
        folder(profile, name)
        settings = {"NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": True, "DOWNLOAD_DELAY": 0.01, "AUTOTHROTTLE_ENABLED": False}
        done = [scrapy(*c.split(), folder=folder.path, output=tmp_path / "output", **settings) for c in commands]
    assert [each.returncode for each in done] == [0, 0, 0], [each.stderr for each in done]
    records = list((tmp_path / "output" / name / "runs").glob("*/articles-*.jsonl"))
    lines = [json.loads(line) for path in records for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 5
    assert all("reopened on Tuesday" in line["body"] and line["language"] == "en" for line in lines)


# --- Stored pages, where they are at hand ----------------------------------------------------------------------------

_PAGES = sorted((BENCH / "ground-truth").glob("*.json"))


def _site_of(url):
    return next((site for site in SITES.values() if in_domains(url, site.domains)), None)


def _truths():
    for path in _PAGES:
        truth = json.loads(path.read_text(encoding="utf-8"))
        yield path, truth, _site_of(truth["url"])


@pytest.mark.skipif(not _PAGES, reason="the pages belong to their publishers and are not shipped")
def test_profiles_know_their_stories():
    known = [(truth["url"], site) for _, truth, site in _truths() if site]
    assert len({site.name for _, site in known}) >= 25
    for url, _ in known:
        sites = [site for site in SITES.values() if in_domains(url, site.domains)]
        assert any(is_story_link(url.partition("?")[0], s.discover.article, s.discover.skip) for s in sites), url


@pytest.mark.skipif(not _PAGES, reason="the pages belong to their publishers and are not shipped")
def test_profiles_give_records_of_their_pages():
    """With its profile, nearly every publisher's stored page gives its story: most of the words, and few others."""
    from newscrawl.extraction.article import extract
    from newscrawl.items import Article

    tried, good, seen = 0, 0, set()
    for path, truth, site in _truths():
        if site is None or site.name in seen:
            continue
        seen.add(site.name)
        page = gzip.decompress((BENCH / "html" / f"{path.stem}.html.gz").read_bytes())
        result = extract(page, url=truth["url"], site=site)
        tried += 1
        if isinstance(result, Article):
            wanted = set(re.findall(r"\w+", truth["ground_truth"]["main_content"]))
            found = set(re.findall(r"\w+", result.body))
            good += len(wanted & found) > 0.7 * len(wanted) and len(found - wanted) < 0.5 * len(wanted)
    assert tried >= 25
    assert good >= 0.9 * tried
