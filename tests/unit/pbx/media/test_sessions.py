"""Session descriptions: which speech we take part in, and what we answer (RFC 3264)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.pbx.media import sdp

HERE = sdp.Here("192.0.2.9", 30000, 77, 1)


def session(*media: str, host: str = "192.0.2.7") -> bytes:
    top = ["v=0", "o=phone 1 1 IN IP4 192.0.2.7", "s=-", f"c=IN IP4 {host}", "t=0 0"]
    return "\r\n".join((*top, *media, "")).encode()


PHONE = session(
    "m=audio 4000 RTP/AVP 9 8 0 96",
    "a=rtpmap:9 G722/8000",
    "a=rtpmap:96 telephone-event/8000",
    "m=video 4002 RTP/AVP 97",
)


def test_alaw_and_keys_are_taken_and_video_is_not() -> None:
    audio = sdp.read(PHONE)
    assert (audio.law, audio.payload, audio.events, audio.address) == ("PCMA", 8, 96, ("192.0.2.7", 4000))
    answered = sdp.answer(audio, HERE).decode().split("\r\n")
    assert "m=audio 30000 RTP/AVP 8 96" in answered
    assert "m=video 0 RTP/AVP 97" in answered
    assert answered[1] == "o=tikker 77 1 IN IP4 192.0.2.9"


@pytest.mark.parametrize(
    ("media", "law", "payload", "events"),
    [
        (["m=audio 4000 RTP/AVP 0 8"], "PCMA", 8, None),
        (["m=audio 4000 RTP/AVP 0"], "PCMU", 0, None),
        (["m=audio 4000 RTP/AVP 110", "a=rtpmap:110 PCMA/8000/1"], "PCMA", 110, None),
        (["m=audio 0 RTP/AVP 8", "m=audio 4004 RTP/AVP 0"], "PCMU", 0, None),
        (["m=audio 4000 RTP/AVP 8 101", "a=rtpmap:101 TELEPHONE-EVENT/8000"], "PCMA", 8, 101),
    ],
)
def test_what_is_chosen_of_what_is_offered(
    media: list[str], law: str, payload: int, events: int | None
) -> None:
    audio = sdp.read(session(*media))
    assert (audio.law, audio.payload, audio.events) == (law, payload, events)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        session(),
        session("m=video 4000 RTP/AVP 8"),
        session("m=audio 0 RTP/AVP 8"),
        session("m=audio 4000 RTP/AVP 9 18"),
        session("m=audio 4000 RTP/SAVP 8"),
        session("m=audio 4000 RTP/AVP 8", host="224.0.0.9"),
        session("m=audio 4000 RTP/AVP 8", host="phone.example"),
        session("m=audio 99999 RTP/AVP 8"),
        session("m=audio four RTP/AVP 8"),
        session("m=audio 4000 RTP/AVP 8", "a=" + "x" * 9000),
    ],
)
def test_without_speech_that_we_know_there_is_no_session(body: bytes) -> None:
    with pytest.raises(sdp.Unusable):
        sdp.read(body)


@pytest.mark.parametrize(
    ("said", "hears", "answer"),
    [
        ("sendrecv", True, "sendrecv"),
        ("sendonly", False, "recvonly"),
        ("recvonly", True, "sendonly"),
        ("inactive", False, "inactive"),
    ],
)
def test_who_holds_is_answered_the_same_from_our_side(said: str, hears: bool, answer: str) -> None:
    audio = sdp.read(session("m=audio 4000 RTP/AVP 8", f"a={said}"))
    assert audio.hears is hears
    assert f"a={answer}\r\n".encode() in sdp.answer(audio, HERE)


def test_nobody_at_0_0_0_0_is_the_old_way_to_hold() -> None:
    audio = sdp.read(session("m=audio 4000 RTP/AVP 8", host="0.0.0.0"))
    assert not audio.hears and b"a=recvonly" in sdp.answer(audio, HERE)


def test_what_we_offer_we_would_take_ourselves() -> None:
    audio = sdp.read(sdp.offer(HERE))
    assert (audio.law, audio.events, audio.address) == ("PCMA", 101, ("192.0.2.9", 30000))
    assert sdp.read(sdp.offer(HERE, "PCMU", 0, None)).events is None


def test_a_description_passed_on_is_the_same_but_for_its_origin() -> None:
    passed = sdp.passed_on(PHONE, sdp.Here("192.0.2.9", 0, 77, 5))
    assert b"o=tikker 77 5 IN IP4 192.0.2.9\r\n" in passed
    assert passed.split(b"\r\n")[2:] == PHONE.split(b"\r\n")[2:]
    assert (
        sdp.places(passed)
        == sdp.places(PHONE)
        == [("audio", "192.0.2.7", 4000), ("video", "192.0.2.7", 4002)]
    )


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=120) | st.text(max_size=60).map(lambda more: PHONE + b"m=" + more.encode()))
def test_bytes_of_anybody_are_a_session_or_unusable(body: bytes) -> None:
    try:
        audio = sdp.read(body)
    except sdp.Unusable:
        return
    assert sdp.answer(audio, HERE).count(b"m=") >= 1
