"""Which candidates are datelines: the evidence a row of items carries, weighed by the mark that ends it.

An agency, a date, or a state or country beside the place is evidence; a place that stands alone needs more: upper
case, a size, a home country, a mark that papers of that country use, and a sentence after it. Words that head
paragraphs without being places ("UPDATE:"), towns that are words or names as well ("Nice", "JACKSON:") and the
outlet's own name in brackets are no datelines. Unknown is no: a missed dateline costs a field, a false one a sentence.
"""

from __future__ import annotations

import re

from newscrawl.extraction.agencies import printed_bare
from newscrawl.extraction.dateline_place import Style, Where, plausible, style
from newscrawl.extraction.dateline_reading import Candidate, Context, Reading, is_publisher
from newscrawl.extraction.dateline_words import WORDS
from newscrawl.extraction.gazetteer import City, cities, home_countries
from newscrawl.extraction.placenames import fold

#: Inhabitants from which a place alone is believed: abroad and, by its mark, at home.
KNOWN_ABROAD, KNOWN_AT_HOME, LARGE, VERY_LARGE = 50_000, 1_000, 100_000, 1_000_000
#: Characters of text after a place alone: of a sentence that is seen to end, of any other, of one beyond doubt.
SHORT_SENTENCE, SENTENCE, LONG_SENTENCE = 12, 35, 40

_OPENS = re.compile(r"[\s\"“”„‘’'«»‹›(\[¿¡…*—–-]*")
_ENDS = re.compile(r"[.!?…](?:[\s\"“”»’)]|$)|,\s")
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORDS = re.compile(r"\w+")


def accept(candidate: Candidate, text: str, where: Where, context: Context) -> bool:
    """Whether a candidate at the head of a normalized opening is a dateline."""
    reading, rest = candidate.reading, text[candidate.end :]
    place = text[slice(*reading.place)] if reading.place else ""
    if place and _is_label(place, where):
        return False
    if not place:
        return _without_place(candidate, rest, context)
    if context.agency_only and not reading.agencies:
        return False
    if reading.dated_first and not reading.agencies:
        release = reading.date is not None and reading.date.year and where.city and candidate.mark in ("dash", "colon")
        if not release:
            return False
    look = style(place)
    if reading.agencies and (where.known or look != "title"):
        return _with_agency(candidate, look, where, context)
    if candidate.mark != "line" and not _begins_sentence(rest):
        return False
    if reading.agencies:
        return _with_agency(candidate, look, where, context)
    if reading.date:
        return _with_date(candidate, look, where, rest, context)
    if reading.named is not None:
        return _with_stranger(candidate, look, where, rest, context)
    if reading.beside:
        return _with_area(candidate, look, where, place, rest)
    return _alone(candidate, look, where, place, rest, context)


def _is_label(place: str, where: Where) -> bool:
    words = fold(place).split(" ")
    known = where.city or where.itself
    return all(w in WORDS.labels for w in words) or (not known and words[0] in WORDS.labels)


def _begins_sentence(rest: str) -> bool:
    """What follows starts like a sentence, or nothing follows: the text is the next paragraph."""
    opens = _OPENS.match(rest)
    first = rest[opens.end() : opens.end() + 1] if opens else ""
    return not first.islower()


def _is_sentence(rest: str) -> bool:
    """Whether what follows a place is more than the rest of a headline: "Paris – Stadt der Liebe"."""
    return len(rest.strip()) >= (SHORT_SENTENCE if _ENDS.search(rest) else SENTENCE)


def _own(reading: Reading, context: Context) -> bool:
    """Whether what stands in the agency's place is the outlet's own name: an agency may sign its own pages."""
    publisher = fold(context.publisher or "").replace(" ", "")
    own = {fold(form).replace(" ", "") for a in reading.agencies if a.kind == "outlet" for form in (a.name, *a.forms)}
    return bool(publisher) and publisher in own


def _without_place(candidate: Candidate, rest: str, context: Context) -> bool:
    reading, mark = candidate.reading, candidate.mark
    if reading.date and not reading.agencies and is_publisher(reading.named or "", context):
        return mark == "dash" and _begins_sentence(rest) and bool(rest.strip())
    if not reading.agencies or not (reading.wrapped or reading.date) or _own(reading, context):
        return False
    if not rest.strip() or not _begins_sentence(rest) or mark in ("line", "colon"):
        return False
    if mark in ("none", "stop") and not reading.date:
        return reading.agencies[0].kind == "wire" and len(rest) >= LONG_SENTENCE and not context.agency_only
    return True


