"""Datelines on a map: an equirectangular projection, on which a degree is a degree and needs no library.

templates/land.txt is the outline of the land of Natural Earth, 1:110 million (public domain), as SVG path data in
half degrees: x is twice the longitude, y minus twice the latitude; islets and Antarctica are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import sqrt

from newscrawl.report.figures import Place

#: left, top, width and height of the map in half degrees: from 84° north to 58° south.
VIEW = (-360, -168, 720, 284)
MARKS = 200
#: Articles from which on a place gets the largest circle, where no place has more.
_MANY = 20


@dataclass(frozen=True, slots=True)
class Mark:
    """A circle on the map; its area stands for the number of articles."""

    x: float
    y: float
    radius: float
    words: str


@cache
def land() -> str:
    """The outline, as the d attribute of an SVG path."""
    return (files("newscrawl.report") / "templates" / "land.txt").read_text(encoding="ascii")


def marks(places: Sequence[Place]) -> list[Mark]:
    """Circles for the places with most articles, the largest first so that small ones lie on top.

    >>> marks([Place("Geneva", 46.2, 6.15, 20)])
    [Mark(x=12.3, y=-92.4, radius=16.0, words='Geneva: 20')]
    """
    on_map = [p for p in places if -90 <= p.latitude <= 90 and -180 <= p.longitude <= 180]
    shown = sorted(on_map, key=lambda place: -place.articles)[:MARKS]
    most = max(_MANY, shown[0].articles if shown else 0)
    return [
        Mark(
            round(2 * place.longitude, 1),
            round(-2 * place.latitude, 1),
            round(3 + 13 * sqrt(place.articles / most), 1),
            f"{place.name}: {place.articles:,}",
        )
        for place in shown
    ]
