"""The media server alone: callers who are connected with somebody else."""

from __future__ import annotations

import re

import pytest

from services.pbx.media import tones
from services.pbx.media.g711 import FRAME
from tests.support.media_stage import HELLO, QUICKEST, Stage, played, until
from tests.support.sip_caller import HOST, LOUD, Message, Side, Speech


@pytest.fixture(autouse=True)
def nobody_registered() -> None:
    """These tests need no SIP edge."""


async def rung(s: Stage, phone: Speech, description: str = "") -> tuple[Side, Message]:
    """A caller who is being transferred, and the INVITE to who is called."""
    s.pbx.acts |= {"began": {"then": "transfer", "target": "next"}}
    side, _ = await s.call(phone, description)
    return side, await s.proxy.take("INVITE", fits=lambda m: m.get("Call-ID") != side.call_id)


@pytest.mark.feature("PBX-16")
def test_a_transfer_that_is_answered_connects_both_sides_directly() -> None:
    async def scene(s: Stage) -> None:
        phone, other = await s.telephone(), await s.telephone()
        side, invite = await rung(s, phone)
        assert invite.start == f"INVITE sip:next@{HOST}:{s.proxy.port} SIP/2.0"
        assert (invite.get("X-Tikker-Call"), invite.media) == ("call-1", (HOST, phone.port))
        assert re.match(r'"Beller" <sip:0850000001@127.0.0.1>;tag=', invite.get("From"))
        s.proxy.answer(invite, "180 Ringing")
        tone = tones.ring_back()[: 5 * FRAME]
        await phone.hears(lambda all: tone in all)
        s.proxy.answer(invite, "200 OK", other.description(), tag="b")
        ack = await s.proxy.take("ACK", invite.get("Call-ID"))
        assert ack.start == f"ACK sip:callee@{HOST}:{s.proxy.port};alias=1 SIP/2.0"
        again = await s.proxy.take("INVITE", side.call_id)
        assert again.media == (HOST, other.port)
        assert again.get("Route") == f"<sip:{HOST}:{s.proxy.port};lr;did=1>"
        s.proxy.answer(again, "200 OK", phone.description())
        await s.proxy.take("ACK", side.call_id)
        s.proxy.called(invite, "b", "BYE")
        await s.proxy.take("200 BYE", invite.get("Call-ID"))
        await s.over(side)
        await s.pbx.told("began")
        await s.pbx.told("gone")

    played(scene)


async def connected(s: Stage, phone: Speech, other: Speech) -> tuple[Side, Message]:
    side, invite = await rung(s, phone)
    s.proxy.answer(invite, "200 OK", other.description(), tag="b")
    await s.proxy.take("ACK", invite.get("Call-ID"))
    again = await s.proxy.take("INVITE", side.call_id)
    s.proxy.answer(again, "200 OK", phone.description())
    await s.proxy.take("ACK", side.call_id)
    await until(lambda: all(call.caller.direct for call in s.server.calls))
    return side, invite


def test_who_holds_after_a_transfer_holds_the_other_side() -> None:
    async def scene(s: Stage) -> None:
        phone, other = await s.telephone(), await s.telephone()
        side, invite = await connected(s, phone, other)
        s.proxy.request(side, "INVITE", phone.description("sendonly"))
        passed = await s.proxy.take("INVITE", invite.get("Call-ID"))
        assert "a=sendonly" in passed.body and passed.media == (HOST, phone.port)
        assert passed.get("CSeq") == "2 INVITE"
        s.proxy.answer(passed, "200 OK", other.description("recvonly"))
        answer = await s.proxy.answered(side)
        assert "a=recvonly" in answer.body and answer.media == (HOST, other.port)
        s.proxy.request(side, "BYE")
        await s.proxy.take("200 BYE", side.call_id)
        s.proxy.answer(await s.proxy.take("BYE", invite.get("Call-ID")), "200 OK")

    played(scene)


def test_where_the_callers_telephone_does_not_agree_speech_passes_through_us() -> None:
    async def scene(s: Stage) -> None:
        phone, other = await s.telephone(), await s.telephone()
        side, invite = await rung(s, phone)
        s.proxy.answer(invite, "200 OK", other.description(), tag="b")
        s.proxy.answer(await s.proxy.take("INVITE", side.call_id), "488 Not Acceptable Here")
        ours = await s.proxy.take("INVITE", invite.get("Call-ID"))
        s.proxy.answer(ours, "200 OK", other.description())
        await s.proxy.take("ACK", invite.get("Call-ID"), lambda m: m.get("CSeq").startswith("2"))
        await both_hear(s, phone, other, ours.media)
        s.proxy.request(side, "BYE")
        await s.proxy.take("BYE", invite.get("Call-ID"))

    played(scene)


