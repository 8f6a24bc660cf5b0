"""Fields that read what Dutch people type, and say in a sentence what to type instead.

An error may be a :class:`Correction`: a sentence with the right value to click.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from gateway.words import gettext as _

MOST_SECONDS = 7 * 24 * 3600
LONGEST_NUMBER = 20

DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
GROUPED_AMOUNT = re.compile(r"(-?)(\d{1,3}(?:\.\d{3})+|\d{1,9})(?:,(\d{1,6}))?")
POINT_AMOUNT = re.compile(r"(-?)(\d{1,9})\.(\d{1,6})")
CLOCK_DURATION = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})")
NUMBER_FILLING = re.compile(r"\(0\)|[\s().\-/]")
PART_OF_NUMBER = re.compile(r"\+?\d+")


class Correction(str):
    """An error sentence that knows the right input: query parameters to replace, and words for it."""

    instead: Mapping[str, str]
    words: str

    def __new__(cls, sentence: str, words: str, instead: Mapping[str, str]) -> Correction:
        made = super().__new__(cls, sentence)
        made.words = words
        made.instead = instead
        return made


def _refuse(sentence: str) -> ValidationError:
    return ValidationError(sentence)


class Day(fields.Field[date]):
    """``22-11-2026`` (also with points, slashes or spaces) or ``2026-11-22``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        text = str(value)
        day_first, year_first = DAY_FIRST.fullmatch(text), YEAR_FIRST.fullmatch(text)
        if not day_first and not year_first:
            raise _refuse(_("Schrijf de dag als 22-11-2026."))
        try:
            if year_first:
                return date(*map(int, year_first.groups()))
            assert day_first is not None
            return date(*map(int, reversed(day_first.groups())))
        except ValueError as problem:
            raise _refuse(_("De dag %(day)s bestaat niet.", day=text)) from problem


class Amount(fields.Field[Decimal]):
    """``0,25``, ``1.234,56`` or ``€ 12``; ``0.25`` is understood where a point can mean nothing else."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        text = str(value).replace("\u2212", "-").replace("€", "").replace("\u00a0", "").replace(" ", "")
        grouped = GROUPED_AMOUNT.fullmatch(text)
        if grouped and not text.startswith("0."):
            sign, whole, fraction = grouped.groups()
            return Decimal(f"{sign}{whole.replace('.', '')}.{fraction or 0}")
        point = POINT_AMOUNT.fullmatch(text)
        if point:
            return Decimal(text)
        raise _refuse(_("Schrijf een bedrag in euro met één komma, bijvoorbeeld 0,25."))


class Seconds(fields.Field[int]):
    """A whole number of seconds, up to a week."""

    def __init__(self, param: str, **kwargs: Any) -> None:
        """``param`` is the name of the query parameter, for the correction."""
        super().__init__(**kwargs)
        self._param = param

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        text = str(value)
        clock = CLOCK_DURATION.fullmatch(text)
        if clock:
            raise self._in_seconds(*(int(part or 0) for part in clock.groups()))
        if not re.fullmatch(r"[0-9]{1,9}", text):
            raise _refuse(_("Vul een heel aantal seconden in, bijvoorbeeld 90."))
        if int(text) > MOST_SECONDS:
            raise _refuse(_("Een gesprek duurt hooguit een week: 604.800 seconden."))
        return int(text)

    def _in_seconds(self, hours: int, minutes: int, seconds: int) -> ValidationError:
        total = hours * 3600 + minutes * 60 + seconds
        sentence = _("Vul de duur in seconden in.")
        return ValidationError(
            Correction(sentence, _("Zoek op %(n)s seconden", n=total), {self._param: str(total)})
        )


class PartOfNumber(fields.Field[str]):
    """Digits of a telephone number, typed any way: ``06 12``, ``+31 (0)6-12``, ``0031612``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        digits = NUMBER_FILLING.sub("", str(value))
        if not PART_OF_NUMBER.fullmatch(digits) or not digits.isascii():
            raise _refuse(_("Gebruik cijfers: een nummer of een deel ervan, bijvoorbeeld 0612."))
        if digits.startswith("00"):
            digits = "+" + digits[2:]
        if not 1 <= len(digits) <= LONGEST_NUMBER or digits == "+":
            raise _refuse(_("Een nummer heeft hooguit %(n)s cijfers.", n=LONGEST_NUMBER))
        return digits


class Choice(fields.Field[str]):
    """One of the given values; each is translated to the code on the right."""

    def __init__(self, codes: Mapping[str, str], sentence: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._codes = codes
        self._sentence = sentence

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = self._codes.get(str(value))
        if code is None:
            raise _refuse(str(self._sentence))
        return code
