"""What kind of page this is: a full story, a teaser, a liveblog, or no story at all, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newscrawl.extraction.body import Body
    from newscrawl.extraction.metadata import Metadata
    from newscrawl.extraction.page import Page


@dataclass(frozen=True, slots=True)
class Verdict:
    """reason is a key of items.REASONS, or None for a story, which then has a completeness."""

    reason: str | None = None
    detail: str | None = None
    completeness: str = "full"


def give_verdict(page: Page, metadata: Metadata, body: Body) -> Verdict:
    """The verdict on a page whose fields and body are known."""
    if not body.text.strip():
        return Verdict("no_story", "no paragraphs were found")
    if len(body.text) > page.limits.text:
        return Verdict("too_long", f"{len(body.text):,} characters")
    return Verdict()


def judge_text(headline: str | None, body: str, language: str | None) -> Verdict:
    """The verdict on a text dump, of which only the words are known."""
    if not body.strip():
        return Verdict("no_story", "no paragraphs were found")
    return Verdict()
