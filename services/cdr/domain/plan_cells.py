"""The cells of a rate plan's CSV file: from text to values, or what is wrong and what to do.

The sentences are Dutch: the operator's staff read them beside their file. Words and column names may be
Dutch or English. Amounts have a decimal comma or point, at most 12 decimals, and no thousands
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


class CellError(ValueError):
    """A cell that cannot be used: `problem` and `advice` are Dutch sentences."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(f"{problem} {advice}")
        self.problem, self.advice = problem, advice


_KINDS = {"gesprek": "voice", "voice": "voice", "spraak": "voice", "sms": "sms", "data": "data"}
_AMOUNT = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,12}))?", re.ASCII)
_QUANTITY = re.compile(r"([0-9]{1,14}) ?([A-Za-z]*)", re.ASCII)
_DATE = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)|(\d\d?)-(\d\d?)-(\d{4}))", re.ASCII)
_TIME = re.compile(r"(\d\d?):(\d\d)(?::(\d\d))?", re.ASCII)
_DAY_SEPARATOR = re.compile(r"[+,/ ]+")
_DAYS = {
    name: number
    for names in (("ma", "di", "wo", "do", "vr", "za", "zo"), ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    for number, name in enumerate(names)
}
_HOLIDAYS = frozenset({"feestdag", "feestdagen", "holiday", "holidays"})
_UNITS = {
    "voice": {"": 1, "s": 1, "sec": 1, "min": 60, "uur": 3600, "h": 3600},
    "sms": {"": 1, "stuk": 1, "sms": 1},
    "data": {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30},
}
_USUAL = {"voice": 60, "sms": 1, "data": 10**6}
_PARTY = re.compile(r"|\+[0-9]{0,15}|nl:[0-9]{0,6}|ext:[0-9]{0,6}|alpha:[A-Za-z0-9 ._&-]{0,11}|anon", re.ASCII)
_ZONED = re.compile(r"(?:roam:(?:eu|world|([A-Z]{2})):)?(?:fwd:|in:)?(.*)", re.ASCII)
_DATA = re.compile(r"data:(?:national|eu|world|([A-Z]{2}))?", re.ASCII)
_COUNTRIES = frozenset(CODES.values())
_FORMULA = ("=", "+", "-", "@", "\t", "|")
MAX_AMOUNT = 1000 * EURO
MAX_RATE = 100 * EURO
"""Per minute, MB or piece: far above any price that exists, low enough that no sum overflows."""


def kind(text: str) -> str:
    if text.lower() not in _KINDS:
        raise CellError(f"De soort '{_shown(text)}' bestaat niet.", "Schrijf gesprek, sms of data.")
    return _KINDS[text.lower()]


def call_type(text: str) -> str | None:
    """One of the codes, or None for an empty cell: then the number decides."""
    if text and text not in CALL_TYPES:
        codes = ", ".join(CALL_TYPES)
        raise CellError(f"Het gesprekstype '{_shown(text)}' bestaat niet.", f"Laat leeg of kies uit {codes}.")
    return text or None


def destination(text: str) -> str:
    if not text:
        raise CellError("De bestemming ontbreekt.", "Geef een naam, zoals Duitsland mobiel.")
    if len(text) > 80 or not text.isprintable():
        raise CellError("De bestemming is te lang of bevat tekens zonder vorm.", "Gebruik ten hoogste 80 letters.")
    if text.startswith(_FORMULA):
        raise CellError(f"De bestemming begint met '{text[0]}', zoals een formule.", "Begin met een letter.")
    return text


@lru_cache(maxsize=4096)
def amount(text: str) -> int:
    """Euros as picoeuro, at most MAX_AMOUNT."""
    found = _AMOUNT.fullmatch(text)
    if not found:
        if text.startswith(("-", "\u2212")):
            raise CellError(f"Het bedrag {_shown(text)} is negatief.", "Bedragen zijn 0 of hoger.")
        raise CellError(f"'{_shown(text)}' is geen bedrag.", "Schrijf het als 0,125, zonder punt voor duizendtallen.")
    value = int(found[1]) * EURO + int((found[2] or "").ljust(12, "0"))
    if value > MAX_AMOUNT:
        raise CellError(f"Het bedrag {_shown(text)} is hoger dan 1000 euro.", "Controleer de komma en de eenheid.")
    return value


def quantity(text: str, of: str) -> int:
    """A number of seconds, bytes or pieces: "60", "1 min", "10 kB"; at least 1."""
    found = _QUANTITY.fullmatch(text)
    size = _UNITS[of].get(found[2].lower()) if found else None
    if not found or size is None or int(found[1]) == 0:
        words = ", ".join(word for word in _UNITS[of] if word)
        raise CellError(
            f"'{_shown(text)}' is geen hoeveelheid.", f"Schrijf een heel getal vanaf 1, eventueel met {words}."
        )
    return int(found[1]) * size


def unit(text: str, of: str) -> int:
    """What the rate is for: empty is a minute, a piece, a MB."""
    words = _UNITS[of]
    value = words[text.lower()] if text and text.lower() in words else quantity(text, of) if text else _USUAL[of]
    if BASE[of] % value:
        raise CellError(f"Per '{_shown(text)}' kan niet worden gerekend.", "Kies een deler van een uur, of (k/M/G)B.")
    return value


def rate(text: str, per: int, of: str) -> int:
    """Picoeuro per unit, at most MAX_RATE per minute, MB or piece."""
    if not text:
        raise CellError("Het tarief ontbreekt.", "Schrijf 0 als het gratis is.")
    value = amount(text)
    if value * _USUAL[of] > MAX_RATE * per:
        raise CellError(f"Het tarief {_shown(text)} is hoger dan 100 euro per minuut, MB of stuk.", "Controleer het.")
    return value


def increments(text: str, of: str) -> tuple[int, int]:
    """(first, following): "60/6" bills a minute and then per 6 seconds; "1" is 1/1; empty is 1/1."""
    first, _, following = (text or "1").partition("/")
    return quantity(first.strip(), of), quantity((following or first).strip(), of)


def whole(text: str, default: int, most: int) -> int:
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,15}", text) or int(text) > most:
        raise CellError(f"'{_shown(text)}' is geen heel getal van 0 tot en met {most}.", "Verbeter het getal.")
    return int(text)


