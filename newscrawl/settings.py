"""The wiring diagram: which piece runs where, in what order, with what limits.

Scrapy's own settings keep Scrapy's own names; `-s NAME=VALUE` overrides any of them for one run.
"""

from newscrawl import __version__

BOT_NAME = "newscrawl"
SPIDER_LOADER_CLASS = "newscrawl.spiders.loader.SiteLoader"
COMMANDS_MODULE = "newscrawl.commands"

# --- newscrawl's own ------------------------------------------------------------------------------------------------
NEWSCRAWL_OUTPUT = "output"  # folder that runs are written to
NEWSCRAWL_SITES = None  # folder with profiles of your own; one named like a bundled profile replaces it
NEWSCRAWL_CONTACT = None  # URL or e-mail address in the user agent, for the people whose site is crawled
NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES = False  # loopback and private networks; tests and the demo set it
NEWSCRAWL_ARCHIVE = True  # keep every article response as a WARC record
NEWSCRAWL_WORKERS = 0  # extraction processes; 0: as many as cores
NEWSCRAWL_PAGE_TIMEOUT = 10  # seconds that extraction of one page may take
NEWSCRAWL_WAY_TIMEOUT = 120  # seconds that reading one feed, sitemap or listing may take
NEWSCRAWL_WORKER_MEMORY = 1500  # MB of address space that an extraction process may have
NEWSCRAWL_MAX_TEXT = 2_000_000  # characters of a story; DOWNLOAD_MAXSIZE is the limit of a page
NEWSCRAWL_MAX_ELEMENTS = 100_000  # elements of a page
NEWSCRAWL_MAX_DEPTH = 1_000  # elements of a page within each other; its parser gives up at 2,048
NEWSCRAWL_BATCH_RECORDS = 1000  # records after which a batch is sealed …
NEWSCRAWL_BATCH_MINUTES = 10  # … or minutes, whichever comes first
NEWSCRAWL_RECHECK = ["1h", "6h", "24h", "72h"]  # ages at which an article is looked at again
NEWSCRAWL_OBEY_AI_OPTOUT = False  # leave out pages that say noai or reserve text and data mining
NEWSCRAWL_LISTING_PAGES = 20  # most pages of one listing to follow; it stops earlier where nothing is new
NEWSCRAWL_HOST_BUDGET = 20_000  # most requests to one host in one run
NEWSCRAWL_MAX_WAIT = 600  # seconds; a host that asks for more (Retry-After, Crawl-delay) is left for a later run
NEWSCRAWL_BACK_OFF = 5  # seconds; the first pause for a busy host that does not say how long; doubled each time
NEWSCRAWL_PROGRESS = "auto"  # auto: live on a terminal, a line every 30 s elsewhere; plain; off
NEWSCRAWL_PROGRESS_SECONDS = 30  # between two such lines
NEWSCRAWL_LOG_JSON = False  # log lines as JSON objects
NEWSCRAWL_REPORT = True  # write report.html beside the manifest
NEWSCRAWL_REPORT_PAGES = 100  # most articles of a run that get an inspector page, or all
NEWSCRAWL_METRICS = None  # file for Prometheus' textfile collector
NEWSCRAWL_NOTIFY: list[str] = []  # who is told of an alarm: email, slack, telegram, discord, sentry

# --- Politeness -----------------------------------------------------------------------------------------------------
USER_AGENT = f"newscrawl/{__version__}"  # the contact is added to it
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 4  # Scrapy starts as many tasks for every answer, and most answers give one record
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
DOWNLOAD_DELAY = 0.5
COOKIES_ENABLED = False
REFERER_ENABLED = False
METAREFRESH_ENABLED = False

# --- Limits ---------------------------------------------------------------------------------------------------------
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024  # bytes, after decompression
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
REDIRECT_MAX_TIMES = 8
RETRY_TIMES = 2
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 8_000_000  # bytes of pages waiting for extraction before the downloader pauses
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the ledger knows what was seen
HTTPERROR_ALLOW_ALL = True  # every answer is accounted for

# --- Pieces ---------------------------------------------------------------------------------------------------------
DOWNLOAD_HANDLERS = {
    "http": "newscrawl.spiders.stopping.StoppableHandler",
    "https": "newscrawl.spiders.stopping.StoppableHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
DOWNLOADER = "newscrawl.politeness.pace.Downloader"
TWISTED_DNS_RESOLVER = "newscrawl.resolver.GuardedResolver"
DOWNLOADER_MIDDLEWARES = {
    # Scrapy's own that ours stand in for
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    # nearest to the spider
    "newscrawl.middlewares.RobotsMiddleware": 100,
    "newscrawl.middlewares.UserAgentMiddleware": 500,
    "newscrawl.middlewares.OptOutMiddleware": 540,
    "newscrawl.middlewares.CompressionMiddleware": 590,
    "newscrawl.middlewares.RedirectMiddleware": 600,
    "newscrawl.middlewares.PaceMiddleware": 800,
    "newscrawl.middlewares.RobotsLimitMiddleware": 860,
    "newscrawl.middlewares.AddressGuardMiddleware": 870,
    # nearest to the network
}
EXTENSIONS = {
    "spidermon.contrib.scrapy.extensions.Spidermon": 50,  # before RunKeeper: its monitors decide the exit status
    "newscrawl.extensions.RunKeeper": 100,
    "newscrawl.extensions.ProgressDisplay": 200,
    "newscrawl.extensions.ReportWriter": 300,
    "scrapy.extensions.logstats.LogStats": None,  # the progress display says it
}
ITEM_PIPELINES = {"newscrawl.pipelines.StoragePipeline": 500}

# --- Health: what a run is held against, and who is told (docs/reports.md) --------------------------------------------
SPIDERMON_ENABLED = True
SPIDERMON_SPIDER_CLOSE_MONITORS = ["newscrawl.report.monitors.HealthSuite"]
_ALARM = "{{ data.spider.name }}: {{ data.spider.health.line }}"
SPIDERMON_EMAIL_SUBJECT = SPIDERMON_BODY_TEXT = SPIDERMON_SLACK_MESSAGE = _ALARM
SPIDERMON_TELEGRAM_MESSAGE = SPIDERMON_DISCORD_MESSAGE = _ALARM
SPIDERMON_SLACK_INCLUDE_ATTACHMENTS = False
SPIDERMON_SENTRY_PROJECT_NAME = "newscrawl"

# --- Doors that stay closed -----------------------------------------------------------------------------------------
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# --- Logs: the progress display says what goes on; logs say what is wrong ---------------------------------------------
LOG_LEVEL = "WARNING"
LOG_VERSIONS: list[str] = []
LOG_SHORT_NAMES = False
STATS_DUMP = False
