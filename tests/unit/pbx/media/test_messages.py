"""SIP messages: what is one, what is none, and that what was written is read as it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.pbx.media.sip import (
    Malformed,
    Request,
    Response,
    address,
    parameter,
    parse,
    reply,
    split,
    tagged,
    user,
)

INVITE = (
    b"INVITE sip:k.1@192.0.2.9:5070 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa1, SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKb2\r\n"
    b'f: "Jan, de <Bakker>" <sip:jan@voorbeeld.example;transport=udp>;tag=9\r\n'
    b"t: <sip:k.1@192.0.2.9>\r\n"
    b"i: abc@192.0.2.7\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"Subject: twee\r\n regels\r\n"
    b"Content-Length: 4\r\n\r\nv=0\nignored"
)
text = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20).map(str.strip)
token = st.from_regex(r"[a-zA-Z0-9]{1,20}", fullmatch=True)
method = st.sampled_from(["INVITE", "ACK", "BYE", "CANCEL", "INFO", "OPTIONS"])


@st.composite
def requests(draw: st.DrawFn) -> Request:
    name = draw(method)
    vias = draw(st.lists(token, min_size=1, max_size=3))
    headers = (
        *(("via", f"SIP/2.0/UDP host:5060;branch=z9hG4bK{each}") for each in vias),
        ("from", f"<sip:{draw(token)}@host>;tag={draw(token)}"),
        ("to", f"<sip:{draw(token)}@host>"),
        ("call-id", draw(token)),
        ("cseq", f"{draw(st.integers(0, 2**31 - 1))} {name}"),
        *(("x-note", draw(text)) for _ in range(draw(st.integers(0, 3)))),
    )
    return Request(
        method=name, uri=f"sip:{draw(token)}@host", headers=headers, body=draw(st.binary(max_size=99))
    )


@settings(max_examples=60, deadline=None)
@given(requests())
def test_what_was_written_is_read_as_it_was(request: Request) -> None:
    read = parse(request.encode())
    without_length = tuple(header for header in read.headers if header[0] != "content-length")
    assert isinstance(read, Request)
    assert (read.method, read.uri, without_length, read.body) == (
        request.method,
        request.uri,
        request.headers,
        request.body,
    )


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda more: INVITE[:150] + more + INVITE[150:]))
def test_bytes_of_anybody_are_a_message_or_malformed(data: bytes) -> None:
    try:
        message = parse(data)
    except Malformed:
        return
    assert message.call_id and message.branch[0]


def test_compact_names_folded_lines_and_lists_are_read() -> None:
    message = parse(INVITE)
    assert isinstance(message, Request)
    assert [via.rpartition("=")[2] for via in message.all("via")] == ["z9hG4bKa1", "z9hG4bKb2"]
    assert message.branch == ("z9hG4bKa1", "192.0.2.1:5060")
    assert address(message.get("from")) == "sip:jan@voorbeeld.example;transport=udp"
    assert parameter(message.get("from"), "tag") == "9"
    assert message.get("subject") == "twee regels"
    assert (message.body, message.cseq, user(message.uri)) == (b"v=0\n", (7, "INVITE"), "k.1")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"SIP/2.0\r\nv:", b"SIP/3.0\r\nv:"),
        (b"7 INVITE", b"7 BYE"),
        (b"7 INVITE", b"4294967296 INVITE"),
        (b"i: abc@192.0.2.7\r\n", b""),
        (b"i: abc@192.0.2.7\r\n", b"i: a\r\ni: b\r\n"),
        (b"Content-Length: 4", b"Content-Length: 400"),
        (b"Content-Length: 4", b"Content-Length: -4"),
        (b"twee", b"twee\nX-Tikker-Call: 1"),
        (b"Subject", b"Sub ject"),
        (b";branch=z9hG4bKa1", b""),
        (b"Subject: ", b"Subject: x\r\n" * 130),
        (b"twee", b"t" * 9000),
    ],
)
def test_what_is_not_as_the_standard_says_is_refused(old: bytes, new: bytes) -> None:
    assert old in INVITE
    with pytest.raises(Malformed):
        parse(INVITE.replace(old, new, 1))


def test_a_response_repeats_what_it_must_and_gets_our_tag_once() -> None:
    request = parse(INVITE)
    assert isinstance(request, Request)
    response = tagged(tagged(reply(request, 200, "OK"), "ours"), "other")
    read = parse(response.encode())
    assert isinstance(read, Response) and read.good
    assert read.all("via") == request.all("via")
    assert parameter(read.get("to"), "tag") == "ours"
    assert (read.call_id, read.cseq, read.get("from")) == (request.call_id, request.cseq, request.get("from"))


def test_commas_in_names_and_addresses_part_nothing() -> None:
    assert split('"a, \\"b" <sip:x,y@h>, <sip:z@h>;p=1 , ') == ['"a, \\"b" <sip:x,y@h>', "<sip:z@h>;p=1"]
