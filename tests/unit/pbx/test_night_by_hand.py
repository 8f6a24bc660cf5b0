"""The night mode that is set by hand with an end: it goes back to what it was, however often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from services.pbx.domain.checklist import checklist
from services.pbx.domain.config import ALWAYS, Night, NightState, Schedule, Slot, Voicemail
from services.pbx.domain.demands import demands
from services.pbx.domain.graph import night_in_words
from services.pbx.domain.loops import loops
from services.pbx.domain.parts import Part, merged
from services.pbx.domain.rules import problems
from services.pbx.domain.schedules import company_night
from services.pbx.domain.uses import used_where
from services.pbx.usecases.editing import save
from services.pbx.usecases.night import set_night
from services.pbx.usecases.publishing import publish
from shared.acting import Acting
from shared.errors import Invalid
from shared.ids import new_id
from tests.unit.pbx.edge_scene import BAKERY, COMPANY, NOON, Scene, bakery
from tests.unit.pbx.plans import forwards, pbx, user

pytestmark = pytest.mark.feature("PBX-03", "PBX-14")

ACTING = Acting(kind="user", scope="customer", customer_id=BAKERY, user_id="u" * 32, roles=("settings",))
HOURS = Schedule(id="w", name="Werktijden", slots=(Slot(days=(0, 1, 2, 3, 4), start="08:30", end="17:30"),))
MAIL = "balie@bakkerij.example"
AUTO, ON, OFF = NightState.AUTO, NightState.ON, NightState.OFF
LATER = NOON + timedelta(hours=5)


def office(state: NightState = AUTO) -> Scene:
    config = bakery()
    kees = structs.replace(
        config.users[1], extension="999", voicemail=Voicemail(on=True, always=True, email=MAIL)
    )
    night = Night(state=state, hours=HOURS.id)
    users = (config.users[0], kees)
    return Scene(structs.replace(config, users=users, schedules=(HOURS,), night=night))


def press(scene: Scene, state: NightState, hours: int | None) -> None:
    """Somebody sets it from now on, until so many hours later."""
    until = scene.now + timedelta(hours=hours) if hours is not None else None
    set_night(scene.store, lambda: scene.now, ACTING, state=state, until=until, command_id=new_id())


def holds(scene: Scene) -> NightState:
    return company_night(scene.store.settings(BAKERY).published.night, scene.now)


def test_on_until_five_two_days_in_a_row_is_automatic_again_both_evenings() -> None:
    scene = office()
    for _day in range(2):
        press(scene, ON, 5)
        assert holds(scene) is ON
        scene.now += timedelta(hours=5)
        assert holds(scene) is AUTO
        scene.now += timedelta(hours=19)


def test_another_end_while_one_runs_leads_back_to_before_both() -> None:
    scene = office()
    press(scene, ON, 5)
    scene.now += timedelta(hours=1)
    press(scene, OFF, 1)
    assert holds(scene) is OFF
    scene.now += timedelta(hours=1)
    assert holds(scene) is AUTO


@settings(max_examples=50, deadline=None)
@given(
    start=st.sampled_from(NightState),
    presses=st.lists(
        st.tuples(st.sampled_from(NightState), st.one_of(st.none(), st.integers(1, 6)), st.integers(1, 8)),
        max_size=5,
    ),
)
def test_it_returns_to_what_was_last_set_without_an_end(
    start: NightState, presses: list[tuple[NightState, int | None, int]]
) -> None:
    scene, lasting = office(start), start
    for state, hours, wait in presses:
        press(scene, state, hours)
        lasting = state if hours is None else lasting
        assert holds(scene) is state
        scene.now += timedelta(hours=wait)
    scene.now += timedelta(days=1)
    assert holds(scene) is lasting


@pytest.mark.parametrize("hours", [1, 6], ids=["before its end", "after its end"])
def test_another_state_that_is_published_is_not_ended_by_what_was_set_by_hand(hours: int) -> None:
    scene = office()
    press(scene, ON, 5)
    scene.now += timedelta(hours=hours)
    save(scene.store, lambda: scene.now, ACTING, part="night", values={"state": "off"}, command_id=new_id())
    publish(scene.store, lambda: scene.now, ACTING, note="", command_id=new_id())
    assert holds(scene) is OFF
    scene.now += timedelta(days=1)
    assert holds(scene) is OFF


def test_an_end_that_comes_with_the_state_and_other_fields_stay() -> None:
    night = until(ON, OFF)
    end = LATER + timedelta(hours=1)
    assert merged(Part.NIGHT, night, {"state": "off", "until": end.isoformat()}).until == end
    assert merged(Part.NIGHT, night, {"destination": "999"}).until == LATER


def test_a_repeated_command_has_its_first_answer_also_after_the_end() -> None:
    scene = office()
    fields: dict[str, Any] = {"state": ON, "until": scene.now + timedelta(minutes=5), "command_id": new_id()}
    first = set_night(scene.store, lambda: scene.now, ACTING, **fields)
    scene.now += timedelta(minutes=6)
    assert set_night(scene.store, lambda: scene.now, ACTING, **fields) == first
    with pytest.raises(Invalid) as refused:
        set_night(scene.store, lambda: scene.now, ACTING, **{**fields, "command_id": new_id()})
    assert list(refused.value.fields) == ["until"]


def until(state: NightState, then: NightState, **values: Any) -> Night:
    fields: dict[str, Any] = {"destination": "201", **values}
    return Night(state=state, until=LATER, then=then, **fields)


OF_THE_NIGHT = [
    (until(OFF, AUTO, hours=ALWAYS), True),
    (until(OFF, ON), True),
    (until(ON, OFF), True),
    (until(OFF, OFF), False),
    (Night(state=OFF, then=AUTO, destination="201"), False),
]


@pytest.mark.parametrize(("night", "is_used"), OF_THE_NIGHT)
def test_where_it_leads_after_its_end_is_in_use_too(night: Night, is_used: bool) -> None:
    config = pbx(user("201"), user("202"), night=night)
    assert bool(used_where(config, "user", "201")) is is_used
    without = structs.replace(config, users=config.users[1:])
    assert any(found.field == "destination" for found in problems(without, {COMPANY})) is is_used


@pytest.mark.parametrize(("night", "is_used"), OF_THE_NIGHT)
def test_a_loop_through_it_is_found_and_the_checklist_counts_it(night: Night, is_used: bool) -> None:
    config = pbx(user("201", forwards=forwards(always="202")), user("202"), night=night)
    assert bool(loops(config)) is is_used
    (item,) = (i for s in checklist(config, {COMPANY}).sections for i in s.items if i.code == "night")
    assert item.done is is_used


@pytest.mark.parametrize(
    ("night", "missing"),
    [
        (until(OFF, AUTO), {"hours"}),
        (until(OFF, AUTO, destination=""), {"destination", "hours"}),
        (until(OFF, ON, destination=""), {"destination"}),
        (until(ON, OFF, destination=""), {"destination"}),
        (until(OFF, OFF, destination=""), set()),
        (Night(then=AUTO, destination=""), set()),
    ],
)
def test_what_it_needs_after_its_end_it_needs_now(night: Night, missing: set[str]) -> None:
    assert set(demands(night)) == missing


def test_the_picture_says_what_holds_then() -> None:
    config = pbx(user("201"), night=until(OFF, ON))
    assert night_in_words(config, NOON) == "De nachtschakeling staat uit."
    assert "alles gaat naar" in night_in_words(config, LATER)
