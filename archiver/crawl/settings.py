"""Scrapy settings of the project, each that differs from Scrapy's own with its reason.

``scrapy crawl news -s NAME=VALUE`` overrides any of them.
"""

from archiver import __version__

BOT_NAME = "archiver"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "archiver.crawl.commands"  # `crawl` with plain errors and exit codes

# --- our own -----------------------------------------------------------------------------------

OUTPUT_DIR = "output"
WARC_PREFIX = "news"
WARC_MAX_BYTES = 1024**3  # 1 GiB, the field's custom (Heritrix, Browsertrix)
WARC_MAX_AGE = 3600  # seconds; a quiet site's captures are sealed and in the dataset each hour
CONTACT = None  # e-mail or URL in the User-Agent; a public crawl asks for it
RULES_DIR = None  # the operator's own site rules
IDENTITY = "pseudonym"  # or "named": readers' names in items and dataset
IDENTITY_KEY_FILE = None  # default: identity.key in the user's configuration folder
EXTRACT = True
EXTRACT_WORKERS = 2
EXTRACT_TIMEOUT = 20  # seconds a page
EXTRACT_MEMORY_BYTES = 1024**3  # a page
THREADS = "all"  # or "site", "page": how far the crawl goes for comments beyond the page itself
THREAD_REVISITS = True  # threads are asked for again while they may grow
# Opt-outs of publishers that are obeyed: noarchive, noai, tdm-reservation, train-ai, ai-use,
# search, or all. None by default: which of them bind depends on who the operator is and on what
# the collection is for (research under article 3 of the DSM directive may mine what article 4 lets
# be reserved). All are in the rows, to be obeyed later; what was not archived cannot be had later.
OPT_OUTS = ""
ALERT = None  # a command or a webhook that is told what a run found; @FILE holds either
ALERT_ON = "findings"  # or "new", "always", "failure"
ALERT_TIMEOUT = 30  # seconds; a run of each hour must not wait for who is told
DISQUS_API_KEY_FILE = None  # file with the operator's key; without one, the first 50 comments
CONNECT_TO: dict[str, str] = {}  # like curl's --connect-to: {"*:443": "127.0.0.1:8302"}
TLS_CA_FILE = None  # PEM file of the authorities to trust instead of the system's
ALLOW_ADDRESSES = ""  # CIDR list that the address guard lets through

# --- identity and politeness -------------------------------------------------------------------

USER_AGENT = f"archiver/{__version__}"  # CONTACT is added to it when the crawl starts
ROBOTSTXT_OBEY = True  # by our own middleware, which follows RFC 9309
DOWNLOADER = "archiver.crawl.downloader.PacedDownloader"  # no request is early, after a restart too
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.0  # Scrapy's 0.5 makes half a second of one
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
CONCURRENT_REQUESTS = 64  # many sites at once …
CONCURRENT_REQUESTS_PER_DOMAIN = 2  # … each of them gently
COOKIES_ENABLED = False  # a news archive is anonymous, and no cookie of a person is kept

# --- the wire ----------------------------------------------------------------------------------

DOWNLOAD_HANDLERS = {
    "http": "archiver.crawl.handler.RecordingDownloadHandler",
    "https": "archiver.crawl.handler.RecordingDownloadHandler",
    # A sitemap that names file:///etc/passwd was fetched and parsed: these do not exist here.
    "file": None,
    "ftp": None,
    "data": None,
    "s3": None,
}
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "*",
    # Never zstd, which Scrapy asks for by default: pywb 2.10 and ReplayWeb.page 2.4 cannot
    # replay it.
    "Accept-Encoding": "gzip, deflate, br",
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TIMEOUT = 60  # Scrapy's 180 s let endless headers grow for three minutes
DOWNLOAD_MAXSIZE = 32 * 1024**2  # Scrapy's 1 GiB let one answer take 1.3 GB of memory
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 10
RETRY_TIMES = 2

# --- components --------------------------------------------------------------------------------

SCHEDULER = "archiver.crawl.scheduler.FrontierScheduler"
# The frontier knows every URL: a second filter in memory would grow with the crawl.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
EXTENSIONS = {
    "archiver.crawl.run.Run": 0,
    "archiver.crawl.live.Live": 10,
    "scrapy.extensions.logstats.LogStats": None,  # Live says the same and more
}
SPIDER_MIDDLEWARES = {
    # Nearest to the engine: it sees what all others let through, and acknowledges.
    "archiver.crawl.acknowledge.Acknowledgement": 10,
    # A page's status is an outcome like others; it is our callback that names it.
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "archiver.crawl.robotstxt.RobotsMiddleware": 100,
    # Behind it, since it notes what robots.txt says.
    "archiver.crawl.declarations.DeclarationsMiddleware": 110,
    # Pages are decoded where they are read, in a worker that can be killed.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "archiver.crawl.decoding.DecodeForOthers": 590,
    # Nearer to the wire than Scrapy's retries, which would take the answer away.
    "archiver.crawl.rest.RestMiddleware": 595,
    # A refresh in a page is a link like others, and is found where the page is read.
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
}
# Scrapy starts this many tasks for every response, items or not; a page has one item. Scrapy's 100
# took 1.5 ms a page, a third of what the crawl's process does for one.
CONCURRENT_ITEMS = 4
# Bytes of responses between the wire and their acknowledgement; the crawl waits above it.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 16 * 1024**2

# --- doors that stay shut ----------------------------------------------------------------------

REMOTE_CONTROL_ENABLED = False  # runs code over HTTP
TELNETCONSOLE_ENABLED = False  # runs code over telnet

# --- logging -----------------------------------------------------------------------------------

LOG_LEVEL = "INFO"  # one line per capture at its end
LOGSTATS_INTERVAL = 60  # seconds between lines that say how far the crawl is
LIVE = "auto"  # or "on", "off": one live view instead, where standard error is a terminal
