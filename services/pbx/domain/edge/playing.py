"""What a caller at the media server hears next: the engine's plan, step by step, with what really happened.

No rule about menus is here. The engine planned what silence does; when keys are pressed it plans again with
them, and what this executes is the step after the one that it was at. It is pure: where a caller is goes
along with every act (:class:`Position`) and comes back with what happened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from msgspec import structs

from services.pbx.domain.config import Action, AfterGreeting, Config, Group, Line, Menu, PbxUser
from services.pbx.domain.edge import gathering, speech
from services.pbx.domain.edge.orders import ringing
from services.pbx.domain.edge.position import Position
from services.pbx.domain.edge.scripts import Act, Heard
from services.pbx.domain.edge.speech import MUSIC_SECONDS, Sounds, say
from services.pbx.domain.routing import Call, Plan, State, plan
from services.pbx.domain.routing.directory import directory
from services.pbx.domain.routing.menus import named
from services.pbx.domain.routing.replay import Offer, Record
from services.pbx.domain.routing.values import (
    Announce,
    Busy,
    HangUp,
    Mailbox,
    Prompt,
    Reject,
    Ring,
    Transfer,
    Voicemail,
    Wait,
)

LONGEST_MESSAGE = 180
"""Seconds; as a WAV it fits into a mail."""
OFFER_SECONDS = 30
"""So long telephones ring at most for who waits; then the music goes on, until somebody else is free."""
BUSY_CODES = (486, 600)
_LAST = {Busy: "bezettoon", Reject: "niemand", HangUp: "tot-ziens", type(None): ""}
"""What is heard before a call ends."""
KEYS, ANNOUNCED, WAITED, ON_THE_WAY, GREETED, RECORDING = "k", "a", "w", "t", "g", "r"
"""Phases: what is done at a step."""


@dataclass(frozen=True)
class Scene:
    """A call at the media server: whose it is, and what was known when it was decided."""

    customer_id: str
    config: Config
    record: Record

    def plan(self, keys: tuple[str, ...], state: State | None = None) -> Plan:
        """The engine's plan for these keys."""
        call: Call = structs.replace(self.record.call, key_presses=keys)
        return plan(self.config, call, self.record.at, state or self.record.state)


@dataclass(frozen=True)
class Onward:
    """``act`` and the position in it; ``record``: what is known of the call from this turn on, where that has
    changed; ``mailbox``: somebody listens to the voicemail of that line."""

    act: Act
    position: Position
    record: Record | None = None
    mailbox: str = ""


