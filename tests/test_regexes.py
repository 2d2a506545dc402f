"""No regex of the package, in code or in data, takes longer than its input deserves: all are found and attacked."""

from __future__ import annotations

import ast
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from regex_attacks import PACKAGE, Collecting, attacks
from test_chrome import whole

from newscrawl.extraction.chrome import rules
from newscrawl.extraction.imprint import LONGEST
from newscrawl.extraction.names import words

HERE = Path(__file__).parent
#: Characters of an attack, and the seconds of CPU that one search may take: a quadratic regex needs a hundredth of it,
#: a cubic one some seconds. What is searched in whole pages is attacked at that length in test_hostile_pages.py.
LENGTH, LIMIT = 600, 1.0

_COLLECT = """
import importlib, json, pkgutil, sys
sys.path[:0] = {paths!r}
from regex_attacks import Collecting
with Collecting() as found:
    import newscrawl
    for module in pkgutil.walk_packages(newscrawl.__path__, "newscrawl."):
        if "__main__" not in module.name:
            importlib.import_module(module.name)
    import regex_exercise
    regex_exercise.run()
print(json.dumps([[r.where, r.pattern if isinstance(r.pattern, str) else r.pattern.decode("latin-1"),
                   isinstance(r.pattern, bytes), int(r.flags)] for r in found.rules.values()]))
"""


def collected() -> list[tuple[str, str | bytes, int]]:
    """(where, pattern, flags) of every regex, compiled by importing every module and running every parser once."""
    code = _COLLECT.format(paths=[str(HERE), str(HERE.parent)])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rules = json.loads(done.stdout.rpartition("\n[")[2].join(("[", "")) if "\n[" in done.stdout else done.stdout)
    return [(where, p.encode("latin-1") if binary else p, flags) for where, p, binary, flags in rules]


def in_sources() -> Iterator[tuple[str, str | bytes]]:
    """(where, pattern) of every literal that is given to a function of re."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "sample_site" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
                continue
            of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            first = node.args[0]
            if of_re and isinstance(first, ast.Constant) and isinstance(first.value, (str, bytes)):
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", first.value


def test_every_regex_stands_up_to_hostile_strings() -> None:
    found = {(pattern, flags): where for where, pattern, flags in collected()}
    known = {pattern for pattern, _ in found}
    for where, pattern in in_sources():
        if pattern not in known:
            found[pattern, re.compile(pattern).flags] = where
    assert len(found) > 300, "too few were found: the collector is broken"
    of_code = [(where, *rule) for rule, where in found.items() if not where.startswith("extraction/chrome.py")]
    slow = [f"{where}: {what}: {p!r}" for where, p, flags in of_code if (what := fault(p, flags, bound(where, p)))]
    assert not slow, "\n".join(slow)


def bound(where: str, pattern: str | bytes) -> int:
    """The most characters that a rule is ever given, where its module keeps to a bound of its own."""
    if pattern == words().only_by.pattern:
        return 40
    return LONGEST if where.startswith("extraction/imprint.py") else LENGTH


def test_the_rules_of_chrome_stand_up_to_lines_of_their_greatest_length() -> None:
    """These are many, and tried on every line of a page: a line that is longer than the rule's bound is not tried."""
    slow = [
        f"{rule.name}: {what}"
        for rule in rules().lines
        if (what := fault(rule.pattern, 0, min(rule.longest, 2 * LENGTH), "match"))
    ]
    slow += [f"{rule.name}: {what}" for rule in rules().elements if (what := fault(whole(rule), 0, LENGTH))]
    assert not slow, "\n".join(slow)


def fault(pattern: str | bytes, flags: int, length: int = LENGTH, how: str = "search") -> str | None:
    """What a pattern chokes on, or None. how: the method of the compiled pattern that is tried."""
    compiled = re.compile(pattern, flags & ~re.DEBUG)
    for attack in attacks(pattern, flags, length):
        text = attack.encode("latin-1", "replace") if isinstance(pattern, bytes) else attack
        if not in_time(getattr(compiled, how), text):
            return f"over {LIMIT} s for {attack[:30]!r}… ({len(attack)} characters, ending in {attack[-3:]!r})"
    return None


def in_time(try_on: Callable[[str | bytes], object], text: str | bytes) -> bool:
    """Whether a match is told within the limit. The engine looks for signals, so the timer can end it."""

    def over(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    try:
        try_on(text)
    except TimeoutError:
        return False
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return True


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"(?:a|a)*b",
        r"(\w+\s?)+;",
        r"\s*\s*\s*x",
        r"(?:[^,]*,?)*!",
        r"^(?:\d+ ?)+$",
        r"x(?:y+)+z",
        rb"(?:a|ab?|b)*c",
    ],
)
def test_the_attacks_find_what_is_known_to_be_bad(pattern: str | bytes) -> None:
    started = time.process_time()
    assert fault(pattern, re.compile(pattern).flags)
    assert time.process_time() - started < 60 * LIMIT


@pytest.mark.parametrize("pattern", [r"a+b", r"\d{4}-\d\d", r"<[^>]*>", r"\bwords?\b", rb"<item[^>]{0,200}>"])
def test_the_attacks_pass_what_is_known_to_be_good(pattern: str | bytes) -> None:
    assert fault(pattern, re.compile(pattern).flags) is None


def test_the_collector_sees_a_pattern_of_the_package_and_no_other() -> None:
    with Collecting() as found:
        re.compile("not of the package, x{3}")
    assert not found.rules
