"""Politeness against real servers: what is asked, how often, and how far apart."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from datetime import time as day_time
from email.utils import format_datetime
from pathlib import Path

import pytest
from polite_server import PAGE, Answer, Host, serving

from newscrawl.politeness import opted_out, robots_flags
from newscrawl.politeness.addresses import is_private, literal_address, refusal
from newscrawl.politeness.agent import product_token, user_agent
from newscrawl.politeness.pace import Pace, retry_after
from newscrawl.politeness.robots import MAX_BYTES, Robots, robots_of

HERE = Path(__file__).parent

#: Loopback is allowed here, and AutoThrottle, which only ever slows down further, is left out.
SETTINGS = {
    "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": True,
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "NEWSCRAWL_BACK_OFF": 0.4,
    "DOWNLOAD_TIMEOUT": 10,
    "DOWNLOAD_MAXSIZE": 1_000_000,
    "CONCURRENT_REQUESTS": 64,
    "DOWNLOAD_HANDLERS": {"http": "newscrawl.politeness.connection.LimitedHandler"},
}


def crawl(urls, *, settings=None, **more):
    """What became of each address, and what was logged."""
    task = {"urls": urls, "settings": SETTINGS | (settings or {}), **more}
    done = subprocess.run(
        [sys.executable, str(HERE / "polite_crawl.py")],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        timeout=120,
        cwd=HERE.parent,
        env={"PYTHONPATH": str(HERE.parent), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    outcome = {line["asked"]: line for line in lines if line["kind"] != "sitemaps"}
    assert set(outcome) == set(urls), done.stderr
    return outcome, {line["asked"]: line["sitemaps"] for line in lines if line["kind"] == "sitemaps"}, done.stderr


def robots(text, status=200, **more):
    return Answer(status, text if isinstance(text, bytes) else text.encode(), (("Content-Type", "text/plain"),), **more)


def refused(outcome, reason, *, later):
    return outcome["kind"] == "refused" and outcome["reason"] == reason and outcome["later"] is later


# --- One crawl of many hosts, each with a case of its own -------------------------------------------------------------

_LONG = b"User-agent: *\nDisallow: /early\n" + b"# padding\n" * 60_000 + b"Disallow: /late\n"
_ZIPPED = (("Content-Type", "text/plain"), ("Content-Encoding", "gzip"))


def _hosts():
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
    served = format_datetime(datetime.now(UTC), usegmt=True)
    busy = [("Content-Type", "text/html")]
    cases = {
        "free": {},
        "forbidden_robots": {"/robots.txt": [robots("", 403)]},
        "down": {"/robots.txt": [robots("down", 500)]},
        "busy_robots": {"/robots.txt": [robots("slow", 429)]},
        "recovers": {"/robots.txt": [robots("down", 503), robots("User-agent: *\nDisallow: /private")]},
        "cut_robots": {"/robots.txt": [Answer(0)]},
        "rules": {"/robots.txt": [robots("User-agent: newscrawl\nDisallow: /private\n\nUser-agent: *\nDisallow: /")]},
        "crawl_delay": {"/robots.txt": [robots("User-agent: *\nCrawl-delay: 0.7")]},
        "request_rate": {"/robots.txt": [robots("User-agent: *\nRequest-rate: 2/2")]},
        "absurd_delay": {"/robots.txt": [robots("User-agent: *\nCrawl-delay: 86400")]},
        "retry_seconds": {"/0": [Answer(429, b"", (("Retry-After", "2"), *busy)), Answer()]},
        "retry_date": {"/0": [Answer(503, b"", (("Retry-After", date), ("Date", served), *busy)), Answer()]},
        "back_off": {"/0": [Answer(503, b""), Answer(503, b""), Answer()]},
        "leave_alone": {"/0": [Answer(429, b"", (("Retry-After", "100000"), *busy))]},
        "moved_robots": {
            "/robots.txt": [Answer(301, b"", (("Location", "/r1"),))],
            **{f"/r{n}": [Answer(302, b"", (("Location", f"/r{n + 1}"),))] for n in range(1, 5)},
            "/r5": [robots("User-agent: *\nDisallow: /private")],
        },
        "endless_robots": {
            "/robots.txt": [Answer(301, b"", (("Location", "/r0"),))],
            **{f"/r{n}": [Answer(302, b"", (("Location", f"/r{n + 1}"),))] for n in range(9)},
        },
        "long_robots": {"/robots.txt": [robots(_LONG)]},
        "huge_robots": {"/robots.txt": [robots(b"User-agent: *\nDisallow: /early\n" + b"#" * 30_000_000)]},
        "zipped_robots": {
            "/robots.txt": [Answer(200, gzip.compress(b"User-agent: *\nDisallow: /private\n" * 50), _ZIPPED)]
        },
        "bomb_robots": {
            "/robots.txt": [
                Answer(200, gzip.compress(b"User-agent: *\nDisallow: /early\n" + b"#" * 50_000_000), _ZIPPED)
            ]
        },
        "unreadable_robots": {
            "/robots.txt": [Answer(200, b"\x01\x02", (("Content-Type", "text/plain"), ("Content-Encoding", "br")))]
        },
        "html_robots": {"/robots.txt": [Answer(200, PAGE)]},
        "sitemaps": {"/robots.txt": [robots("Sitemap: https://a.example/one.xml\nSitemap: https://a.example/two.xml")]},
        "loop": {"/0": [Answer(302, b"", (("Location", "/0"),))]},
        "file": {"/0": [Answer(302, b"", (("Location", "file:///etc/passwd"),))]},
        "mail": {"/0": [Answer(302, b"", (("Location", "mailto:editor@example.com"),))]},
        "moved": {"/0": [Answer(301, b"", (("Location", "/new"),))]},
        "moved_away": {"/0": [Answer(301, b"", (("Location", "http://localhost:1/"),))]},
        "bomb": {"/0": [Answer(200, gzip.compress(b"<p>" * 3_000_000), (("Content-Encoding", "gzip"),))]},
        "broken_gzip": {"/0": [Answer(200, b"\x1f\x8b nonsense", (("Content-Encoding", "gzip"),))]},
        "large": {"/0": [Answer(200, b"<p>" * 1_000_000)]},
        "cut": {"/0": [Answer(200, PAGE, cut=20), Answer()]},
        "short": {"/0": [Answer(200, PAGE, (("Content-Length", "5000"),), cut=len(PAGE))]},
        "header_flood": {"/0": [Answer(200, PAGE, tuple((f"X-{n}", "x" * 2000) for n in range(500)))]},
        "noai": {"/0": [Answer(200, PAGE, (("X-Robots-Tag", "noarchive, noai"), ("TDM-Reservation", "1")))]},
    }
    return {name: Host(f"127.1.0.{at}", answers) for at, (name, answers) in enumerate(cases.items(), 1)}


_PATHS = {"leave_alone": ["/0", "/1", "/2"], "long_robots": ["/early", "/late"], "huge_robots": ["/early", "/late"]}
_PATHS |= dict.fromkeys(("bomb_robots",), ["/early", "/late"])
_PATHS |= dict.fromkeys(("recovers", "rules", "moved_robots", "zipped_robots"), ["/0", "/private"])
_PATHS |= dict.fromkeys(("crawl_delay", "request_rate", "retry_seconds", "retry_date", "back_off"), ["/0", "/1", "/2"])


@pytest.fixture(scope="module")
def run():
    """host name -> (Host with what it saw, [outcome of each of its paths]), the sitemaps, the log."""
    with serving(_hosts()) as hosts:
        urls = {name: [host.url(path) for path in _PATHS.get(name, ["/0"])] for name, host in hosts.items()}
        sitemaps = urls["sitemaps"]
        outcome, found, log = crawl([url for each in urls.values() for url in each], sitemaps=sitemaps)
    result = {name: (hosts[name], [outcome[url] for url in urls[name]]) for name in hosts}
    return result, found.get(sitemaps[0]), log


@pytest.fixture
def case(run):
    return lambda name: run[0][name]


@pytest.mark.parametrize("name", ["free", "forbidden_robots", "endless_robots", "html_robots", "sitemaps"])
def test_no_rules_means_free(case, name):
    host, outcomes = case(name)
    assert host.paths[0] == "/robots.txt"
    assert host.paths.count("/robots.txt") == 1
    assert host.paths.count("/0") == 1
    assert outcomes[0]["status"] == 200


@pytest.mark.parametrize("name", ["down", "busy_robots", "cut_robots"])
def test_unreachable_robots_stops_everything(case, name):
    host, outcomes = case(name)
    assert host.paths == ["/robots.txt"] * 3, "one request and two retries, and not one page"
    assert refused(outcomes[0], "robots", later=True)


def test_unreadable_robots_stops_everything(case):
    host, outcomes = case("unreadable_robots")
    assert host.paths == ["/robots.txt"]
    assert refused(outcomes[0], "robots", later=True)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("rules", ["/robots.txt", "/0"]),
        ("recovers", ["/robots.txt", "/robots.txt", "/0"]),
        ("zipped_robots", ["/robots.txt", "/0"]),
        ("moved_robots", ["/robots.txt", "/r1", "/r2", "/r3", "/r4", "/r5", "/0"]),
    ],
)
def test_rules_are_kept(case, name, asked):
    host, outcomes = case(name)
    assert host.paths == asked
    assert outcomes[0]["status"] == 200
    assert refused(outcomes[1], "robots", later=False)


def test_six_redirects_of_robots_mean_that_there_is_none(case):
    host, _ = case("endless_robots")
    assert host.paths == ["/robots.txt", "/r0", "/r1", "/r2", "/r3", "/r4", "/0"]


@pytest.mark.parametrize("name", ["long_robots", "huge_robots", "bomb_robots"])
def test_rules_past_the_limit_are_not_read(case, name):
    host, outcomes = case(name)
    assert host.paths == ["/robots.txt", "/late"]
    assert refused(outcomes[0], "robots", later=False)
    assert outcomes[1]["status"] == 200


@pytest.mark.parametrize(("name", "seconds"), [("crawl_delay", 0.7), ("request_rate", 1.0)])
def test_delay_of_robots_is_kept(case, name, seconds):
    host, outcomes = case(name)
    assert sorted(host.paths) == ["/0", "/1", "/2", "/robots.txt"]
    # A request may be seen late and the next one in time, so it is the whole and the middle that are sure.
    assert sum(host.gaps) > 3 * seconds - 0.3
    assert sorted(host.gaps)[1] > seconds - 0.3
    assert all(outcome["status"] == 200 for outcome in outcomes)


def test_absurd_delay_leaves_the_host_for_later(case):
    host, outcomes = case("absurd_delay")
    assert host.paths == ["/robots.txt"]
    assert refused(outcomes[0], "robots", later=True)


@pytest.mark.parametrize(("name", "seconds"), [("retry_seconds", 2), ("retry_date", 2)])
def test_retry_after_is_waited_for(case, name, seconds):
    host, outcomes = case(name)
    assert sorted(host.paths) == ["/0", "/0", "/1", "/2", "/robots.txt"]
    assert host.after("/0") > seconds - 0.1, "not one request in between"
    assert all(outcome["status"] == 200 for outcome in outcomes)


def test_back_off_without_a_header(case):
    host, outcomes = case("back_off")
    assert sorted(host.paths) == ["/0", "/0", "/0", "/1", "/2", "/robots.txt"]
    assert host.after("/0") > 0.3
    busy = [seen.at for seen in host.seen if seen.path == "/0"]
    assert busy[2] - busy[0] > 0.7
    assert all(outcome["status"] == 200 for outcome in outcomes)


def test_host_that_asks_for_a_day_gets_no_more_requests(case):
    host, outcomes = case("leave_alone")
    assert host.paths == ["/robots.txt", "/0"]
    assert all(refused(outcome, "http_error", later=True) for outcome in outcomes)


def test_sitemaps_of_robots_are_exposed(run):
    assert run[1] == ["https://a.example/one.xml", "https://a.example/two.xml"]


@pytest.mark.parametrize(
    ("name", "reason", "later", "requests"),
    [
        ("loop", "redirect", False, 1 + 9),
        ("file", "redirect", False, 2),
        ("mail", "redirect", False, 2),
        ("moved_away", "offsite", False, 2),
        ("bomb", "too_large", False, 2),
        ("large", "too_large", False, 2),
        ("header_flood", "too_large", False, 2),
        ("broken_gzip", "broken", True, 2),
    ],
)
def test_what_is_refused_has_its_reason(case, name, reason, later, requests):
    host, outcomes = case(name)
    assert refused(outcomes[0], reason, later=later)
    assert len(host.seen) == requests


def test_redirect_on_the_site_is_followed(case):
    host, outcomes = case("moved")
    assert host.paths == ["/robots.txt", "/0", "/new"]
    assert outcomes[0]["url"] == host.url("/new")


def test_cut_page_is_fetched_again(case):
    host, outcomes = case("cut")
    assert host.paths == ["/robots.txt", "/0", "/0"]
    assert outcomes[0]["size"] == len(PAGE)


def test_page_that_is_shorter_than_announced_is_none(case):
    host, outcomes = case("short")
    assert host.paths == ["/robots.txt", "/0", "/0", "/0"]
    assert outcomes[0] == outcomes[0] | {"kind": "failed", "error": "ResponseDataLossError"}


def test_flags_of_headers_are_noted(case):
    _, outcomes = case("noai")
    assert outcomes[0]["flags"] == ["noai", "noarchive", "tdm-reservation"]


def test_loopback_needs_no_contact(run):
    assert "NEWSCRAWL_CONTACT" not in run[2]


# --- Settings ---------------------------------------------------------------------------------------------------------


def test_budget_contact_and_opt_out():
    noai = Answer(200, PAGE, (("X-Robots-Tag", "noai"),))
    with serving({"a": Host("127.2.0.1"), "b": Host("127.2.0.2", {"/0": [noai]})}) as hosts:
        a, b = hosts.values()
        urls = [a.url(f"/{n}") for n in range(12)]
        settings = {
            "NEWSCRAWL_HOST_BUDGET": 8,
            "NEWSCRAWL_CONTACT": "https://example.com/bot",
            "NEWSCRAWL_OBEY_AI_OPTOUT": True,
        }
        outcome, _, _ = crawl([*urls, b.url("/0")], settings=settings)
    assert len(a.seen) == 8, "robots.txt counts"
    assert sum(refused(outcome[url], "budget", later=True) for url in urls) == 12 - 7
    assert refused(outcome[b.url("/0")], "opted_out", later=False)
    assert {seen.agent for seen in a.seen} == {f"newscrawl/{_version()} (+https://example.com/bot)"}


def test_one_request_at_a_time_and_delay_between():
    with serving({"a": Host("127.2.0.3"), "b": Host("127.2.0.4", slow=0.1)}) as hosts:
        spaced, slow = hosts.values()
        settings = {"DOWNLOAD_SLOTS": {spaced.address: {"delay": 0.4, "concurrency": 1, "jitter": 0}}}
        crawl([host.url(f"/{n}") for host in hosts.values() for n in range(5)], settings=settings)
    assert len(spaced.seen) == len(slow.seen) == 6
    assert sum(spaced.gaps) > 5 * 0.4 - 0.3
    assert not slow.together, "without a delay it is still one at a time"


def _version():
    from newscrawl import __version__

    return __version__


# --- Private addresses ------------------------------------------------------------------------------------------------

_PUBLIC = "127.9.0.1"


def test_nothing_leads_into_the_private_network():
    """127.9.0.1 stands for the internet; every way from there into 127.0.0.1 is shut, and the one back is open."""
    inside, outside = Host("127.0.0.1"), Host(_PUBLIC)
    with serving({"inside": inside, "outside": outside}):
        port = inside.port
        targets = {
            "literal": f"http://127.0.0.1:{port}/",
            "short": f"http://127.1:{port}/",
            "decimal": f"http://2130706433:{port}/",
            "hex": f"http://0x7f000001:{port}/",
            "octal": f"http://0177.0.0.01:{port}/",
            "any": f"http://0.0.0.0:{port}/",
            "six": f"http://[::1]:{port}/",
            "mapped": f"http://[::ffff:127.0.0.1]:{port}/",
            "local": f"http://localhost:{port}/",
            "dot": f"http://127.0.0.1.:{port}/",
            "wide": f"http://１２７.0.0.1:{port}/",
            "dns": f"http://inside.example.com:{port}/",
            "metadata": "http://169.254.169.254/latest/meta-data/",
        }
        closing = (("Connection", "close"),)  # so that every request asks for the name's address anew
        outside.answers |= {"/robots.txt": [Answer(404, b"", closing)], "/r0": [Answer(200, PAGE, closing)]}
        for name, target in targets.items():
            location = target.encode().decode("latin-1")
            outside.answers[f"/{name}"] = [Answer(302, b"", (("Location", location),))]
        names = {
            "inside.example.com": ["127.0.0.1"],
            "outside.example.com": [_PUBLIC],
            "rebind.example.com": [_PUBLIC, _PUBLIC, "127.0.0.1"],
        }
        redirects = [outside.url(f"/{name}") for name in targets]
        good = f"http://outside.example.com:{outside.port}/good"
        rebinding = [f"http://rebind.example.com:{outside.port}/r{n}" for n in range(2)]
        direct = [*targets.values(), "http://inside.example.com/", f"http://10.0.0.1:{port}/"]
        outcome, _, log = crawl(
            [*redirects, *direct, good, *rebinding],
            settings={
                "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": False,
                "DNSCACHE_ENABLED": False,
            },
            names=names,
            public=[_PUBLIC],
            meta={"allow_offsite": True},
        )
    assert inside.seen == []
    assert outcome[good]["status"] == 200
    for url in (*redirects, *direct):
        assert refused(outcome[url], "private_address", later=False), outcome[url]
    assert outcome[rebinding[0]]["status"] == 200
    assert refused(outcome[rebinding[1]], "private_address", later=False)
    assert log.count("NEWSCRAWL_CONTACT is not set") == 1


_PRIVATE = """127.0.0.1 127.8.8.8 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0
0.1.2.3 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 192.0.0.8
:: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12:3456::1 ff02::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1
64:ff9b::7f00:1 64:ff9b::a00:1 2002:7f00:1:: 2002:c0a8:101:: 100::1 fec0::1 nonsense"""


@pytest.mark.parametrize("address", _PRIVATE.split())
def test_private(address):
    assert is_private(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "93.184.215.14", "2606:4700::6810:1", "2a00:1450:4001::1"])
def test_public(address):
    assert not is_private(address)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7F.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("[::1]", "::1"),
        ("fe80::1%lo", "fe80::1"),
        ("8.8.8.8.", "8.8.8.8"),
        ("example.com", None),
        ("1.2.3.4.5", None),
        ("256.1.1.1", None),
        ("4294967296", None),
        ("089.1", None),
        ("face.b00c", None),
        ("", None),
    ],
)
def test_literal_address(host, address):
    assert literal_address(host) == (None if address is None else __import__("ipaddress").ip_address(address))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "a.localhost", "printer.local", "nas.lan", "db.internal"])
def test_names_of_the_local_network(host):
    assert refusal(host)
    assert refusal("example.com") is None


# --- Rules as values --------------------------------------------------------------------------------------------------

_NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", None, 120),
        (" 5 ", None, 5),
        ("0", None, 0),
        ("Tue, 24 Nov 2026 12:00:30 GMT", None, 30),
        ("Tue, 24 Nov 2026 11:00:00 GMT", None, 0),
        ("Tue, 24 Nov 2026 09:00:30 GMT", "Tue, 24 Nov 2026 09:00:00 GMT", 30),
        ("Tuesday, 24-Nov-26 12:01:00 GMT", None, 60),
        ("99999999999999999999", None, 999999999),
        ("-5", None, None),
        ("1.5", None, None),
        ("soon", None, None),
        ("", None, None),
        (None, None, None),
        ("٣", None, None),
    ],
)
def test_retry_after(value, date, seconds):
    assert retry_after(value, _NOW, date) == seconds


def test_pace_doubles_and_forgets():
    pace = Pace()
    assert [pace.busy(100, None, 5, 60) for _ in range(5)] == [5, 10, 20, 40, 60]
    assert pace.until == 160
    assert pace.busy(100, 7, 5, 60) == 7
    assert pace.until == 160, "a shorter wish does not end a longer wait"
    pace.served()
    assert pace.busy(200, None, 5, 60) == 5


@pytest.mark.parametrize(
    ("text", "noon", "midnight"),
    [
        ("Crawl-delay: 3", 3, 3),
        ("Request-rate: 1/10", 10, 10),
        ("Request-rate: 10/1m", 6, 6),
        ("Request-rate: 1/10 0900-1700", 10, 0),
        ("Request-rate: 1/10 2200-0600", 0, 10),
        ("Crawl-delay: 30\nRequest-rate: 1/10", 30, 30),
        ("Crawl-delay: -1", 0, 0),
        ("Crawl-delay: nan", 0, 0),
        ("Crawl-delay: inf", 0, 0),
        ("Request-rate: 0/10", 0, 0),
        ("Disallow: /x", 0, 0),
    ],
)
def test_delay(text, noon, midnight):
    rules = robots_of(200, f"User-agent: *\n{text}\n".encode(), "newscrawl")
    assert rules.delay(day_time(12)) == noon
    assert rules.delay(day_time(0)) == midnight


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /\nAllow: /news", "/news/1", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.php$", "/x/y.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/x/y.php?q", True),
        ("User-agent: NewsCrawl\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: other\nUser-agent: newscrawl\nDisallow: /a", "/a", False),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a", False),
        ("User-agent: *\rDisallow: /a\r", "/a", False),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
        ("User-agent: *\nDisallow: /" + "*a" * 500 + "*b$", "/" + "a" * 2000, True),
        ("Disallow: /", "/a", True),
        ("\x00\xff\xfe garbage", "/a", True),
    ],
)
def test_robots_rules(text, path, allowed):
    started = time.process_time()
    assert robots_of(200, text.encode(), "newscrawl").allows(f"https://example.com{path}") is allowed
    assert time.process_time() - started < 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 304])
def test_robots_that_is_not_there(status):
    assert robots_of(status, b"User-agent: *\nDisallow: /", "newscrawl") == Robots("newscrawl")


def test_half_a_rule_at_the_limit_is_dropped():
    head = b"User-agent: *\nDisallow: /secret\n"
    body = head + b"#" * (MAX_BYTES - len(head) - 12) + b"\nDisallow: /abcdef\n"
    assert len(body) > MAX_BYTES
    rules = robots_of(200, body, "newscrawl")
    assert not rules.allows("https://example.com/secret")
    assert rules.allows("https://example.com/a")


@pytest.mark.parametrize(
    ("headers", "flags"),
    [
        ([("X-Robots-Tag", "noarchive")], ("noarchive",)),
        ([("x-robots-tag", "NoIndex, NoArchive, nofollow")], ("noarchive", "noindex")),
        ([("X-Robots-Tag", "none")], ("noindex",)),
        ([("X-Robots-Tag", "otherbot: noai, noindex")], ()),
        ([("X-Robots-Tag", "newscrawl: noai")], ("noai",)),
        ([("X-Robots-Tag", "otherbot: noai"), ("X-Robots-Tag", "noarchive")], ("noarchive",)),
        ([("X-Robots-Tag", "unavailable_after: 25 Jun 2026 15:00:00 PST, noai")], ("noai",)),
        ([("X-Robots-Tag", "max-snippet: 5, noimageai")], ("noimageai",)),
        ([("TDM-Reservation", "1"), ("tdm-policy", "https://example.com/p")], ("tdm-reservation",)),
        ([("TDM-Reservation", "0")], ()),
        ([], ()),
    ],
)
def test_robots_flags(headers, flags):
    assert robots_flags(headers) == flags
    assert opted_out(flags) is bool({"noai", "tdm-reservation"} & set(flags))


def test_user_agent():
    assert user_agent("newscrawl/1.0", "https://example.com/bot") == "newscrawl/1.0 (+https://example.com/bot)"
    assert user_agent("newscrawl/1.0", " me@example.com ") == "newscrawl/1.0 (+me@example.com)"
    assert user_agent("newscrawl/1.0", None) == "newscrawl/1.0"
    assert user_agent("MyBot/2 (+https://example.com)", "other") == "MyBot/2 (+https://example.com)"
    for bad in ("a\r\nX-Evil: 1", "a)b", "ü", "x" * 300):
        with pytest.raises(ValueError, match="NEWSCRAWL_CONTACT"):
            user_agent("newscrawl/1.0", bad)
    assert product_token("newscrawl/1.0 (+x)") == "newscrawl"
