"""A customer's own terms as lines of a form: several fields of the same name, one of each per line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

from gateway.models.call_types import GROUPS
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

FIELDS = {
    "voor": "of",
    "prefix": "key",
    "soort": "kind",
    "marge": "margin",
    "tarief": "rate",
    "per": "per",
    "blok": "increment",
    "starttarief": "connect_fee",
}
"""On the page → of cdr's lines."""
LABELS: dict[str, Any] = {
    "voor": _l("Voor"),
    "prefix": _l("Prefix"),
    "soort": _l("Soort"),
    "marge": _l("Marge %%"),
    "tarief": _l("Eigen tarief €"),
    "per": _l("Per"),
    "blok": _l("Blok"),
    "starttarief": _l("Starttarief €"),
}
KINDS = {"": _l("gesprek"), "sms": _l("sms"), "data": _l("data")}
BLANK_LINES = 2
MOST_LINES = 200
LONGEST = 40
TYPE = "type:"

Row = dict[str, str]


def rows_sent(form: MultiDict[str, str]) -> list[Row]:
    """The lines in which something was filled in."""
    columns = [form.getlist(name)[: MOST_LINES + BLANK_LINES] for name in FIELDS]
    rows = (dict(zip(FIELDS, cells, strict=True)) for cells in zip_longest(*columns, fillvalue=""))
    tidy = [{name: cell.strip()[:LONGEST] for name, cell in row.items()} for row in rows]
    return [row for row in tidy if any(cell for name, cell in row.items() if name != "soort")]


def rows_of(lines: Iterable[Mapping[str, str]]) -> list[Row]:
    """cdr's lines as the form shows them."""
    found = []
    for line in lines:
        row = {name: line.get(own, "") for name, own in FIELDS.items()}
        if line.get("of") == "type":
            row |= {"voor": TYPE + line.get("key", ""), "prefix": ""}
        found.append(row | {"soort": "" if row["soort"] == "voice" else row["soort"]})
    return found


def to_lines(rows: Iterable[Row]) -> list[Mapping[str, str]]:
    """As cdr takes them; a line with a prefix is for that prefix, whatever was chosen."""
    found: list[Mapping[str, str]] = []
    for row in rows:
        line = {own: row[name] for name, own in FIELDS.items() if row[name]}
        chosen = row["voor"]
        if chosen.startswith(TYPE):
            line |= {"of": "type", "key": chosen.removeprefix(TYPE)}
        elif row["prefix"] or chosen == "prefix":
            line |= {"of": "prefix"}
        else:
            line = {name: cell for name, cell in line.items() if name != "key"} | {"of": "all"}
        found.append(line)
    return found


def with_blanks(rows: list[Row]) -> list[Row]:
    """With room for more."""
    return rows + [dict.fromkeys(FIELDS, "") for _n in range(BLANK_LINES)]


def choices() -> dict[str, Any]:
    """What a line can be for."""
    types = {f"{TYPE}{one.code}": one.label for _group, members in GROUPS for one in members}
    return {"": "–", "all": _("Alles"), "prefix": _("Prefix"), **types}


def words(line: Mapping[str, str]) -> str:
    """``Alles: −10 %``, for a list."""
    names = choices()
    of = line.get("of", "all")
    who = (
        line.get("key", "")
        if of == "prefix"
        else str(names.get(f"{TYPE}{line.get('key', '')}", names["all"]))
    )
    told = []
    if line.get("margin"):
        told.append(f"{line['margin'].removesuffix('%').strip()} %".replace("-", "−"))
    if line.get("rate"):
        told.append(_("eigen tarief € %(rate)s", rate=line["rate"]))
    return f"{who}: {', '.join(told)}"
