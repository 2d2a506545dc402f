"""Shares of bad pages over runs: counting them, pooling them, and whether chance alone would give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, lgamma, log
from typing import Any

Manifest = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """A share to judge. count: manifest -> (bad ones, all); words: a line with {bad} and {all}; limit: the key of its
    floor or ceiling; filling: whether bad means a field left empty."""

    field: str
    count: Callable[[Manifest], tuple[int, int]]
    words: str
    limit: str | None
    filling: bool = False

    def of(self, run: Manifest) -> float:
        """The share in one run, 0 to 1; 0 where there is nothing to count."""
        bad, all_ = self.count(run)
        return bad / all_ if all_ else 0.0


@dataclass(frozen=True, slots=True)
class Window:
    """Runs in a row that look broken, newest first, and their sums."""

    run: Manifest
    runs: Sequence[Manifest] = field(default=())
    bad: int = 0
    all: int = 0


def pooled(share: Share, runs: Sequence[Manifest], fewest: float = 1) -> float | None:
    """The share over all runs together; None where they hold fewer than fewest."""
    counts = [share.count(m) for m in runs]
    total = sum(all_ for _, all_ in counts)
    return sum(bad for bad, _ in counts) / total if total >= fewest else None


def streak(share: Share, run: Manifest, past: Sequence[Manifest], ceiling: float) -> Window:
    """This run and those right before it that are over the ceiling; runs that hold nothing to count do not end it."""
    runs, (bad, all_) = [run], share.count(run)
    if not all_:
        return Window(run, (run,))
    for m in past:
        b, a = share.count(m)
        if a and b <= ceiling * a:
            break
        if a:
            runs, bad, all_ = [*runs, m], bad + b, all_ + a
    return Window(run, tuple(runs), bad, all_)


def by_chance(bad: int, total: int, usual: float) -> float:
    """The probability of at least bad among total where each is bad with probability usual: the binomial's tail.

    >>> round(by_chance(8, 8, 0.5) / 0.5**8, 9)
    1.0
    """
    usual = min(max(usual, 0.001), 0.999)  # a past without one bad page does not make a single one impossible

    def exactly(k: int) -> float:
        ways = lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1)
        return exp(ways + k * log(usual) + (total - k) * log(1 - usual))

    return min(1.0, sum(map(exactly, range(bad, total + 1))))
