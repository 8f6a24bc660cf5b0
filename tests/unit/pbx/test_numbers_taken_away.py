"""A number that is another customer's by now: nobody else calls with it, is seen with it or pays by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from services.pbx.domain.config import Config, Forward, Forwards, Line, ShownNumber, SimNumber, SimRing
from services.pbx.domain.edge.stages import Branch, Order
from services.pbx.domain.held import with_held
from services.pbx.domain.routing.values import Transfer
from services.pbx.usecases.live_calls import LiveCalls
from services.pbx.usecases.route_calls import BUSY, GONE, Router
from services.pbx.usecases.trying import save_test_call
from services.pbx.views import planning
from services.pbx.views.calls import calls, explain_call
from services.pbx.views.planning import simulate
from shared.acting import Acting
from shared.ids import new_id
from tests.unit.pbx.edge_scene import BAKERY, COMPANY, JAN, KEES, SHOP, Scene, bakery
from tests.unit.pbx.plans import forwards, group, inside, line, outside, pbx, told, user

pytestmark = pytest.mark.feature("PBX-11", "TEL-02")

OTHER = "c" * 32
OUTSIDE = "+31600000099"
KEEPER = Acting(kind="user", scope="customer", customer_id=BAKERY, user_id="u" * 32, roles=("settings",))
WINKEL = "+31850001619"
ALONG = SimRing(on=True, numbers=(SimNumber(number=OUTSIDE),))
TO_OUTSIDE = Forwards(always=Forward(on=True, to=OUTSIDE))


def furnished(shown: ShownNumber = ShownNumber.COMPANY, **of_jan: Any) -> Scene:
    """A bakery with a line beside its PBX; calls from its numbers are billed by what the proxy saw."""
    shop = Line(id="winkel", number=WINKEL, name="Winkel", simring=ALONG)
    config = bakery(**of_jan)
    company = structs.replace(config.company, shown_number=shown)
    scene = Scene(structs.replace(config, company=company, lines=(shop,)))
    scene.db["ranges"].insert_one({"_id": "r", "source": "sipproxy"})
    for number in (COMPANY, JAN, KEES, WINKEL):
        scene.db["numbers"].insert_one({"_id": number, "range_id": "r"})
    return scene


def lose(scene: Scene, number: str) -> None:
    """Staff give a number to another customer; the bakery's settings keep it."""
    scene.now += timedelta(minutes=1)
    scene.assign(number, OTHER, scene.now)


def trunk(order: Order) -> list[Branch]:
    return [branch for stage in order.stages for branch in stage.targets if branch.kind == "trunk"]


def traces(order: Order) -> set[str]:
    """All that an order pays by or shows."""
    bills = [branch.leg.bill for branch in trunk(order)]
    paid = {number for bill in bills if bill for number in (bill.charged, bill.sender)}
    return {order.own, *(stage.number for stage in order.stages), *paid}


def billed(scene: Scene, order: Order) -> Any:
    """The usage handed over of a call that was answered outside, and ended just now."""
    (branch,) = trunk(order)
    scene.tell(order, "ended", branch)
    row = scene.store.decided(order.call)
    assert row is not None and "ended_at" in row
    return row.get("usage")


def story(scene: Scene, order: Order) -> str:
    return " ".join(explain_call(scene.store, BAKERY, call_id=order.call, user_id=None)["story"])


def test_a_call_is_billed_to_the_number_of_who_called() -> None:
    scene = furnished()
    usage = billed(scene, scene.out(OUTSIDE))
    assert (usage["charged"], usage["from"]) == (JAN, COMPANY)


def test_without_the_company_number_a_user_calls_nobody() -> None:
    scene = furnished()
    assert scene.out(OUTSIDE).code == 0
    lose(scene, COMPANY)
    refused = scene.out(OUTSIDE)
    assert (refused.code, refused.stages) == (403, ())
    assert "Zonder bedrijfsnummer kan niemand bellen" in story(scene, refused)
    asked: dict[str, Any] = {
        "caller": "user:jan",
        "called": OUTSIDE,
        "direction": "out",
        "which": "published",
    }
    nobody: dict[str, list[str]] = {"keys": [], "busy": [], "unregistered": [], "answers": []}
    tried = simulate(scene.store, BAKERY, scene.now, **asked, **nobody)
    assert tried["plan"]["code"] == 403, "who tries it sees the same"


