"""The media server alone: what is refused, what is lost, who is not there, and how it stops."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from pathlib import Path

import pytest

from services.pbx.media.call import NO_SPEECH_SECONDS
from services.pbx.media.g711 import FRAME, MULAW_OF_ALAW
from tests.support.loops import run
from tests.support.media_director import TOKEN, Listener
from tests.support.media_stage import HELLO, QUICKEST, Stage, played, until
from tests.support.processes import Process
from tests.support.sip_caller import HOST, LOUD, Proxy, Side, Speech
from tests.support.sipp import free_ports


@pytest.fixture(autouse=True)
def nobody_registered() -> None:
    """These tests need no SIP edge."""


@pytest.mark.parametrize(
    ("description", "call", "extra", "code"),
    [
        ("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 9 18\r\n", "call-1", (), "488"),
        ("v=0\r\nc=IN IP4 127.0.0.1\r\nm=video 4000 RTP/AVP 8\r\n", "call-1", (), "488"),
        ("", "", (), "404"),
        ("", "call-1", (("Require", "100rel"),), "420"),
    ],
)
def test_calls_that_cannot_be_are_refused(
    description: str, call: str, extra: tuple[tuple[str, str], ...], code: str
) -> None:
    async def scene(s: Stage) -> None:
        s.proxy.invite("menu-1", call, description, *extra)
        assert "tag=" in (await s.proxy.take(f"{code} INVITE")).get("To")

    played(scene)


def test_beyond_the_limit_and_while_going_down_calls_are_refused() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "keys"}}
        phone = await s.telephone()
        side, _ = await s.call(phone)
        s.proxy.invite("menu-1", "call-2", phone.description())
        await s.proxy.take("503 INVITE")
        going = asyncio.create_task(s.server.drain(seconds=5))
        s.proxy.request(side, "BYE")
        await s.proxy.take("200 BYE")
        assert s.server.draining
        s.proxy.invite("menu-1", "call-3", phone.description())
        await s.proxy.take("503 INVITE")
        await going

    played(scene, calls=1)


def test_others_than_the_proxy_are_not_heard() -> None:
    async def scene(s: Stage) -> None:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((HOST, 0))
        stranger = await Proxy(s.proxy.server).open(sock)
        phone = await s.telephone()
        stranger.invite("menu-1", "call-9", phone.description())
        s.pbx.acts = {"began": {"then": "hangup"}}
        side, _ = await s.call(phone)
        await s.over(side)
        assert (await s.pbx.told("began"))["call"] == "call-1"
        assert stranger.came == []
        stranger.close()

    played(scene)


def test_a_lost_answer_comes_again_and_a_caller_who_never_takes_it_is_no_call() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "keys"}}
        phone = await s.telephone()
        side = s.proxy.invite("menu-1", "call-1", phone.description(), branch="z9hG4bKsame")
        first = await s.proxy.take("200 INVITE")
        assert (await s.proxy.take("200 INVITE")) == first
        side.cseq = 0
        s.proxy.request(side, "INVITE", phone.description(), branch="z9hG4bKsame")
        assert len(s.server.calls) == 1
        await s.over(side)
        await until(lambda: not s.server.calls)

    played(scene, timers=QUICKEST)


def test_a_caller_of_whom_nothing_comes_for_a_minute_is_no_caller() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "keys"}}
        side, _ = await s.call(await s.telephone())
        (call,) = s.server.calls
        call.watch()
        assert not call.caller.gone
        call.caller.stream.heard_at -= NO_SPEECH_SECONDS
        call.watch()
        await s.over(side)

    played(scene)


def test_speech_of_somebody_else_is_not_heard_once_the_caller_has_spoken() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "keys", "most": 3}}
        phone, other = await s.telephone(), await s.telephone()
        side, answer = await s.call(phone)
        phone.press(answer.media, "1")
        other.press(answer.media, "2")
        phone.press(answer.media, "34")
        await s.pbx.told("began")
        assert (await s.pbx.told("key"))["keys"] == "134"
        await s.over(side)

    played(scene)


def test_a_caller_behind_nat_hears_us_where_it_speaks_from_and_is_connected_through_us() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.sounds, s.pbx.acts = {"welkom": HELLO}, {"began": {"play": ["welkom"], "then": "keys"}}
        inside, outside = await s.telephone(), await s.telephone()
        side, answer = await s.call(inside)
        outside.say(answer.media, LOUD)
        await outside.hears(lambda all: HELLO in all)
        s.pbx.acts["key"] = {"then": "transfer", "target": "next"}
        outside.press(answer.media, "1")
        invite = await s.proxy.take("INVITE", fits=lambda m: m.get("Call-ID") != side.call_id)
        assert invite.media not in ((HOST, inside.port), answer.media)

    played(scene)


def test_a_telephone_that_speaks_only_mulaw_hears_it_and_is_recorded() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.sounds = {"welkom": HELLO}
        s.pbx.acts = {"began": {"play": ["welkom"], "then": "record", "beep": False}}
        phone = await s.telephone(payload=0)
        _side, answer = await s.call(phone, phone.description(payload="0 101"))
        assert re.search(r"m=audio \d+ RTP/AVP 0 101\r\n", answer.body)
        await phone.hears(lambda all: HELLO.translate(MULAW_OF_ALAW) in all)
        await until(lambda: [c for c in s.server.calls if c.caller.stream.recording])
        phone.say(answer.media, *[LOUD.translate(MULAW_OF_ALAW)] * 4)
        phone.press(answer.media, "1")
        await until(lambda: s.pbx.recordings)
        assert len(s.pbx.recordings[0][2]) == 4 * FRAME

    played(scene)


def test_a_caller_who_holds_hears_nothing_and_misses_nothing() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.sounds = {"welkom": LOUD * 5 + HELLO}
        s.pbx.acts = {"began": {"play": ["welkom"], "then": "hangup"}}
        phone = await s.telephone()
        side = s.proxy.invite("menu-1", "call-1", phone.description("sendonly"))
        answer = await s.proxy.answered(side)
        assert "a=recvonly" in answer.body
        await s.pbx.told("began")
        await until(lambda: [c for c in s.server.calls if not c.caller.stream.player.idle])
        s.proxy.request(side, "INVITE", phone.description())
        assert "a=sendrecv" in (await s.proxy.answered(side)).body
        heard = await phone.hears(lambda all: HELLO in all)
        assert heard.count(LOUD) == 5
        await s.over(side)

    played(scene)


def test_a_caller_without_an_offer_gets_ours() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.sounds = {"welkom": HELLO}
        s.pbx.acts = {"began": {"play": ["welkom"], "then": "hangup"}}
        phone = await s.telephone()
        side = s.proxy.invite("menu-1", "call-1", "")
        assert "RTP/AVP 8 0 101" in (await s.proxy.answered(side, phone.description())).body
        await phone.hears(lambda all: HELLO in all)
        await s.over(side)

    played(scene)


@pytest.mark.parametrize("answer", ["{}", "nonsense", '{"at": "", "then": "dance"}'])
def test_what_pbx_says_and_nobody_understands_ends_the_call(answer: str) -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": answer}
        side, _ = await s.call(await s.telephone())
        await s.over(side)

    played(scene)


def test_a_pbx_that_is_away_is_asked_five_times_and_then_the_call_ends() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.away, s.pbx.acts = 4, {"began": {"then": "next"}}
        side, _ = await s.call(await s.telephone())
        await s.pbx.told("began")
        await s.pbx.told("played")
        await s.over(side)
        await s.pbx.told("gone")
        s.pbx.away = 10
        side, _ = await s.call(await s.telephone())
        await s.over(side)
        await until(lambda: s.pbx.away == 0)
        assert s.pbx.heard.empty()

    played(scene)


def test_requests_that_belong_to_no_call_are_answered_so() -> None:
    async def scene(s: Stage) -> None:
        nobody = Side("nobody@phone", "t", other="gone", target=f"sip:x@{HOST}")
        s.proxy.request(nobody, "BYE")
        await s.proxy.take("481 BYE")
        s.proxy.request(nobody, "CANCEL")
        await s.proxy.take("481 CANCEL")
        outside = Side("outside@phone", "t", target=f"sip:x@{HOST}")
        s.proxy.request(outside, "OPTIONS")
        await s.proxy.take("200 OPTIONS")
        s.proxy.request(outside, "REGISTER")
        await s.proxy.take("405 REGISTER")

    played(scene)


def test_a_process_that_is_told_to_stop_takes_no_calls_and_waits_for_those_it_has(tmp_path: Path) -> None:
    async def scene() -> None:
        listener, port = Listener(), free_ports(1)[0]
        listener.acts = {"began": {"then": "keys", "wait_ms": 20_000}}
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((HOST, 0))
        environment = {
            "MEDIA_PORT": str(port),
            "MEDIA_PROXY": f"{HOST}:{sock.getsockname()[1]}",
            "PBX_LISTENER": f"127.0.0.1:{listener.server_port}",
            "TIKKER_EDGE_TOKEN": TOKEN,
        }
        process = Process([sys.executable, "-m", "services.pbx.media"], environment, tmp_path / "log")
        proxy, phone = await Proxy((HOST, port)).open(sock), await Speech().open()
        try:
            await asyncio.to_thread(process.wait_ready)
            side = proxy.invite("menu-1", "call-1", phone.description())
            await proxy.answered(side)
            await listener.told("began")
            process.popen.terminate()
            await until(lambda: '"draining"' in (tmp_path / "log").read_text())
            proxy.invite("menu-1", "call-2", phone.description())
            await proxy.take("503 INVITE")
            proxy.request(side, "BYE")
            await proxy.take("200 BYE")
            await listener.told("gone")
            assert await asyncio.to_thread(process.popen.wait, 10) == 0
        finally:
            process.popen.kill()
            proxy.close()
            phone.close()
            listener.close()

    run(scene())