class Playing:
    """One caller, at one position."""

    def __init__(self, scene: Scene, at: Position) -> None:
        self.scene = scene
        self.at = at
        self.found = scene.plan(at.keys)
        self.customer = scene.customer_id

    def hear(self, heard: Heard, now: datetime, now_known: State | None = None) -> Onward:
        """What comes ``now``. ``now_known``: who can be reached at this moment, for who waits."""
        if heard.event == "began":
            return self._enter(self.at.step)
        match self.at.phase:
            case phase if phase == KEYS and heard.event in ("key", "silence"):
                return self._gathered(heard)
            case phase if phase == WAITED:
                return self._waited(now, now_known)
            case phase if phase == ON_THE_WAY:
                return self._refused(heard.code, now)
            case phase if phase == RECORDING:
                return self._over(say("bedankt" if heard.recording else "geen-bericht-opgenomen"))
            case _:
                return self._enter(self.at.step + 1)

    def _enter(self, index: int, before: Sounds = ()) -> Onward:
        """Do the step with this index, after ``before`` was heard."""
        step = self.found.steps[index] if index < len(self.found.steps) else None
        if step is None or isinstance(step, Busy | Reject | HangUp):
            last = _LAST[type(step)]
            return self._over((*before, *(say(last) if last else ())))
        match step:
            case Prompt() as step:
                return self._prompt(index, step, before)
            case Announce() as step:
                sounds = speech.upload(self.customer, step.file) if step.file else say("doorschakelen")
                return self._do(index, ANNOUNCED, (*before, *sounds))
            case Ring() | Transfer():
                return self._transfer(self._at(index, ON_THE_WAY), before)
            case Wait() as step:
                return self._music(index, step, 0, (*before, *say("wachten")))
            case Voicemail() as step:
                return self._voicemail(index, step, before)
            case Mailbox() as step:
                at = self._at(index, "start")
                return Onward(Act(at=at.text), at, mailbox=step.line)

    def _at(self, step: int, phase: str, count: int = 0, typed: str = "") -> Position:
        return replace(self.at, step=step, phase=phase, count=count, typed=typed)

    def _do(self, index: int, phase: str, sounds: Sounds) -> Onward:
        at = self._at(index, phase)
        return Onward(Act(at=at.text, play=sounds), at)

    def _over(self, sounds: Sounds = ()) -> Onward:
        at = self._at(len(self.found.steps), "over")
        return Onward(Act(at=at.text, play=sounds, then="hangup"), at)

    # Menus

    def _prompt(self, index: int, step: Prompt, before: Sounds) -> Onward:
        if step.pressed is not None:  # in the same go as a key before
            return self._pressed(index)
        at = self._at(index, KEYS)
        wait = max(step.seconds, 1) * 1000
        sounds = (*before, *self._invitation(index, step))
        return Onward(Act(at=at.text, play=sounds, then="keys", most=1, wait_ms=wait), at)

    def _invitation(self, index: int, step: Prompt) -> Sounds:
        match step.expects:
            case "extension":
                return say("toestel")
            case "name":
                return say("naam")
            case "choice":
                return self._choice(index, step)
            case _ if step.greeting:
                return speech.upload(self.customer, step.greeting)
            case _:
                return say("welkom")

    def _choice(self, index: int, step: Prompt) -> Sounds:
        """Whom the digits stand for; names cannot be spoken, extensions can."""
        menu = directory(self.scene.config).by_id.get(f"menu:{step.menu}")
        asked = self.found.steps[index - 1]
        pressed = asked.pressed if isinstance(asked, Prompt) else None
        assert isinstance(menu, Menu)
        users = named(self.scene.config.users, menu.name_order, pressed or "")[: len(step.names)]
        sounds = say("meer-namen")
        for number, user in enumerate(users, 1):
            reach = user.extension or (user.number or "")
            sounds += (*say("kies"), *speech.counted(number), *say("voor-toestel"), *speech.digits(reach))
        return sounds

    def _gathered(self, heard: Heard) -> Onward:
        """Keys came, or none: ask for the rest of the same go, or have the engine plan with them."""
        step = self.found.steps[self.at.step]
        assert isinstance(step, Prompt)
        typed = self.at.typed + (heard.keys if heard.event == "key" else "")
        first = heard.event == "key" and not self.at.typed
        more = gathering.more(self.scene.config, step, typed) if first else 0
        if more:
            at = self._at(self.at.step, KEYS, typed=typed)
            wait = gathering.BETWEEN_MS
            return Onward(Act(at=at.text, then="keys", most=more, wait_ms=wait), at)
        keys = (*self.at.keys, gathering.go(step, typed))
        there = Playing(self.scene, replace(self.at, keys=keys, typed=""))
        return there._pressed(self.at.step)

    def _pressed(self, index: int) -> Onward:
        """What follows on an input that the plan knows of."""
        step, following = self.found.steps[index], index + 1
        assert isinstance(step, Prompt)
        again = self.found.steps[following] if following < len(self.found.steps) else None
        wrong = isinstance(again, Prompt) and again.expects == "key" and again.menu == step.menu
        return self._enter(following, self._complaint(step) if wrong else ())

    def _complaint(self, step: Prompt) -> Sounds:
        """What is said of an input after which the caller is in the menu again."""
        pressed = step.pressed or ""
        if not pressed or (step.expects == "key" and step.keys.get(pressed[0]) == Action.REPEAT.value):
            return ()
        return say({"extension": "geen-toestel", "name": "geen-naam"}.get(step.expects, "fout"))

    # Telephones

    def _transfer(self, at: Position, before: Sounds = ()) -> Onward:
        return Onward(Act(at=at.text, play=before, then="transfer", target=at.text), at)

    def _refused(self, code: int, now: datetime) -> Onward:
        """Nobody of those that rang answered."""
        offer = self.scene.record.offer
        if offer is not None and offer.step == self.at.step:
            return self._waits_on(offer, now)
        after = ringing(self.found, self.at.step)
        if after >= len(self.found.steps):
            return self._over(say("bezettoon" if code in BUSY_CODES else "niemand"))
        return self._enter(after)

    # Music

    def _music(self, index: int, step: Wait, heard: int, before: Sounds = ()) -> Onward:
        """On with the music after so many seconds of it, unless the wait is over. Ringing was waiting too."""
        if heard + self.scene.record.rung(index) >= step.seconds:
            return self._enter(index + 1)
        at = self._at(index, WAITED, count=heard + MUSIC_SECONDS)
        sounds = (*before, *speech.music(self.customer, step.music, heard))
        return Onward(Act(at=at.text, play=sounds), at)

    def _waited(self, now: datetime, now_known: State | None) -> Onward:
        """A piece of music is over: on with it, or to somebody who has become free."""
        index, heard = self.at.step, self.at.count
        step = self.found.steps[index]
        if isinstance(step, Ring):  # asked twice: the offer that was the answer has begun
            return self._transfer(self._at(index, ON_THE_WAY, count=heard))
        assert isinstance(step, Wait)
        left = step.seconds - heard - self.scene.record.rung(index)
        if now_known is not None and left > 0:
            state = self._at_offer(step, now_known)
            if self._somebody_is_free(index, step, state):
                return self._offer(min(ceil(left), OFFER_SECONDS), now, state)
        return self._music(index, step, heard)

    def _at_offer(self, step: Wait, now_known: State) -> State:
        """What an offer is planned with: the group's members as they are now. The way to the group has been
        gone; who is free or in a call there meanwhile changes nothing."""
        group = directory(self.scene.config).by_id.get(f"group:{step.group}")
        members = group.members if isinstance(group, Group) else ()
        return self.scene.record.state.offering(step.group, members, now_known)

    def _somebody_is_free(self, index: int, step: Wait, state: State) -> bool:
        """Whether somebody of the group would ring where the caller waits now."""
        found = self.scene.plan(self.at.keys, state)
        there = found.steps[index] if index < len(found.steps) else None
        return isinstance(there, Ring) and there.group == step.group

    def _offer(self, seconds: int, now: datetime, state: State) -> Onward:
        """Whoever is free rings for so long; the caller's wait is not over by that."""
        index, record = self.at.step, self.scene.record
        offer = Offer(step=index, since=now, seconds=seconds, waiting=record.state, rung=record.rung(index))
        at = replace(self._at(index, ON_THE_WAY, count=self.at.count), turn=self.at.turn + 1)
        return replace(self._transfer(at), record=structs.replace(record, state=state, offer=offer))

    def _waits_on(self, offer: Offer, now: datetime) -> Onward:
        """Nobody took the offer: back to the wait as it was, with what is left of it."""
        if offer.over:
            step = self.found.steps[self.at.step]
            assert isinstance(step, Wait)
            return self._music(self.at.step, step, self.at.count)
        rung = offer.rung + max((now - offer.since).total_seconds(), 0.0)
        over = structs.replace(offer, rung=rung, over=True)
        record = structs.replace(self.scene.record, state=offer.waiting, offer=over)
        there = Playing(replace(self.scene, record=record), replace(self.at, turn=self.at.turn + 1))
        return replace(there._waits_on(over, now), record=record)

    # Voicemail

    def _voicemail(self, index: int, step: Voicemail, before: Sounds) -> Onward:
        greeting = (*before, *self._greeting(step))
        if not step.record:
            return self._do(index, GREETED, greeting)
        at = self._at(index, RECORDING)
        return Onward(Act(at=at.text, play=greeting, then="record", seconds=LONGEST_MESSAGE), at)

    def _greeting(self, step: Voicemail) -> Sounds:
        """The owner's own, or ours by the cause."""
        if step.greeting:
            return speech.upload(self.customer, step.greeting)
        cause = "in-gesprek" if step.busy else "geen-gehoor"
        if step.record:
            return say(cause, "na-de-toon")
        owner = directory(self.scene.config)
        found = owner.by_id.get(f"user:{step.user}") or owner.by_id.get(f"line:{step.user}")
        assert isinstance(found, PbxUser | Line)
        transfers = found.voicemail.after is AfterGreeting.TRANSFER
        return say(cause, "doorschakelen" if transfers else "later")
