"""What a caller at the media server hears: the engine's plan, with what was really pressed and said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from services.pbx.domain.config import AfterGreeting, Config, MenuSide
from services.pbx.domain.edge.position import Position, position
from services.pbx.domain.edge.speech import MUSIC_SECONDS, NAMES
from services.pbx.domain.routing import Call, plan
from services.pbx.domain.routing.values import Direction, Ring, Transfer
from services.pbx.sounds import standard
from services.pbx.sounds.texts import TEXTS
from tests.unit.pbx.callers import Caller
from tests.unit.pbx.plans import CALLER, MAILED, MONDAY_AFTERNOON, group, line, pbx, state, user
from tests.unit.pbx.test_routing_menus import CASES, NUMBER, with_menu

pytestmark = pytest.mark.feature("PBX-16")


def caller(config: Config, called: str, *goes: str, **more: Any) -> Caller:
    """Somebody from outside, to the end."""
    return Caller(config, Call(caller=CALLER, called=called), list(goes), **more).run()


def planned(config: Config, *presses: str) -> list[str]:
    """Who rings, in this order, when the engine knows beforehand what is pressed."""
    call = Call(caller=CALLER, called=NUMBER, key_presses=presses)
    steps = plan(config, call, MONDAY_AFTERNOON, state(config)).steps
    rings = [s for s in steps if isinstance(s, Ring | Transfer)]
    return [s.to if isinstance(s, Transfer) else "+".join(t.user or "" for t in s.targets) for s in rings]


@pytest.mark.parametrize(("presses", "goal"), CASES.values(), ids=CASES.keys())
def test_who_presses_keys_comes_where_the_engine_says(presses: tuple[str, ...], goal: str) -> None:
    assert caller(with_menu(), NUMBER, *presses).rung == planned(with_menu(), *presses)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("0123456789*", max_size=5), max_size=6), st.booleans())
@example(["7", "00001"], False)
def test_keys_that_come_one_by_one_lead_where_they_were_planned_to(goes: list[str], at_once: bool) -> None:
    config = with_menu(extension_dialling=at_once)
    there = caller(config, NUMBER, *goes)
    assert there.rung == planned(config, *there.gone)


def test_a_menu_says_its_greeting_and_waits_for_a_key_as_long_as_is_set() -> None:
    config = with_menu(first_key_seconds=7)
    menu = config.menus[0]
    own = structs.replace(menu, open=MenuSide(greeting="f1", keys=menu.open.keys))
    (standard_act, own_act) = (
        caller(each, NUMBER).acts[0] for each in (config, structs.replace(config, menus=(own,)))
    )
    assert standard_act.play == ("nl.welkom",)
    assert (own_act.play, own_act.then, own_act.most) == (("file.customer.f1",), "keys", 1)
    assert own_act.wait_ms == 7000


def test_a_wrong_key_is_said_to_be_one_and_silence_is_not() -> None:
    assert caller(with_menu(), NUMBER, "4", "1").heard[:3] == ["nl.welkom", "nl.fout", "nl.welkom"]
    assert caller(with_menu(), NUMBER, "0", "1").heard[:2] == ["nl.welkom", "nl.welkom"]
    assert "nl.geen-toestel" in caller(with_menu(), NUMBER, "7", "333", "1").heard
    assert "nl.geen-naam" in caller(with_menu(), NUMBER, "6", "9999", "1").heard


def test_a_transfer_is_announced_and_a_message_is_played() -> None:
    assert caller(with_menu(), NUMBER, "2").heard[:2] == ["nl.welkom", "nl.doorschakelen"]
    assert "file.customer.openingstijden" in caller(with_menu(), NUMBER, "5", "2").heard


def test_of_several_with_a_name_the_extensions_are_said() -> None:
    heard = caller(with_menu(), NUMBER, "6", "5267", "2").heard
    spoken = heard[heard.index("nl.meer-namen") + 1 :]
    assert spoken[:6] == [
        *("nl.kies", "nl.getal-1", "nl.voor-toestel"),
        *("nl.getal-2", "nl.getal-1", "nl.getal-1"),
    ]


def test_nobody_answers_and_nothing_follows() -> None:
    config = with_menu()
    assert caller(config, NUMBER, "3", code=486).heard[-1] == "nl.bezettoon"
    assert caller(config, NUMBER, "3", code=480).heard[-1] == "nl.niemand"
    assert caller(config, NUMBER, "8").heard[-1] == "nl.tot-ziens"


@pytest.mark.feature("PBX-07")
@pytest.mark.parametrize(
    ("busy", "own", "heard"),
    [
        ((), None, ["nl.geen-gehoor", "nl.na-de-toon"]),
        (("201",), None, ["nl.in-gesprek", "nl.na-de-toon"]),
        (("201",), "b1", ["file.customer.b1"]),
    ],
)
def test_a_voicemail_greets_by_the_cause_and_records(
    busy: tuple[str, ...], own: str | None, heard: list[str]
) -> None:
    box = structs.replace(MAILED, busy=True, greeting_busy=own)
    config = pbx(user("201", voicemail=box, number=NUMBER))
    known = state(config, busy=busy) if busy else state(config, absent=("201",))
    left = caller(config, NUMBER, known=known, spoken="r1")
    assert left.heard == [*heard, "nl.bedankt"]
    assert (left.acts[0].then, left.acts[0].beep) == ("record", True)
    silent = caller(config, NUMBER, known=known)
    assert silent.heard[-1] == "nl.geen-bericht-opgenomen"


@pytest.mark.feature("PBX-07", "PBX-10")
def test_without_a_message_the_call_ends_or_goes_on_after_the_greeting() -> None:
    """The company's voicemail outside its hours says something and ends the call (manual 6.2)."""
    text_only = structs.replace(MAILED, always=True, after=AfterGreeting.HANG_UP)
    config = pbx(user("999", number=NUMBER, voicemail=text_only), user("201"))
    ended = caller(config, NUMBER)
    assert ended.heard == ["nl.geen-gehoor", "nl.later"]
    assert [act.then for act in ended.acts] == ["next", "hangup"]

    onward = structs.replace(text_only, after=AfterGreeting.TRANSFER, transfer_to="201")
    config = pbx(user("999", number=NUMBER, voicemail=onward), user("201"))
    went = caller(config, NUMBER)
    assert went.heard[:2] == ["nl.geen-gehoor", "nl.doorschakelen"]
    assert went.rung == ["201"]


