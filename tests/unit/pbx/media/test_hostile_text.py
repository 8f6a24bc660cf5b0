"""Text of anybody, as hostile as it comes: it is refused, it raises nothing else, and it costs little."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.pbx.media import sdp
from services.pbx.media.dialog import Contact, Dialog, without_parameters
from services.pbx.media.dtmf import SIGNS, from_info
from services.pbx.media.rtp import _HEAD
from services.pbx.media.sip import Malformed, Request, address, parameter, parse, reply, split, tagged

MANY = 400_000
"""What takes quadratic steps does not come back from so much within an hour."""
HERE = sdp.Here("192.0.2.9", 30000, 77, 1)

marks = st.sampled_from(
    [
        '"',
        "<",
        ">",
        "\\",
        ";",
        ",",
        "=",
        " ",
        "\t",
        "\r\n ",
        "\r\n",
        "tag=",
        "sip:a@b",
        "x",
        "²",
        "٣",
        "\udcff",
    ]
)
jumble = st.lists(marks, max_size=40).map("".join)


def invite(value: str, number: str = "7") -> bytes:
    lines = (
        "INVITE sip:k.1@192.0.2.9:5070 SIP/2.0",
        f"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa1;x={value}",
        f"From: {value}",
        f"To: {value}",
        f"Contact: {value}",
        f"Record-Route: {value}",
        "Call-ID: abc",
        f"CSeq: {number} INVITE",
    )
    return "\r\n".join((*lines, "", "")).encode("utf-8", "surrogateescape")


@settings(max_examples=100, deadline=None)
@given(jumble, st.sampled_from(["7", "٣", "²", "9" * 5000, " 7", ""]))
@example(";tag=", "7")
def test_a_request_of_any_text_is_malformed_or_can_be_answered(value: str, number: str) -> None:
    try:
        request = parse(invite(value, number))
    except Malformed:
        return
    assert isinstance(request, Request)
    dialog = Dialog.accepted(request, "ours", Contact("192.0.2.9", 5070))
    dialog.request("BYE").encode()
    without_parameters(request.get("from"))
    again = parse(tagged(reply(request, 200, "OK"), "ours").encode())
    assert parameter(again.get("to"), "tag")


@pytest.mark.parametrize(
    "value",
    [
        "a" * MANY + " <sip:1233@realm >",
        "<sip:1233@realm " * (MANY // 20),
        '"' * (MANY + 1) + "<sip:a@b>",
        '"' + "\\" * MANY + "<sip:a@b>",
        "<" * MANY,
        ";" * MANY,
        "," * MANY,
    ],
    ids=lambda value: str(value[:10]),
)
def test_names_and_addresses_that_do_not_fit_cost_no_more_than_others(value: str) -> None:
    assert parameter(value, "tag") == ""
    assert isinstance(address(value), str) and isinstance(split(value), list)


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ('"Jan <x>" <sip:jan@host;tag=inside>;a=1;TAG=9', "9"),
        ("<sip:jan@host;tag=inside>", ""),
        ("sip:jan@host;tag=9", "9"),
        ('"Jan <sip:jan@host>;tag=9', "9"),
        ("aaa <sip:jan@host >;tag=9", "9"),
    ],
)
def test_a_tag_stands_behind_the_address(value: str, tag: str) -> None:
    assert parameter(value, "tag") == tag


def test_a_line_in_more_pieces_than_anybody_writes_is_refused() -> None:
    assert parse(invite("<sip:a@b>" + "\r\n ;x" * 20).replace(b"x=<sip:a@b>", b"x=1"))
    with pytest.raises(Malformed):
        parse(invite("<sip:a@b>" + "\r\n " * 2000))


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["application/dtmf", "application/dtmf-relay"]),
    st.binary(max_size=40) | jumble.map(lambda text: f"Signal={text}".encode("utf-8", "surrogateescape")),
)
def test_any_sip_info_is_a_key_or_none(kind: str, body: bytes) -> None:
    key = from_info(kind, body)
    assert key == "" or key in SIGNS


@pytest.mark.parametrize(
    "body",
    [
        b"1" * 5000,
        b"Signal=" + b"1" * 5000,
        b"\n" * MANY,
        b"Signal=5" + b"\n" * MANY,
        b"Signal" + b" " * MANY,
    ],
    ids=lambda body: str(body[:8]),
)
@pytest.mark.parametrize("kind", ["application/dtmf", "application/dtmf-relay"])
def test_a_sip_info_that_is_longer_than_any_is_no_key(kind: str, body: bytes) -> None:
    assert from_info(kind, body) == ""


numbers = st.integers(0, 999).map(str) | st.sampled_from(["8", "0", "127", "128", "٣", "99999", "x"])
medium = st.builds(
    "m=audio {} RTP/AVP {} {}\r\na=rtpmap:{} {}/8000\r\na=rtpmap:{} telephone-event/8000\r\n".format,
    numbers,
    numbers,
    numbers,
    numbers,
    st.sampled_from(["PCMA", "PCMU", "pcma", "G722"]),
    numbers,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(medium | jumble, max_size=5).map("".join))
def test_any_session_is_unusable_or_has_payload_types_that_a_packet_can_have(media: str) -> None:
    body = f"v=0\r\nc=IN IP4 192.0.2.7\r\n{media}".encode("utf-8", "surrogateescape")
    try:
        audio = sdp.read(body)
    except sdp.Unusable:
        return
    assert _HEAD.pack(0x80, 0x80 | audio.payload, 1, 2, 3)
    assert audio.payload <= 127 and (audio.events is None or audio.events <= 127)
    assert sdp.read(sdp.answer(audio, HERE)).payload == audio.payload


def test_a_payload_type_beyond_127_is_none() -> None:
    head = b"c=IN IP4 192.0.2.7\r\nm=audio 4000 RTP/AVP "
    with pytest.raises(sdp.Unusable):
        sdp.read(head + b"300\r\na=rtpmap:300 PCMA/8000\r\n")
    audio = sdp.read(head + b"8 128\r\na=rtpmap:128 telephone-event/8000\r\n")
    assert (audio.payload, audio.events) == (8, None)
