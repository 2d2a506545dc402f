"""Reporters named in the dateline, as the Chinese, Japanese and Korean press does instead of printing a byline.

新华社北京4月24日电（记者 张三、李四）    〔記者王小明／台北報導〕    【ソウル＝小池和樹】
    (서울=연합뉴스) 홍길동 기자 =
"""

from __future__ import annotations

import re
from itertools import islice

from newscrawl.extraction.names import is_agency
from newscrawl.extraction.text import seen_text
from newscrawl.extraction.zone import Zone

_OPENING = 120  # characters of a paragraph
_PARAGRAPHS = 4
_STYLES = (
    re.compile(
        r"[（(](?:[^（()）\s]{0,10}?)(?:记者|記者|特派员|特派員)[\s:：]*(?P<names>[\u3400-\u9fff·、，,\s]{2,40})[)）]"
    ),
    re.compile(r"^[〔［\[【（(]\s?(?:特派)?(?:記者|记者)(?P<names>[\u3400-\u9fff、]{2,14})[/／]"),
    re.compile(
        r"^[(\[〔【][^()\[\]]{1,20}=[^()\[\]]{1,20}[)\]〕】]\s?(?P<names>[\uac00-\ud7af·,\s]{2,24}?)\s?(?:기자|특파원|통신원)"
    ),
)
_PARTS = re.compile(r"[、，,·・\s]+")
_WORD = re.compile(r"(?:本[报報台网網])?(?:记者|記者|通讯员|通訊員|特派员|特派員|实习生|實習生|기자|특파원)")


def reporters(zone: Zone) -> tuple[str, ...]:
    """Those whom the story's first paragraphs open with, as printed."""
    paragraphs = (each for each in zone.below if each.tag == "p")
    texts = (seen_text(each, _OPENING) for each in islice(paragraphs, _PARAGRAPHS))
    return next(filter(None, map(reporters_in, (text for text in texts if not text.isascii()))), ())


def reporters_in(paragraph: str) -> tuple[str, ...]:
    """The reporters that a paragraph's opening names.

    >>> reporters_in("沧海社南京10月12日电（记者钱多宁、本报记者 许安）耳机里有一张地图。")
    ('钱多宁', '许安')
    """
    for style in _STYLES:
        if match := style.search(paragraph[:_OPENING]):
            names = (part for part in _PARTS.split(_WORD.sub(" ", match["names"])) if 1 < len(part) <= 10)
            return tuple(dict.fromkeys(name for name in names if not is_agency(name)))
    return ()
