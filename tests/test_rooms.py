"""Which room may import which: read from the sources, so that a breach fails before it is used."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "newscrawl"

#: What a pure room must not touch: the crawler, the network, processes, the disk.
IMPURE = {
    *("scrapy", "twisted", "socket", "ssl", "asyncio", "http", "requests", "aiohttp", "subprocess", "multiprocessing"),
    *("sqlite3", "tempfile", "shutil", "glob", "threading"),
}
#: Each room, and the rooms of newscrawl that it may import.
MAY_IMPORT = {
    "items.py": set(),
    "discovery": {"items", "discovery", "urls"},
    "extraction": {"items", "extraction", "discovery", "sites"},
    "storage": {"items", "storage", "sites", "extraction", "urls"},
    "sites": {"items", "sites"},
}
ADAPTERS = {"spiders", "pipelines", "middlewares", "extensions", "commands"}


def modules(room: str) -> list[Path]:
    path = PACKAGE / room
    return [path] if path.suffix else sorted(path.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Names of modules that a file imports, wherever in it, but for those that only type checkers see."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for each in node.body
        for inner in ast.walk(each)
    }
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative imports hide which room is meant"
            module = node.module or ""
            if module == "newscrawl":
                yield from ((f"newscrawl.{alias.name}", node) for alias in node.names)
            else:
                yield module, node


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "newscrawl" and len(parts) > 1 and parts[1] != "__version__" else None


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    for path in modules(room):
        for module, _ in imports(path):
            if (target := room_of(module)) is not None:
                assert target in MAY_IMPORT[room], f"{path.relative_to(PACKAGE)} imports {module}"


@pytest.mark.parametrize("room", ["items.py", "discovery", "extraction"])
def test_a_pure_room_knows_no_crawler_network_or_disk(room: str) -> None:
    for path in modules(room):
        for module, _ in imports(path):
            assert module.split(".")[0] not in IMPURE, f"{path.relative_to(PACKAGE)} imports {module}"


@pytest.mark.parametrize("room", ["items.py", "discovery", "extraction"])
def test_a_pure_room_never_asks_for_the_time(room: str) -> None:
    for path in modules(room):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow", "monotonic"}:
                raise AssertionError(f"{path.relative_to(PACKAGE)}:{node.lineno} asks for the time")


@pytest.mark.parametrize("adapter", sorted(ADAPTERS))
def test_adapters_do_not_import_each_other(adapter: str) -> None:
    paths = modules(adapter) if (PACKAGE / adapter).is_dir() else modules(f"{adapter}.py")
    for path in paths:
        for module, _ in imports(path):
            target = room_of(module)
            assert target not in ADAPTERS - {adapter}, f"{path.relative_to(PACKAGE)} imports {module}"


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, newscrawl; print([m for m in sys.modules if m in {'lxml', 'trafilatura', 'scrapy', 'twisted'}])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_process_that_fetches_does_not_load_extraction() -> None:
    code = (
        "import sys\n"
        "from newscrawl import extensions, middlewares, outcomes, pipelines, workers\n"
        "from newscrawl.commands import crawl, recleaning\n"
        "from newscrawl.spiders import news\n"
        "heavy = {'trafilatura', 'dateparser', 'newscrawl.extraction.article', 'newscrawl.extraction.body'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_promised_name_is_there() -> None:
    import newscrawl

    assert all(getattr(newscrawl, name) for name in newscrawl.__all__)