def test_a_users_own_number_that_is_gone_neither_pays_nor_is_shown() -> None:
    scene = furnished(ShownNumber.PERSONAL)
    assert JAN in traces(scene.out(OUTSIDE))
    lose(scene, JAN)
    order = scene.out(OUTSIDE)
    assert JAN not in traces(order)
    usage = billed(scene, order)
    assert (usage["charged"], usage["from"]) == (COMPANY, COMPANY)


def test_a_line_whose_number_is_gone_is_refused_with_what_to_do() -> None:
    scene = furnished()
    assert scene.out(OUTSIDE, "winkel").code == 0
    lose(scene, WINKEL)
    refused = scene.out(OUTSIDE, "winkel")
    assert (refused.code, refused.stages) == (403, ())
    assert "Winkel kan niet bellen. Deze telefoon heeft geen telefoonnummer dat van u is." in story(
        scene, refused
    )


def test_a_forward_is_paid_by_a_number_that_is_still_the_customers() -> None:
    scene = furnished(forwards=TO_OUTSIDE)
    lose(scene, JAN)
    config = LiveCalls(scene.store).config(BAKERY, scene.now)
    (step,) = outside(config, "user:jan").steps
    assert isinstance(step, Transfer) and (step.on_behalf, step.to) == (COMPANY, OUTSIDE)


def test_what_is_kept_of_the_settings_follows_a_number_that_comes_back() -> None:
    scene = furnished()
    live = LiveCalls(scene.store)
    before = live.config(BAKERY, scene.now)
    lose(scene, COMPANY)
    assert not live.config(BAKERY, scene.now).company.number
    assert live.config(BAKERY, scene.now) is live.config(BAKERY, scene.now)
    scene.now += timedelta(minutes=1)
    scene.assign(COMPANY, BAKERY, scene.now)
    assert live.config(BAKERY, scene.now) == before


def test_a_decision_asks_once_what_the_customer_holds() -> None:
    scene = furnished()
    scene.out(OUTSIDE)
    scene.asked.clear()
    scene.out(OUTSIDE)
    assert [name for name in scene.asked if "assignments" in name] == ["find assignments"]


def test_another_copy_goes_on_with_a_call_as_it_was_decided() -> None:
    """Jan's number is gone: what is left when he is busy or away is for the company to pay, not for it."""
    scene = furnished(forwards=forwards(busy=OUTSIDE, offline=OUTSIDE))
    lose(scene, JAN)
    order = scene.out("211", "kees")
    for cause in (BUSY, GONE):
        copy = Router(scene.store, lambda: scene.now, scene.keep)
        left = copy.again(order.call, order.stages[0].id, cause)
        assert left is not None and JAN not in traces(left)
        assert [branch.leg.bill.charged for branch in trunk(left) if branch.leg.bill] == [COMPANY]


def test_a_call_that_was_on_its_way_when_the_number_went_is_billed_to_nobody_else() -> None:
    scene = furnished()
    order = scene.out(OUTSIDE)
    lose(scene, JAN)
    assert billed(scene, order) is None


def test_a_call_during_which_the_number_went_is_billed_to_who_made_it() -> None:
    scene = furnished()
    order = scene.out(OUTSIDE)
    (branch,) = trunk(order)
    scene.tell(order, "answered", branch)
    answered = scene.now
    lose(scene, JAN)
    scene.tell(order, "ended", branch, answered=answered)
    row = scene.store.decided(order.call)
    assert row is not None and row["usage"]["charged"] == JAN


@pytest.mark.parametrize(
    ("who", "lost", "shown"),
    [
        ("jan", (), COMPANY),
        ("jan", (COMPANY,), JAN),
        ("jan", (COMPANY, JAN), ""),
        ("winkel", (COMPANY,), WINKEL),
        ("winkel", (WINKEL,), COMPANY),
        ("winkel", (WINKEL, COMPANY), ""),
    ],
)
def test_112_goes_out_with_what_number_there_is(who: str, lost: tuple[str, ...], shown: str) -> None:
    scene = furnished()
    for number in lost:
        lose(scene, number)
    order = scene.out("112", who)
    assert [branch.to for branch in trunk(order)] == ["112"]
    assert traces(order) == {shown}


