"""The cells of a rate plan's CSV file: from text to values, or what is wrong and what to do.

The operator's staff read the sentences beside their file. Words and column names may be Dutch or English.
Amounts have a decimal comma or point, at most 12 decimals, and no thousands
separator, as that is what cannot be told from a decimal sign.
"""

import re
from datetime import date
from functools import lru_cache

from services.cdr.domain.amsterdam import DAY, FIRST_YEAR, LAST_YEAR
from services.cdr.domain.call_types import CALL_TYPES
from services.cdr.domain.countries import CODES
from services.cdr.domain.dutch_numbers import short_type
from services.cdr.domain.tariff import BASE, EURO, Window
from shared.words import gettext, lazy_gettext


class CellError(ValueError):
    """A cell that cannot be used: `problem` and `advice` are sentences in the reader's language."""

    def __init__(self, problem: object, advice: object) -> None:
        super().__init__(f"{problem} {advice}")
        self._problem, self._advice = problem, advice

    @property
    def problem(self) -> str:
        return str(self._problem)

    @property
    def advice(self) -> str:
        return str(self._advice)


_KINDS = {"gesprek": "voice", "voice": "voice", "spraak": "voice", "sms": "sms", "data": "data"}
_AMOUNT = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,12}))?", re.ASCII)
_QUANTITY = re.compile(r"([0-9]{1,14}) ?([A-Za-z]*)", re.ASCII)
_DATE = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)|(\d\d?)-(\d\d?)-(\d{4}))", re.ASCII)
_TIME = re.compile(r"(\d\d?):(\d\d)(?::(\d\d))?", re.ASCII)
_DAY_SEPARATOR = re.compile(r"[+,/ ]+")
_DAYS = {
    name: number
    for names in ("ma di wo do vr za zo", "mon tue wed thu fri sat sun")
    for number, name in enumerate(names.split())
}
_HOLIDAYS = frozenset({"feestdag", "feestdagen", "holiday", "holidays"})
_UNITS = {
    "voice": {"": 1, "s": 1, "sec": 1, "min": 60, "uur": 3600, "h": 3600},
    "sms": {"": 1, "stuk": 1, "sms": 1},
    "data": {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30},
}
USUAL_UNIT = {"voice": 60, "sms": 1, "data": 10**6}
_PARTY = re.compile(r"|\+[0-9]{0,15}|(?:nl|ext):[0-9]{0,6}|alpha:[A-Za-z0-9 ._&-]{0,11}|anon")
_ZONED = re.compile(r"(?:mob:)?(?:roam:(?:eu|world|([A-Z]{2})):)?(?:fwd:|in:)?(.*)", re.ASCII)
_DATA = re.compile(r"(?:mob:)?data:(?:national|eu|world|([A-Z]{2}))?", re.ASCII)
_COUNTRIES = frozenset(CODES.values())
_NO_OR_COUNTRY = _COUNTRIES | {None}
EVERY_DAY = (frozenset(range(7)), False)
ALWAYS = Window(*EVERY_DAY)
MISSING = {
    "prefix": CellError(
        lazy_gettext("Het prefix ontbreekt."), lazy_gettext("Schrijf waar het nummer mee begint, zoals +316.")
    ),
    "destination": CellError(
        lazy_gettext("De bestemming ontbreekt."), lazy_gettext("Geef een naam, zoals Duitsland mobiel.")
    ),
    "rate": CellError(lazy_gettext("Het tarief ontbreekt."), lazy_gettext("Schrijf 0 als het gratis is.")),
}
_FORMULA = ("=", "+", "-", "@", "\t", "|")
FORMULA_SIGNS = ("=", "@", "#")
"""No cell begins with these; "#" begins what a spreadsheet writes where a formula failed."""
MAX_AMOUNT = 1000 * EURO
MAX_RATE = 100 * EURO
"""Per minute, MB or piece: far above any price that exists, low enough that no sum overflows."""
MAX_BLOCK = {"voice": 86_400, "sms": 1000, "data": 10**12}
"""A day, 1000 pieces, 1 TB: what is begun is billed whole, so a block bounds a price as MAX_RATE does."""


def formula() -> CellError:
    """For a cell that begins with one of :data:`FORMULA_SIGNS`."""
    problem = gettext("Dit is een formule of de fout van een formule, geen waarde.")
    return CellError(problem, gettext("Plak in het werkblad de waarden en bewaar het opnieuw."))


