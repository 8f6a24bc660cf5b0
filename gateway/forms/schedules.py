"""*Tijdschema's* and holiday schedules (manual, 5.2.5 and 6.4.5): a name, and rows of hours or of days.

A form has as many rows as were sent or stand, and an empty one; an empty row counts as none. Its fields are
named as pbx names them (``slots.0.start``), so what pbx says of one finds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import holidays
from flask import request
from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from gateway.forms.fields import Day
from gateway.forms.filled import Filled
from gateway.forms.form import Form
from gateway.forms.people import Sheet, line, several
from gateway.forms.telephony import tick
from gateway.models.pbx_settings import HOLIDAY, TIME, DateRange, Schedule, Slot
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

MOST_ROWS = 100
MORE, PUBLIC = "meer", "feestdagen"
"""Buttons of the form that save nothing: one more row, and the public holidays of a year."""

ROW = re.compile(r"(?:begin|eerste)-([0-9]{1,2})", re.ASCII)
CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])|([01]?[0-9]|2[0-3])", re.ASCII)
DAYS = {str(day): str(day) for day in range(7)}
NAMELESS = _l("Vul een naam in, bijvoorbeeld Werktijden.")


class TimeOfDay(fields.String):
    """``8:30``, ``08.30``, ``0830`` or ``8``; becomes ``08:30``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        found = CLOCK.fullmatch(str(value))
        if not found:
            raise ValidationError(_("Schrijf een tijd als 08:30."))
        return f"{int(found[1] or found[3]):02}:{found[2] or '00'}"


