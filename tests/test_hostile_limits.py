"""Large pages on a slow disk, broken TLS, and names that would lead out of the output folder; each in a real crawl."""

from __future__ import annotations

import gzip
import json
import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from crawling import Crawls
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hostile_server import HTML, Case, Hostile, page, redirect, serving
from hostile_stories import feed, headline, story
from hostile_world import MEMORY, Done, hostile_crawls, profile, watched

from newscrawl.arguments import ArgumentError
from newscrawl.choice import site_without_profile
from newscrawl.sites import SiteError, parse_site

XML = ("Content-Type", "application/xml")

# Large pages, slow disk

PLAIN, PACKED = range(120), range(120, 140)
#: Bytes of pages that may wait for the disk: two groups of storage.outcomes.RunSettings.commit_bytes, and some.
WAITING = 48_000_000


def filler(size: int) -> str:
    return f"<!-- {'nothing to see ' * (size // 15)} -->"


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crawls, Done, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("slow")
    cases: dict[str, Case] = {f"/{n}.html": page(story(n, body=filler(1_000_000)).encode(), HTML) for n in PLAIN}
    for n in PACKED:
        packed = gzip.compress(story(n, body=filler(9_000_000)).encode(), 1)
        cases[f"/{n}.html"] = page(packed, HTML, ("Content-Encoding", "gzip"))
    links = [(headline(n), f"/{n}.html") for n in (*PLAIN, *PACKED)]
    cases["/feed.xml"] = page(feed(links).encode(), XML)
    with serving(cases, "hostile.test") as server:
        crawls = hostile_crawls(folder, fsync=0.2, watch=str(folder / "watch.json"))
        crawls.add_profile_text(profile(server.base), "hostile")
        done = watched(crawls, "crawl", "hostile")
    yield crawls, done, json.loads((folder / "watch.json").read_text())


def test_pages_wait_for_a_slow_disk_and_not_in_memory(slow: tuple[Crawls, Done, dict[str, Any]]) -> None:
    crawls, done, seen = slow
    assert done.status == 0, done.errors
    assert len(crawls.records("hostile")) == len(PLAIN) + len(PACKED)
    assert 0 < seen["waiting"][0] < WAITING
    assert done.memory < MEMORY


def test_the_event_loop_neither_waits_for_the_disk_nor_stands_still_over_large_pages(
    slow: tuple[Crawls, Done, dict[str, Any]],
) -> None:
    _, _, seen = slow
    assert seen["synced"] == []
    assert [each for each in seen["slowest"] if each[0] > 0.05] == []


# TLS


