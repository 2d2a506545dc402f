"""What the project stands on and what it never does: pinned packages, closed doors, no code from data."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from newscrawl import settings

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    [*(ROOT / "newscrawl").rglob("*.py"), *(ROOT / "tools").glob("*.py"), *(ROOT / "benchmarks").glob("*.py")]
)

# The lock


def locked() -> dict[str, tuple[str, int]]:
    """Package -> its pinned version, and how many hashes stand for it."""
    found: dict[str, tuple[str, int]] = {}
    name = ""
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^\s;]+)", line):
            name = canonicalize_name(match[1])
            found[name] = (match[2], 0)
        elif "--hash=sha256:" in line:
            found[name] = (found[name][0], found[name][1] + 1)
    return found


def wanted() -> list[Requirement]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith(("#", "-"))]


@pytest.mark.parametrize("requirement", wanted(), ids=str)
def test_the_lock_satisfies_the_ranges(requirement: Requirement) -> None:
    version, hashes = locked()[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version), f"{requirement}: the lock has {version}; make it anew"
    assert hashes > 0


def test_the_lock_is_whole_and_hashed() -> None:
    """Whatever a pinned package needs is pinned too, and nothing is taken without a hash."""
    pins = locked()
    assert all(hashes for _, hashes in pins.values())
    for name in pins:
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        for need in map(Requirement, needs):
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                assert canonicalize_name(need.name) in pins, f"{name} needs {need.name}"


def test_the_lock_names_no_host_and_no_path() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert not [
        line for line in lines if re.search(r"https?:|file:|^\s*-[if]\b|--(?:extra-)?index|--find-links =", line)
    ]


def test_an_audit_without_data_says_so_and_one_with_findings_fails() -> None:
    spec = importlib.util.spec_from_file_location("audit", ROOT / "tools" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    audit = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(audit)
    assert audit.verdict([{"name": "a", "skip_reason": "?"}])[0] == 0
    assert "skipped" in audit.verdict([{"name": "a", "skip_reason": "?"}])[1]
    good = {"name": "a", "version": "1", "vulns": []}
    bad = {"name": "b", "version": "2", "vulns": [{"id": "X-1"}]}
    assert audit.verdict([good])[0] == 0
    assert audit.verdict([good, bad]) == (True, "pip-audit: 2 packages, 1 known vulnerabilities\nb 2: X-1")


# The sources


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """(name as written, call) of every call in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


#: Functions that run code or commands out of a text, or make objects out of bytes from a disk.
NEVER = re.compile(
    r"(?:builtins\.)?(?:eval|exec|execfile|__import__)|(?:builtins\.)?compile|os\.(?:system|popen|exec\w+|spawn\w+)"
    r"|(?:pickle|cPickle|dill|marshal|shelve|jsonpickle)\.\w+|pd\.read_pickle|yaml\.(?:load|unsafe_load)|subprocess\.getoutput"
)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_source_runs_texts_or_loads_objects(path: Path) -> None:
    for name, call in calls(path):
        assert not NEVER.fullmatch(name), f"{path.name}:{call.lineno}: {name}"
        shell = [each for each in call.keywords if each.arg == "shell"]
        assert not shell, f"{path.name}:{call.lineno}: shell="
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not {"pickle", "marshal", "shelve", "dill", "pty"} & set(names), f"{path.name} imports {names}"


def test_sql_is_made_of_the_projects_own_words() -> None:
    """A statement is a literal, or one with names of columns (constants) or a size put in: values are parameters."""
    for path in (ROOT / "newscrawl" / "storage").glob("*.py"):
        for name, call in calls(path):
            if name.rpartition(".")[2] not in ("execute", "executemany", "executescript") or not call.args:
                continue
            for each in ast.walk(call.args[0]):
                if isinstance(each, ast.FormattedValue):
                    word = ast.unparse(each.value)
                    assert re.fullmatch(r"_?[A-Z_]+|cache", word), f"{path.name}:{call.lineno}: {word} in a statement"


# Doors


def test_doors_stay_closed() -> None:
    assert settings.TELNETCONSOLE_ENABLED is False
    assert settings.REMOTE_CONTROL_ENABLED is False
    assert settings.COOKIES_ENABLED is False
    assert settings.DOWNLOAD_VERIFY_CERTIFICATES is True
    closed = {scheme for scheme, handler in settings.DOWNLOAD_HANDLERS.items() if handler is None}
    assert {"file", "ftp", "s3", "data"} <= closed


@pytest.mark.parametrize("name", ["JOBDIR", "HTTPCACHE_ENABLED", "FEEDS", "SPIDER_MODULES"])
def test_nothing_that_keeps_pickles_on_a_disk_is_on(name: str) -> None:
    assert not getattr(settings, name, None)


def test_no_port_is_opened_by_a_crawl() -> None:
    from newscrawl.sample_site import server

    listening = {
        path.relative_to(ROOT).parts[1]
        for path in (ROOT / "newscrawl").rglob("*.py")
        for name, _ in calls(path)
        if name.rpartition(".")[2] in ("listen", "listenTCP", "start_server", "create_server", "ThreadingHTTPServer")
    }
    assert listening <= {"sample_site"}
    assert server.__name__.startswith("newscrawl.sample_site")
