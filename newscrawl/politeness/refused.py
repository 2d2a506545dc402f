"""What a rule of politeness or safety stopped, and what to do about it."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class Refused(IgnoreRequest):
    """A request that is not sent, or an answer that is not used.

    reason: a key of items.REASONS; detail: the reason in words; later: True where a later run may try again (the host
    is down or asks to wait), False where the answer will stay the same.
    """

    def __init__(self, reason: str, detail: str, *, later: bool = False) -> None:
        super().__init__(detail)
        self.reason, self.detail, self.later = reason, detail, later