def _with_agency(candidate: Candidate, look: Style, where: Where, context: Context) -> bool:
    mark, reading = candidate.mark, candidate.reading
    if not where.city and _spells_out(reading.named or "", reading.parts[0]):
        return False
    if where.known or where.area or (look == "upper" and mark != "line") or reading.date:
        return mark != "none" or reading.wrapped
    return mark == "dash" and _believable(reading, context)


def _spells_out(named: str, words: str) -> bool:
    """Whether the bracket abbreviates what stands before it: "Data Processing Agreement (DPA) —"."""
    initials = "".join(word[0] for word in re.split(r"[\s\-]+", words) if word[:1].isalpha())
    return len(initials) > 1 and named.casefold() == initials.casefold()


def _believable(reading: Reading, context: Context) -> bool:
    """Whether an unknown place before an agency may be one: villages are, "Brian Smith (MTI)" is somebody."""
    named, words = reading.named or "", len(reading.parts[0].split())
    if "/" in named or len(named) > 4 or (named.islower() and printed_bare(named)):
        return words <= 3 and reading.wrapped
    spoken = any(context.code in agency.languages for agency in reading.agencies)
    return words == 1 and spoken and context.code != "en" and reading.wrapped


def _with_date(candidate: Candidate, look: Style, where: Where, rest: str, context: Context) -> bool:
    mark = candidate.mark
    if mark == "none":
        return candidate.reading.inside and bool(where.city)
    if mark == "line" and not _followed(rest, context):
        return False
    if where.city or (where.area and look != "title"):
        return True
    if where.itself:
        return look != "title" and mark in ("dash", "colon")
    return mark == "dash" and (look == "upper" or bool(where.area))


def _with_stranger(candidate: Candidate, look: Style, where: Where, rest: str, context: Context) -> bool:
    """A place and, in brackets, a name that is no known agency's: "AUSTIN (KXAN) —", "OSLO (Dagbladet):"."""
    named, city = candidate.reading.named, where.city
    if not rest.strip() or not (city or look == "upper"):
        return False
    if named == "" or not candidate.reading.wrapped:
        return candidate.mark in ("dash", "colon", "stop")
    if not city:
        return bool(where.itself) and candidate.mark == "dash"
    believed = look == "upper" or city.population >= KNOWN_ABROAD
    marks = ("dash", "colon", "none") if look == "upper" else ("dash", "colon")
    word = _weak(where, candidate.reading.parts[0]) and not _home(city, context)
    return believed and candidate.mark in marks and not word


def _with_area(candidate: Candidate, look: Style, where: Where, place: str, rest: str) -> bool:
    """A place with its state or country: "BUFFALO, N.Y. —", "Rostow (Russland) –"."""
    mark = candidate.mark
    if where.city:
        return mark == "dash" or (look != "title" and mark in ("colon", "stop", "line"))
    state = bool(where.area and where.area.code)
    if where.itself or mark != "dash" or (candidate.reading.bracketed_area and not state):
        return False
    village = state and plausible(place) and len(rest) >= LONG_SENTENCE
    return village and len(place.split()) == 1 if candidate.reading.bracketed_area else look == "upper" or village


def _weak(where: Where, printed: str) -> bool:
    """A town whose name is a word, too, unless it is the large city most readers think of first."""
    city = where.city
    return fold(printed) in WORDS.weak and not (city and city.population >= 3 * LARGE)


def _alone(candidate: Candidate, look: Style, where: Where, place: str, rest: str, context: Context) -> bool:
    mark, city = candidate.mark, where.city
    if mark == "line":
        return _own_line(candidate, look, where, rest, context)
    if where.itself and not city:
        spelled = len(fold(place)) > 3  # not "USA —"
        return look == "upper" and mark == "dash" and spelled and _is_sentence(rest)
    if city is None or not where.known or not (look == "caseless" or _is_sentence(rest)):
        return False
    if _route(rest) or _weak(where, place) and not _home(city, context):
        return False
    if look == "caseless":
        return _alone_caseless(mark, city, rest, context)
    if look == "upper":
        return _alone_upper(mark, city, place, rest, context)
    return _alone_title(candidate, city, place, rest, context)


