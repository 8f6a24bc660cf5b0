"""What a customer pays other than their plan says, as staff write it: read and checked.

A line is for everything, for a call type, or for a prefix of one kind (as in a plan's CSV file). It
gives a margin in percents, a tariff instead of the plan's, or both; of several lines the longest prefix
counts, else the call type, else the one for everything. A tariff is per minute, MB or piece, so it holds
for usage of its kind alone (that of the type, or calls, unless the line says which).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.cdr.domain import plan_cells as cells
from services.cdr.domain.call_types import CALL_TYPES
from services.cdr.domain.plan_cells import CellError
from services.cdr.domain.rating import Deviation, Deviations
from services.cdr.domain.tariff import Step, Tariff
from shared.words import gettext as _

ALL, BY_TYPE, BY_PREFIX = "all", "type", "prefix"
FIELDS = ("of", "key", "kind", "margin", "rate", "per", "increment", "connect_fee")
MOST_LINES = 200

_PERCENTS = re.compile(r"([+-]?)([0-9]{1,4})(?:[.,]([0-9]{1,4}))?", re.ASCII)
_PPM_PER_PERCENT = 10_000
_KIND_OF_TYPE = {
    "data_national": "data",
    "data_eu": "data",
    "data_world": "data",
    "sms": "sms",
    "sms_premium": "sms",
}

Line = Mapping[str, str]
"""Texts by :data:`FIELDS`; what is absent or empty does not count."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A customer's terms; ``id`` names this version of them, which never changes."""

    id: str
    deviations: Deviations


@dataclass(frozen=True, slots=True)
class TermError:
    """What is wrong with a line (the first is 0), in which field, and what to do: Dutch sentences."""

    line: int
    field: str
    problem: str
    advice: str


class _Wrong(Exception):
    def __init__(self, field: str, problem: CellError) -> None:
        super().__init__(str(problem))
        self.field, self.problem = field, problem


def read_terms(lines: Sequence[Line], stored: bool = False) -> tuple[Deviations | None, list[TermError]]:
    """The deviations that lines say, or what is wrong with them; never both. ``stored`` as for a plan's
    file (plan_csv.py)."""
    by_prefix: dict[tuple[str, str], Deviation] = {}
    by_type: dict[str, Deviation] = {}
    otherwise: Deviation | None = None
    errors: list[TermError] = []
    for number, line in enumerate(lines):
        try:
            kind = _kind(line)
            deviation, key = _deviation(line, kind, stored), _key(line, kind)
            if (kind, key) in by_prefix or key in by_type or (not key and otherwise):
                raise _Wrong("key", CellError(_("Deze regel staat er al."), _("Laat er een weg.")))
        except _Wrong as wrong:
            errors.append(TermError(number, wrong.field, wrong.problem.problem, wrong.problem.advice))
            continue
        if line["of"] == BY_PREFIX:
            by_prefix[kind, key] = deviation
        elif line["of"] == BY_TYPE:
            by_type[key] = deviation
        else:
            otherwise = deviation
    return (None, errors) if errors else (Deviations(by_prefix, by_type, otherwise), [])


def _kind(line: Line) -> str:
    """The kind of usage that the line's prefix or tariff is of: that of its type, else what it says."""
    said = _read("kind", line, cells.kind)
    return _KIND_OF_TYPE.get(line.get("key") or "") or said or "voice"


def _deviation(line: Line, kind: str, stored: bool) -> Deviation:
    margin = _read("margin", line, _margin) or 0
    replacement = _tariff(line, kind, stored)
    if not margin and replacement is None:
        problem = CellError(_("Deze regel verandert niets."), _("Vul een marge of een tarief in."))
        raise _Wrong("margin", problem)
    return Deviation(margin, replacement, kind) if replacement else Deviation(margin)


def _key(line: Line, kind: str) -> str:
    of, text = line.get("of"), line.get("key") or ""
    if of == ALL:
        return ""
    if of == BY_TYPE:
        if text not in CALL_TYPES:
            advice = _("Kies een gesprekstype uit de lijst.")
            raise _Wrong("key", CellError(_("Dit gesprekstype bestaat niet."), advice))
        return text
    if of != BY_PREFIX:
        raise _Wrong("of", CellError(_("Waarvoor geldt deze regel?"), _("Kies alles, type of prefix.")))
    if not text:
        raise _Wrong("key", cells.MISSING["prefix"])
    return _read("key", line, lambda value: cells.prefix(value, kind)) or ""


def _tariff(line: Line, kind: str, stored: bool) -> Tariff | None:
    """The tariff instead of the plan's; None when the line has no rate."""
    if not line.get("rate"):
        for name in ("per", "increment", "connect_fee"):
            if line.get(name):
                raise _Wrong("rate", cells.MISSING["rate"])
        return None
    unit = _read("per", line, lambda text: cells.unit(text, kind)) or cells.USUAL_UNIT[kind]
    rate = _read("rate", line, lambda text: cells.rate(text, unit, kind)) or 0
    blocks = _read("increment", line, lambda text: cells.increments(text, kind, stored))
    first, following = blocks or (1, 1)
    fee = _read("connect_fee", line, cells.amount) or 0
    steps = [Step(0, rate, unit, first)]
    if first != following:
        steps.append(Step(first, rate, unit, following))
    return Tariff(tuple(steps), fee)


def _read(field: str, line: Line, parse: Any) -> Any:
    text = (line.get(field) or "").strip()
    if not text:
        return None
    try:
        return parse(text)
    except CellError as problem:
        raise _Wrong(field, problem) from problem


def _margin(text: str) -> int:
    """Percents as millionths: "-12,5" is -125_000."""
    found = _PERCENTS.fullmatch(text.replace("\u2212", "-").removesuffix("%").strip())
    if not found:
        advice = _("Schrijf die als 10 of −12,5.")
        raise CellError(_("'%(percents)s' is geen percentage.", percents=text[:20]), advice)
    ppm = int(found[2]) * _PPM_PER_PERCENT + int((found[3] or "").ljust(4, "0"))
    value = -ppm if found[1] == "-" else ppm
    if not -1_000_000 <= value <= 10_000_000:
        advice = _("Kies een marge van −100 tot en met 1000 procent.")
        raise CellError(_("Deze marge is te groot."), advice)
    return value