@lru_cache(maxsize=4096)
def day(text: str) -> date | None:
    """2026-11-01 or 01-11-2026; None for an empty cell."""
    if not text:
        return None
    found = _DATE.fullmatch(text)
    try:
        parts = [int(part) for part in found.groups() if part] if found else []
        value = date(*(parts if found and found[1] else parts[::-1]))
    except (TypeError, ValueError):
        value = None
    if value is None or not FIRST_YEAR < value.year < LAST_YEAR:
        raise CellError(f"'{_shown(text)}' is geen datum.", "Schrijf die als 01-11-2026 of 2026-11-01.")
    return value


def window(days: str, begin: str, end: str) -> Window | None:
    """None when all three are empty: always."""
    if not (days or begin or end):
        return None
    weekdays, holidays = _days(days)
    first, last = _time(begin, 0), _time(end, DAY)
    if first >= last:
        raise CellError(
            f"De tijd tot ({_shown(end)}) ligt niet na de tijd van ({_shown(begin)}).",
            "Schrijf een venster over middernacht als twee regels: 22:00-24:00 en 00:00-06:00.",
        )
    return Window(weekdays, holidays, first, last)


def _days(text: str) -> tuple[frozenset[int], bool]:
    if not text:
        return frozenset(range(7)), False
    words = [word for word in _DAY_SEPARATOR.split(text.lower()) if word]
    weekdays: set[int] = set()
    for word in words:
        first, _, last = word.partition("-")
        if word in _HOLIDAYS:
            continue
        if first not in _DAYS or (last or first) not in _DAYS:
            raise CellError(f"'{_shown(word)}' is geen dag.", "Schrijf ma-vr, za+zo of feestdag.")
        begin, length = _DAYS[first], (_DAYS[last or first] - _DAYS[first]) % 7
        weekdays.update((begin + n) % 7 for n in range(length + 1))
    return frozenset(weekdays), bool(_HOLIDAYS.intersection(words))


def _time(text: str, default: int) -> int:
    if not text:
        return default
    found = _TIME.fullmatch(text)
    hour, minute, second = (int(part or 0) for part in found.groups()) if found else (99, 0, 0)
    value = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or value > DAY:
        raise CellError(f"'{_shown(text)}' is geen tijd.", "Schrijf die als 08:00, ten hoogste 24:00.")
    return value


def prefix(text: str, of: str) -> str:
    """The beginning of a key (see rate_plan.py). Digits alone begin an international number, since
    spreadsheets drop the +; 06 and 0031 6 are understood too."""
    if of == "data":
        found = _DATA.fullmatch(text)
        if not found or (found[1] and found[1] not in _COUNTRIES):
            raise CellError(
                f"'{_shown(text)}' is geen zone voor data.", "Schrijf data:national, data:eu, data:world of data:BE."
            )
        return text
    key = _with_plus(text)
    found = _ZONED.fullmatch(key)
    if not key or not found or not _PARTY.fullmatch(found[2]) or (found[1] and found[1] not in _COUNTRIES):
        raise CellError(
            f"'{_shown(text)}' is geen begin van een nummer.",
            "Schrijf +316, nl:112, ext:, alpha:, fwd:+31, in: of roam:BE:+32.",
        )
    if found[2].startswith("+"):
        _known_code(found[2][1:], text)
    return key


def _with_plus(text: str) -> str:
    if not re.fullmatch(r"[0-9]+", text):
        return text
    if short_type(text):
        raise CellError(f"'{text}' kan een kort nummer zijn of een landcode.", f"Schrijf nl:{text} of +{text}.")
    if text.startswith("00"):
        return f"+{text[2:]}"
    return f"+31{text[1:]}" if text.startswith("0") else f"+{text}"


def _known_code(digits: str, text: str) -> None:
    known = any(digits[:length] in CODES for length in range(1, len(digits) + 1))
    if not known and not any(code.startswith(digits) for code in CODES):
        raise CellError(f"Geen land heeft een nummer dat met {_shown(text)} begint.", "Controleer de landcode.")


def _shown(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    return printable if len(printable) <= 30 else printable[:30] + "…"
