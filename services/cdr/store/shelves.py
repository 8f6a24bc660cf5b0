"""How counters lie in the database: a shelf per customer, day or month, period and product, with its sums
packed in columns.

Reading a year of days adds hundreds of shelves together. As numbers in documents that costs by each sum;
as columns of equal cells it costs by the shelf, whatever is in it (docs/decisions/0022).
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, zip_longest
from typing import Any

from pymongo import ReplaceOne, UpdateOne
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.domain.posting import SUMS
from shared.mongo import Document

DAY, MONTH = "day", "month"
NUMBER, TYPE = "number", "type"

Shelf = tuple[str, int, int, str, str]
"""A document of counters: (customer, day or month, booked period, product, digit). The digit is the last one
of the numbers that share it, which bounds its size; it is empty on the shelf that holds the product's sums
by type alone."""

Layout = tuple[str, str, str]
"""Shelves of the same (customer, product, digit) have the same cells in the same order."""

Sums = list[int]
"""As in :data:`SUMS`."""

Cells = defaultdict[str, Sums]
"""Sums by cell: ``number|type``, or ``|type``."""

Shelves = defaultdict[Shelf, Cells]

WRITTEN_AT_ONCE = 1_000
_LOWEST = (1 << 63).to_bytes(8, "little")
"""The sign of a number of 64 bits, which makes it the lowest one."""


def empty() -> Shelves:
    return defaultdict(lambda: defaultdict(lambda: [0] * len(SUMS)))


def put(shelves: Shelves, shelf: Shelf, cell: str, sums: Sequence[int]) -> None:
    """Add sums to a cell."""
    into = shelves[shelf][cell]
    for index, value in enumerate(sums):
        into[index] += value


def by_month(days: Shelves) -> Shelves:
    """The same by month."""
    months = empty()
    for (customer, day, *rest), cells in days.items():
        for cell, sums in cells.items():
            put(months, (customer, day // 100, *rest), cell, sums)  # type: ignore[arg-type]
    return months


def with_types(shelves: Shelves) -> Shelves:
    """With the shelves that hold each product's sums by type alone."""
    types = empty()
    for (*general, _), cells in shelves.items():
        for cell, sums in cells.items():
            put(types, (*general, ""), f"|{cell.partition('|')[2]}", sums)  # type: ignore[arg-type]
    types.update(shelves)
    return types


def collection(grain: str) -> str:
    return f"counters_{grain}"


class Layouts:
    """Which cells the shelves of customers have, as one session sees them. Cells are only ever added."""

    def __init__(self, db: Database[Document], session: ClientSession) -> None:
        self._cells = db["counter_cells"]
        self._session = session
        self._known: dict[Layout, dict[str, int]] = {}

    def read(self, layouts: Iterable[Layout]) -> None:
        names = {_name(layout): layout for layout in layouts if layout not in self._known}
        if not names:
            return
        self._known |= {layout: {} for layout in names.values()}
        for found in self._cells.find({"_id": {"$in": sorted(names)}}, session=self._session):
            self._known[names[found["_id"]]] = {cell: index for index, cell in enumerate(found["cells"])}

    def of(self, layout: Layout) -> Mapping[str, int]:
        """Cell → its index, in that order."""
        return self._known[layout]

    def learn(self, wanted: Mapping[Layout, Iterable[str]]) -> None:
        """Add the cells that are new."""
        self.read(wanted)
        updates = []
        for layout, cells in wanted.items():
            known = self._known[layout]
            fresh = [cell for cell in cells if cell not in known]
            for cell in fresh:
                known[cell] = len(known)
            if fresh:
                more = {"$push": {"cells": {"$each": fresh}}}
                updates.append(UpdateOne({"_id": _name(layout)}, more, upsert=True))
        if updates:
            self._cells.bulk_write(updates, ordered=False, session=self._session)


def write(db: Database[Document], grain: str, shelves: Shelves, session: ClientSession) -> None:
    """Add to what the shelves hold, in the session's transaction."""
    layouts = Layouts(db, session)
    waiting = iter(shelves.items())
    while some := dict(islice(waiting, WRITTEN_AT_ONCE)):
        wanted: dict[Layout, dict[str, None]] = defaultdict(dict)
        for shelf, cells in some.items():
            wanted[_layout(shelf)].update(dict.fromkeys(cells))
        layouts.learn(wanted)
        _add(db, grain, some, layouts, session)


