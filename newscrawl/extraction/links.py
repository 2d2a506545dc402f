"""Addresses a page gives of itself: canonical, AMP, print version, next part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from urllib.parse import urldefrag, urljoin, urlsplit

from courlan import normalize_url

from newscrawl.extraction.context import Context

#: A page number at the end of an address: "/2", "-2.html", "?page=2", "/page/2/", "_2.shtml".
_PART = re.compile(
    r"(?:(?:[/_-](?:page|seite|pagina|p|part)?[/_-]?\d{1,2}(?=\.\w{2,5}$|/?$))|[?&](?:page|seite|pagina|p|part|pg)=\d{1,2})?(?:\.\w{2,5})?/?$",
    re.IGNORECASE,
)
#: What links to the next part say, in short.
_NEXT_PAGE = re.compile(
    r"[\s<>«»›→|-]*(?:next(?: page)?|continue(?: reading)?|nächste seite|weiter|(?:page )?suivante?|siguiente"
    r"|página siguiente|(?:pagina )?successiva|próxima(?: página)?|volgende(?: pagina)?|nästa(?: sida)?|neste(?: side)?"
    r"|następna(?: strona)?|следующая(?: страница)?|下一页|下一頁|次(?:の)?ページ|次へ|다음(?: ?페이지)?)[\s<>«»›→|-]*"
)
_MOST_PARTS, _MOST_LINKS = 50, 3_000


@dataclass(frozen=True, slots=True)
class Links:
    """Absolute http(s) URLs; None where the page names none."""

    canonical: str | None = None
    amp: str | None = None
    print: str | None = None
    next: str | None = None


def find_links(context: Context) -> Links:
    """The links of the page's head; the canonical one only where it can be the page's own."""
    rels: dict[str, str] = {}
    for link in context.head.links:
        for rel in link.rel:
            if rel == "alternate" and link.media != "print":
                continue
            rels.setdefault("print" if rel == "alternate" else rel, link.href)
    return Links(
        canonical=_canonical(context, rels.get("canonical")) or _canonical(context, context.head.first("og:url")),
        amp=absolute(rels.get("amphtml"), context.url),
        print=absolute(rels.get("print"), context.url),
        next=_next_part(context.url, absolute(rels.get("next"), context.url)) or _linked_part(context),
    )


def absolute(href: str | None, base: str | None) -> str | None:
    """An absolute http(s) URL, or None."""
    if not href or len(href) > 4_000:
        return None
    href = href.strip()
    try:
        url = href if href.startswith(("https://", "http://")) else urljoin(base or "", href)
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _next_part(url: str | None, following: str | None) -> str | None:
    """rel="next", where it leads on in the same story: the same address but for a page number (some sites link the
    next story so)."""
    if not url or not following or len(url) > 2_000 or _PART.sub("", url) != _PART.sub("", following):
        return None
    return following if following != url else None


def _linked_part(context: Context) -> str | None:
    """The next part as a link on the page names it: by rel="next", or by its number, as in the row "1 2 3"."""
    own = context.url
    if not own or not (wanted := _part_number(own) + 1) <= _MOST_PARTS:
        return None
    number, name = str(wanted), _PART.sub("", own).rpartition("/")[2]
    for link in islice(context.tree.iter("a"), _MOST_LINKS):
        href = link.get("href")
        if not href or (href[0] in "/h#" and name not in href):  # an address that is whole names the page
            continue
        said = (link.text or "").strip()
        if said == number or (len(said) < 40 and _says_next(said)) or "next" in (link.get("rel") or "").split():
            target = _next_part(own, absolute(href, own))
            if target and _part_number(target) == wanted:
                return target
    return None


@lru_cache(maxsize=4096)  # menus say the same on every page of a site
def _says_next(said: str) -> bool:
    return bool(_NEXT_PAGE.fullmatch(said.lower()))


def _part_number(url: str) -> int:
    """The number of a part in its address; the first part has none."""
    ending = _PART.search(url)
    digits = re.search(r"\d+(?=\D*$)", ending[0]) if ending else None
    return int(digits[0]) if digits else 1


def _canonical(context: Context, href: str | None) -> str | None:
    url = absolute(href, context.url)
    if not url or (context.url and not _plausible(url, context.url)):
        return None
    try:
        return urldefrag(str(normalize_url(url))).url
    except ValueError:
        return None


def _plausible(url: str, page_url: str) -> bool:
    """On the same site, and not the front page or a section above the page itself."""
    mine, theirs = urlsplit(page_url), urlsplit(url)
    if site_of(mine.hostname or "") != site_of(theirs.hostname or ""):
        return False
    path, other = mine.path.rstrip("/"), theirs.path.rstrip("/")
    if not other and not theirs.query:
        return not path
    return not (path.startswith(other + "/") and path != other)


def site_of(host: str) -> str:
    """The registrable part of a host name, roughly: enough to tell one site's hosts from another's."""
    parts = host.lower().rstrip(".").split(".")
    keep = 3 if len(parts) > 2 and len(parts[-1]) == 2 and len(parts[-2]) <= 3 else 2
    return ".".join(parts[-keep:])
