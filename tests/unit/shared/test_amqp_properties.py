"""A message's properties are read as far as they can be, whatever its sender put there."""

from __future__ import annotations

import struct

import amqp
from amqp.serialization import PROPERTY_CLASSES
from amqp.spec import Basic
from hypothesis import given
from hypothesis import strategies as st

import shared.publisher  # noqa: F401  what every AMQP connection of ours comes from
from shared.amqp_properties import UNREADABLE, read

TIME_IN_THE_YEAR_57862 = b"T" + struct.pack(">Q", 1_763_844_000_000_000)


def properties(**values: object) -> bytes:
    return bytes(amqp.Message(b"", **values)._serialize_properties())


def test_every_connection_of_ours_reads_properties_this_way() -> None:
    assert PROPERTY_CLASSES[Basic.CLASS_ID] is read


def test_good_properties_are_read_as_they_are() -> None:
    given = {"content_type": "application/json", "application_headers": {"a": 1}, "reply_to": "r"}
    assert read(properties(**given), 0)[0] == given


def test_headers_that_cannot_be_read_leave_the_other_properties_whole() -> None:
    good = properties(
        content_type="a/b", content_encoding="gzip", application_headers={"h": "x"}, reply_to="r"
    )
    broken = good.replace(b"S\x00\x00\x00\x01x", TIME_IN_THE_YEAR_57862).replace(
        struct.pack(">I", 8), struct.pack(">I", 11)
    )
    found, _ = read(broken, 0)
    assert UNREADABLE in found.pop("application_headers")
    assert found == {"content_type": "a/b", "content_encoding": "gzip", "reply_to": "r"}


def test_a_header_that_would_have_the_body_unpacked_is_taken_away() -> None:
    found, _ = read(properties(application_headers={"compression": "application/x-bz2", "a": 1}), 0)
    assert found == {"application_headers": {"a": 1}}


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything(raw: bytes) -> None:
    found, end = read(raw, 0)
    assert isinstance(found, dict)
    assert end <= max(len(raw), 2**32)
