"""The media server alone, with callers who mean harm or are broken: only their own call suffers."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from services.pbx.media.g711 import FRAME
from tests.support.media_director import TOKEN
from tests.support.media_stage import HELLO, Stage, played, until
from tests.support.processes import Process
from tests.support.sip_caller import HOST, LOUD
from tests.support.sipp import free_ports

OUTSIDE, STRANGER = "127.0.0.2", "127.0.0.3"


@pytest.fixture(autouse=True)
def nobody_registered() -> None:
    """These tests need no SIP edge."""


def test_who_speaks_first_from_elsewhere_neither_hears_the_caller_nor_presses_its_keys() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.sounds, s.pbx.acts = (
            {"welkom": HELLO},
            {"began": {"play": ["welkom"], "then": "keys", "most": 2}},
        )
        phone, stranger = await s.telephone(), await s.telephone(host=STRANGER)
        side = s.proxy.invite("menu-1", "call-1", phone.description())
        answer = await s.proxy.answered(side)
        stranger.press(answer.media, "6")
        phone.press(answer.media, "12")
        await s.pbx.told("began")
        assert (await s.pbx.told("key"))["keys"] == "12"
        assert stranger.heard == []
        await s.over(side)

    played(scene)


def test_a_caller_behind_nat_is_heard_from_where_its_invite_came_from() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.sounds, s.pbx.acts = {"welkom": HELLO}, {"began": {"play": ["welkom"], "then": "keys"}}
        inside, outside = await s.telephone(), await s.telephone(host=OUTSIDE)
        side, answer = await s.call(inside, "", ("X-Tikker-Source", OUTSIDE))
        outside.say(answer.media, LOUD)
        await outside.hears(lambda all: HELLO in all)
        outside.press(answer.media, "1")
        await s.pbx.told("began")
        assert (await s.pbx.told("key"))["keys"] == "1"
        await s.over(side)

    played(scene)


def test_a_caller_who_moves_is_heard_from_where_its_new_invite_came_from() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "keys"}}
        phone, outside = await s.telephone(), await s.telephone(host=OUTSIDE)
        side, answer = await s.call(phone)
        s.proxy.request(side, "INVITE", phone.description(), ("X-Tikker-Source", OUTSIDE))
        await s.proxy.answered(side)
        outside.press(answer.media, "1")
        await s.pbx.told("began")
        assert (await s.pbx.told("key"))["keys"] == "1"
        await s.over(side)

    played(scene)


def test_who_is_called_and_is_behind_nat_is_heard_from_where_its_answer_came_from() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "transfer", "target": "next"}}
        phone, outside = await s.telephone(), await s.telephone(host=OUTSIDE)
        side, _ = await s.call(phone)
        invite = await s.proxy.take("INVITE", fits=lambda m: m.get("Call-ID") != side.call_id)
        s.proxy.answer(invite, "200 OK", outside.description(), tag="b", source=OUTSIDE)
        await until(lambda: [c for c in s.server.calls if c.caller.stream and c.caller.stream.relay])
        outside.say(invite.media, b"\x22" * FRAME)
        await phone.hears(lambda all: b"\x22" * FRAME in all)
        s.proxy.request(side, "BYE")
        await s.proxy.take("BYE", invite.get("Call-ID"))

    played(scene, direct=False)


def test_a_sip_info_that_nobody_can_read_is_answered() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "keys"}}
        side, _ = await s.call(await s.telephone())
        s.proxy.request(side, "INFO", "1" * 5000, ("Content-Type", "application/dtmf"))
        await s.proxy.take("200 INFO")
        s.proxy.request(side, "BYE")
        await s.proxy.take("200 BYE")

    played(scene)


def test_a_caller_who_describes_no_speech_is_hung_up_on() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "transfer", "target": "next"}}
        side = s.proxy.invite("menu-1", "call-1", "")
        await s.proxy.answered(side)
        await s.over(side)
        await until(lambda: not s.server.calls)
        assert not s.server.clock._streams

    played(scene, direct=False)


def test_nobody_is_called_for_a_caller_of_whom_no_speech_is_known() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "keys"}, "key": {"then": "transfer", "target": "next"}}
        phone = await s.telephone()
        side, _ = await s.call(phone)
        (call,) = s.server.calls
        call.caller.audio = None
        s.proxy.request(side, "INFO", "1", ("Content-Type", "application/dtmf"))
        await s.pbx.told("began")
        await s.pbx.told("key")
        assert (await s.pbx.told("refused"))["code"] == 503
        await s.over(side)
        await until(lambda: not s.server.clock._streams)

    played(scene, direct=False)


def test_without_a_port_for_its_speech_a_transfer_has_failed_and_the_caller_goes_on() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.sounds = {"later": HELLO}
        s.pbx.acts = {
            "began": {"then": "keys"},
            "key": {"then": "transfer", "target": "next"},
            "refused": {"play": ["later"], "then": "hangup"},
        }
        phone = await s.telephone()
        side, answer = await s.call(phone)
        ports = s.server._house.switch.ports
        others = []
        while (stream := ports.open(lambda: None, lambda key: None)) is not None:
            others.append(stream)
        phone.press(answer.media, "1")
        await s.pbx.told("began")
        await s.pbx.told("key")
        assert (await s.pbx.told("refused"))["code"] == 503
        await phone.hears(lambda all: HELLO in all)
        await s.over(side)
        for other in others:
            ports.close(other)

    played(scene, direct=False)


@pytest.mark.parametrize("body", ["", "v=0\r\nnonsense\r\n"])
def test_a_caller_who_agrees_to_speak_directly_and_does_not_say_how_is_hung_up_on(body: str) -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "transfer", "target": "next"}}
        phone, other = await s.telephone(), await s.telephone()
        side, _ = await s.call(phone)
        invite = await s.proxy.take("INVITE", fits=lambda m: m.get("Call-ID") != side.call_id)
        s.proxy.answer(invite, "200 OK", other.description(), tag="b")
        s.proxy.answer(await s.proxy.take("INVITE", side.call_id), "200 OK", body)
        s.proxy.answer(await s.proxy.take("BYE", invite.get("Call-ID")), "200 OK")
        await s.over(side)
        await s.pbx.told("began")
        await s.pbx.told("gone")

    played(scene)


def test_what_goes_wrong_while_two_are_connected_ends_their_call() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "transfer", "target": "next"}}
        phone, other = await s.telephone(), await s.telephone()
        side, _ = await s.call(phone)
        invite = await s.proxy.take("INVITE", fits=lambda m: m.get("Call-ID") != side.call_id)
        (call,) = s.server.calls
        call.caller.invite = None  # as after a mistake of ours
        s.proxy.answer(invite, "200 OK", other.description(), tag="b")
        s.proxy.answer(await s.proxy.take("BYE", invite.get("Call-ID")), "200 OK")
        await s.over(side)

    played(scene)


def test_speech_that_fails_in_one_call_ends_that_call_and_no_other() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "keys"}}
        phone, other = await s.telephone(), await s.telephone()
        side, _ = await s.call(phone)
        (call,) = s.server.calls
        healthy, answer = await s.call(other)
        call.caller.stream.tick = None  # as after a mistake of ours
        await s.over(side)
        other.heard.clear()
        await other.hears(lambda all: len(all) > 2 * FRAME)
        s.server.turning()
        s.proxy.request(healthy, "BYE")
        await s.proxy.take("200 BYE", healthy.call_id)

    played(scene)


def test_when_the_clock_ends_the_server_says_so_and_is_not_ready() -> None:
    async def scene(s: Stage) -> None:
        s.server.clock._turn = None  # type: ignore[assignment] # as after a mistake of ours
        assert isinstance(await s.server.broken(), TypeError)
        with pytest.raises(RuntimeError, match="clock"):
            s.server.turning()

    played(scene)


def test_a_process_whose_clock_ended_ends_to_be_started_anew(tmp_path: Path) -> None:
    """And says at its start that it has too few ports."""
    port, proxy = free_ports(2)
    environment = {
        "MEDIA_PORT": str(port),
        "MEDIA_PROXY": f"{HOST}:{proxy}",
        "MEDIA_CALLS": "251",
        "PBX_LISTENER": f"{HOST}:{proxy}",
        "TIKKER_EDGE_TOKEN": TOKEN,
    }
    broken = "from services.pbx.media import __main__, rtp; rtp.Clock._turn = None; __main__.main()"
    process = Process([sys.executable, "-c", broken], environment, tmp_path / "log")
    try:
        assert process.popen.wait(20) == 1
    finally:
        process.popen.kill()
    said = (tmp_path / "log").read_text()
    assert "too few ports" in said and "the clock has ended" in said
