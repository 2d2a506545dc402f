"""How newscrawl behaves on other people's servers: robots.txt, pace, budget, addresses that are never asked.

The rules are plain values and functions here; `newscrawl.middlewares`, `newscrawl.resolver` and `pace.Downloader` tie
them to Scrapy. What a rule stops is raised as `Refused`, so that the spider can account for it.
"""

from newscrawl.politeness.flags import opted_out, robots_flags
from newscrawl.politeness.refused import Refused

__all__ = ["Refused", "opted_out", "robots_flags"]
