"""1233: the owner of a line listens to its messages and speaks its greeting."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services.pbx.domain.edge.mailbox import Mailbox, Message, Told
from services.pbx.domain.edge.position import Position, position
from services.pbx.domain.edge.scripts import Heard
from shared.days import ZONE

pytestmark = pytest.mark.feature("TEL-03", "PBX-16")

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=ZONE)
NEW = Message("b" * 32, NOW - timedelta(minutes=65))
OLD = Message("a" * 32, NOW - timedelta(days=3))
KEYS = "nl.bericht-toetsen"
CHOICE = "nl.begroeting-inspreken"


def listen(messages: tuple[Message, ...], *events: str) -> list[Told]:
    """What is told after each event: a key, ``""`` for silence, ``@ID`` for something that was recorded."""
    at, told = Position(0, 0), []
    for event in ("", *events):
        heard = Heard(call="c", script="", at=at.text, event="began" if not told else "silence")
        if event.startswith("@"):
            heard = Heard(call="c", script="", event="recorded", recording=event[1:])
        elif event:
            heard = Heard(call="c", script="", event="key", keys=event)
        told.append(Mailbox("customer", messages, at, NOW).hear(heard))
        at = position(told[-1].act.at)
    return told


def test_how_many_and_then_the_newest_with_its_time() -> None:
    (told,) = listen((NEW, OLD))
    assert told.act.play == (
        *("nl.u-hebt", "nl.getal-2", "nl.berichten"),
        *("nl.bericht", "nl.getal-1", "nl.vandaag", "nl.om", "nl.getal-13", "nl.uur"),
        *(f"message.customer.{NEW.id}", KEYS),
    )
    assert (told.act.then, told.heard) == ("keys", NEW.id)


def test_one_message_is_one_and_none_is_none() -> None:
    assert listen((OLD,))[0].act.play[:2] == ("nl.u-hebt", "nl.een-bericht")
    assert listen(())[0].act.play == ("nl.geen-berichten", CHOICE)


def test_again_and_next_until_there_is_none() -> None:
    told = listen((NEW, OLD), "1", "2", "2")
    assert f"message.customer.{NEW.id}" in told[1].act.play
    assert told[2].act.play[:5] == ("nl.bericht", "nl.getal-2", "nl.getal-20", "nl.maand-11", "nl.om")
    assert told[3].act.play == ("nl.laatste-bericht", "nl.berichten-beluisteren", CHOICE)


def test_a_message_is_removed_and_the_next_one_is_played() -> None:
    told = listen((NEW, OLD), "3")[-1]
    assert told.removed == NEW.id
    assert told.act.play[:3] == ("nl.gewist", "nl.bericht", "nl.getal-1")
    assert told.heard == OLD.id


def test_asked_again_a_removal_has_the_same_answer() -> None:
    """The message is gone by then."""
    at = position(listen((NEW, OLD))[0].act.at)
    pressed = Heard(call="c", script="", event="key", keys="3")
    first = Mailbox("customer", (NEW, OLD), at, NOW).hear(pressed)
    assert Mailbox("customer", (OLD,), at, NOW).hear(pressed) == first


@pytest.mark.parametrize(
    ("key", "heard", "removed"),
    [("1", NEW, ""), ("2", OLD, ""), ("3", OLD, NEW.id)],
    ids=["again", "next", "3"],
)
def test_a_message_that_comes_meanwhile_changes_nothing(key: str, heard: Message, removed: str) -> None:
    """It stands before all others; keys are about the message that was heard."""
    at = position(listen((NEW, OLD))[0].act.at)
    newer = Message("c" * 32, NOW - timedelta(minutes=1))
    told = Mailbox("customer", (newer, NEW, OLD), at, NOW).hear(
        Heard(call="c", script="", event="key", keys=key)
    )
    assert (told.heard, told.removed) == (heard.id, removed)
    assert "nl.fout" not in told.act.play


def test_when_the_message_has_gone_the_one_in_its_place_is_heard() -> None:
    at = position(listen((NEW, OLD))[0].act.at)
    for key in ("1", "2"):
        pressed = Heard(call="c", script="", event="key", keys=key)
        assert Mailbox("customer", (OLD,), at, NOW).hear(pressed).heard == OLD.id


def test_a_wrong_key_is_said_to_be_one_and_twice_silence_ends_the_call() -> None:
    told = listen((NEW,), "7", "", "")
    assert told[1].act.play == ("nl.fout", KEYS)
    assert told[2].act.play == (KEYS,)
    assert (told[3].act.play, told[3].act.then) == (("nl.tot-ziens",), "hangup")


def test_a_greeting_is_spoken_heard_and_kept() -> None:
    told = listen((), "9", "@g1", "1")
    assert (told[1].act.then, told[1].act.play) == ("record", ("nl.begroeting-na-de-toon",))
    assert told[2].act.play == ("nl.dit-is-uw-begroeting", "taken.customer.g1", "nl.begroeting-toetsen")
    assert (told[3].greeting, told[3].act.play[0]) == ("g1", "nl.begroeting-bewaard")


def test_a_greeting_is_spoken_again_or_not_kept() -> None:
    again, left, nothing = listen((), "9", "@g1", "2"), listen((), "9", "@g1", "3"), listen((), "9", "@")
    assert (again[-1].act.then, again[-1].greeting) == ("record", "")
    assert (left[-1].act.play, left[-1].greeting) == ((CHOICE,), "")
    assert nothing[-1].act.play == ("nl.niets-opgenomen", CHOICE)


@pytest.mark.parametrize("between", [("2",), ("1", "9"), ("3", "9"), ("1", "1", "9")])
def test_a_greeting_that_is_spoken_again_is_another_recording(between: tuple[str, ...]) -> None:
    """A recording is known by where it was made, and a sound that was heard is not fetched again."""
    told = listen((NEW,), "9", "@g1", *between)
    assert told[1].act.then == told[-1].act.then == "record"
    assert told[1].act.at != told[-1].act.at
