"""A rate plan as the CSV file that plan_csv.py reads: to keep, to mend and to load again."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from services.cdr.domain.amsterdam import DAY
from services.cdr.domain.plan_table import COLUMNS
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.tariff import EURO, Entry, Step, Tariff, Window

_KINDS = {"voice": "gesprek", "sms": "sms", "data": "data"}
UNITS = {
    "voice": {1: "sec", 60: "min", 3600: "uur"},
    "sms": {1: "stuk"},
    "data": {10**3: "kB", 10**6: "MB", 10**9: "GB", 2**10: "KiB", 2**20: "MiB", 2**30: "GiB"},
}
_DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")


def format_plan(plan: RatePlan) -> str:
    """The file's text: semicolons, decimal commas, a line per step. Reading it gives the same rates."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(COLUMNS), delimiter=";", lineterminator="\r\n")
    writer.writerow({column: names[0] for column, names in COLUMNS.items()})
    for entry in plan.entries:
        writer.writerows(_lines(entry))
    return out.getvalue()


def example() -> str:
    """The file to begin a new plan with: every column, and a line for each way to fill them in."""
    per_minute = Step(0, EURO // 50, 60, 1)
    peak = Window(frozenset(range(5)), False, 8 * 3600, 19 * 3600)
    minute_first = (Step(0, EURO // 20, 60, 60), Step(60, EURO // 20, 60, 6))
    entries = (
        Entry("voice", "ext:", "Intern", Tariff((Step(0, 0, 60, 1),))),
        Entry("voice", "in:", "Inkomend", Tariff((Step(0, 0, 60, 1),))),
        Entry("voice", "nl:112", "Alarmnummer 112", Tariff((Step(0, 0, 60, 1),))),
        Entry("voice", "nl:14", "Gemeenten (14…)", Tariff((per_minute,))),
        Entry("voice", "nl:18", "Inlichtingen (18…)", Tariff((Step(0, EURO, 60, 1),))),
        Entry("voice", "+31", "Nederland vast", Tariff((per_minute,), EURO // 25)),
        Entry(
            "voice",
            "+31",
            "Nederland vast, piek",
            Tariff((per_minute,), EURO // 20),
            None,
            None,
            None,
            peak,
            10,
        ),
        Entry("voice", "+316", "Nederland mobiel", Tariff((Step(0, EURO // 10, 60, 1),), EURO // 25)),
        Entry(
            "voice", "+31900", "0900-nummers", Tariff((Step(0, EURO // 2, 60, 1),), 0, EURO // 10, 20 * EURO)
        ),
        Entry("voice", "+32", "België", Tariff(minute_first)),
        Entry("sms", "+31", "Sms in Nederland", Tariff((Step(0, EURO // 20, 1, 1),))),
        Entry("data", "data:eu", "Data in de EU", Tariff((Step(0, EURO // 500, 10**6, 1000),))),
    )
    return format_plan(RatePlan(entries))


def _lines(entry: Entry) -> Iterator[dict[str, str]]:
    tariff = entry.tariff
    common = {
        "kind": _KINDS[entry.kind],
        "prefix": entry.prefix,
        "destination": entry.destination,
        "call_type": entry.call_type or "",
        "valid_from": _day(entry.valid_from),
        "valid_to": _day(entry.valid_to),
        "priority": str(entry.priority) if entry.priority else "",
        **window_cells(entry.window),
    }
    once = {
        "connect_fee": euros(tariff.connect_fee) if tariff.connect_fee else "",
        "minimum": euros(tariff.minimum) if tariff.minimum else "",
        "maximum": "" if tariff.maximum is None else euros(tariff.maximum),
    }
    for step in tariff.steps:
        yield {**common, **(once if step.offset == 0 else {}), **_step(step, entry.kind)}


def _step(step: Step, kind: str) -> dict[str, str]:
    return {
        "offset": str(step.offset) if step.offset else "",
        "rate": euros(step.rate),
        "unit": UNITS[kind].get(step.unit, str(step.unit)),
        "increment": str(step.increment),
    }


def euros(amount: int) -> str:
    """Picoeuro as euros, exact, with a decimal comma and at least two decimals."""
    whole, part = divmod(amount, EURO)
    return f"{whole},{f'{part:012d}'.rstrip('0').ljust(2, '0')}"


def _day(day: date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else ""


def window_cells(window: Window | None) -> dict[str, str]:
    """The days and times of a window as the file writes them; empty for always."""
    if window is None:
        return {}
    return {"days": _days(window), "from": _time(window.begin), "to": _time(window.end)}


def _days(window: Window) -> str:
    """ "ma-vr+zo+feestdag"; empty for every day."""
    numbers = sorted(window.weekdays)
    if len(numbers) == 7 and not window.holidays:
        return ""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [_DAYS[run[0]] + (f"-{_DAYS[run[-1]]}" if len(run) > 1 else "") for run in runs]
    return "+".join([*words, "feestdag"] if window.holidays else words)


def _time(second: int) -> str:
    if second == DAY:
        return "24:00"
    hours, minutes, seconds = second // 3600, second % 3600 // 60, second % 60
    return f"{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")