def kind(text: str) -> str:
    if text.lower() not in _KINDS:
        raise CellError(
            gettext("De soort '%(text)s' bestaat niet.", text=_shown(text)),
            gettext("Schrijf gesprek, sms of data."),
        )
    return _KINDS[text.lower()]


def call_type(text: str) -> str | None:
    if text not in CALL_TYPES:
        problem = gettext("Het gesprekstype '%(text)s' bestaat niet.", text=_shown(text))
        raise CellError(
            problem, gettext("Laat het leeg of kies uit %(call_types)s.", call_types=", ".join(CALL_TYPES))
        )
    return text


def destination(text: str) -> str:
    if len(text) > 80 or not text.isprintable():
        problem = gettext("De bestemming is te lang of bevat onzichtbare tekens.")
        raise CellError(problem, gettext("Gebruik ten hoogste 80 letters."))
    if text.startswith(_FORMULA):
        problem = gettext("De bestemming begint met '%(letter)s', zoals een formule.", letter=text[0])
        raise CellError(problem, gettext("Begin met een letter."))
    return text


@lru_cache(maxsize=4096)
def amount(text: str) -> int:
    """Euros as picoeuro, at most MAX_AMOUNT."""
    found = _AMOUNT.fullmatch(text)
    if not found:
        if text.startswith(("-", "\u2212")):
            raise CellError(
                gettext("Het bedrag %(text)s is negatief.", text=_shown(text)),
                gettext("Bedragen zijn 0 of hoger."),
            )
        problem = gettext("'%(text)s' is geen bedrag.", text=_shown(text))
        raise CellError(problem, gettext("Schrijf het als 0,125, zonder punt voor duizendtallen."))
    value = int(found[1]) * EURO + int((found[2] or "").ljust(12, "0"))
    if value > MAX_AMOUNT:
        problem = gettext("Het bedrag %(text)s is hoger dan 1000 euro.", text=_shown(text))
        raise CellError(problem, gettext("Controleer de komma en de eenheid."))
    return value


def amount_or_none(text: str) -> int | None:
    return amount(text)


def quantity(text: str, of: str) -> int:
    """A number of seconds, bytes or pieces: "60", "1 min", "10 kB"; at least 1."""
    found = _QUANTITY.fullmatch(text)
    size = _UNITS[of].get(found[2].lower()) if found else None
    if not found or size is None or int(found[1]) == 0:
        words = ", ".join(word for word in _UNITS[of] if word)
        problem = gettext("'%(text)s' is geen hoeveelheid.", text=_shown(text))
        raise CellError(
            problem, gettext("Schrijf een heel getal vanaf 1, eventueel met %(words)s.", words=words)
        )
    return int(found[1]) * size


def unit(text: str, of: str) -> int:
    """What the rate is for: "min", "MB", "stuk", or a number of seconds or bytes."""
    word = text.lower()
    value = _UNITS[of][word] if word in _UNITS[of] else quantity(text, of)
    if BASE[of] % value:
        problem = gettext("Per '%(text)s' kan niet exact worden gerekend.", text=_shown(text))
        raise CellError(problem, gettext("Kies sec, min, uur, kB, MB, GB of stuk."))
    return value


def rate(text: str, per: int, of: str) -> int:
    """Picoeuro per unit, at most MAX_RATE per minute, MB or piece."""
    value = amount(text)
    if value * USUAL_UNIT[of] > MAX_RATE * per:
        problem = gettext(
            "Het tarief %(text)s is hoger dan 100 euro per minuut, MB of stuk.", text=_shown(text)
        )
        raise CellError(problem, gettext("Controleer de komma en de eenheid."))
    return value


def increments(text: str, of: str, stored: bool = False) -> tuple[int, int]:
    """(first, following): "60/6" bills a minute and then per 6 seconds; "60" is 60/60. At most MAX_BLOCK,
    unless it is ``stored``: what was taken once stays readable."""
    first, _, following = text.partition("/")
    blocks = quantity(first.strip(), of), quantity((following or first).strip(), of)
    if max(blocks) > MAX_BLOCK[of] and not stored:
        problem = gettext(
            "Het blok '%(text)s' is langer dan een dag, 1000 GB of 1000 stuks.", text=_shown(text)
        )
        raise CellError(problem, gettext("Controleer de eenheid."))
    return blocks