def _alone_upper(mark: str, city: City, place: str, rest: str, context: Context) -> bool:
    if mark == "bar" or (mark == "dot" and len(rest) < LONG_SENTENCE):
        return False
    if mark in ("dash", "dot"):
        acronym = len(place) <= 4  # "AJAX —", "NATO —"
        least = 2 * LARGE if acronym else KNOWN_AT_HOME if city.proper else KNOWN_ABROAD
        return city.capital or city.alone or city.population >= least
    least = KNOWN_AT_HOME if mark == "stop" and _home(city, context) else LARGE // 5
    return not _somebody(city, place) and city.weight >= least and _is_sentence(rest)


def _somebody(city: City, place: str) -> bool:
    """A name that people bear as well, and no city that readers think of first."""
    return fold(place) in WORDS.names and not (city.capital or city.alone or city.population >= VERY_LARGE)


def _alone_caseless(mark: str, city: City, rest: str, context: Context) -> bool:
    if city.population < LARGE:
        return False
    if mark == "colon":
        spoken = context.code or ("" if _EAST.search(rest[:20]) else "ar")
        return spoken in WORDS.caseless_colon_languages and len(rest) >= LONG_SENTENCE
    return mark == "dash" or (mark == "stop" and context.code in WORDS.stop_languages)


def _home(city: City, context: Context) -> bool:
    """A place of the publisher's country, or of one where the page's language is spoken."""
    if context.country:
        return city.country == context.country
    return context.code not in ("", "en") and city.country in home_countries(context.code)


def _big_enough(city: City, context: Context) -> bool:
    if _home(city, context):
        return city.population >= KNOWN_AT_HOME
    least = KNOWN_ABROAD if city.proper or city.alone or city.capital else 4 * KNOWN_ABROAD
    return city.population >= least


def _alone_title(candidate: Candidate, city: City, place: str, rest: str, context: Context) -> bool:
    mark, reading = candidate.mark, candidate.reading
    somebody = fold(place) in WORDS.names and not (city.alone or city.capital)
    row = len(reading.parts) > 1 and all(map(cities, reading.parts))
    if somebody or not (row or _big_enough(city, context)):
        return False
    if reading.inside:
        return mark == "dash" or (mark == "none" and context.code == "fr")
    if mark in ("dash", "dot"):
        return mark == "dash" or len(rest) >= LONG_SENTENCE
    if mark == "colon":
        there = context.code in WORDS.colon_countries.get(context.country or city.country, ())
        return there and len(rest) >= LONG_SENTENCE
    if mark == "stop":
        foreign = not context.code and not any(word.casefold() in WORDS.english for word in _WORDS.findall(rest))
        return (context.code in WORDS.stop_languages or foreign) and len(rest) >= LONG_SENTENCE
    return False


def _followed(rest: str, context: Context) -> bool:
    """Whether text follows a dateline on a line of its own: the next paragraph, or the next line of this one."""
    return context.followed or len(rest.strip()) >= LONG_SENTENCE


def _own_line(candidate: Candidate, look: Style, where: Where, rest: str, context: Context) -> bool:
    """The place is the whole paragraph: only where a paragraph of text follows, and never a word or a name."""
    city, reading = where.city, candidate.reading
    if not _followed(rest, context) or not city or not where.known or reading.inside:
        return False
    first = reading.parts[0]
    if _weak(where, first) or _somebody(city, first):
        return False
    if look == "upper" or len(reading.parts) > 1:
        return city.population >= LARGE // 5
    return look == "title" and _big_enough(city, context) and context.code in WORDS.stop_languages


def _route(rest: str) -> bool:
    """Another place and a mark or a number after it: "Berlin – Hamburg: …", "Leipzig – Dortmund 2:1"."""
    words = _WORDS.findall(rest[:60])[:3]
    for length in range(len(words), 0, -1):
        name = " ".join(words[:length])
        if cities(name):
            after = rest.lstrip()[len(name) :].lstrip()
            return not after or after[0] in ":–—-,(" or after[0].isdigit()
    return False
