"""How a place name is folded before it is looked up: the gazetteer's file and its readers share this one definition.

Case, accents, apostrophes and full stops go; hyphens, slashes and runs of space become one space. Marks that carry
meaning in other scripts (Indic vowel signs, Japanese voicing, Hangul) stay.
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ə": "e", "ʻ": None}
    | dict.fromkeys("'’‘ʼʿʾ`´.·", None)
    | dict.fromkeys("-‐‑–/−_,()[]　\xa0", " ")
    | dict.fromkeys(map(chr, range(0x300, 0x370)), None)  # combining accents
    | dict.fromkeys(map(chr, range(0x64B, 0x656)), None)  # Arabic vowel marks and hamza above and below
    | {"ـ": None, "ک": "ك", "ی": "ي", "ى": "ي", "ہ": "ه", "ھ": "ه"}
)
_SPACE = re.compile(r"\s+")


def fold(name: str) -> str:
    """The form under which a name is looked up.

    >>> fold("ST. JOHN’S"), fold("São Paulo"), fold("Port-au-Prince"), fold("İZMİR")
    ('st johns', 'sao paulo', 'port au prince', 'izmir')
    """
    if name.isascii():
        plain = name.casefold().translate(_LETTERS)
    else:
        folded = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
        plain = unicodedata.normalize("NFC", folded)
    return _SPACE.sub(" ", plain).strip()
