"""Which encoding the bytes of a page are really in.

Declarations are claims: the HTTP header, a byte-order mark, a <meta>. Rules, in this order:
- a byte-order mark is believed (https://encoding.spec.whatwg.org/#decode);
- bytes that are valid UTF-8 and hold a multi-byte sequence are UTF-8, whatever is declared: text in another encoding
  practically never happens to be valid UTF-8;
- otherwise the declared encodings are tried, header first, as the WHATWG labels define them (latin-1 means
  windows-1252, gb2312 means gb18030, shift_jis means cp932); one that decodes cleanly is believed, unless it is a
  single-byte one and the result is not plausible as text;
- then charset-normalizer guesses; last comes the first declaration with replacement characters, else UTF-8 with them.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([a-zA-Z0-9_.:-]{2,40})""", re.IGNORECASE)
_HEADER = re.compile(r"""(?:.*charset\s*=\s*)?["']?([a-zA-Z0-9_.:-]{2,40})""", re.IGNORECASE)

#: Labels as the WHATWG encoding standard resolves them, where Python's codec of that name is a narrower one.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
#: Encodings of Python's that no browser reads a page in; some fail on what they cannot read even when told not to.
_NO_PAGE = {"idna", "punycode", "utf-7", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape"}
_MULTIBYTE = {"gb18030", "cp932", "cp949", "big5hkscs", "euc_jp", "iso2022_jp", "utf-16-le", "utf-16-be"}
_TAGS = re.compile(rb"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_TAG_ENDS = re.compile(r"([<>])")
_SAMPLE = 60_000
#: UTF-8 of what no text means: "â" or "Ã" before a C1 control or a sign of Latin-1, "â€", "Ð" or "Ñ" before a sign.
_MOJIBAKE = re.compile(rb"\xc3(?:\xa2(?:\xc2[\x80-\x9f]|\xe2\x82\xac)|\x83\xc2[\x80-\xbf]|[\x90\x91]\xc2[\x80-\xbf])")


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """Text of the bytes and the name of the encoding used. declared: an encoding, or a Content-Type that names one.

    Never raises: what cannot be decoded becomes U+FFFD.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, "replace"), name
    wide = _wide_without_bom(data)
    if wide:
        return data.decode(wide, "replace"), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        nearly = error.start
    claims = _claims(data, declared)
    if _mostly_utf8(data, nearly):
        return data.decode("utf-8", "replace"), "utf-8"
    for name in claims:
        text = _clean_decode(data, name)
        if text is not None:
            return text, name
    guess = _guess(data)
    if guess:
        return data.decode(guess, "replace"), guess
    fallback = next((c for c in claims if c != "utf-8"), "cp1252")
    return data.decode(fallback, "replace"), fallback


def _claims(data: bytes, declared: str | None) -> list[str]:
    labels = []
    if declared:
        found = _HEADER.match(declared[:200])
        if found and "/" not in found[1]:
            labels.append(found[1])
    labels += [m[1].decode("ascii") for m in (_META.search(data[:20_000]), _XML.match(data[:300])) if m]
    names = []
    for label in labels:
        try:
            name = codecs.lookup(label).name
            b"".decode(name)
        except (LookupError, UnicodeError):  # base64 and the like are codecs and no encodings
            continue
        if name not in _NO_PAGE:
            names.append(_WIDER.get(name, name))
    return list(dict.fromkeys(names))


def _wide_without_bom(data: bytes) -> str | None:
    """UTF-16 and UTF-32 by where their zeros are, since markup is ASCII."""
    head = data[:400]
    if len(head) < 16 or head.count(0) < len(head) // 3:
        return None
    zeros = [head[at::4].count(0) * 10 > len(head) * 2 for at in range(4)]
    if zeros[2:] == [True, True] or zeros[:2] == [True, True]:
        return "utf-32-le" if zeros[3] else "utf-32-be"
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else None


def _mostly_utf8(data: bytes, start: int) -> bool:
    """Whether a few broken bytes (a cut character, one foreign snippet) stand in a page that is otherwise UTF-8."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for c in text[:400_000] if c > "\x7f" and c != "\ufffd") if bad * 20 < len(text) else 0
    return good > 10 * bad


def _clean_decode(data: bytes, name: str) -> str | None:
    """The text if the bytes are plausible in this encoding, else None."""
    try:
        text = data.decode(name, "replace")
    except (LookupError, UnicodeError, ValueError):
        return None
    bad, foreign = text.count("\ufffd"), max(1, sum(1 for b in data[:_SAMPLE] if b > 0x7F))
    if bad > (foreign // 200 if name in _MULTIBYTE else foreign // 50):
        return None
    return text if name in _MULTIBYTE or _plausible(data, name) else None


def _plausible(data: bytes, name: str) -> bool:
    """A single-byte encoding decodes anything: letters must come out, not the marks and symbols of mojibake."""
    seen = _TAGS.sub(b" ", data[: _SAMPLE * 4])
    text = seen.decode(name, "replace")
    high = [c for c in text if c > "\x7f" and not c.isspace()]
    letters = sum(1 for c in high if c.isalpha() or c in "–—‘’“”„…«»•·°€£©®§")
    return letters * 10 >= len(high) * 8 and not _dense(text)


def _dense(text: str) -> bool:
    """Words made of accented letters only (“ÖÐ¹ú”), as Chinese or Cyrillic looks when read as Latin-1."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    latin = [w for w in words if any("\xa0" < c < "\u0250" for c in w)]
    return bool(latin) and sum(all("\x7f" < c < "\u0250" for c in w) for w in latin) * 3 > len(latin)


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    sample = _TAGS.sub(b" ", data[: _SAMPLE * 4])[:_SAMPLE]
    best = from_bytes(sample, threshold=0.4).best()
    if best is None:
        return None
    name = codecs.lookup(best.encoding).name
    return _WIDER.get(name, name)


def is_garbled(data: bytes) -> bool:
    """Whether UTF-8 text holds mojibake ("donâ€™t"): UTF-8 that was read as Latin-1 or windows-1252 on its way."""
    return bool(_MOJIBAKE.search(data))


def repaired(text: str) -> str:
    """The text with its mojibake undone by ftfy, line by line, where that is beyond doubt.

    >>> repaired("It isn\u00e2\u20ac\u2122t")
    'It isn’t'
    """
    return "\n".join(
        _repaired_line(line) if is_garbled(line.encode("utf-8", "replace")) else line for line in text.split("\n")
    )


def _repaired_line(line: str) -> str:
    """ftfy sees all that is not ASCII in a line at once, without the rest: a page may be one line, and it takes its
    time."""
    from ftfy import fix_encoding

    pieces = _TAG_ENDS.split(line)
    foreign = [at for at, piece in enumerate(pieces) if not piece.isascii()]
    fixed = fix_encoding("\n".join([pieces[at] for at in foreign])).split("\n")
    for at, piece in zip(foreign, fixed, strict=False):
        pieces[at] = piece
    return "".join(pieces)
