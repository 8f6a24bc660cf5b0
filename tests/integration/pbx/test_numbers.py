"""Ranges, assignments and their events, over RPC to a running service."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.events import PbxUserChanged
from shared.ids import new_id
from tests.integration.pbx.conftest import Pbx
from tests.integration.pbx.scene import Office

BAKERY, GARAGE = new_id(), new_id()
FIRST, LAST = "+31850001600", "+31850001699"


def test_a_number_is_assigned_taken_back_and_given_to_another_and_each_step_is_told(pbx: Pbx) -> None:
    pbx.command("add_range", first="085-000 16 00", last="085-000 16 99", source="vasco")
    assignment = pbx.assign(BAKERY, "0850001611")[0]
    pbx.end(assignment["id"], "2026-07-01")
    pbx.assign(GARAGE, "0850001611", valid_from="2026-07-01")

    first, ended, second = pbx.events(3)
    assert (first.customer_id, ended.customer_id, second.customer_id) == (BAKERY, BAKERY, GARAGE)
    assert first.correlation_id == "from-the-test"
    assert first.data.number == "+31850001611"
    assert first.data.subject == "none"
    assert first.data.valid_from == datetime(2025, 12, 31, 23, tzinfo=UTC)  # midnight in winter
    assert first.data.valid_to is None
    assert ended.data.valid_to == second.data.valid_from == datetime(2026, 6, 30, 22, tzinfo=UTC)  # in summer
    assert first.data.assignment_id == ended.data.assignment_id == assignment["id"]
    assert second.data.assignment_id != assignment["id"]
    assert [e.data.revision for e in (first, ended, second)] == [1, 2, 1]


def test_a_customer_sees_its_own_numbers_of_today(pbx: Pbx) -> None:
    pbx.command("add_range", first=FIRST, last=LAST)
    pbx.assign(BAKERY, "+31850001612", "+31850001611", valid_from="2020-01-01")
    pbx.assign(BAKERY, "+31850001613", valid_from="2099-01-01")
    pbx.assign(BAKERY, "+31850001614", valid_from="2020-01-01", valid_to="2020-02-01")
    pbx.assign(GARAGE, "+31850001615", valid_from="2020-01-01")

    rows = pbx.user(BAKERY, "numbers")["rows"]
    assert [row["number"] for row in rows] == ["+31850001611", "+31850001612"]
    assert (rows[0]["valid_from"], rows[0]["valid_to"], rows[0]["subject"]) == ("2020-01-01", None, "none")
    assert "customer_id" not in rows[0]
    assert pbx.user(new_id(), "numbers") == {"rows": [], "next": None}
    assert pbx.staff("ranges")["rows"][0]["assigned"] == 3


def test_lists_come_in_pages(pbx: Pbx) -> None:
    pbx.command("add_range", first=FIRST, last=LAST)
    wanted = [f"+318500016{n:02d}" for n in range(7)]
    pbx.assign(BAKERY, *wanted)
    seen, after = [], None
    for _ in range(4):
        page = pbx.staff("assignments", customer_id=BAKERY, limit=2, after=after)
        seen += [row["number"] for row in page["rows"]]
        after = page["next"]
    assert seen == wanted
    assert after is None


def test_all_numbers_are_assigned_or_none(pbx: Pbx) -> None:
    pbx.command("add_range", first=FIRST, last=LAST)
    pbx.assign(BAKERY, "+31850001611")
    with pytest.raises(Conflict, match=r"\+31850001611 is al toegewezen vanaf 01-01-2026"):
        pbx.assign(GARAGE, "+31850001610", "+31850001611", valid_from="2026-02-01")
    with pytest.raises(Invalid) as unknown:
        pbx.assign(GARAGE, "+31850001610", "+31850001700")
    assert unknown.value.fields == {"numbers": ["+31850001700 zit in geen van onze nummerreeksen."]}
    assert pbx.staff("assignments", customer_id=GARAGE)["rows"] == []
    assert len(pbx.events(1)) == 1


def test_the_same_command_again_gives_the_same_answer_and_has_one_effect(pbx: Pbx) -> None:
    asked = {"customer_id": BAKERY, "numbers": ["+31850001611"], "valid_from": "2026-01-01"}
    command = {**asked, "command_id": new_id()}
    range_command = {"first": FIRST, "last": LAST, "command_id": new_id()}
    assert pbx.staff("add_range", **range_command) == pbx.staff("add_range", **range_command)
    assert pbx.staff("assign_numbers", **command) == pbx.staff("assign_numbers", **command)
    assert len(pbx.staff("assignments")["rows"]) == 1
    assert len(pbx.events(1)) == 1
    with pytest.raises(Conflict, match="al gebruikt voor iets anders"):
        pbx.staff("assign_numbers", **{**command, "customer_id": GARAGE})


def test_an_end_may_move_but_not_into_the_next_assignment(pbx: Pbx) -> None:
    pbx.command("add_range", first=FIRST, last=LAST)
    assignment = pbx.assign(BAKERY, "+31850001611")[0]["id"]
    assert pbx.end(assignment, "2026-07-01")["revision"] == 2
    assert pbx.end(assignment, "2026-07-01")["revision"] == 2
    pbx.assign(GARAGE, "+31850001611", valid_from="2026-08-01")
    assert pbx.end(assignment, "2026-08-01")["valid_to"] == "2026-08-01"
    with pytest.raises(Conflict):
        pbx.end(assignment, "2026-08-02")
    with pytest.raises(Invalid) as early:
        pbx.end(assignment, "2025-12-31")
    assert early.value.fields == {"valid_to": ["Het einde ligt voor het begin."]}
    with pytest.raises(NotFound):
        pbx.end(new_id(), "2026-08-02")


def test_ranges_do_not_overlap(pbx: Pbx) -> None:
    pbx.command("add_range", first=FIRST, last=LAST)
    with pytest.raises(Conflict, match=r"\+31850001699 zit al in een nummerreeks"):
        pbx.command("add_range", first="+31850001699", last="+31850001710")
    assert [row["first"] for row in pbx.staff("ranges")["rows"]] == [FIRST]


def test_wrong_input_is_said_beside_its_field_in_dutch(pbx: Pbx) -> None:
    with pytest.raises(Invalid) as wrong:
        pbx.staff("assign_numbers", customer_id="10427", numbers=["06-00 12 34 56", "x"], valid_from="morgen")
    assert wrong.value.fields == {
        "customer_id": ["Dit is geen geldig kenmerk."],
        "numbers.0": ["Dit is een mobiel nummer. Dat hoort bij een mobiel abonnement."],
        "numbers.1": ["Dit is geen telefoonnummer. Schrijf het als 085-000 16 11 of +31850001611."],
        "valid_from": ["Vul een datum in als dd-mm-jjjj."],
        "command_id": ["Vul dit in."],
    }


def test_what_is_for_staff_is_not_for_a_customers_user(pbx: Pbx) -> None:
    methods = ("add_range", "ranges", "assign_numbers", "end_assignment", "assignments", "republish")
    for method in methods:
        with pytest.raises(Forbidden):
            pbx.user(BAKERY, method)
    with pytest.raises(Forbidden):
        pbx.staff("numbers")


def test_republish_tells_the_state_of_every_assignment_again(pbx: Pbx) -> None:
    pbx.command("add_range", first=FIRST, last=LAST)
    pbx.end(pbx.assign(BAKERY, "+31850001611", "+31850001612")[0]["id"], "2026-07-01")
    before = {event.data.assignment_id: event for event in pbx.events(3)}  # the last of each
    assert pbx.staff("republish") == {"events": 2}
    again = {event.data.assignment_id: event for event in pbx.events(2)}
    assert {i: e.data for i, e in again.items()} == {i: e.data for i, e in before.items()}
    assert {e.event_id for e in again.values()}.isdisjoint({e.event_id for e in before.values()})


def test_republish_tells_of_the_users_as_they_were_published(pbx: Pbx) -> None:
    office = Office.opened(pbx)
    one, other = (office.user(name, first_name=name) for name in ("anna", "bram"))
    office.save("user", one, first_name="Nog niet gepubliceerd")
    before = {event["user_id"]: event for event in office.told(PbxUserChanged.name)}
    count = len(office.told(PbxUserChanged.name))
    pbx.staff("republish")
    again = office.told(PbxUserChanged.name)[count:]
    revision = office.config("published")["config"]["revision"]
    assert {event["user_id"] for event in again} == set(before) > {one, other}
    assert again == [before[event["user_id"]] | {"revision": revision} for event in again]
