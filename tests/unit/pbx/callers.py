"""A caller at the media server, without one: does what each act says and tells what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.pbx.domain.config import Config
from services.pbx.domain.edge.playing import Onward, Playing, Scene
from services.pbx.domain.edge.position import Position, position
from services.pbx.domain.edge.scripts import Act, Heard
from services.pbx.domain.edge.speech import MUSIC_SECONDS
from services.pbx.domain.routing import Call, State
from services.pbx.domain.routing.replay import Record
from services.pbx.domain.routing.values import Ring, Transfer
from tests.unit.pbx.plans import MONDAY_AFTERNOON, state

MOST_ACTS = 2000


@dataclass
class Caller:
    """``goes``: what is pressed at each invitation, ``""`` for silence; what is too much of a go is pressed
    at the next one, as a telephone's keys wait. Nobody answers what rings for ``ring_seconds``. ``heard``,
    ``rung``: what came of it; ``gone``: the goes as the engine took them."""

    config: Config
    call: Call
    goes: list[str] = field(default_factory=list)
    known: State | None = None
    later: State | None = None
    begin: int = 0
    code: int = 480
    ring_seconds: int = 0
    now: datetime = MONDAY_AFTERNOON
    spoken: str = ""
    buffer: str = ""
    heard: list[str] = field(default_factory=list)
    rung: list[str] = field(default_factory=list)
    gone: tuple[str, ...] = ()
    acts: list[Act] = field(default_factory=list)

    def run(self) -> Caller:
        """From the beginning until the call ends."""
        at, heard = Position(0, self.begin), Heard(call="c", script="", event="began")
        known = self.known or state(self.config)
        record = Record(call=self.call, at=MONDAY_AFTERNOON, state=known, revision=1)
        for _ in range(MOST_ACTS):
            onward = Playing(Scene("customer", self.config, record), at).hear(heard, self.now, self.later)
            record = onward.record or record
            at = position(onward.act.at)
            assert at == onward.position and onward.act.at == at.text
            self.gone = at.keys
            self.heard += onward.act.play
            self.acts.append(onward.act)
            if onward.act.then == "hangup" or onward.mailbox:
                return self
            heard = self._do(onward, record)
        raise AssertionError("it never ends")

    def _do(self, onward: Onward, record: Record) -> Heard:
        act = onward.act
        match act.then:
            case "keys":
                keys = self._press(act.most, bool(onward.position.typed))
                return Heard(call="c", script="", at=act.at, event="key" if keys else "silence", keys=keys)
            case "record":
                return Heard(call="c", script="", at=act.at, event="recorded", recording=self.spoken)
            case "transfer":
                self._ring(onward, record)
                self.now += timedelta(seconds=self.ring_seconds)
                return Heard(call="c", script="", at=act.at, event="refused", code=self.code)
            case _:
                self.now += timedelta(seconds=MUSIC_SECONDS)
                return Heard(call="c", script="", at=act.at, event="played")

    def _press(self, most: int, rest: bool) -> str:
        if not self.buffer and not rest and self.goes:
            self.buffer = self.goes.pop(0)
        keys, self.buffer = self.buffer[:most], self.buffer[most:]
        return keys

    def _ring(self, onward: Onward, record: Record) -> None:
        found = Scene("customer", self.config, record).plan(onward.position.keys).steps
        for step in found[onward.position.step :]:
            if isinstance(step, Ring):
                self.rung.append("+".join(t.user or t.number or "" for t in step.targets))
            elif isinstance(step, Transfer):
                self.rung.append(step.to)
            else:
                return
