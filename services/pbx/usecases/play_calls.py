"""What callers at the media server hear next, and what becomes of what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import msgspec
from msgspec import structs

from services.pbx.domain import alaw
from services.pbx.domain.edge import mailbox
from services.pbx.domain.edge.playing import KEYS, WAITED, Onward, Playing, Scene
from services.pbx.domain.edge.position import Position, position
from services.pbx.domain.edge.scripts import Act, Heard
from services.pbx.domain.routing.values import Mailbox, State, Voicemail
from services.pbx.store import Store
from services.pbx.usecases import voicemail
from services.pbx.usecases.live_calls import Live, LiveCalls
from services.pbx.usecases.route_calls import Keep, Router

SHORTEST_MESSAGE = 2.0
"""Seconds; who hangs up at the tone has left no message."""
SHORTEST_GREETING = 0.5


class Player:
    """Answers the media server. Threads may share it; nothing of a caller is kept here."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], keep: Keep, live: LiveCalls, router: Router
    ) -> None:
        self._store = store
        self._clock = clock
        self._keep = keep
        self._live = live
        self._router = router

    def next(self, heard: Heard) -> Act:
        """What comes now. Raises ValueError for what is no position of ours, NotYet."""
        at = position(heard.at or heard.script)
        if heard.event == "gone":
            return Act(at=heard.at, then="hangup")
        live = self._live.find(heard.call, at.turn)
        playing = _playing(live, at)
        line = _mailbox_at(playing)
        if line:
            return self._listened(live, playing.at, line, heard)
        now_known = self._now_known(live) if at.phase == WAITED else None
        onward = playing.hear(heard, self._clock(), now_known)
        if onward.mailbox:
            return self._listened(live, onward.position, onward.mailbox, heard)
        self._remember(heard, live, playing.at, onward)
        return onward.act

    def record(self, call_id: str, at_text: str, sound: bytes) -> str:
        """Keep what a caller said; the recording's ID, ``""`` when it is too short to be one. The same again
        has no other effect. Raises as :meth:`next`."""
        at = position(at_text)
        live = self._live.find(call_id, at.turn)
        playing, heard = _playing(live, at), alaw.trimmed(sound)
        steps = playing.found.steps
        step = steps[at.step] if at.step < len(steps) else None
        recording = voicemail.Recording(call_id, at_text, heard)
        customer = live.maker.customer_id
        if isinstance(step, Voicemail) and alaw.seconds(heard) > SHORTEST_MESSAGE:
            voicemail.keep_message(self._store, self._clock, playing.scene, step.user, recording)
            return recording.id
        if isinstance(step, Mailbox) and alaw.seconds(heard) > SHORTEST_GREETING:
            self._store.keep_taken(customer, recording.id, heard, self._clock())
            return recording.id
        return ""

    def _now_known(self, live: Live) -> State:
        """Who can be reached now; the caller does not wait for who they are in a call with."""
        now, customer = self._clock(), live.maker.customer_id
        return self._router.state(customer, self._store.phones_of(customer, now), now)

    def _remember(self, heard: Heard, live: Live, before: Position, onward: Onward) -> None:
        """Keep the keys, so that the call can be explained; and who has become free, as the telephones that
        ring next are found by it. The latter before it is answered: any copy may be asked for them."""
        after = onward.position
        if onward.record is None and (before.phase != KEYS or after.keys == before.keys):
            return
        record = onward.record or live.record
        call = structs.replace(record.call, key_presses=after.keys)
        fields = {"record": msgspec.json.encode(structs.replace(record, call=call))}
        if onward.record is None:
            self._keep(heard.call, fields, live.record.at)
            return
        self._store.keep_decision(heard.call, {**fields, "turn": after.turn}, live.record.at)
        self._live.remember(heard.call, replace(live, record=record, turn=after.turn))

    def _listened(self, live: Live, at: Position, line: str, heard: Heard) -> Act:
        """1233, and what was pressed there."""
        customer, owner = live.maker.customer_id, f"line:{line}"
        kept = tuple(mailbox.Message(row.id, row.at) for row in self._store.messages(customer, owner))
        told = mailbox.Mailbox(customer, kept, at, self._clock()).hear(heard)
        if told.heard:
            self._store.message_heard(customer, told.heard, self._clock())
        if told.removed:
            voicemail.remove_message(self._store, self._clock, customer, told.removed)
        if told.greeting:
            voicemail.keep_greeting(self._store, self._clock, customer, line, told.greeting)
        return told.act


def _playing(live: Live, at: Position) -> Playing:
    scene = Scene(live.maker.customer_id, live.maker.config, live.record)
    return Playing(scene, replace(at, turn=live.turn))


def _mailbox_at(playing: Playing) -> str:
    """The line whose voicemail is listened to at this position, once that has begun."""
    steps, at = playing.found.steps, playing.at
    step = steps[at.step] if at.step < len(steps) else None
    return step.line if isinstance(step, Mailbox) and at.phase != "start" else ""
