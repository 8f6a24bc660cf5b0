"""A request that we stumble over gets an answer, and is not kept."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from services.pbx.media.sip import Request, Response, parse
from services.pbx.media.transactions import Endpoint, Incoming, Timers
from tests.support.loops import run

PROXY = ("192.0.2.1", 5060)
LINES = (
    "{method} sip:k.1@192.0.2.9 SIP/2.0",
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{method}",
    "From: <sip:a@b>;tag=1",
    "To: <sip:k.1@b>",
    "Call-ID: abc",
    "CSeq: 7 {method}",
)


class Wire:
    def __init__(self) -> None:
        self.sent: list[Response] = []

    def sendto(self, data: bytes, to: tuple[str, int]) -> None:
        message = parse(data)
        assert isinstance(message, Response)
        self.sent.append(message)

    def is_closing(self) -> bool:
        return False


def sent(method: str) -> bytes:
    return ("\r\n".join(LINES).format(method=method) + "\r\n\r\n").encode()


def unhandled(lines: list[MutableMapping[str, Any]]) -> list[str]:
    """Methods of which the log says that nobody could handle them; other threads log as well."""
    return [line["method"] for line in lines if line["event"] == "a request could not be handled"]


@pytest.mark.parametrize(("answered", "codes"), [(False, [500, 500]), (True, [404, 404])])
def test_what_nobody_could_handle_is_answered_once_logged_and_forgotten(
    answered: bool, codes: list[int]
) -> None:
    async def story() -> None:
        def stumble(request: Request, incoming: Incoming | None) -> None:
            assert incoming is not None
            if answered:
                incoming.respond(404, "Not Found")
            raise ValueError("as after a mistake of ours")

        endpoint, wire = Endpoint(lambda _: True, lambda: PROXY, stumble, Timers(t1=0.001, t2=0.004)), Wire()
        endpoint.connection_made(cast(asyncio.DatagramTransport, wire))
        with capture_logs() as lines:
            endpoint.datagram_received(sent("INFO"), PROXY)
            endpoint.datagram_received(sent("INFO"), PROXY)  # comes again: the same answer
        assert [response.status for response in wire.sent] == codes
        assert unhandled(lines) == ["INFO"]
        async with asyncio.timeout(20):
            while endpoint._incoming:
                await asyncio.sleep(0.001)

    run(story())


def test_an_ack_that_nobody_could_handle_is_logged_and_answered_with_nothing() -> None:
    async def story() -> None:
        def stumble(request: Request, incoming: Incoming | None) -> None:
            raise ValueError("as after a mistake of ours")

        endpoint, wire = Endpoint(lambda _: True, lambda: PROXY, stumble), Wire()
        endpoint.connection_made(cast(asyncio.DatagramTransport, wire))
        with capture_logs() as lines:
            endpoint.datagram_received(sent("ACK"), PROXY)
        assert (wire.sent, unhandled(lines)) == ([], ["ACK"])

    run(story())
