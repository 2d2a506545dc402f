from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import Crawls

from newscrawl.sample_site import SampleSite


@pytest.fixture
def crawls(tmp_path: Path) -> Crawls:
    return Crawls(tmp_path)


@pytest.fixture
def sample_site(crawls: Crawls) -> Iterator[SampleSite]:
    """The sample site, with a profile for it named demo."""
    with SampleSite(process=True) as site:
        crawls.add_profile(site)
        yield site
