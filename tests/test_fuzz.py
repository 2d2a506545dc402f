"""Broken inputs through every parser, for a short while; benchmarks/fuzz.py is the long form. Findings are kept."""

from __future__ import annotations

import multiprocessing
import os
import random
from pathlib import Path

import pytest

from benchmarks.fuzz import MEMORY, joined, one, run
from benchmarks.fuzzing import TARGETS, mutated

#: Every day has its own seed where FUZZ_SEED says so; without, all runs are the same.
SEED = int(os.environ.get("FUZZ_SEED", "20261124"))
SECONDS, PROCESSES = 28.0, 2
KEPT = sorted((Path(__file__).parent / "regressions").glob("*.bin"))
BY_NAME = {target.name: target for target in TARGETS}


def test_no_parser_raises_hangs_or_swallows_the_memory() -> None:
    """In processes of their own, whose memory is limited; a finding names the seed that makes its input again."""
    work = [(SEED, at * 1_000_000, 1_000_000, SECONDS) for at in range(PROCESSES)]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        tally = joined(pool.starmap(run, work, chunksize=1))
    assert tally.findings == []
    assert tally.memory < MEMORY
    assert set(tally.inputs) == set(BY_NAME), "a target was never run"


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_what_was_found_once_is_found_no_more(path: Path) -> None:
    """Named TARGET--WHAT.bin. The options of a parser are drawn as the fuzzer draws them."""
    target, data = BY_NAME[path.stem.partition("--")[0]], path.read_bytes()
    for seed in range(8 if len(data) < 50_000 else 1):
        target.run(data, random.Random(seed))


def test_an_input_is_made_from_its_seed_alone() -> None:
    for target in TARGETS:
        one_input, again = (mutated(target.seeds(), random.Random("x:1")) for _ in range(2))
        assert one_input == again
        assert one_input != mutated(target.seeds(), random.Random("x:2"))


def test_the_fuzzer_tells_what_raises() -> None:
    def bad(data: bytes, chance: random.Random) -> None:
        raise KeyError("missing")

    took, wrong = one(TARGETS[0].__class__("bad", lambda: (b"seed",), bad, 1000), "1:1")
    assert took < 1
    assert wrong is not None
    assert wrong.startswith("KeyError: 'missing' (test_fuzz.py:")
