"""Whose speech is heard, and what one call that goes wrong means for others."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.pbx.media import sdp
from services.pbx.media.g711 import FRAME
from services.pbx.media.rtp import Clock, Ports, Stream
from services.pbx.media.settings import Settings
from tests.support.loops import run

PHONE, SEEN_AT, STRANGER = "127.0.0.1", "127.0.0.2", "127.0.0.3"
HEAD = bytes.fromhex("80 08 0001 000000a0 00000007")


def audio(port: int) -> sdp.Audio:
    return sdp.read(f"c=IN IP4 {PHONE}\r\nm=audio {port} RTP/AVP 8 101\r\n".encode())


@contextmanager
def mouth(host: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind((host, 0))
        made.settimeout(20)
        yield made


def streams(story: Callable[[Callable[[], Stream], Clock], Coroutine[Any, Any, None]]) -> None:
    """A story with streams that are closed afterwards."""

    async def whole() -> None:
        clock, made = Clock(), []
        ports = Ports("127.0.0.1", 20_000, 29_999, clock)

        def opened() -> Stream:
            stream = ports.open(lambda: None, lambda key: None)
            assert stream is not None
            made.append(stream)
            return stream

        try:
            await story(opened, clock)
        finally:
            for stream in made:
                ports.close(stream)

    run(whole())


@pytest.mark.parametrize(
    ("speaker", "seen_at", "heard"),
    [
        (PHONE, "", True),
        (PHONE, SEEN_AT, True),
        (SEEN_AT, SEEN_AT, True),
        (SEEN_AT, "", False),
        (STRANGER, SEEN_AT, False),
    ],
)
def test_only_who_was_described_and_where_sip_came_from_is_heard(
    speaker: str, seen_at: str, heard: bool
) -> None:
    """Who speaks first as well: whoever is heard gets what the caller should hear."""

    async def story(opened: Callable[[], Stream], clock: Clock) -> None:
        stream = opened()
        stream.seen_at = seen_at
        with mouth(PHONE) as phone, mouth(speaker) as first:
            stream.use(audio(phone.getsockname()[1]))
            first.sendto(HEAD + b"x" * FRAME, (PHONE, stream.port))
            stream.readable()
            assert stream.behind_nat is heard
            assert stream.tick()
            assert (first if heard else phone).recv(2048)[12:]

    streams(story)


def test_what_goes_wrong_in_one_stream_ends_that_one_and_no_other() -> None:
    async def story(opened: Callable[[], Stream], clock: Clock) -> None:
        broken, whole = opened(), opened()
        with mouth(PHONE) as phone, capture_logs() as lines:
            whole.use(audio(phone.getsockname()[1]))
            broken.use(audio(phone.getsockname()[1]))
            broken.player = None  # type: ignore[assignment] # as after a mistake of ours
            turning = asyncio.create_task(clock.run())
            for _ in range(3):
                assert await asyncio.to_thread(phone.recv, 2048)
            assert (broken.broken, whole.broken, turning.done()) == (True, False, False)
            turning.cancel()
        assert [line["log_level"] for line in lines] == ["error"]

    streams(story)


@pytest.mark.parametrize(
    ("rtp", "calls"), [((30000, 30099), 25), ((30001, 30099), 24), ((30000, 30999), 250), ((30000, 30000), 0)]
)
def test_a_call_that_passes_through_takes_two_even_ports(rtp: tuple[int, int], calls: int) -> None:
    nobody = ("127.0.0.1", 1)
    settings = Settings("127.0.0.1", "127.0.0.1", 1, nobody, (), nobody, "", calls=1, rtp=rtp)
    assert settings.relayed == calls