def certificate(folder: Path, name: str, days: int = 1) -> Path:
    """A certificate for a name, signed by itself, and its key, in one file; with negative days it has expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}{days}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(built.public_bytes(serialization.Encoding.PEM) + private)
    return path


def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


def tls_crawl(folder: Path, trusted: Path, server: Hostile, base: str) -> tuple[int, Crawls]:
    crawls = hostile_crawls(folder)
    crawls.environment["SSL_CERT_FILE"] = str(trusted)
    crawls.add_profile_text(profile(base), "hostile")
    return watched(crawls, "crawl", "hostile", RETRY_TIMES=0).status, crawls


@pytest.mark.parametrize(
    ("name", "days", "trusted", "status"),
    [
        ("hostile.test", 1, True, 0),
        ("hostile.test", 1, False, 1),
        ("hostile.test", -1, True, 1),
        ("elsewhere.test", 1, True, 1),
    ],
)
def test_a_certificate_must_be_trusted_valid_and_for_the_host(
    tmp_path: Path, name: str, days: int, trusted: bool, status: int
) -> None:
    own, other = certificate(tmp_path, name, days), certificate(tmp_path, "other.test")
    cases = {
        "/feed.xml": page(feed([(headline(1), "/1.html")]).encode(), XML),
        "/1.html": page(story(1).encode(), HTML),
    }
    with serving(cases, "hostile.test", tls=context(own)) as server:
        got, crawls = tls_crawl(tmp_path, own if trusted else other, server, server.base)
    assert got == status
    assert (len(crawls.records("hostile")) == 1) is (status == 0)
    assert ("/1.html" in server.paths) is (status == 0)


def test_a_server_that_speaks_no_tls_fails_the_run(tmp_path: Path) -> None:
    with serving({}, "hostile.test") as server:
        got, crawls = tls_crawl(
            tmp_path, certificate(tmp_path, "hostile.test"), server, f"https://hostile.test:{server.port}"
        )
    assert got == 1
    assert crawls.manifest("hostile")["exit_status"] == 1


# The output folder

NAMES = (
    "../escaped",
    "/tmp/escaped",
    "a/b",
    "..",
    ".",
    "",
    "con\\..\\x",
    "a\0b",
    "x" * 5000,
    "A",
    "a b",
    "\x1b[31m",
    "ä",
    "a\n",
)
ADDRESSES = (
    "http://127.0.0.1:9/../../../escaped",
    "http://..:9/",
    "http://%2e%2e%2f:9/x",
    "http://[::1]:9/",
    "http://-:9/",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_cannot_name_a_folder_elsewhere(name: str) -> None:
    with pytest.raises(SiteError, match="name: expected lower-case letters"):
        parse_site({"name": name}, "profile.toml")


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_makes_a_plain_name_or_none(url: str) -> None:
    try:
        assert re.fullmatch("[a-z][a-z0-9_]{0,40}", site_without_profile(url).name)
    except ArgumentError as error:
        assert "expected a web address" in str(error)


@pytest.mark.parametrize("words", [("profile=profile.toml",), (f"url={ADDRESSES[0]}",), (f"url={ADDRESSES[1]}",)])
def test_no_file_is_written_outside_the_output_folder(crawls: Crawls, tmp_path: Path, words: tuple[str, ...]) -> None:
    path = tmp_path / "profile.toml"
    path.write_text('name = "../\\u001b[31mescaped"\ndomains = []\n', encoding="utf-8")
    given = [word.replace("profile.toml", str(path)) for word in words]
    _, _, said = crawls.run("crawl", "news", *(f"-a{word}" for word in given), status=1, RETRY_TIMES=0)
    assert "Traceback" not in said
    assert "\x1b" not in said
    assert {each.name for each in tmp_path.iterdir()} <= {"profile.toml", "output"}
    assert len(list(crawls.output.glob("*"))) <= 1


@pytest.mark.parametrize("words", [("../x",), ("demo", "../../x"), ("\x1b[31m", "/etc")])
def test_a_report_is_of_a_run_in_the_output_folder(crawls: Crawls, tmp_path: Path, words: tuple[str, ...]) -> None:
    _, out, said = crawls.run("report", *words, status=1)
    assert "Traceback" not in said
    assert "\x1b" not in said + out
    assert not list(tmp_path.rglob("*.html"))


# Secrets


@pytest.mark.parametrize("words", [("-aprofile=PROFILE",), ("-aurl=http://me:hunter2@hostile.test/",)])
def test_a_password_in_an_address_is_refused_before_it_can_be_written(
    crawls: Crawls, tmp_path: Path, words: tuple[str, ...]
) -> None:
    path = tmp_path / "closed.toml"
    path.write_text(profile("http://me:hunter2@hostile.test", "closed"), encoding="utf-8")
    given = [word.replace("PROFILE", str(path)) for word in words]
    _, out, said = crawls.run("crawl", "news", *given, status=1)
    assert "user name or password" in said
    assert "hunter2" not in said + out
    assert not crawls.output.exists()


def test_cookies_and_credentials_are_kept_nowhere(tmp_path: Path) -> None:
    """What a server sets, what a user gives with Scrapy's own settings, and what a redirect names."""
    secrets = [("Set-Cookie", "session=hunter3; Path=/"), ("Authorization", "Bearer hunter4")]
    cases = {
        "/feed.xml": page(feed([(headline(n), f"/{n}.html") for n in (1, 2)]).encode(), XML, *secrets),
        "/1.html": page(story(1).encode(), HTML, *secrets),
        "/2.html": redirect("http://me:hunter5@hostile.test:{port}/1.html"),
    }
    with serving(cases, "hostile.test") as server:
        server.words["port"] = str(server.port)
        crawls = hostile_crawls(tmp_path)
        crawls.add_profile_text(profile(server.base), "hostile")
        headers = json.dumps({"Authorization": "Basic hunter6", "Cookie": "hunter7"})
        done = watched(crawls, "crawl", "hostile", RETRY_TIMES=0, DEFAULT_REQUEST_HEADERS=headers)
    assert done.status == 0, done.errors
    assert any("hunter6" in each.head and "hunter7" in each.head for each in server.seen)
    assert len(crawls.records("hostile")) == 1
    assert [line["reason"] for line in crawls.rejects("hostile")] == ["redirect"]
    for path in crawls.output.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        assert b"hunter" not in content, path
    assert "hunter" not in done.errors + done.output
