"""Loads what extraction needs, once, in the process that worker processes are forked from: code, and the tables that
are read at first use (chrome, places, agencies, the words of bylines, dates and labels). dateparser's languages are not
among them: English needs it seldom, and which other one will come is not known here."""

from datetime import UTC, date, datetime

from newscrawl.extraction.article import extract
from newscrawl.extraction.dateline import parse_dateline

_PAGE = """
<html lang="en"><head><title>Harbour opens - The Gull</title></head><body>
<div class="crumbs"><a href="/">Home</a> <a href="/world">World</a></div>
<h1>Harbour opens</h1><p class="byline">By Anna Berg, Editor</p>
<p>Source: The Gull, updated May 3, 2026 10:15 CEST</p>
<figure><img src="/pier.jpg"><figcaption>The pier (Photo: Per Lind)</figcaption></figure>
<p>Ferries sail again.</p></body></html>
"""


def warm() -> None:
    """Read every table by reading a small page and a dateline."""
    extract(_PAGE, url="https://gull.example/w/harbour", fetched_at=datetime(2026, 5, 4, tzinfo=UTC))
    parse_dateline("GENEVA, May 3 (Xinhua) -- Talks ended.", published=date(2026, 5, 3), language="en")
    parse_dateline("新华社北京5月3日电（记者张三）会谈结束。", published=date(2026, 5, 3), language="zh")


warm()