def test_where_nobody_may_speak_directly_early_speech_and_the_call_pass_through_us() -> None:
    async def scene(s: Stage) -> None:
        phone, other = await s.telephone(), await s.telephone()
        side, invite = await rung(s, phone)
        s.proxy.answer(invite, "183 Session Progress", other.description(), tag="b")
        other.say(invite.media, LOUD)
        await until(lambda: [c for c in s.server.calls if c.caller.stream.muted])
        other.say(invite.media, LOUD)
        await phone.hears(lambda all: LOUD in all)
        s.proxy.answer(invite, "200 OK", other.description(), tag="b")
        await both_hear(s, phone, other, invite.media)
        s.proxy.request(side, "BYE")
        await s.proxy.take("BYE", invite.get("Call-ID"))

    played(scene, direct=False)


async def both_hear(s: Stage, phone: Speech, other: Speech, theirs: tuple[str, int]) -> None:
    """A caller and who was called hear each other, through the server."""
    call = next(iter(s.server.calls))
    await until(lambda: call.caller.stream and call.caller.stream.relay)
    one, two = b"\x11" * FRAME, b"\x22" * FRAME
    phone.say((HOST, call.caller.stream.port), one)
    other.say(theirs, two)
    await other.hears(lambda all: one in all)
    await phone.hears(lambda all: two in all)


@pytest.mark.feature("PBX-16")
def test_a_transfer_that_is_refused_leaves_the_caller_here_with_the_code() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.sounds = {"bezet": HELLO}
        s.pbx.acts = {"refused": {"play": ["bezet"], "then": "hangup"}}
        phone = await s.telephone()
        side, invite = await rung(s, phone)
        s.proxy.answer(invite, "486 Busy Here", tag="b")
        assert (await s.proxy.take("ACK", invite.get("Call-ID"))).get("To").endswith(";tag=b")
        await s.pbx.told("began")
        assert (await s.pbx.told("refused"))["code"] == 486
        await phone.hears(lambda all: HELLO in all)
        await s.over(side)

    played(scene)


def test_who_hangs_up_while_it_rings_takes_the_call_back() -> None:
    async def scene(s: Stage) -> None:
        phone = await s.telephone()
        side, invite = await rung(s, phone)
        s.proxy.answer(invite, "180 Ringing")
        await until(lambda: not [m for m in s.proxy.came if m.what == "INVITE"])
        s.proxy.request(side, "BYE")
        cancel = await s.proxy.take("CANCEL", invite.get("Call-ID"))
        assert cancel.get("Via") == invite.get("Via")
        s.proxy.answer(cancel, "200 OK")
        s.proxy.answer(invite, "487 Request Terminated", tag="b")
        await s.proxy.take("ACK", invite.get("Call-ID"))

    played(scene)


def test_who_answers_just_after_the_caller_hung_up_is_hung_up_on() -> None:
    async def scene(s: Stage) -> None:
        phone, other = await s.telephone(), await s.telephone()
        side, invite = await rung(s, phone)
        s.proxy.answer(invite, "180 Ringing")
        s.proxy.request(side, "BYE")
        await s.proxy.take("CANCEL", invite.get("Call-ID"))
        s.proxy.answer(invite, "200 OK", other.description(), tag="b")
        await s.proxy.take("ACK", invite.get("Call-ID"))
        s.proxy.answer(await s.proxy.take("BYE", invite.get("Call-ID")), "200 OK")

    played(scene)


def test_an_invite_that_nobody_answers_is_sent_again_and_then_refused_as_a_time_out() -> None:
    async def scene(s: Stage) -> None:
        phone = await s.telephone()
        side, invite = await rung(s, phone)
        assert await s.proxy.take("INVITE", invite.get("Call-ID")) == invite
        await s.pbx.told("began")
        assert (await s.pbx.told("refused"))["code"] == 408
        await s.over(side)

    played(scene, timers=QUICKEST)


def test_of_two_who_answer_at_once_the_second_is_hung_up_on() -> None:
    async def scene(s: Stage) -> None:
        phone, other = await s.telephone(), await s.telephone()
        side, invite = await connected(s, phone, other)
        s.proxy.answer(invite, "200 OK", other.description(), tag="b")
        assert (await s.proxy.take("ACK", invite.get("Call-ID"))).get("To").endswith(";tag=b")
        s.proxy.answer(invite, "200 OK", other.description(), tag="c")
        assert (await s.proxy.take("ACK", invite.get("Call-ID"))).get("To").endswith(";tag=c")
        bye = await s.proxy.take("BYE", invite.get("Call-ID"))
        assert bye.get("To").endswith(";tag=c")
        s.proxy.answer(bye, "200 OK")
        assert len(s.server.calls) == 1

    played(scene)
