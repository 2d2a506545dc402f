"""Pictures for the README, from a run of the sample site: scrapy demo && python docs/screenshots.py output/demo/runs/*

Needs playwright (requirements-dev.txt) and Debian's chromium.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "img"
DESKTOP, PHONE = {"width": 1200, "height": 820}, {"width": 390, "height": 780}


def pictures(run: Path) -> None:
    """Write the pictures of one run."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

        def opened(path: Path, viewport: dict[str, int], scheme: str) -> Page:
            page = browser.new_context(viewport=viewport, color_scheme=scheme).new_page()
            page.goto(path.absolute().as_uri())
            return page

        report = run / "report.html"
        opened(report, DESKTOP, "light").screenshot(path=IMAGES / "report-desktop.png")
        page = opened(report, DESKTOP, "dark")
        page.locator("#datelines").evaluate("part => scrollTo(0, part.offsetTop - 16)")
        page.screenshot(path=IMAGES / "report-desktop-dark.png")
        opened(report, PHONE, "light").screenshot(path=IMAGES / "report-phone.png")
        page = opened(report, PHONE, "dark")
        page.locator("#articles").evaluate("part => scrollTo(0, part.offsetTop - 8)")
        page.screenshot(path=IMAGES / "articles-phone-dark.png")
        page = opened(report, DESKTOP, "light")
        page.goto((run / story_with_most(run)).absolute().as_uri())
        page.locator("button[data-field=dateline]").focus()
        page.screenshot(path=IMAGES / "inspector-desktop.png")
        phone = opened(run / story_with_most(run), PHONE, "light")
        phone.screenshot(path=IMAGES / "inspector-phone.png")
        browser.close()


def story_with_most(run: Path) -> str:
    """The inspector page with most dropped blocks among those of stories with a dateline."""
    pages = [(page.read_text(), page) for page in sorted((run / "inspect").glob("*.html"))]
    _, path = max(
        (
            (text.count("data-block="), page)
            for text, page in pages
            if 'data-field="dateline"' in text and "/zh/" not in text
        )
    )
    return f"inspect/{path.name}"


if __name__ == "__main__":
    pictures(Path(sys.argv[-1]))
