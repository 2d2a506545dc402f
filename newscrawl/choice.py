"""Which site a crawl is of: a profile from the catalogue, one from any file, or a site that has none."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from newscrawl.arguments import ArgumentError, Arguments
from newscrawl.discovery.urls import host_of
from newscrawl.discovery.urls import site_of as registrable
from newscrawl.report.health import unknown_floors
from newscrawl.sites import Site, SiteError, check_site, load_site


def choose_site(bound: Site | None, arguments: Arguments) -> Site:
    """The site to crawl, its profile checked whole. bound: the profile that the spider's name stands for.

    Raises SiteError or ArgumentError with one line.
    """
    if bound is not None:
        if arguments.url or arguments.profile:
            raise ArgumentError(f"-a url and -a profile are for `scrapy crawl news`, not for {bound.name}")
        site = bound
    elif arguments.profile:
        site = load_site(Path(arguments.profile))
    elif arguments.url:
        return site_without_profile(arguments.url)
    else:
        raise ArgumentError("news: name a site with -a url=https://… or a profile with -a profile=PATH")
    faults = [*check_site(site), *(f"{site.source}: {fault}" for fault in unknown_floors(site.health))]
    if faults:
        raise SiteError("\n".join(faults))
    return site


def site_without_profile(url: str) -> Site:
    """A site of which only an address is known; its name, and so its output folder, is made from the host."""
    host = host_of(url)
    port = urlsplit(url).port
    name = re.sub(r"[^a-z0-9]+", "_", host.removeprefix("www.") + (f"_{port}" if port else "")).strip("_")
    return Site(name=(name if name[:1].isalpha() else f"site_{name}")[:41].rstrip("_"), domains=(registrable(host),))
