"""A carrier's file of usage events, read line by line: JSON lines, or CSV with a line of column names."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import msgspec

from cli.problems import Problem

LONGEST_LINE = 100_000
"""Bytes. An event has less than 1,000; this is a file of something else."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NUMBERS = ("revision", "duration", "volume", "messages")
TEXTS = ("record", "carrier", "kind", "direction", "charged", "from", "to", "start")
ROAMING = {"roaming_country": "country", "roaming_network": "network"}
COLUMNS = (*TEXTS, *NUMBERS, *ROAMING)


@dataclass(frozen=True)
class BadLine:
    """A line that holds no event: its number in the file, from 1, and why not."""

    number: int
    reason: str


Line = tuple[int, bytes]
Read = Callable[[bytes], bytes]
"""One line's event as JSON; ValueError with the reason when it holds none."""


def read_events(file: BinaryIO) -> Iterator[bytes | BadLine]:
    """Each line's event as a JSON object, or what is wrong with the line. Empty lines are skipped.

    Raises Problem when the first line is neither an event nor names columns.
    """
    lines = (line for line in _lines(file) if line[1])
    first = next(lines, None)
    if first is None:
        return
    if first[1].startswith(b"{"):
        yield from _read_all(itertools.chain([first], lines), _json_event)
    else:
        yield from _read_all(lines, _csv_reader(first[1]))


def _lines(file: BinaryIO) -> Iterator[Line]:
    """Lines with their numbers, without what surrounds them; one that is too long is cut."""
    for number in itertools.count(1):
        line = rest = file.readline(LONGEST_LINE + 1)
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE + 1)
        if not line:
            return
        yield number, (line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line).strip()


def _read_all(lines: Iterable[Line], read: Read) -> Iterator[bytes | BadLine]:
    for number, line in lines:
        if len(line) > LONGEST_LINE:
            yield BadLine(number, f"longer than {LONGEST_LINE} bytes")
            continue
        try:
            yield read(line)
        except ValueError as problem:
            yield BadLine(number, str(problem))


def _json_event(line: bytes) -> bytes:
    """The line as it is: what an event must look like is for the other side to say."""
    try:
        msgspec.json.decode(line.decode(), type=dict[str, msgspec.Raw])
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except msgspec.ValidationError:
        raise ValueError("not a JSON object") from None
    except (msgspec.DecodeError, RecursionError) as problem:
        raise ValueError(f"not JSON: {problem}") from None
    return line


def _csv_reader(header: bytes) -> Read:
    """How to read the lines below this one."""
    delimiter = next((mark for mark in ";\t" if mark.encode() in header), ",")
    try:
        columns = [cell.strip() for cell in _cells(header, delimiter)]
    except ValueError as problem:
        raise _neither(str(problem)) from None
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        raise _neither(f"{unknown[0][:40]!r} is no column")
    if "record" not in columns or len(set(columns)) != len(columns):
        raise _neither("it must name record, and each column once")
    return lambda line: _csv_event(columns, _cells(line, delimiter))


def _neither(why: str) -> Problem:
    return Problem(
        f"the first line is neither a JSON object nor the names of columns ({why}). "
        f"Columns are: {', '.join(COLUMNS)}."
    )


def _cells(line: bytes, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.decode()], delimiter=delimiter, strict=True))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except csv.Error as problem:
        raise ValueError(f"not CSV: {problem}") from None


def _csv_event(columns: list[str], cells: list[str]) -> bytes:
    if len(cells) != len(columns):
        raise ValueError(f"{len(cells)} cells; the first line names {len(columns)} columns")
    event: dict[str, object] = {}
    roaming: dict[str, str] = {}
    for column, cell in zip(columns, (cell.strip() for cell in cells), strict=True):
        if not cell:
            continue
        if column in ROAMING:
            roaming[ROAMING[column]] = cell
        else:
            event[column] = _whole_number(column, cell) if column in NUMBERS else cell
    return msgspec.json.encode({**event, "roaming": roaming} if roaming else event)


def _whole_number(column: str, cell: str) -> int:
    if not (cell.isascii() and cell.removeprefix("-").isdigit() and len(cell) <= 18):
        raise ValueError(f"{column}: {cell[:40]!r} is no whole number")
    return int(cell)