def whole(text: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", text) or int(text) > most:
        problem = gettext(
            "'%(text)s' is geen heel getal van 0 tot en met %(most)s.", text=_shown(text), most=most
        )
        raise CellError(problem, gettext("Verbeter het getal."))
    return int(text)


@lru_cache(maxsize=4096)
def day(text: str) -> date | None:
    """2026-11-01 or 01-11-2026."""
    found = _DATE.fullmatch(text)
    try:
        parts = [int(part) for part in found.groups() if part] if found else []
        value = date(*(parts if found and found[1] else parts[::-1]))
    except (TypeError, ValueError):
        value = None
    if value is None or not FIRST_YEAR < value.year < LAST_YEAR:
        raise CellError(
            gettext("'%(text)s' is geen datum.", text=_shown(text)),
            gettext("Schrijf die als 01-11-2026 of 2026-11-01."),
        )
    return value


@lru_cache(maxsize=256)
def days(text: str) -> tuple[frozenset[int], bool]:
    """(weekdays, whether holidays count too) for "ma-vr", "za+zo", "feestdag"."""
    words = [word for word in _DAY_SEPARATOR.split(text.lower()) if word]
    weekdays: set[int] = set()
    for word in words:
        first, _, last = word.partition("-")
        if word in _HOLIDAYS:
            continue
        if first not in _DAYS or (last or first) not in _DAYS:
            raise CellError(
                gettext("'%(word)s' is geen dag.", word=_shown(word)),
                gettext("Schrijf ma-vr, za+zo of feestdag."),
            )
        begin, length = _DAYS[first], (_DAYS[last or first] - _DAYS[first]) % 7
        weekdays.update((begin + n) % 7 for n in range(length + 1))
    if not words:
        raise CellError(
            gettext("'%(text)s' noemt geen dag.", text=_shown(text)),
            gettext("Schrijf ma-vr, za+zo of feestdag."),
        )
    return frozenset(weekdays), bool(_HOLIDAYS.intersection(words))


@lru_cache(maxsize=4096)
def time(text: str) -> int:
    """Seconds of the day: 08:00, 08:00:30, at most 24:00."""
    found = _TIME.fullmatch(text)
    hour, minute, second = (int(part or 0) for part in found.groups()) if found else (99, 0, 0)
    value = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or value > DAY:
        raise CellError(
            gettext("'%(text)s' is geen tijd.", text=_shown(text)),
            gettext("Schrijf die als 08:00, ten hoogste 24:00."),
        )
    return value


def prefix(text: str, of: str) -> str:
    """The beginning of a key (see rate_plan.py). Digits alone begin an international number, since
    spreadsheets drop the +; 06 and 0031 6 are understood too."""
    if of == "data":
        found = _DATA.fullmatch(text)
        if not found or (found[1] and found[1] not in _COUNTRIES):
            problem = gettext("'%(text)s' is geen zone voor data.", text=_shown(text))
            raise CellError(problem, gettext("Schrijf data:national, data:eu, data:world of data:BE."))
        return text
    key = _with_plus(text)
    found = _ZONED.fullmatch(key)
    fits = key and found and _PARTY.fullmatch(found[2]) and found[1] in _NO_OR_COUNTRY
    if not found or not fits:
        problem = gettext("'%(text)s' is geen begin van een nummer.", text=_shown(text))
        raise CellError(
            problem, gettext("Schrijf +316, nl:112, ext:, alpha:, fwd:+31, in:, mob:+31 of roam:BE:+32.")
        )
    if found[2].startswith("+"):
        _known_code(found[2][1:], text)
    return key


def _with_plus(text: str) -> str:
    if not re.fullmatch(r"[0-9]+", text):
        return text
    if short_type(text):
        problem = gettext("'%(text)s' kan een kort nummer zijn of een landcode.", text=text)
        raise CellError(problem, gettext("Schrijf nl:%(text)s of +%(text)s.", text=text))
    if text.startswith("00"):
        return f"+{text[2:]}"
    return f"+31{text[1:]}" if text.startswith("0") else f"+{text}"


def _known_code(digits: str, text: str) -> None:
    known = any(digits[:length] in CODES for length in range(1, len(digits) + 1))
    if not known and not any(code.startswith(digits) for code in CODES):
        problem = gettext("Geen land heeft een nummer dat met %(text)s begint.", text=_shown(text))
        raise CellError(problem, gettext("Controleer de landcode."))


def _shown(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    return printable if len(printable) <= 30 else printable[:30] + "…"
