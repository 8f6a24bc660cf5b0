"""A rate plan as a CSV file: reading it, with an error per line (plan_export.py writes it).

The first line names the columns, in Dutch or English and in any order:

| column | holds | when empty |
|---|---|---|
| soort, kind | gesprek (voice), sms or data | gesprek |
| prefix | beginning of the key: +316, nl:112, in:, roam:eu:+32, data:eu (rate_plan.py) | needed |
| bestemming, destination | the name customers see | needed |
| gesprekstype, call_type | a code of call_types.py | by the number |
| geldig van, valid_from / geldig tot, valid_to | days, both included | no limit |
| dagen, days | ma-vr, za+zo, feestdag | every day |
| van, from / tot, to | local times; 24:00 is midnight | the whole day |
| prioriteit, priority | 0 to 1000; the highest that is active counts | 0 |
| vanaf, offset | the step begins this far into the call | 0 |
| starttarief, connect_fee | euro per call | 0 |
| tarief, rate | euro per unit | needed |
| per, unit | min, sec, uur; MB, kB, GB, MiB; stuk | min, MB, stuk |
| blok, increment | billed in whole blocks: 60, "60/6" (a minute, then 6 seconds), 10 kB | 1 |
| minimum, maximum | euro per call | 0, none |

Lines that differ in `vanaf` and price only are the steps of one entry; starttarief, minimum and maximum
stand on its first line (vanaf 0). Fields are separated by semicolons or commas; the text is UTF-8.
A file with any error gives no plan.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import NamedTuple, TypeVar

from services.cdr.domain import plan_cells as cells
from services.cdr.domain.amsterdam import DAY
from services.cdr.domain.plan_cells import CellError
from services.cdr.domain.plan_table import Errors, LineError, Row, read_rows
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.tariff import Entry, Step, Tariff, Window
from shared.words import gettext

MAX_PER_PREFIX = 100
MAX_OFFSET = 10**14
TOLD_EVERY = 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ParsedPlan:
    """Either a plan or errors, never both; `lines` counts the lines below the header that were read."""

    plan: RatePlan | None
    errors: tuple[LineError, ...]
    lines: int


class _When(NamedTuple):
    """What lines of the same entry have in common."""

    kind: str
    prefix: str
    valid_from: date | None
    valid_to: date | None
    window: Window | None
    priority: int


class _Line(NamedTuple):
    row: Row
    when: _When
    destination: str
    call_type: str | None
    steps: tuple[Step, ...]
    connect_fee: int
    minimum: int
    maximum: int | None

    @property
    def offset(self) -> int:
        return self.steps[0].offset


def parse_plan(
    data: bytes,
    precision: int = 4,
    version: str = "",
    told: Callable[[int], None] | None = None,
    stored: bool = False,
) -> ParsedPlan:
    """Reads a file. Stops after plan_table.MAX_ERRORS errors. Never raises on the file's contents.

    ``told`` hears how many lines have been read, every :data:`TOLD_EVERY` of them. A file that is ``stored``
    may have blocks that a new one may not.
    """
    errors = Errors()
    groups: dict[_When, list[_Line]] = {}
    count = 0
    for row in read_rows(data, errors):
        count += 1
        if told and count % TOLD_EVERY == 0:
            told(count)
        line = _CellReader(row, errors, stored).line()
        if line is not None:
            groups.setdefault(line.when, []).append(line)
    readable = not errors.found  # else a step may be missing because its own line is wrong
    for lines in groups.values():
        lines.sort(key=lambda line: line.offset)
        if readable and lines[0].offset:
            problem = gettext("Dit is een vervolgstap, maar de stap vanaf 0 ontbreekt.")
            errors.add(lines[0].row.line, "vanaf", problem, gettext("Voeg een regel toe met vanaf 0."))
    entries = [entry for lines in groups.values() if (entry := _entry(lines, errors)) is not None]
    _refuse_conflicts(entries, errors)
    if not count and not errors.found:
        errors.add(
            1,
            None,
            gettext("Er staat geen regel met een tarief in."),
            gettext("Voeg regels toe onder de kop."),
        )
    if errors.found:
        return ParsedPlan(None, tuple(sorted(errors.found, key=lambda error: error.line)), count)
    return ParsedPlan(RatePlan(tuple(entries), precision, version), (), count)


class _CellReader:
    """Reads the cells of a row and reports what is wrong with each."""

    def __init__(self, row: Row, errors: Errors, stored: bool) -> None:
        self._row, self._errors, self._stored, self._wrong = row, errors, stored, False

    def _refuse(self, column: str, error: CellError) -> None:
        self._wrong = True
        name, value = self._row.names.get(column, column), self._row.cells.get(column, "")
        self._errors.add(self._row.line, name, error.problem, error.advice, value)

    def _cell(self, column: str, parse: Callable[[str], T], empty: T) -> T:
        text = self._row.cells.get(column)
        if not text:
            return empty
        try:
            if text.startswith(cells.FORMULA_SIGNS):
                raise cells.formula()
            return parse(text)
        except CellError as error:
            self._refuse(column, error)
            return empty

    def _needed(self, column: str, parse: Callable[[str], T], wrong: T) -> T:
        if not self._row.cells.get(column):
            self._refuse(column, cells.MISSING[column])
        return self._cell(column, parse, wrong)

    def line(self) -> _Line | None:
        kind = self._cell("kind", cells.kind, "voice")
        destination = self._needed("destination", cells.destination, "")
        call_type = self._cell("call_type", cells.call_type, None)
        when, steps = self._when(kind), self._steps(kind)
        fee = self._cell("connect_fee", cells.amount, 0)
        minimum = self._cell("minimum", cells.amount, 0)
        maximum = self._cell("maximum", cells.amount_or_none, None)
        if maximum is not None and maximum < max(fee, minimum):
            problem = gettext("Het maximum is lager dan het minimum of het starttarief.")
            self._refuse("maximum", CellError(problem, gettext("Verhoog het of laat het leeg.")))
        if self._wrong:
            return None
        return _Line(self._row, when, destination, call_type, steps, fee, minimum, maximum)

    def _when(self, kind: str) -> _When:
        prefix = self._needed("prefix", lambda text: cells.prefix(text, kind), "")
        valid_from = self._cell("valid_from", cells.day, None)
        valid_to = self._cell("valid_to", cells.day, None)
        if valid_from and valid_to and valid_to < valid_from:
            problem = gettext("De laatste dag ligt voor de eerste.")
            self._refuse("valid_to", CellError(problem, gettext("Beide dagen tellen mee; verbeter er een.")))
        priority = self._cell("priority", lambda text: cells.whole(text, 1000), 0)
        return _When(kind, prefix, valid_from, valid_to, self._window(), priority)

    def _window(self) -> Window | None:
        days, holidays = self._cell("days", cells.days, cells.EVERY_DAY)
        begin, end = self._cell("from", cells.time, 0), self._cell("to", cells.time, DAY)
        if begin >= end:
            advice = gettext(
                "Schrijf een venster over middernacht als twee regels: 22:00-24:00 en 00:00-06:00."
            )
            self._refuse("to", CellError(gettext("De tijd tot ligt niet na de tijd van."), advice))
            return None
        window = Window(days, holidays, begin, end)
        return None if window == cells.ALWAYS else window

    def _steps(self, kind: str) -> tuple[Step, ...]:
        offset = self._cell("offset", lambda text: cells.whole(text, MAX_OFFSET), 0)
        unit = self._cell("unit", lambda text: cells.unit(text, kind), cells.USUAL_UNIT[kind])
        rate = self._needed("rate", lambda text: cells.rate(text, unit, kind), 0)
        first, following = self._cell(
            "increment", lambda text: cells.increments(text, kind, self._stored), (1, 1)
        )
        step = Step(offset, rate, unit, first)
        return (step,) if first == following else (step, Step(offset + first, rate, unit, following))


def _entry(lines: list[_Line], errors: Errors) -> Entry | None:
    """One entry from the lines that are its steps."""
    first, before = lines[0], len(errors.found)
    for previous, line in zip(lines, lines[1:], strict=False):
        _refuse_contradiction(first, previous, line, errors)
    if len(errors.found) > before or errors.full or first.offset:
        return None
    steps = tuple(step for line in lines for step in line.steps)
    tariff = Tariff(steps, first.connect_fee, first.minimum, first.maximum)
    when = first.when
    return Entry(
        kind=when.kind,
        prefix=when.prefix,
        destination=first.destination,
        tariff=tariff,
        call_type=first.call_type,
        valid_from=when.valid_from,
        valid_to=when.valid_to,
        window=when.window,
        priority=when.priority,
        line=first.row.line,
    )


def _refuse_contradiction(first: _Line, previous: _Line, line: _Line, errors: Errors) -> None:
    number = line.row.line
    if line.offset == previous.offset:
        problem = gettext(
            "Deze regel zegt hetzelfde als regel %(line)s, of spreekt die tegen.", line=previous.row.line
        )
        errors.add(
            number, None, problem, gettext("Laat er een weg, of geef een van beide een andere prioriteit.")
        )
    elif line.offset <= previous.steps[-1].offset:
        problem = gettext(
            "Het eerste blok van regel %(line)s loopt door tot of voorbij %(offset)s.",
            line=previous.row.line,
            offset=line.offset,
        )
        errors.add(number, "vanaf", problem, gettext("Laat de stap later beginnen."))
    elif (line.destination, line.call_type) != (first.destination, first.call_type):
        problem = gettext(
            "Dit is een stap van regel %(line)s, met een andere bestemming of een ander type.",
            line=first.row.line,
        )
        errors.add(number, None, problem, gettext("Maak bestemming en gesprekstype gelijk."))
    elif line.connect_fee or line.minimum or line.maximum is not None:
        problem = gettext("Starttarief, minimum en maximum gelden per gesprek, niet per stap.")
        errors.add(number, None, problem, gettext("Zet ze op regel %(line)s.", line=first.row.line))


def _refuse_conflicts(entries: Iterable[Entry], errors: Errors) -> None:
    by_prefix: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        by_prefix.setdefault((entry.kind, entry.prefix), []).append(entry)
    for (_, prefix), group in by_prefix.items():
        if len(group) > MAX_PER_PREFIX:
            problem = gettext(
                "Het prefix %(prefix)s heeft meer dan %(max_per_prefix)s regels.",
                prefix=prefix,
                max_per_prefix=MAX_PER_PREFIX,
            )
            errors.add(group[MAX_PER_PREFIX].line, None, problem, gettext("Voeg vensters of perioden samen."))
            continue
        for first, second in combinations(group, 2):
            if first.conflicts(second):
                early, late = sorted((first.line, second.line))
                problem = gettext(
                    "Soms geldt deze regel samen met regel %(early)s, met dezelfde prioriteit.", early=early
                )
                errors.add(late, None, problem, gettext("Geef de regel die voorgaat een hogere prioriteit."))
