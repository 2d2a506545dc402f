"""The name that newscrawl goes by."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[\x21-\x27\x2a-\x7e][\x20-\x27\x2a-\x7e]{0,199}")


def user_agent(agent: str, contact: str | None) -> str:
    """The User-Agent header: "newscrawl/0.1.0 (+https://example.com/bot)". contact: a URL or an e-mail address.

    Raises ValueError where contact holds what a header or a comment in it must not.
    """
    contact = (contact or "").strip()
    if not contact or "(+" in agent:
        return agent
    if not _PLAIN.fullmatch(contact):
        raise ValueError(f"NEWSCRAWL_CONTACT: expected a URL or an e-mail address in plain ASCII, got {contact!r}")
    return f"{agent} (+{contact})"


def product_token(agent: str) -> str:
    """What robots.txt calls a crawler (RFC 9309, section 2.2.1): its name up to the first "/" or blank."""
    return re.split(r"[/\s(]", agent.strip(), maxsplit=1)[0]
