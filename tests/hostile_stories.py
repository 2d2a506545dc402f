"""Stories for hostile tests: invented, each with words of its own, and pages that hold them."""

from __future__ import annotations

_PLACES = ("Varnholm", "Osterby", "Lindskar", "Marrow Point", "Tessaly", "Brackwater", "Norvik", "Elmsford")
_THINGS = ("ferry pier", "reading room", "tram depot", "fish market", "water tower", "night school", "seed library")
_DONE = ("was opened again", "will be moved", "is to be sold", "was given a new roof", "will stay as it is")


def headline(number: int) -> str:
    return f"{_PLACES[number % 8]}: the {_THINGS[number % 7]} {_DONE[number % 5]} after case {number}"


def paragraphs(number: int) -> list[str]:
    place, thing = _PLACES[number % 8], _THINGS[number % 7]
    return [
        f"The {thing} of {place} {_DONE[number % 5]}, the town council decided by {number + 12} votes to nine.",
        f"About {number * 40 + 300} people had signed a letter that asked for more time to look at the plans in full.",
        f"Work could begin in the spring of the year, once {number + 2} smaller contracts have been given out.",
        f"“We have waited long enough for an answer on the {thing},” a speaker for the residents said after the vote.",
        f"The council meets again in {number % 5 + 2} weeks, and will then hear what the repairs would cost.",
    ]


def story(number: int, *, head: str = "", body: str = "", title: str | None = None) -> str:
    """A plain page with story number. head, body: markup that is put in, the latter after the second paragraph."""
    text = [f"<p>{each}</p>" for each in paragraphs(number)]
    name = headline(number) if title is None else title
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>{head}</head>'
        f"<body><main><article><h1>{name}</h1>{''.join(text[:2])}{body}{''.join(text[2:])}</article></main></body></html>"
    )


def feed(links: list[tuple[str, str]]) -> str:
    """An RSS feed of (title, link)."""
    items = "".join(f"<item><title>{title}</title><link>{link}</link></item>" for title, link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'
