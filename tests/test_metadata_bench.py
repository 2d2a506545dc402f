"""The fields on real pages: they stand beside the repository, belong to their publishers, and are not always there."""

from __future__ import annotations

import importlib.util
import statistics
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT.parent / "shared" / "bench"

#: A little below what was measured last (benchmarks/fields-log.md): a fall below is a step back.
FLOORS = {"headline": 0.93, "deck": 0.875, "day": 0.99, "minute": 0.975, "authors": 0.92}


@pytest.mark.skipif(not (BENCH / "news").is_dir(), reason="the benchmark's pages are not here")
def test_fields_of_news_pages_stay_as_good_as_they_were() -> None:
    spec = importlib.util.spec_from_file_location("benchmark_fields", ROOT / "benchmarks" / "fields.py")
    assert spec and spec.loader
    benchmark = sys.modules["benchmark_fields"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    totals: dict[str, list[float]] = defaultdict(list)
    for page in benchmark.measured(BENCH, "news"):
        for field, score, _, _ in page.scores:
            totals[field].append(score)
    figures = {field: statistics.mean(totals[field]) for field in FLOORS}
    assert not {field: value for field, value in figures.items() if value < FLOORS[field]}, figures
