"""The media server alone, as a caller meets it: sounds, keys, recordings."""

from __future__ import annotations

import pytest

from services.pbx.media import tones
from services.pbx.media.g711 import FRAME, SILENCE
from tests.support.media_stage import HELLO, Stage, played, until
from tests.support.sip_caller import LOUD


@pytest.fixture(autouse=True)
def nobody_registered() -> None:
    """These tests need no SIP edge."""


@pytest.mark.feature("PBX-16")
def test_a_caller_hears_the_sounds_one_after_the_other_and_then_the_call_ends() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.sounds = {"welkom": HELLO, "dag": HELLO[::-1]}
        s.pbx.acts = {"began": {"play": ["welkom", "missing", "dag"]}, "played": {"then": "hangup"}}
        phone = await s.telephone()
        side, _ = await s.call(phone)
        began = await s.pbx.told("began")
        assert (began["call"], began["script"], began["at"]) == ("call-1", "menu-1", "")
        assert HELLO + HELLO[::-1] in await phone.hears(lambda all: HELLO + HELLO[::-1] in all)
        assert (await s.pbx.told("played"))["at"] == "began"
        await s.over(side)
        assert (await s.pbx.told("gone"))["at"] == "played"

    played(scene)


def test_a_sound_is_asked_for_once() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.sounds = {"welkom": HELLO}
        s.pbx.acts = {"began": {"play": ["welkom", "welkom"], "then": "hangup"}}
        phone = await s.telephone()
        for _ in range(2):
            side, _answer = await s.call(phone)
            await s.over(side)
        assert s.pbx.fetched == ["welkom"]

    played(scene)


def test_music_that_repeats_is_heard_for_as_long_as_was_said() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.sounds = {"muziek": HELLO}
        s.pbx.acts = {"began": {"play": ["muziek"], "loop": True, "wait_ms": 700}}
        phone = await s.telephone()
        side, _ = await s.call(phone)
        await s.pbx.told("began")
        await s.pbx.told("played")
        assert HELLO + HELLO in b"".join(phone.heard)
        await s.over(side)

    played(scene)


@pytest.mark.feature("PBX-16")
def test_keys_interrupt_what_plays_and_the_hash_ends_them() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.sounds = {"menu": LOUD * 500}
        s.pbx.acts = {
            "began": {"play": ["menu"], "then": "keys", "most": 1},
            "key:1": {"then": "keys", "most": 5},
            "key:23": {"then": "keys", "wait_ms": 60},
        }
        phone = await s.telephone()
        side, answer = await s.call(phone)
        await phone.hears(lambda all: LOUD in all)
        phone.press(answer.media, "1")
        await s.pbx.told("began")
        assert (await s.pbx.told("key"))["keys"] == "1"
        phone.press(answer.media, "23#")
        assert (await s.pbx.told("key"))["keys"] == "23"
        await s.pbx.told("silence")
        await s.over(side)

    played(scene)


def test_keys_pressed_ahead_wait_and_keys_of_sip_info_count() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "keys", "most": 2}, "key:12": {"then": "keys"}}
        phone = await s.telephone()
        side, _ = await s.call(phone)
        for key in "123":
            kind = ("Content-Type", "application/dtmf-relay")
            s.proxy.request(side, "INFO", f"Signal={key}\r\nDuration=160\r\n", kind)
            await s.proxy.take("200 INFO")
        assert [(await s.pbx.told(e)).get("keys") for e in ("began", "key", "key")] == ["", "12", "3"]
        await s.over(side)

    played(scene)


@pytest.mark.feature("PBX-16")
def test_what_a_caller_says_after_the_tone_is_handed_over() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "record"}}
        phone = await s.telephone()
        side, answer = await s.call(phone)
        await phone.hears(lambda all: tones.beep() in all)
        await phone.hears(lambda all: all.endswith(SILENCE * FRAME))
        phone.say(answer.media, *[LOUD] * 30)
        phone.press(answer.media, "#")
        await s.pbx.told("began")
        heard = await s.pbx.told("recorded")
        assert (heard["recording"], heard["seconds"]) == ("rec-1", 30 * FRAME / 8000)
        assert s.pbx.recordings == [("call-1", "began", LOUD * 30)]
        await s.over(side)

    played(scene)


@pytest.mark.feature("PBX-16")
def test_who_hangs_up_while_speaking_has_left_a_message_even_when_pbx_is_away_just_then() -> None:
    async def scene(s: Stage) -> None:
        s.pbx.acts = {"began": {"then": "record", "beep": False}}
        phone = await s.telephone()
        side, answer = await s.call(phone)
        await s.pbx.told("began")
        recording = await until(lambda: [c for c in s.server.calls if c.caller.stream.recording])
        phone.say(answer.media, *[LOUD] * 10)
        await until(lambda: len(recording[0].caller.stream.recording.data()) == 10 * FRAME)
        s.pbx.away = 2
        s.proxy.request(side, "BYE")
        await s.proxy.take("200 BYE")
        assert (await s.pbx.told("recorded"))["recording"] == "rec-1"
        await s.pbx.told("gone")
        assert s.pbx.recordings[0][2] == LOUD * 10

    played(scene)