class _HoursForm(Sheet):
    """The rules of rows of hours."""

    @validates_schema(skip_on_field_errors=True)
    def check_rows(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A row has days, and hours unless it is the whole day."""
        wrong: dict[str, list[str]] = {}
        used = [row for row in _rows(data, "slots") if _has_hours(row)]
        if not used:
            wrong["dagen-0"] = [_("Kies een of meer dagen.")]
        for row in used:
            wrong |= _wrong_hours(row)
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def as_schedule(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """What pbx takes."""
        slots = [_slot(row) for row in _rows(data, "slots") if _has_hours(row)]
        return {"name": data["name"], "kind": TIME, "slots": slots}


class _HolidayForm(Sheet):
    """The rules of rows of days of the year."""

    @validates_schema(skip_on_field_errors=True)
    def check_rows(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A row has a first day, and no last day before it."""
        wrong: dict[str, list[str]] = {}
        used = [row for row in _rows(data, "dates") if _has_days(row)]
        if not used:
            wrong["eerste-0"] = [_("Vul een of meer dagen in.")]
        for row in used:
            if row["first"] is None:
                wrong[f"eerste-{row['n']}"] = [_("Vul de eerste dag in.")]
            elif row["last"] and row["last"] < row["first"]:
                wrong[f"laatste-{row['n']}"] = [_("Deze dag is voor de eerste.")]
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def as_schedule(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """What pbx takes, in the order of the days."""
        used = [row for row in _rows(data, "dates") if _has_days(row)]
        days = [(row["first"], row["last"] or row["first"], row["name"]) for row in used]
        dates = [
            {"first": first.isoformat(), "last": last.isoformat(), "name": name}
            for first, last, name in sorted(days)
        ]
        return {"name": data["name"], "kind": HOLIDAY, "dates": dates}


def hours_form(rows: int) -> Schema:
    """A time schedule of at most so many rows."""
    found: dict[str, fields.Field[Any]] = {"name": line("naam", _l("Naam"), 60, missing=NAMELESS)}
    for n in range(rows):
        found |= {
            f"slots.{n}.days": several(f"dagen-{n}", _row_label(_l("Dagen"), n), DAYS, _l("Kies een dag.")),
            f"slots.{n}.whole": tick(f"heledag-{n}", _row_label(_l("Hele dag"), n)),
            f"slots.{n}.start": _clock(f"begin-{n}", _row_label(_l("Start"), n)),
            f"slots.{n}.end": _clock(f"einde-{n}", _row_label(_l("Einde"), n)),
        }
    return _HoursForm.from_dict(found, name="HoursForm")()


def holiday_form(rows: int) -> Schema:
    """A holiday schedule of at most so many rows."""
    found: dict[str, fields.Field[Any]] = {"name": line("naam", _l("Naam"), 60, missing=NAMELESS)}
    for n in range(rows):
        found |= {
            f"dates.{n}.first": _day(f"eerste-{n}", _row_label(_l("Eerste dag"), n)),
            f"dates.{n}.last": _day(f"laatste-{n}", _row_label(_l("Laatste dag"), n)),
            f"dates.{n}.name": line(f"omschrijving-{n}", _row_label(_l("Omschrijving"), n), 60),
        }
    return _HolidayForm.from_dict(found, name="HolidayForm")()


FORMS: Mapping[str, Callable[[int], Schema]] = {TIME: hours_form, HOLIDAY: holiday_form}


def form_of(schedule: Schedule) -> Form:
    """What stands now, and an empty row."""
    if schedule.kind == HOLIDAY:
        shown = {f"dates.{n}.{k}": v for n, one in enumerate(schedule.dates) for k, v in _of_days(one)}
    else:
        shown = {f"slots.{n}.{k}": v for n, one in enumerate(schedule.slots) for k, v in _of_slot(one)}
    rows = len(schedule.dates or schedule.slots) + 1
    return Form.blank(FORMS[schedule.kind](rows), name=schedule.name, **shown)


def sent_rows() -> int:
    """How many rows the sent form has."""
    found = [int(match[1]) for name in request.form if (match := ROW.fullmatch(name))]
    return min(max(found, default=0) + 1, MOST_ROWS)


def wants_more() -> bool:
    """Whether a button was pressed that saves nothing."""
    return MORE in request.form or PUBLIC in request.form


def with_more(kind: str) -> Form:
    """What was typed, not judged, with the rows that were asked for."""
    sent = Form.sent(FORMS[kind](sent_rows()))
    typed = dict(sent.filled.typed)
    rows = sent_rows() + 1
    if PUBLIC in request.form and kind == HOLIDAY:
        rows = _add_public_holidays(typed, request.form[PUBLIC])
    return Form(FORMS[kind](min(rows, MOST_ROWS)), Filled(typed, {}), sent.command)


def public_holidays(year: int) -> list[tuple[date, str]]:
    """The Dutch public holidays of a year, by day."""
    return sorted(holidays.country_holidays("NL", years=year, language="nl").items())


def row_numbers(form: Form) -> range:
    """The rows of a form."""
    count = sum(name.startswith(("begin-", "eerste-")) for name in form.labels)
    return range(count)


def _add_public_holidays(typed: dict[str, list[str]], year: str) -> int:
    """Put in those that are not there yet, behind what was typed; how many rows there are then."""
    taken = {day for name, days in typed.items() if name.startswith("eerste-") for day in days}
    row = _first_empty(typed, range(MOST_ROWS))
    if year.isascii() and year.isdigit() and 2000 <= int(year) <= 2099:
        for day, name in public_holidays(int(year)):
            if day.isoformat() not in taken:
                typed[f"eerste-{row}"], typed[f"laatste-{row}"] = [day.isoformat()], [day.isoformat()]
                typed[f"omschrijving-{row}"] = [name]
                row += 1
    return row + 1


def _first_empty(typed: Mapping[str, Sequence[str]], rows: Iterable[int]) -> int:
    names = ("eerste", "laatste", "omschrijving")
    used = [n for n in rows if any(typed.get(f"{name}-{n}") for name in names)]
    return max(used, default=-1) + 1


def _rows(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows: Mapping[str, Any] = data.get(name, {})
    return [{"n": int(n), **row} for n, row in sorted(rows.items(), key=lambda item: int(item[0]))]


def _has_hours(row: Mapping[str, Any]) -> bool:
    return bool(row["days"] or row["whole"] or row["start"] or row["end"])


def _has_days(row: Mapping[str, Any]) -> bool:
    return bool(row["first"] or row["last"] or row["name"])


def _wrong_hours(row: Mapping[str, Any]) -> dict[str, list[str]]:
    n, wrong = row["n"], {}
    if not row["days"]:
        wrong[f"dagen-{n}"] = [_("Kies een of meer dagen.")]
    if row["whole"]:
        return wrong
    if not row["start"]:
        wrong[f"begin-{n}"] = [_("Vul een tijd in, of kies Hele dag.")]
    if not row["end"]:
        wrong[f"einde-{n}"] = [_("Vul een tijd in, of kies Hele dag.")]
    if row["start"] and row["start"] == row["end"]:
        wrong[f"einde-{n}"] = [_("Start en einde zijn gelijk. Kies Hele dag als u dat bedoelt.")]
    return wrong


def _slot(row: Mapping[str, Any]) -> dict[str, Any]:
    whole = row["whole"]
    days = sorted({int(day) for day in row["days"]})
    return {"days": days, "start": None if whole else row["start"], "end": None if whole else row["end"]}


def _of_slot(slot: Slot) -> list[tuple[str, Any]]:
    days = [str(day) for day in slot.days]
    if slot.start is None:
        return [("days", days), ("whole", "1")]
    return [("days", days), ("start", slot.start), ("end", slot.end or "")]


def _of_days(days: DateRange) -> list[tuple[str, Any]]:
    return [("first", days.first.isoformat()), ("last", days.last.isoformat()), ("name", days.name)]


def _row_label(label: Any, n: int) -> Any:
    return label if n == 0 else _l("%(label)s, regel %(n)s", label=label, n=n + 1)


def _clock(key: str, label: Any) -> TimeOfDay:
    return TimeOfDay(data_key=key, load_default="", metadata={"label": label, "needed": True})


def _day(key: str, label: Any) -> Day:
    return Day(data_key=key, load_default=None, metadata={"label": label, "needed": True})
