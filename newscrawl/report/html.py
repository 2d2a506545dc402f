"""Pages that stand alone: templates with everything escaped, style and script put inline, nothing fetched.

Every value that a template prints passes `visible`, then the escaping; a link is made by the templates' `link` only,
which lets http and https through. The Content-Security-Policy of each page allows its own script by hash and no
request at all.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from newscrawl.report.text import excerpt, plain, safe_url, visible

_FILES = files("newscrawl.report") / "templates"


def render(template: str, style: str, script: str, **values: Any) -> str:
    """A whole page from templates/<template>, with the style sheets (several: "a.css b.css") and the script named."""
    css = Markup("\n".join(_style(name) for name in style.split()))
    code = Markup(read(script))
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return _environment().get_template(template).render(css=css, code=code, policy=policy, **values)


@cache
def read(name: str) -> str:
    """The text of a file under templates/."""
    return (_FILES / name).read_text(encoding="utf-8")


@cache
def _style(name: str) -> str:
    """A style sheet without its comments and indentation."""
    text = re.sub(r"/\*.*?\*/", "", read(name), flags=re.DOTALL)
    return "\n".join(line for raw in text.splitlines() if (line := raw.strip()))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("newscrawl.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {"link": safe_url, "excerpt": excerpt, "plain": plain, "count": _count, "percent": _percent}
    environment.filters |= {"when": when, "span": span, "ms": _ms}
    return environment


def _shown(value: Any) -> Any:
    """What a template prints of a value: nothing for None, no steering characters."""
    if value is None:
        return ""
    return value if isinstance(value, Markup) or not isinstance(value, str) else visible(value)


def _count(number: float, one: str = "", many: str = "") -> str:
    """A number with its noun: 1 page, 2 pages, 1,204 pages."""
    noun = (one if number == 1 else many or f"{one}s") if one else ""
    return f"{number:,.0f} {noun}".strip()


def _percent(share: float | None) -> str:
    """A share of 0 to 1, without rounding something to nothing or nearly all to all."""
    if share is None:
        return "–"
    if 0 < share < 0.01:
        return "<1%"
    return ">99%" if 0.99 < share < 1 else f"{share:.0%}"


def _ms(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "–"
    return f"{milliseconds:,.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:,.1f} s"


def when(value: object) -> str:
    """An ISO 8601 time as people read it, to the minute; other values as they are.

    >>> when("2026-11-24T02:00:00Z")
    '2026-11-24 02:00'
    """
    text = "" if value is None else str(value)
    return f"{text[:10]} {text[11:16]}" if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text) else text[:40]


def span(seconds: float | None) -> str:
    """A duration in words.

    >>> span(93.4), span(7325)
    ('1 min 33 s', '2 h 2 min')
    """
    if seconds is None:
        return "an unknown time"
    whole = int(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
