"""A call for a menu: PBX-09."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from services.pbx.domain.config import (
    Action,
    Config,
    DateRange,
    Key,
    Menu,
    MenuSide,
    NameOrder,
    OutgoingBlocks,
    PbxUser,
    Schedule,
    ScheduleKind,
    Slot,
)
from services.pbx.domain.routing.values import Announce, Prompt
from shared.days import ZONE
from tests.unit.pbx.plans import MONDAY_AFTERNOON, ends, group, outside, pbx, rung, told

NUMBER = "+31850001600"
KEYS = {
    "0": Key(action=Action.REPEAT),
    "1": Key(action=Action.TRANSFER, to="211"),
    "2": Key(action=Action.TRANSFER_ANNOUNCED, to="212"),
    "3": Key(action=Action.TRANSFER, to="06-00 00 00 99"),
    "4": Key(action=Action.NONE),
    "5": Key(action=Action.PLAY, file="openingstijden"),
    "6": Key(action=Action.NAME),
    "7": Key(action=Action.EXTENSION),
    "8": Key(action=Action.HANG_UP),
    "9": Key(action=Action.OPERATOR, to="209"),
}
NO_OPERATOR = {symbol: key for symbol, key in KEYS.items() if symbol != "9"}


def person(extension: str, first: str, last: str) -> PbxUser:
    return PbxUser(id=extension, username=extension, first_name=first, last_name=last, extension=extension)


PEOPLE = (
    person("211", "Jan", "Jansen"),
    person("212", "Sandra", "Achterberg"),
    person("213", "Jane", "Jansen"),
    person("209", "Receptie", ""),
)


def with_menu(keys: dict[str, Key] = KEYS, **values: Any) -> Config:
    menu = Menu(
        **{
            "id": "m",
            "name": "Hoofdmenu",
            "number": NUMBER,
            "extension": "555",
            "open": MenuSide(keys=keys),
            **values,
        }
    )
    return pbx(*PEOPLE, menu, group("211", extension="102"))


# what is pressed at each invitation; whose telephone rings first, or how it ends
CASES = {
    "transfer without a message": (("1",), "211"),
    "transfer with a message": (("2",), "212"),
    "operator": (("9",), "209"),
    "outside number": (("3",), "to +31600000099"),
    "hang up": (("8",), "hangup"),
    "repeat, then a key": (("0", "1"), "211"),
    "a message, then back in the menu": (("5", "2"), "212"),
    "silence: the operator": ((), "209"),
    "silence after a message: the operator": (("5",), "209"),
    "one wrong, then right": (("4", "1"), "211"),
    "two wrong, then right": (("4", "#", "1"), "211"),
    "three wrong: the operator": (("4", "*", "4", "1"), "209"),
    "extension": (("7", "213"), "213"),
    "extension, closed with a hash": (("7", "213#"), "213"),
    "extension of a group": (("7", "102"), "211"),
    "extension that is none, then a key": (("7", "333", "1"), "211"),
    "key and extension in one go": (("7213",), "213"),
    "name: last name first": (("6", "2248"), "212"),
    "name, whole": (("6", "526736526"), "211"),
    "name of several, then a choice": (("6", "5267", "2"), "213"),
    "name of several, no choice, then a key": (("6", "5267", "", "1"), "211"),
    "name of nobody, then a key": (("6", "9999", "1"), "211"),
}


@pytest.mark.feature("PBX-09", "PBX-11")
@pytest.mark.parametrize(("presses", "goal"), CASES.values(), ids=CASES.keys())
def test_a_caller_presses_keys(presses: tuple[str, ...], goal: str) -> None:
    found = outside(with_menu(), NUMBER, *presses)
    assert (rung(found)[0][0] if rung(found) else ends(found)) == goal


@pytest.mark.feature("PBX-09")
@pytest.mark.parametrize("presses", [(), ("4", "4", "4"), ("", "4", "#"), ("7", "333", "", "")])
def test_without_an_operator_three_silent_or_wrong_inputs_end_the_call(presses: tuple[str, ...]) -> None:
    found = outside(with_menu(NO_OPERATOR), NUMBER, *presses)
    assert ends(found) == "hangup" and "er is geen receptie" in told(found)


@pytest.mark.feature("PBX-09")
def test_the_transfer_is_announced_before_it_is_made() -> None:
    steps = outside(with_menu(), NUMBER, "2").steps
    assert [type(step).__name__ for step in steps[:3]] == ["Prompt", "Announce", "Ring"]
    assert isinstance(steps[1], Announce) and steps[1].text == "U wordt nu doorgeschakeld."


@pytest.mark.feature("PBX-09")
def test_the_first_name_may_be_spelled_first() -> None:
    found = outside(with_menu(name_order=NameOrder.FIRST_LAST), NUMBER, "6", "726372")  # sandra
    assert rung(found)[0][0] == "212"


@pytest.mark.feature("PBX-09")
@pytest.mark.parametrize(
    ("pressed", "goal"), [("211", "211"), ("213", "213"), ("2", "212"), ("2119", "211"), ("299", "212")]
)
def test_the_longest_extension_that_fits_beats_a_key(pressed: str, goal: str) -> None:
    assert rung(outside(with_menu(extension_dialling=True), NUMBER, pressed))[0][0] == goal


@pytest.mark.feature("PBX-09")
@pytest.mark.parametrize(("pressed", "goal"), [("211", "211"), ("21", "21"), ("210", "21")])
def test_of_two_extensions_that_fit_the_longer_is_meant(pressed: str, goal: str) -> None:
    config = with_menu(extension_dialling=True)
    config = pbx(*config.users, person("21", "Kort", "Nummer"), *config.menus)
    assert rung(outside(config, NUMBER, pressed))[0][0] == goal


@pytest.mark.feature("PBX-09")
def test_an_extension_is_not_dialled_at_once_where_that_is_off() -> None:
    assert rung(outside(with_menu(), NUMBER, "211"))[0][0] == "212"


@pytest.mark.parametrize(("wanted", "waits"), [(10, 10), (0, 1), (600, 60)])
def test_silence_lasts_one_to_sixty_seconds(wanted: int, waits: int) -> None:
    step = outside(with_menu(first_key_seconds=wanted), NUMBER).steps[0]
    assert isinstance(step, Prompt) and step.seconds == waits


@pytest.mark.feature("PBX-04", "PBX-09")
def test_a_key_that_leads_to_a_blocked_number_counts_as_wrong() -> None:
    config = with_menu()
    config = pbx(*config.users, *config.menus, outgoing=OutgoingBlocks(mobile=True))
    assert rung(outside(config, NUMBER, "3", "3", "3"))[0][0] == "209"


def test_a_menu_always_ends_whatever_is_pressed() -> None:
    assert ends(outside(with_menu(), NUMBER, *["0"] * 500)) == "hangup"


HOURS = Schedule(
    id="hours", name="Werktijden", slots=(Slot(days=(0, 1, 2, 3, 4), start="08:30", end="17:30"),)
)
HOLIDAY = Schedule(
    id="holiday",
    name="Vakantie",
    kind=ScheduleKind.HOLIDAY,
    dates=(DateRange(first=datetime(2026, 11, 24).date(), last=datetime(2026, 11, 25).date()),),
)


@pytest.mark.feature("PBX-09")
@pytest.mark.parametrize(
    ("now", "side"),
    [
        (MONDAY_AFTERNOON, "open"),
        (datetime(2026, 11, 23, 8, 29, 59, tzinfo=ZONE), "closed"),
        (datetime(2026, 11, 23, 8, 30, tzinfo=ZONE), "open"),
        (datetime(2026, 11, 23, 17, 30, tzinfo=ZONE), "closed"),
        (datetime(2026, 11, 22, 12, 0, tzinfo=ZONE), "closed"),
        (datetime(2026, 11, 24, 12, 0, tzinfo=ZONE), "closed"),
    ],
)
def test_a_menu_speaks_within_and_outside_its_hours(now: datetime, side: str) -> None:
    menu = Menu(
        id="m",
        name="Hoofdmenu",
        number=NUMBER,
        hours="hours",
        holidays="holiday",
        open=MenuSide(greeting="dag", keys=KEYS),
        closed=MenuSide(greeting="avond"),
    )
    step = outside(pbx(*PEOPLE, menu, schedules=(HOURS, HOLIDAY)), NUMBER, now=now).steps[0]
    assert isinstance(step, Prompt)
    assert (step.side, step.greeting) == (side, "dag" if side == "open" else "avond")
