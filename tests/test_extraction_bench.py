"""Quality on real pages may not fall: they stand beside the repository, belong to their publishers, and are not always
there. A step forward: `python benchmarks/extraction.py ../shared/bench/news --keep-floor`."""

from __future__ import annotations

import json

import pytest
from crawling import ROOT

from benchmarks.corpora import find_corpora
from benchmarks.extraction import FLOOR, KEPT, fallen, measure, read_floor
from benchmarks.peers import choose

NEWS = ROOT.parent / "shared" / "bench" / "news"


def test_what_is_kept_of_the_news_pages() -> None:
    kept = json.loads(FLOOR.read_text(encoding="utf-8"))["news"]
    assert set(kept) == {"date", "pages", *KEPT}
    assert all(0 < kept[name] <= 1 for name in KEPT)


@pytest.mark.skipif(not NEWS.is_dir(), reason="the benchmark's pages are not here")
def test_news_pages_are_read_as_well_as_they_were() -> None:
    (news,) = find_corpora(NEWS)
    (run,) = measure(news, choose(["newscrawl"]))
    assert run.failures == {}
    assert fallen(run.figures, read_floor(FLOOR)["news"]) == {}, run.figures