def test_saved_test_calls_and_the_week_tell_what_calls_do_now() -> None:
    scene = furnished()
    state: dict[str, Any] = {"keys": [], "busy": [], "unregistered": [], "at": scene.now}
    tests: list[dict[str, Any]] = [
        {"name": "Winkel belt uit", "caller": "line:winkel", "called": OUTSIDE, "direction": "out"},
        {"name": "Jan gebeld", "caller": SHOP, "called": JAN, "direction": "in"},
        {"name": "Kees gebeld", "caller": SHOP, "called": KEES, "direction": "in"},
    ]
    for test, expect in zip(tests, (f"outside:{OUTSIDE}", "rings:jan", "rings:kees"), strict=True):
        save_test_call(
            scene.store, lambda: scene.now, KEEPER, **test, **state, expect=expect, command_id=new_id()
        )

    def holding() -> list[str]:
        rows = planning.test_calls(scene.store, BAKERY, "published", scene.now)["rows"]
        return [row["name"] for row in rows if row["holds"]]

    def ringing(number: str) -> bool:
        found = planning.week(
            scene.store, lambda work, *of: work(*of), BAKERY, scene.now, number=number, which="published"
        )
        return "Jan" in str(found["cells"])

    assert (holding(), ringing(JAN)) == (["Winkel belt uit", "Jan gebeld", "Kees gebeld"], True)
    lose(scene, WINKEL)
    lose(scene, JAN)
    assert (holding(), ringing(JAN)) == (["Kees gebeld"], False)


def test_a_number_has_its_name_in_the_list_of_calls_while_it_is_the_customers() -> None:
    scene = furnished()
    scene.out(JAN, "kees")
    lose(scene, JAN)
    scene.out(JAN, "kees")
    rows = calls(scene.store, BAKERY, user_id=None, number=None, after=None, limit=5)["rows"]
    assert [row["called"] for row in rows] == ["085-000 16 11", "Jan (211)"]
    assert [row["caller"] for row in rows] == ["Kees (213)"] * 2


def test_nothing_goes_outside_that_no_number_pays_for() -> None:
    """Forwards, groups and telephones that ring along: a call without a payer would be on the house."""
    elements = (
        user("201", forwards=forwards(always=OUTSIDE)),
        user("202"),
        group("202", overflow_to=OUTSIDE),
        line(WINKEL, simring=ALONG),
    )
    config = with_held(pbx(*elements), ())
    for called in ("user:201", "group:g", "line:line"):
        found = outside(config, called)
        assert OUTSIDE not in str(found.steps)
        assert "waarop dit gesprek in rekening kan komen" in told(found)


def test_what_is_held_stays_as_it_is() -> None:
    config = pbx(user("201", number=JAN), line(WINKEL), group("201"))
    assert with_held(config, {COMPANY, JAN, WINKEL}) is config


OWN = (COMPANY, JAN, KEES, WINKEL)


@settings(max_examples=60, deadline=None)
@given(
    held=st.sets(st.sampled_from(OWN)),
    shown=st.sampled_from(ShownNumber),
    hides=st.booleans(),
    called=st.sampled_from([OUTSIDE, "112", "211", JAN, KEES, COMPANY]),
    caller=st.sampled_from(["user:jan", "user:kees", "line:winkel", SHOP]),
)
def test_no_call_shows_or_charges_a_number_that_is_not_held(
    held: set[str], shown: ShownNumber, hides: bool, called: str, caller: str
) -> None:
    config = bakery(forwards=TO_OUTSIDE, hide_number=hides)
    company = structs.replace(config.company, shown_number=shown)
    whole: Config = structs.replace(config, company=company, lines=(line(WINKEL),))
    known = with_held(whole, held)
    found = outside(known, called) if caller == SHOP else inside(known, caller, called)
    for step in found.steps:
        if isinstance(step, Transfer):
            assert {step.on_behalf, step.shown} & set(OWN) <= held
            assert step.on_behalf or step.to == "nl:112"
