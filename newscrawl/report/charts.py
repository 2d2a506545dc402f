"""Charts by pygal, made fit for a page that stands alone: no script, no style of their own, colours from the page.

pygal lays a chart out; what it adds for its own script (tooltips, configuration, ids) is taken off again, native
<title> tooltips are put in, and the page's style sheet colours light and dark. Each chart is one image to a screen
reader, named by its label; the numbers stand in a table beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pygal
from lxml import etree
from markupsafe import Markup
from pygal.style import Style

from newscrawl.report.text import excerpt, visible

_STYLE = Style(
    font_family="sans-serif", label_font_size=11, major_label_font_size=11, legend_font_size=11, value_font_size=10
)
_SVG = "{http://www.w3.org/2000/svg}"
_WIDTH = 520
_OF_ITS_SCRIPT = {_SVG + tag for tag in ("style", "script", "defs", "desc", "title")}
_OVERLAYS = {"plot tooltip-overlay", "plot overlay", "titles"}

Pairs = Sequence[tuple[str, int]]


def bars(pairs: Pairs, label: str, height: int = 220) -> Markup:
    """Columns over time or size. label: what the chart shows, for screen readers."""
    chart = pygal.Bar(**_common(height), rounded_bars=1, show_x_guides=False, x_label_rotation=0)
    step = max(1, -(-len(pairs) // 6))
    chart.x_labels = [text for text, _ in pairs]
    chart.x_labels_major = [text for n, (text, _) in enumerate(pairs) if n % step == 0]
    chart.show_minor_x_labels = False
    chart.y_labels = _ticks(max((value for _, value in pairs), default=0))
    chart.add("", [value for _, value in pairs])
    return _finish(chart, label, [f"{text}: {value:,}" for text, value in pairs])


def ranking(pairs: Pairs, label: str) -> Markup:
    """Horizontal bars, the first on top."""
    chart = pygal.HorizontalBar(**_common(16 + 24 * len(pairs)), rounded_bars=2, print_values=True)
    chart.print_values_position, chart.show_x_labels = "top", False
    chart.range = (0, 1.12 * max((value for _, value in pairs), default=1))  # leaves room for the number
    upside_down = list(reversed(pairs))
    chart.x_labels = [excerpt(visible(text), 22) for text, _ in upside_down]
    chart.add("", [value for _, value in upside_down])
    return _finish(chart, label, [f"{visible(text)}: {value:,}" for text, value in upside_down])


def lines(names: Sequence[str], series: Mapping[str, Sequence[float | None]], label: str, unit: str = "") -> Markup:
    """Lines over runs, one for each series."""
    chart = pygal.Line(**_common(240), dots_size=2.5, x_label_rotation=0)
    chart.show_legend, chart.legend_at_bottom, chart.legend_box_size = len(series) > 1, True, 10
    step = max(1, -(-len(names) // 6))
    chart.x_labels = list(names)
    chart.x_labels_major = [name for n, name in enumerate(names) if n % step == 0]
    chart.show_minor_x_labels = False
    chart.value_formatter = lambda value: f"{value:,.0f}{unit}"
    for name, values in series.items():
        chart.add(name, list(values))
    told = [f"{n}: {v:,.0f}{unit}" for vs in series.values() for n, v in zip(names, vs, strict=True) if v is not None]
    return _finish(chart, label, told)


def _common(height: int) -> dict[str, object]:
    return {
        "width": _WIDTH,
        "height": height,
        "style": _STYLE,
        "css": [],
        "js": [],
        "show_legend": False,
        "no_prefix": True,
        "margin": 4,
        "min_scale": 3,
        "max_scale": 6,
        "value_formatter": lambda value: f"{value:,.0f}",
        "include_x_axis": True,
        "truncate_label": -1,
    }


def _finish(chart: pygal.Graph, label: str, told: Sequence[str]) -> Markup:
    """The chart as inline SVG; told: a tooltip for each mark, in drawing order."""
    root = chart.render_tree()
    svg = etree.fromstring(etree.tostring(root))
    for node in [node for node in svg.iter() if _superfluous(node)]:
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)
    marks = [node for node in svg.iter() if "tooltip-trigger" in (node.get("class") or "")]
    for mark, words in zip(marks, told, strict=False):
        etree.SubElement(mark, _SVG + "title").text = words
    if svg.get("id") is not None:
        del svg.attrib["id"]
    svg.set("class", "chart")
    svg.set("role", "img")
    svg.set("aria-label", label)
    etree.cleanup_namespaces(svg)
    return Markup(_shorter(etree.tostring(svg, encoding="unicode")))


def _superfluous(node: etree._Element) -> bool:
    """Whether pygal put a node there for its script or its own style: comments, tooltips, empty overlays."""
    css = node.get("class") or ""
    return isinstance(node, etree._Comment) or node.tag in _OF_ITS_SCRIPT or css in _OVERLAYS


def _shorter(svg: str) -> str:
    """Coordinates to one decimal: a tenth of a pixel is not seen."""
    return re.sub(r"(\d+\.\d)\d+", r"\1", svg)


def _ticks(top: float) -> list[int]:
    """Round whole numbers from 0 to just over top, at most seven.

    >>> _ticks(3), _ticks(130)
    ([0, 1, 2, 3], [0, 50, 100, 150])
    """
    step = next(w * 10**e for e in range(9) for w in (1, 2, 5) if w * 10**e * 5 >= top)
    return list(range(0, int(-(-top // step)) * step + 1, step)) or [0]
