"""Spidermon runs these when a crawl closes. Each holds one part of the verdict that health.judge gives.

Who is told of a failure is the user's choice: NEWSCRAWL_NOTIFY names Spidermon's actions, their own settings
(SPIDERMON_EMAIL_TO and so on) the rest.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scrapy.utils.misc import load_object
from spidermon import Monitor, MonitorSuite

from newscrawl.report.health import Health, judge, known_floors
from newscrawl.report.history import past_of, read_run, started_at
from newscrawl.report.text import plain

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

# Spidermon logs and mails by means that Scrapy deprecates; that is not for the users of a crawl to read about.
warnings.filterwarnings("ignore", message=r"Spider\.log\(\) is deprecated|The scrapy\.mail module is deprecated")

__unittest = True  # unittest's own way to leave this file's frames out of a failure: the message says it all

#: Short names for NEWSCRAWL_NOTIFY; every other value is the path of an action class.
ACTIONS: Mapping[str, str] = {
    "email": "spidermon.contrib.actions.email.smtp.SendSmtpEmail",
    "slack": "spidermon.contrib.actions.slack.SendSlackMessage",
    "telegram": "spidermon.contrib.actions.telegram.SendTelegramMessage",
    "discord": "spidermon.contrib.actions.discord.SendDiscordMessage",
    "sentry": "spidermon.contrib.actions.sentry.SendSentryMessage",
}
#: Packages that the actions need, where they are named otherwise than what is imported.
_INSTALL = {"slack_sdk": "slack-sdk", "sentry_sdk": "sentry-sdk"}
#: The key under which the verdict's line stands in Scrapy's statistics, for the templates of notifications.
STAT = "newscrawl/health"
#: What each monitor answers for; all other problems are fields.
_PARTS = {"discovered": "discovery", "written": "discovery", "failed": "fetching", "body": "bodies"}
_PARTS |= {"body_words": "bodies", "low_confidence": "bodies"}


def part_of(field: str) -> str:
    """The monitor that answers for a problem."""
    return "rejects" if field.startswith("rejects.") else _PARTS.get(field, "fields")


def load_action(name: str) -> type:
    """The class of an action by its short name or path. Raises ValueError with one line that says what is missing."""
    path = ACTIONS.get(name, name)
    try:
        found = load_object(path)
    except (ImportError, ValueError, NameError) as error:
        missing = getattr(error, "name", None)
        hint = _INSTALL.get(missing or "", missing)
        words = f"{error}" + (f"; pip install {hint}" if hint and name in ACTIONS else "")
        raise ValueError(f"NEWSCRAWL_NOTIFY: {plain(name)} cannot be loaded: {plain(words)}") from None
    if not isinstance(found, type):
        raise ValueError(f"NEWSCRAWL_NOTIFY: {plain(name)} is no action class")
    return found


def judge_run(spider: Any) -> Health:
    """The verdict on the run that a spider is about to end; judged once, then kept on the spider as .health.

    A run below its floor ends with exit status 3 and the verdict's line, unless it failed for another reason.
    """
    if getattr(spider, "health", None) is None:
        run, stats = read_run(spider.run.folder), spider.counts.to_manifest()
        floors = known_floors(spider.site.health)
        spider.health = judge({"started_at": started_at(run.name), **stats}, past_of(run), floors)
        spider.counts.judged(spider.health.to_manifest())
        line = plain(spider.health.line)
        spider.crawler.stats.set_value(STAT, f"{plain(spider.name)}: {line}")
        if not spider.health.ok and not spider.exit_status and not _nothing_came(stats):
            spider.exit_status, spider.message = 3, line
    return spider.health  # type: ignore[no-any-return]


def _nothing_came(stats: Mapping[str, Any]) -> bool:
    """Whether the site could not be reached at all, which is a failure and no question of health."""
    counts, sources = stats["counts"], stats["sources"]
    done = sum(counts[name] for name in ("new", "revised", "unchanged", "rejected"))
    return not done and bool(sources) and all(source["error"] and not source["read"] for source in sources)


class HealthMonitor(Monitor):  # type: ignore[misc]
    """The run against the site's past and its floors."""

    def test_discovery(self) -> None:
        """Feeds, sitemaps and listings lead to stories."""
        self.hold("discovery")

    def test_fetching(self) -> None:
        """Pages can be fetched."""
        self.hold("fetching")

    def test_rejects(self) -> None:
        """Pages are not rejected more than usual."""
        self.hold("rejects")

    def test_bodies(self) -> None:
        """Pages give bodies, of the usual length, with confidence."""
        self.hold("bodies")

    def test_fields(self) -> None:
        """Fields are as full as usual."""
        self.hold("fields")

    def hold(self, part: str) -> None:
        """Fail with the problems of one part; skipped where no run was opened."""
        spider = self.data.spider
        if not hasattr(spider, "run"):
            self.skipTest("there is no run")
        found = [p.message for p in judge_run(spider).problems if part_of(p.field) == part]
        if found:
            raise self.failureException(plain(" · ".join(found)))


class HealthSuite(MonitorSuite):  # type: ignore[misc]
    """All monitors, and the actions that the user set for when one fails."""

    monitors = [HealthMonitor]

    def __init__(self, *args: Any, crawler: Crawler | None = None, **kwargs: Any) -> None:
        actions = [load_action(name) for name in crawler.settings.getlist("NEWSCRAWL_NOTIFY")] if crawler else []
        super().__init__(*args, monitors_failed_actions=actions, crawler=crawler, **kwargs)
