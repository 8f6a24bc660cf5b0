"""One caller's call: does what pbx says, one act after the other, and tells what came of it."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from services.pbx.domain.edge.scripts import Act, Heard
from services.pbx.media import tones
from services.pbx.media.asking import Away, Pbx, Refused, until_taken
from services.pbx.media.changes import Changes, Gone
from services.pbx.media.g711 import RATE
from services.pbx.media.leg import Leg, Switch
from services.pbx.media.metrics import LOST
from services.pbx.media.player import Player
from services.pbx.media.recording import Recording
from services.pbx.media.rtp import TICK
from services.pbx.media.sounds import Sounds
from services.pbx.media.transfer import Attempt
from shared.handling import handling
from shared.logging import get_logger

log = get_logger(__name__)

MOST_ACTS = 5000
"""Music for two hours comes in 1,440 pieces. With more, pbx and we go round in circles."""
NO_SPEECH_SECONDS = 60.0
LONGEST_SECONDS = 43_200.0
"""As long as the proxy remembers a call."""
KEEP_TRYING_SECONDS = 600.0
"""So long a recording waits here for a pbx that is away."""
LONGEST_RECORDING = 600
END = "#"
_TARGET = re.compile(r"[A-Za-z0-9._~-]{1,300}")


@dataclass
class Message:
    """A recording that pbx has not been told of; ``id``: once pbx has its speech."""

    at: str
    recording: Recording
    id: str = ""


@dataclass(frozen=True)
class House:
    """What a call works with. ``proxy``: host and port that transfers go to, as addresses have it."""

    switch: Switch
    pbx: Pbx
    sounds: Sounds
    proxy: str


class Call:
    """``name``: the call's ID at pbx; ``script``: what was called."""

    def __init__(self, house: House, name: str, script: str) -> None:
        self.name = name
        self.changes = Changes(lambda: self.caller.gone)
        self.caller: Leg
        self._house, self._script = house, script
        self._began = asyncio.get_running_loop().time()
        self._at = ""
        self._message: Message | None = None

    async def run(self) -> None:
        """Until it is over on all sides, and pbx knows."""
        with handling("media call"):
            log.info("a call begins", call=self.name, script=self._script)
            try:
                await self._converse()
            except Gone:
                pass
            except (Away, Refused) as problem:
                log.error("pbx does not say what to do: hanging up", call=self.name, reason=str(problem))
            except Exception:
                log.exception("a call failed: hanging up", call=self.name)
            finally:
                await self._hang_up()
            await self._farewell()
            log.info("a call is over", call=self.name)

    async def _hang_up(self) -> None:
        """Not before the caller has our answer (RFC 3261, section 15)."""
        with suppress(Gone):
            await self.changes.until(lambda: self.caller.confirmed)
        self.caller.end()

    def watch(self) -> None:
        """Once in a while: a caller who is not there any more does not always say so."""
        now, stream = asyncio.get_running_loop().time(), self.caller.stream
        if stream is not None and not stream.held and now - stream.heard_at > NO_SPEECH_SECONDS:
            log.warning("nothing comes from a caller: hanging up", call=self.name)
            self.caller.lost()
        elif now - self._began > LONGEST_SECONDS:
            self.caller.lost()

    async def _converse(self) -> None:
        act = await self._ask(self._heard("began"))
        await self.changes.until(lambda: self.caller.confirmed)
        for _ in range(MOST_ACTS):
            heard = await self._do(act)
            if heard is None:
                return
            act = await self._ask(heard)
        raise Refused("there is no end to what it says")

    def _heard(self, event: Any, **about: Any) -> Heard:
        return Heard(call=self.name, script=self._script, at=self._at, event=event, **about)

    async def _ask(self, heard: Heard) -> Act:
        act = await self._house.pbx.next(heard)
        self._at = act.at
        if heard.event == "recorded":
            self._message = None
        return act

    async def _do(self, act: Act) -> Heard | None:
        """What came of it; None when that was all."""
        doing = {"keys": self._keys, "record": self._record, "transfer": self._transfer}.get(act.then)
        if doing is not None:
            return await doing(act)
        await self._play(act)
        limit = act.wait_ms / 1000 if act.loop else None
        await self.changes.until(lambda: self._player.idle, limit)
        self._player.stop()
        if act.then == "hangup":
            return None
        if not act.play:
            await asyncio.sleep(TICK)  # nothing takes no time: not as fast as two machines can
        return self._heard("played")

    @property
    def _player(self) -> Player:
        if self.caller.stream is None:
            raise Gone
        return self.caller.stream.player

    async def _play(self, act: Act) -> None:
        sounds = await self._house.sounds.all(act.play)
        self._player.play(sounds, act.loop)

    # ---- Keys

    async def _keys(self, act: Act) -> Heard:
        """Sounds that repeat have no end: then the wait for a key begins with them."""
        waiting, wait = self.caller.keys.waiting, act.wait_ms / 1000
        if not waiting:
            await self._play(act)
        if not act.loop:
            await self.changes.until(lambda: waiting or self._player.idle)
        if not await self.changes.until(lambda: waiting, wait):
            self._player.stop()
            return self._heard("silence")
        self._player.stop()
        return self._heard("key", keys=await self._typed(act.most, wait))

    async def _typed(self, most: int, wait: float) -> str:
        """What is pressed without pausing for ``wait`` seconds."""
        waiting, keys = self.caller.keys.waiting, ""
        while len(keys) < max(most, 1) and await self.changes.until(lambda: waiting, wait):
            key = waiting.popleft()
            if key == END and keys:
                break
            keys += key
            if key == END:
                break
        return keys

    # ---- Recording

    async def _record(self, act: Act) -> Heard:
        """A key while the announcement plays goes straight to the tone."""
        waiting = self.caller.keys.waiting
        waiting.clear()
        await self._play(act)
        await self.changes.until(lambda: waiting or self._player.idle)
        self._player.play([tones.beep()] if act.beep else [])
        await self.changes.until(lambda: self._player.idle)
        waiting.clear()
        recording = Recording(min(act.seconds, LONGEST_RECORDING))
        self._message = Message(act.at, recording)
        assert self.caller.stream is not None
        self.caller.stream.recording = recording
        await self.changes.until(lambda: waiting or recording.over)
        self.caller.stream.recording = None
        waiting.clear()
        return await self._kept(self._message)

    async def _kept(self, message: Message) -> Heard:
        """Hands over the speech, once; nothing is handed over when nobody spoke."""
        alaw = message.recording.data()
        if alaw and not message.id:
            message.id = await self._house.pbx.keep(self.name, message.at, alaw)
        return self._heard("recorded", recording=message.id, seconds=len(alaw) / RATE)

    async def _farewell(self) -> None:
        """Tell pbx what it does not know yet. A recording waits until pbx is back; that a caller has gone
        does not."""
        try:
            if self._message is not None:
                message = self._message

                async def deliver() -> Act:
                    return await self._ask(await self._kept(message))

                await until_taken(deliver, KEEP_TRYING_SECONDS)
            await self._house.pbx.next(self._heard("gone"))
        except (Away, Refused) as problem:
            log.error("pbx was not told how a call ended", call=self.name, reason=str(problem))
        finally:
            if self._message is not None:
                LOST.inc()
                log.error("a recording is lost", call=self.name)

    # ---- Transfer

    async def _transfer(self, act: Act) -> Heard | None:
        if not _TARGET.fullmatch(act.target):
            raise Refused("a transfer to what is no user of an address")
        self.caller.keys.clear()
        sounds = await self._house.sounds.all(act.play)
        self._player.play(sounds or [tones.ring_back()], act.loop or not sounds)
        target = f"sip:{act.target}@{self._house.proxy}"
        attempt = Attempt(self._house.switch, self.caller, target, self.name, self.changes)
        try:
            await self._rung(attempt, bool(act.play))
        except Gone:
            attempt.cancel()
            raise
        self._player.stop()
        if attempt.callee is None:
            return self._heard("refused", code=attempt.code)
        await self._talk(attempt, attempt.callee)
        return None

    async def _rung(self, attempt: Attempt, own: bool) -> None:
        """Until somebody answers or nobody will. After the last sound the caller hears ring back; without
        sounds, what the other side says before it answers."""
        while not attempt.code:
            if attempt.early and not own:
                attempt.listen()
                await self.changes.until(lambda: attempt.code)
                return
            if self._player.idle:
                self._player.play([tones.ring_back()], loop=True)
            await self.changes.until(lambda: attempt.code or self._player.idle or (attempt.early and not own))

    async def _talk(self, attempt: Attempt, callee: Leg) -> None:
        connecting = self._house.switch.work.start(attempt.connect(callee))
        connecting.add_done_callback(lambda _: self.changes())
        try:
            await self.changes.until(lambda: callee.gone or _failed(connecting))
        finally:
            callee.end()


def _failed(task: asyncio.Task[None]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