def _add(
    db: Database[Document], grain: str, some: Mapping[Shelf, Cells], layouts: Layouts, session: ClientSession
) -> None:
    target = db[collection(grain)]
    names = {_name(shelf): shelf for shelf in some}
    found = target.find({"_id": {"$in": list(names)}}, dict.fromkeys(SUMS, 1), session=session)
    there = {document["_id"]: document for document in found}
    changes = []
    for name, shelf in names.items():
        columns = _columns(there.get(name, {}), some[shelf], layouts.of(_layout(shelf)))
        customer, when, period, product, digit = shelf
        fixed = {"customer": customer, grain: when, "period": period, "product": product}
        by = NUMBER if digit else TYPE
        changes.append(ReplaceOne({"_id": name}, {**fixed, "by": by, **columns}, upsert=True))
    target.bulk_write(changes, ordered=False, session=session)


def _columns(document: Document, cells: Cells, places: Mapping[str, int]) -> dict[str, bytes]:
    """The document's columns with the cells' sums added; those of zeros alone are left out."""
    at = [places[cell] for cell in cells]
    columns = {}
    for name, added in zip(SUMS, zip(*cells.values(), strict=True), strict=True):
        packed = document.get(name)
        if packed is None and not any(added):
            continue
        column = list(unpack(packed or b""))
        column += [0] * (max(at) + 1 - len(column))
        for index, value in zip(at, added, strict=True):
            column[index] += value
        columns[name] = pack(column)
    return columns


def pack(column: Sequence[int]) -> bytes:
    """Signed numbers of 64 bits, the lowest byte first."""
    return struct.pack(f"<{len(column)}q", *column)


def unpack(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // 8}q", packed)


def added(documents: Iterable[Document]) -> dict[Layout, list[Sums]]:
    """Shelves added together: per layout the sums of each cell, in its order."""
    packed: dict[Layout, dict[str, list[bytes]]] = defaultdict(lambda: defaultdict(list))
    for document in documents:
        columns = packed[layout_of(document)]
        for name in SUMS:
            if name in document:
                columns[name].append(document[name])
    return {
        layout: _rows({n: _sum(each) for n, each in columns.items()}) for layout, columns in packed.items()
    }


def rows_of(document: Document) -> list[Sums]:
    """The sums of each cell of one shelf, in the order of its layout."""
    return _rows({name: unpack(document[name]) for name in SUMS if name in document})


def layout_of(document: Document) -> Layout:
    return document["customer"], document["product"], document["_id"].rpartition("|")[2]


def cells_of(layout: Mapping[str, int], rows: Iterable[Sums]) -> Iterator[tuple[str, str, Any]]:
    """(number, type, sums) of each cell that is not empty."""
    for cell, sums in zip(layout, rows, strict=False):
        if any(sums):
            number, _, kind = cell.partition("|")
            yield number, kind, sums


def _sum(columns: Sequence[bytes]) -> Sequence[int]:
    """Columns added cell by cell; a shorter one knows the first cells only.

    Read as one number of many digits a column is added in a single step. The bias makes every cell
    positive, so that none borrows from the next one.
    """
    if len(columns) == 1:
        return unpack(columns[0])
    size = max(map(len, columns))
    bias = int.from_bytes(_LOWEST * (size // len(_LOWEST)), "little")
    total = bias
    for column in columns:
        total += (int.from_bytes(column, "little") ^ bias) - bias
    return unpack((total ^ bias).to_bytes(size, "little"))


def _rows(columns: Mapping[str, Sequence[int]]) -> list[Any]:
    return list(zip_longest(*(columns.get(name, ()) for name in SUMS), fillvalue=0))


def _layout(shelf: Shelf) -> Layout:
    customer, _, _, product, digit = shelf
    return customer, product, digit


def _name(parts: Sequence[Any]) -> str:
    return "|".join(map(str, parts))