def waiting() -> Config:
    return pbx(
        user("201"),
        user("202"),
        group("201", number=NUMBER, wait_on=True, wait_seconds=12, overflow_to="202"),
        music="m1",
    )


def test_who_waits_hears_music_and_then_comes_where_the_group_leads() -> None:
    waited = caller(waiting(), NUMBER, known=state(waiting(), busy=("201",)))
    pieces = [f"music.customer.m1.{second}" for second in range(0, 12, MUSIC_SECONDS)]
    assert waited.heard[: 1 + len(pieces)] == ["nl.wachten", *pieces]
    assert waited.rung == ["202"]


def test_who_waits_is_offered_to_who_becomes_free() -> None:
    config = waiting()
    offered = caller(config, NUMBER, known=state(config, busy=("201",)), later=state(config))
    assert offered.heard[:2] == ["nl.wachten", "music.customer.m1.0"]
    assert offered.rung[0] == "201"
    assert position(offered.acts[1].target).turn == 1


def test_who_refuses_does_not_make_the_caller_wait_anew() -> None:
    """A telephone that says *busy* at once: the music goes on where it was, and ends when it would have."""
    config = waiting()
    refused = caller(config, NUMBER, known=state(config, busy=("201",)), later=state(config), code=486)
    pieces = [f"music.customer.m1.{second}" for second in range(0, 12, MUSIC_SECONDS)]
    assert refused.heard == ["nl.wachten", *pieces, "nl.niemand"]
    assert refused.rung[-1] == "202"


def test_who_lets_it_ring_has_made_the_caller_wait() -> None:
    config = waiting()
    rang = caller(config, NUMBER, known=state(config, busy=("201",)), later=state(config), ring_seconds=7)
    assert rang.heard[:2] == ["nl.wachten", "music.customer.m1.0"]
    assert [act.then for act in rang.acts] == ["next", "transfer", "transfer", "hangup"]


def test_who_waits_is_not_sent_where_the_group_leads_when_all_have_gone() -> None:
    """That is for who calls then: this caller waits for a member."""
    config = waiting()
    led = structs.replace(config.groups[0], offline_on=True, offline_to="202")
    config = structs.replace(config, groups=(led,))
    gone = state(config, absent=("201",))
    waited = caller(config, NUMBER, known=state(config, busy=("201",)), later=gone)
    assert waited.heard[3] == "music.customer.m1.10"


@pytest.mark.feature("TEL-03")
def test_1233_is_handed_to_who_knows_the_messages() -> None:
    config = pbx(line(voicemail=MAILED))
    listened = Caller(config, Call(caller="line:line", called="1233", direction=Direction.OUT)).run()
    assert [act.then for act in listened.acts] == ["next"]


@settings(max_examples=100)
@given(
    st.builds(
        Position,
        turn=st.integers(0, 50),
        step=st.integers(0, 300),
        phase=st.sampled_from(("start", "k", "over")),
        keys=st.lists(st.text("0123456789*#", max_size=6), max_size=8).map(tuple),
        typed=st.text("0123456789*#", max_size=6),
        count=st.integers(0, 7200),
        item=st.sampled_from(("", "a1" * 16)),
    )
)
def test_where_a_caller_is_fits_an_address_and_comes_back(at: Position) -> None:
    assert position(at.text) == at
    assert at.text.replace("-", "").replace("_", "").isalnum() and at.text.isascii()


@pytest.mark.parametrize(
    "text", ["", "next", "1-2-k-0--", "a-0-k-0---", "0-0-k-x---", "0-0-k-0---" + "1_" * 200]
)
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        position(text)


def test_every_sound_that_can_be_named_is_there_and_says_something() -> None:
    tones = {"bezettoon", "muziek"}
    assert set(NAMES) - tones == set(TEXTS)
    short = [name for name in NAMES if len(standard(name) or b"") < 1600]
    assert short == []
    assert standard("../make") is None or "../make" not in NAMES
