"""Addresses: which ones are the same story, which ones are on the same site.

Two rules keep this safe. `canonical` is an identity, not an address to fetch: it forces https and drops "www", so two
records share an id exactly when their addresses differ only in what urls.toml lists. And folding is narrow: two
addresses folded wrongly lose a story for ever, two not folded cost one record more.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import resources
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urljoin, urlsplit

import tldextract
from w3lib.url import canonicalize_url

#: Characters of an address; what is longer is no story (Scrapy's URLLENGTH_LIMIT says the same).
MAX_LENGTH = 2083

_DATA = tomllib.loads(resources.files(__package__).joinpath("urls.toml").read_text(encoding="utf-8"))
_TRACKING = frozenset(_DATA["tracking"])
_PREFIXES = tuple(_DATA["tracking_prefixes"])
_VARIANTS = {name: frozenset(values) for name, values in _DATA["variants"].items()}
_PATHS = tuple((re.compile(rule["find"], re.IGNORECASE), rule["put"]) for rule in _DATA["paths"])
_FOLDED_LABELS = re.compile(r"^(?:www\d?|amp|m|mobile)\.(?=[^.]+\.)")
_AMP_CACHE = re.compile(r"^https?://[^/]+\.cdn\.ampproject\.org/[a-z]/(s/)?", re.IGNORECASE)
_AMP_VIEWER = re.compile(r"^https?://(?:www\.)?google\.[a-z.]{2,6}/amp/(s/)?", re.IGNORECASE)
#: An address that needs no care, as most do: nothing to decode, to sort or to resolve in it.
_PLAIN = re.compile(
    r"https?://(?!amp-|[^/]*ampproject|(?:www\.)?google\.)([a-z0-9-]+(?:\.[a-z0-9-]+)*)((?:/(?!\.{1,2}(?:/|$))[\w.~-]*)*)",
    re.ASCII,
)
_UNWANTED = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"{}|^`\u2028\u2029\ufeff\ufffd]")
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def absolute(link: str, base: str) -> str | None:
    """link resolved against base, without its fragment: an http(s) address, or None where it is none."""
    link = link.strip() if len(link) <= 2 * MAX_LENGTH else ""
    if not link or link.startswith("#"):
        return None
    try:
        joined = urljoin(base, "".join(link.split("\n")).replace("\r", "").replace("\t", ""))
        parts = urlsplit(joined)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or _UNWANTED.search(host):
        return None
    address = parts._replace(fragment="").geturl().replace(" ", "%20")
    return address if len(address) <= MAX_LENGTH and not _UNWANTED.search(address) else None


def clean(url: str) -> str:
    """The address without fragment and tracking parameters, still to be fetched as it is. Not an address: unchanged."""
    parts = _split(url)
    if parts is None:
        return url
    kept = [pair for pair in parts.query.split("&") if not _is_tracking(unquote(pair.partition("=")[0]))]
    return parts._replace(query="&".join(kept), fragment="").geturl()


@lru_cache(maxsize=4096)
def canonical(url: str) -> str:
    """The one form of every address of a story: https, no "www", "m" or "amp" host label, no default port, fragment,
    tracking or session, no AMP or print variant, no trailing slash, query in order, percent-encoding in one form.
    Not an http(s) address: unchanged. canonical(canonical(u)) == canonical(u)."""
    previous = None
    for _ in range(5):
        if previous == url:
            break
        previous, url = url, _fold(url)
    return url


def article_id(url: str) -> str:
    """32 hex digits that name a story: the first half of SHA-256 over its canonical address in UTF-8."""
    return hashlib.sha256(canonical(url).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def host_of(url: str) -> str:
    """The host of an address, or of a bare host name, lower case and without its port; "" where there is none."""
    try:
        return (urlsplit(url if "//" in url else f"//{url}").hostname or "").rstrip(".")
    except ValueError:
        return ""


@lru_cache(maxsize=4096)
def site_of(host: str) -> str:
    """The registrable domain of a host (public suffix list, private part too); the host itself where it has none."""
    try:
        ip_address(host)
        return host
    except ValueError:
        return _SUFFIXES(host).top_domain_under_public_suffix or host


def same_site(a: str, b: str) -> bool:
    """Whether two addresses (or hosts) share a registrable domain: english.news.cn and www.news.cn do."""
    first, second = host_of(a), host_of(b)
    return bool(first) and (first == second or site_of(first) == site_of(second))


def in_domains(url: str, domains: Iterable[str]) -> bool:
    """Whether the address's host is one of the domains or below one of them."""
    host = host_of(url)
    return any(host == each or host.endswith(f".{each}") for each in (d.lower().strip(".") for d in domains))


def is_story_link(url: str, article: Sequence[str], skip: Sequence[str]) -> bool:
    """Whether a profile's regexes call the address a story: one of article matches (if there are any), none of skip."""
    if any(re.search(pattern, url) for pattern in skip):
        return False
    return not article or any(re.search(pattern, url) for pattern in article)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and host else None


def _fold(url: str) -> str:
    plain = _PLAIN.fullmatch(url)
    if plain:
        return f"https://{_FOLDED_LABELS.sub('', plain[1])}{_fold_path(plain[2])}"
    url = _AMP_VIEWER.sub(_direct, _AMP_CACHE.sub(_direct, url.strip()))
    if _split(url) is None:
        return url
    try:
        parts = urlsplit(canonicalize_url(url, keep_fragments=False))
        port = parts.port
    except ValueError:
        return url
    host = _FOLDED_LABELS.sub("", (parts.hostname or "").rstrip("."))
    if ":" in host:
        host = f"[{host}]"
    netloc = host if port in (None, 80, 443) else f"{host}:{port}"
    return f"https://{netloc}{_fold_path(parts.path)}{_fold_query(parts.query)}"


def _direct(match: re.Match[str]) -> str:
    return "https://" if match[1] else "http://"


def _fold_path(path: str) -> str:
    path = re.sub(r"/{2,}", "/", path).rstrip("/")
    for find, put in _PATHS:
        path = find.sub(put, path)
    return path.rstrip("/")


def _fold_query(query: str) -> str:
    pairs = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if not _is_tracking(k) and not _varies(k, v)]
    return f"?{urlencode(sorted(pairs))}" if pairs else ""


def _is_tracking(name: str) -> bool:
    name = name.lower()
    return name in _TRACKING or name.startswith(_PREFIXES)


def _varies(name: str, value: str) -> bool:
    values = _VARIANTS.get(name.lower())
    return values is not None and ("*" in values or value.lower() in values)
