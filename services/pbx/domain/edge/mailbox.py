"""1233: the owner of a voicemail listens to its messages and speaks its greeting (TEL-03).

The newest message comes first. Pure as :mod:`services.pbx.domain.edge.playing`: what has to be kept or thrown
away goes along as the effect of what was pressed; the same question again has the same effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.pbx.domain.edge import speech
from services.pbx.domain.edge.position import Position
from services.pbx.domain.edge.scripts import Act, Heard
from services.pbx.domain.edge.speech import Sounds, say

WAIT_MS = 6000
LONGEST_GREETING = 90
"""Seconds."""
LISTENING, CHOOSING, SPEAKING, JUDGING = "l", "c", "s", "j"
MOST_SILENCES = 2


@dataclass(frozen=True)
class Message:
    """A message as the owner hears of it."""

    id: str
    at: datetime


@dataclass(frozen=True)
class Told:
    """``heard``, ``removed``: a message's ID; ``greeting``: the ID of the recording that becomes it."""

    act: Act
    heard: str = ""
    removed: str = ""
    greeting: str = ""


class Mailbox:
    """One caller of 1233, at one position; ``messages`` are the newest first."""

    def __init__(self, customer_id: str, messages: tuple[Message, ...], at: Position, now: datetime) -> None:
        self.customer = customer_id
        self.messages = messages
        self.at = at
        self.now = now

    def hear(self, heard: Heard) -> Told:
        """What comes now."""
        if self.at.phase == SPEAKING:
            return self._spoken(heard.recording)
        if heard.event == "silence":
            return self._silence()
        match self.at.phase, heard.keys[:1]:
            case phase, key if phase == LISTENING:
                return self._listened(key)
            case phase, key if phase == JUDGING:
                return self._judged(key)
            case phase, "1" if phase == CHOOSING and self.messages:
                return self._message(0)
            case phase, "9" if phase == CHOOSING:
                return self._speak()
            case phase, _ if phase == CHOOSING:
                return self._choose(say("fout"))
            case _:
                return self._begin()

    def _begin(self) -> Told:
        """How many there are, and the first of them."""
        if not self.messages:
            return self._choose(say("geen-berichten"))
        count = len(self.messages)
        named = say("een-bericht") if count == 1 else (*speech.counted(count), *say("berichten"))
        return self._message(0, (*say("u-hebt"), *named))

    def _message(self, index: int, before: Sounds = ()) -> Told:
        if index >= len(self.messages):
            return self._choose((*before, *say("laatste-bericht")))
        message = self.messages[index]
        at = self._at(LISTENING, count=index, item=message.id)
        sounds = (
            *before,
            *say("bericht"),
            *speech.counted(index + 1),
            *speech.moment(message.at, self.now),
            *speech.message(self.customer, message.id),
            *say("bericht-toetsen"),
        )
        return Told(self._keys(at, sounds), heard=message.id)

    def _listened(self, key: str) -> Told:
        """What is done with the message that was heard. Asked again, it may be removed already; then the one
        in its place is meant. Messages that came since stand before it."""
        found = next((i for i, message in enumerate(self.messages) if message.id == self.at.item), None)
        there, index = found is not None, self.at.count if found is None else found
        match key:
            case "1":
                return self._message(index)
            case "2":
                return self._message(index + 1 if there else index)
            case "3":
                left = tuple(message for message in self.messages if message.id != self.at.item)
                told = Mailbox(self.customer, left, self.at, self.now)._message(index, say("gewist"))
                return replace(told, removed=self.at.item)
            case "9":
                return self._speak()
            case _:
                return Told(self._keys(self.at, (*say("fout"), *say("bericht-toetsen"))))

    def _choose(self, before: Sounds = ()) -> Told:
        listen = say("berichten-beluisteren") if self.messages else ()
        return Told(self._keys(self._at(CHOOSING), (*before, *listen, *say("begroeting-inspreken"))))

    def _silence(self) -> Told:
        """Once it is said again; then the call ends."""
        silences = len(self.at.typed) + 1
        if silences >= MOST_SILENCES:
            at = self._at("over")
            return Told(Act(at=at.text, play=say("tot-ziens"), then="hangup"))
        at = replace(self.at, typed="0" * silences)
        again = {LISTENING: "bericht-toetsen", JUDGING: "begroeting-toetsen"}
        return Told(self._keys(at, say(again.get(self.at.phase, "begroeting-inspreken"))))

    # The greeting

    def _speak(self) -> Told:
        at = replace(self._at(SPEAKING), spoken=self.at.spoken + 1)
        sounds = say("begroeting-na-de-toon")
        return Told(Act(at=at.text, play=sounds, then="record", seconds=LONGEST_GREETING))

    def _spoken(self, recording: str) -> Told:
        if not recording:
            return self._choose(say("niets-opgenomen"))
        at = self._at(JUDGING, item=recording)
        own = speech.taken(self.customer, recording)
        return Told(self._keys(at, (*say("dit-is-uw-begroeting"), *own, *say("begroeting-toetsen"))))

    def _judged(self, key: str) -> Told:
        match key:
            case "1":
                return replace(self._choose(say("begroeting-bewaard")), greeting=self.at.item)
            case "2":
                return self._speak()
            case "3":
                return self._choose()
            case _:
                return Told(self._keys(self.at, say("fout", "begroeting-toetsen")))

    def _at(self, phase: str, count: int = 0, item: str = "") -> Position:
        return replace(self.at, phase=phase, count=count, item=item, typed="")

    def _keys(self, at: Position, sounds: Sounds) -> Act:
        return Act(at=at.text, play=sounds, then="keys", most=1, wait_ms=WAIT_MS)
