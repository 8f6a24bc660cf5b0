"""What ``./tikker carrier send`` makes of a file's lines."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cli.carrier_file import COLUMNS, LONGEST_LINE, BadLine, read_events
from cli.problems import Problem
from services.cdr.domain.usage import UsageEvent, decode
from tests.support.carrier_guide import SCHEMA, blocks


def read(text: str | bytes) -> list[Any]:
    """Events as dicts, bad lines as they are."""
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    return [line if isinstance(line, BadLine) else json.loads(line) for line in read_events(file)]


def test_json_lines_are_sent_as_they_are() -> None:
    lines = b'{"record": "a",  "kind":"fax"}\n\n  {"record":"b"}\r\n{}'
    assert list(read_events(io.BytesIO(lines))) == [
        b'{"record": "a",  "kind":"fax"}',
        b'{"record":"b"}',
        b"{}",
    ]


def test_csv_becomes_events_with_numbers_and_roaming() -> None:
    text = (
        "record;kind;charged;from;to;start;duration;revision;roaming_country;roaming_network\n"
        'a-1;voice;+31850001611;+31850001611;"sip:0612345678@x;user=phone";2026-11-22T16:45:00+01:00;30;;;\n'
        " b-2 ;voice;+31600123456;;;2026-11-22T16:45:00+01:00;0;2;BE;206-01\n"
    )
    assert read(text) == [
        {
            "record": "a-1",
            "kind": "voice",
            "charged": "+31850001611",
            "from": "+31850001611",
            "to": "sip:0612345678@x;user=phone",
            "start": "2026-11-22T16:45:00+01:00",
            "duration": 30,
        },
        {
            "record": "b-2",
            "kind": "voice",
            "charged": "+31600123456",
            "start": "2026-11-22T16:45:00+01:00",
            "duration": 0,
            "revision": 2,
            "roaming": {"country": "BE", "network": "206-01"},
        },
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_cells_stand_between_commas_semicolons_or_tabs(mark: str) -> None:
    assert read(f"duration{mark}record\n7{mark}a\n") == [{"duration": 7, "record": "a"}]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert read("\ufeffrecord,kind\r\na,sms\r\n") == [{"record": "a", "kind": "sms"}]
    assert read('\ufeff{"record":"a"}') == [{"record": "a"}]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"record": "b"', "not JSON"),
        ("record,kind", "not JSON"),
        ('["b"]', "not a JSON object"),
        ('"b"', "not a JSON object"),
        ('{"record": NaN}', "not JSON"),
        ('{"record": "b"} {"record": "c"}', "not JSON"),
        (b'{"record": "\xff"}', "not UTF-8"),
        ("[" * 5_000, "not a JSON object"),
        ('{"record": "' + "b" * LONGEST_LINE + '"}', f"longer than {LONGEST_LINE} bytes"),
        ("b" * (3 * LONGEST_LINE), f"longer than {LONGEST_LINE} bytes"),
    ],
)
def test_a_line_that_is_no_json_object_is_named_and_the_others_are_read(
    line: str | bytes, reason: str
) -> None:
    raw = line.encode() if isinstance(line, str) else line
    before, bad, after = read(b'{"record":"a"}\n' + raw + b'\n{"record":"c"}\n')
    assert (before, after) == ({"record": "a"}, {"record": "c"})
    assert bad.number == 2 and bad.reason.startswith(reason)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("b,1,sms,x", "4 cells; the first line names 3 columns"),
        ("b", "1 cells; the first line names 3 columns"),
        ("b,1.5,voice", "duration: '1.5' is no whole number"),
        ("b,1e3,voice", "duration: '1e3' is no whole number"),
        ("b,٣,voice", "duration: '٣' is no whole number"),
        ("b,-,voice", "duration: '-' is no whole number"),
        ("b,9999999999999999999,voice", "duration: '9999999999999999999' is no whole number"),
        ('"b,1,voice', "not CSV"),
        ('"b"x,1,voice', "not CSV"),
        (b"b,1,\xff", "not UTF-8"),
    ],
)
def test_a_line_that_does_not_fit_the_columns_is_named_and_the_others_are_read(
    line: str | bytes, reason: str
) -> None:
    raw = line.encode() if isinstance(line, str) else line
    before, bad, after = read(b"record,duration,kind\na,1,voice\n" + raw + b"\n\nc,2,voice\n")
    assert (before["record"], after["record"]) == ("a", "c")
    assert bad.number == 3 and bad.reason.startswith(reason)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("record,kind,prijs", "'prijs' is no column"),
        ("kind,start", "it must name record"),
        ("record,kind,record", "each column once"),
        ("\x00\x01", "no column"),
    ],
)
def test_a_first_line_that_is_neither_is_refused_before_anything_is_sent(header: str, why: str) -> None:
    with pytest.raises(Problem, match=why) as refused:
        read(f"{header}\na,b,c\n")
    assert ", ".join(COLUMNS) in refused.value.message


@pytest.mark.parametrize("header", [b"\xff\xfe", b'"record'])
def test_a_first_line_that_cannot_even_be_read_is_refused_as_well(header: bytes) -> None:
    with pytest.raises(Problem, match="the first line"):
        read(header)


def test_an_empty_file_holds_nothing() -> None:
    assert read("") == read("\n\n") == []


def test_the_columns_are_the_fields_of_the_contract() -> None:
    event = SCHEMA["$defs"]["event"]["properties"]
    roaming = {f"roaming_{name}" for name in event["roaming"]["properties"]}
    assert set(COLUMNS) == set(event) - {"roaming"} | roaming


def test_the_csv_example_of_the_guide_holds_good_events() -> None:
    (example,) = blocks("csv")
    events = read(example)
    assert [event["record"] for event in events] == ["20261122-000019", "d-4"]
    decoded = decode(json.dumps({"events": events}).encode(), datetime(2026, 11, 23, tzinfo=UTC))
    assert [type(event) for event in decoded] == [UsageEvent, UsageEvent]


def test_a_file_is_read_no_further_than_needed() -> None:
    file = io.BytesIO(b'{"record":"a"}\n' * 100_000)
    events = read_events(file)
    next(events)
    assert file.tell() < 100
