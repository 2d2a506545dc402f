#!/usr/bin/env python3
"""Broken inputs through every parser: none may raise, take too long or want too much memory.

    python benchmarks/fuzz.py                            200,000 inputs on two processes
    python benchmarks/fuzz.py --inputs 20000 --seed 7
    python benchmarks/fuzz.py --replay extract 7:123     one input again; --save FILE keeps it

Each input is made from its seed alone. Seconds are of the processor, memory is the most that one process had.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.fuzzing import TARGETS, Target, mutated  # noqa: E402

#: Seconds of CPU that one input may take, and MB that a process may have: the limits of a worker.
SECONDS, MEMORY = 10.0, 1500


@dataclass
class Tally:
    """What came of some inputs: how many for each target, seconds, findings."""

    inputs: Counter[str] = field(default_factory=Counter)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    slowest: dict[str, tuple[float, str]] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    memory: float = 0.0


class TooSlow(BaseException):
    """The processor's time for one input is over."""


def one(target: Target, seed: str) -> tuple[float, str | None]:
    """Seconds that an input took, and what was wrong."""
    chance = random.Random(f"{target.name}:{seed}")
    data = mutated(target.seeds(), chance)
    started = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        target.run(data, chance)
        wrong = None
    except TooSlow:
        wrong = f"over {SECONDS} s"
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        wrong = f"{type(error).__name__}: {str(error)[:120]} ({Path(frame.filename).name}:{frame.lineno})"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.process_time() - started, wrong


def run(seed: int, first: int, inputs: int, seconds: float | None = None) -> Tally:
    """Inputs first, first + 1, … of a seed, until there were enough or the wall-clock seconds are over."""
    prepare()
    tally, began = Tally(), time.monotonic()
    for number in range(first, first + inputs):
        if seconds is not None and time.monotonic() - began > seconds:
            break
        target = target_of(number)
        took, wrong = one(target, f"{seed}:{number}")
        tally.inputs[target.name] += 1
        tally.seconds[target.name] += took
        tally.slowest[target.name] = max(tally.slowest.get(target.name, (0.0, "")), (took, f"{seed}:{number}"))
        if wrong:
            tally.findings.append(f"{target.name} {seed}:{number}: {wrong}")
    tally.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return tally


def _piece(work: tuple[int, int, int]) -> Tally:
    return run(*work)


def prepare() -> None:
    """The limits of this process."""

    def over(*_: object) -> None:
        raise TooSlow

    signal.signal(signal.SIGVTALRM, over)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY * 1024**2, resource.getrlimit(resource.RLIMIT_AS)[1]))


def target_of(number: int) -> Target:
    """Which target an input is for: by its share of a thousand, evenly spread."""
    at = number * 617 % 1000
    for target in TARGETS:
        if at < target.share:
            return target
        at -= target.share
    raise AssertionError("the shares are a thousand")


def joined(tallies: list[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.inputs += tally.inputs
        whole.findings += tally.findings
        whole.memory = max(whole.memory, tally.memory)
        for name, took in tally.seconds.items():
            whole.seconds[name] += took
            whole.slowest[name] = max(whole.slowest.get(name, (0.0, "")), tally.slowest[name])
    return whole


def report(tally: Tally) -> None:
    print(f"{'target':16}{'inputs':>10}{'mean ms':>10}{'slowest s':>11}  seed of the slowest")
    for target in TARGETS:
        if number := tally.inputs[target.name]:
            slow, seed = tally.slowest[target.name]
            print(f"{target.name:16}{number:10,}{1000 * tally.seconds[target.name] / number:10.2f}{slow:11.2f}  {seed}")
    number = sum(tally.inputs.values())
    print(f"{number:,} inputs, {len(tally.findings)} findings, at most {tally.memory:,.0f} MB a process")
    for finding in tally.findings[:50]:
        print(finding)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--replay", nargs=2, metavar=("TARGET", "SEED"))
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    if options.replay:
        target = next(each for each in TARGETS if each.name == options.replay[0])
        data = mutated(target.seeds(), random.Random(f"{target.name}:{options.replay[1]}"))
        if options.save:
            options.save.write_bytes(data)
        prepare()
        print(len(data), "bytes:", *one(target, options.replay[1]))
        return 0
    print(
        f"seed {options.seed}, {options.processes} processes, at most {SECONDS} s and {MEMORY} MB an input", flush=True
    )
    piece = 500
    work = [(options.seed, at, min(piece, options.inputs - at)) for at in range(0, options.inputs, piece)]
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        tallies: list[Tally] = []
        for tally in pool.imap_unordered(_piece, work):
            tallies.append(tally)
            if len(tallies) % 40 == 0:
                found = sum(len(each.findings) for each in tallies)
                print(f"{len(tallies) * piece:,} inputs, {found} findings so far", file=sys.stderr, flush=True)
    tally = joined(tallies)
    report(tally)
    return 1 if tally.findings else 0


if __name__ == "__main__":
    sys.exit(main())
