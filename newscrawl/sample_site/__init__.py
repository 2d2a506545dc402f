"""A small invented news site with a server, for `scrapy demo` and the tests. README.md tells what is on it."""

from newscrawl.sample_site.client import SampleSite
from newscrawl.sample_site.profile import profile_text

__all__ = ["SampleSite", "profile_text"]
