"""Subscriptions, their numbers and their events, over RPC to a running service."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.events import SubscriptionNumber
from shared.ids import new_id
from tests.integration.mobile.conftest import Mobile

BAKERY, GARAGE = new_id(), new_id()
NUMBER, OTHER = "+31600000111", "+31600000112"
ROLE = "mobile_access"


def test_each_step_of_a_subscription_is_told_with_its_whole_history_of_numbers(mobile: Mobile) -> None:
    made = mobile.create(BAKERY, "06-00 00 01 11", label="Bezorgfiets", sim_number="8931000000000000011")
    mobile.change_number(made["id"], OTHER, "2026-03-01")
    mobile.end(made["id"], "2026-07-01")

    first, changed, ended = mobile.events(3)
    january, march, july = (
        datetime(2025, 12, 31, 23, tzinfo=UTC),
        datetime(2026, 2, 28, 23, tzinfo=UTC),
        datetime(2026, 6, 30, 22, tzinfo=UTC),
    )
    assert {e.customer_id for e in (first, changed, ended)} == {BAKERY}
    assert {e.data.subscription_id for e in (first, changed, ended)} == {made["id"]}
    assert [e.data.revision for e in (first, changed, ended)] == [1, 2, 3]
    assert first.correlation_id == "from-the-test"
    assert (first.data.product, first.data.label) == ("zakelijk_mobiel", "Bezorgfiets")
    assert (first.data.active_from, first.data.ended_at) == (january, None)
    assert first.data.numbers == (SubscriptionNumber(number=NUMBER, valid_from=january),)
    assert changed.data.numbers == (
        SubscriptionNumber(number=NUMBER, valid_from=january, valid_to=march),
        SubscriptionNumber(number=OTHER, valid_from=march),
    )
    assert ended.data.ended_at == july
    assert ended.data.numbers[1] == SubscriptionNumber(number=OTHER, valid_from=march, valid_to=july)


def test_a_customer_sees_its_own_subscriptions_with_the_role_for_it(mobile: Mobile) -> None:
    made = mobile.create(BAKERY, NUMBER, label="Bezorgfiets", sim_number="8931000000000000011")
    mobile.create(GARAGE, OTHER)
    assert mobile.user(BAKERY, "subscriptions", ROLE) == {"rows": [made], "next": None}
    assert {key: made[key] for key in ("number", "product", "product_name", "label", "revision")} == {
        "number": NUMBER,
        "product": "zakelijk_mobiel",
        "product_name": "Zakelijk Mobiel",
        "label": "Bezorgfiets",
        "revision": 1,
    }
    assert (made["customer_id"], made["sim_number"]) == (BAKERY, "8931000000000000011")
    assert (made["active_from"], made["ended_at"]) == ("2026-01-01", None)
    assert made["numbers"] == [{"number": NUMBER, "valid_from": "2026-01-01", "valid_to": None}]
    with pytest.raises(Forbidden):
        mobile.user(BAKERY, "subscriptions")
    with pytest.raises(Forbidden):
        mobile.user(BAKERY, "subscriptions", ROLE, customer_id=GARAGE)


def test_staff_see_one_customers_subscriptions_or_all_in_pages(mobile: Mobile) -> None:
    for n in range(5):
        mobile.create(BAKERY if n % 2 else GARAGE, f"+3160000020{n}")
    assert len(mobile.staff("subscriptions", customer_id=BAKERY)["rows"]) == 2
    seen, after = [], None
    for _ in range(3):
        page = mobile.staff("subscriptions", limit=2, after=after)
        seen += [(row["customer_id"], row["number"]) for row in page["rows"]]
        after = page["next"]
    assert {number for _, number in seen} == {f"+3160000020{n}" for n in range(5)}
    assert seen == sorted(seen), "by customer, and of one customer by number"
    assert after is None


def test_a_number_is_free_again_from_the_day_that_its_subscription_ends(mobile: Mobile) -> None:
    first = mobile.create(BAKERY, NUMBER)
    mobile.end(first["id"], "2026-07-01")
    with pytest.raises(Conflict, match=r"\+31600000111 hoort dan al bij een ander abonnement"):
        mobile.create(GARAGE, NUMBER, "2026-06-30")
    second = mobile.create(GARAGE, NUMBER, "2026-07-01")
    third = mobile.create(GARAGE, OTHER)
    with pytest.raises(Conflict):
        mobile.change_number(third["id"], NUMBER, "2026-08-01")
    mobile.change_number(second["id"], "+31600000113", "2026-08-01")
    assert mobile.change_number(third["id"], NUMBER, "2026-08-01")["revision"] == 2


def test_the_same_command_again_gives_the_same_answer_and_has_one_effect(mobile: Mobile) -> None:
    command_id = new_id()
    made = mobile.create(BAKERY, NUMBER, command_id=command_id)
    assert mobile.create(BAKERY, NUMBER, command_id=command_id) == made
    assert len(mobile.staff("subscriptions")["rows"]) == len(mobile.events(1)) == 1
    with pytest.raises(Conflict, match="al gebruikt voor iets anders"):
        mobile.create(GARAGE, NUMBER, command_id=command_id)


def test_wrong_input_is_said_beside_its_field_in_dutch(mobile: Mobile) -> None:
    with pytest.raises(Invalid) as wrong:
        mobile.create("10427", "085-000 16 11", "31-02-26", product="prepaid", sim_number="12", label="a\nb")
    assert wrong.value.fields == {
        "customer_id": ["Dit is geen geldig kenmerk."],
        "number": ["Dit is geen mobiel nummer. Schrijf het als 06-00 12 34 56 of +31600123456."],
        "active_from": ["Vul een datum in als dd-mm-jjjj."],
        "product": ["Kies een van de mogelijkheden: zakelijk_mobiel, mobiel_onbeperkt, data_only, kpn_een."],
        "sim_number": ["Een SIM-nummer heeft 19 of 20 cijfers en begint met 89."],
        "label": ["Gebruik ten hoogste 40 gewone tekens."],
    }
    with pytest.raises(NotFound):
        mobile.end(new_id(), "2026-01-01")


def test_what_is_for_staff_is_not_for_a_customers_user(mobile: Mobile) -> None:
    for method in ("create_subscription", "change_number", "end_subscription", "republish"):
        with pytest.raises(Forbidden):
            mobile.user(BAKERY, method, ROLE)


def test_republish_tells_the_state_of_every_subscription_again(mobile: Mobile) -> None:
    first, second = mobile.create(BAKERY, NUMBER), mobile.create(GARAGE, OTHER)
    mobile.end(first["id"], "2026-07-01")
    before = {event.data.subscription_id: event for event in mobile.events(3)}  # the last of each
    assert mobile.staff("republish") == {"events": 2}
    again = {event.data.subscription_id: event for event in mobile.events(2)}
    assert again.keys() == {first["id"], second["id"]}
    assert {i: (e.customer_id, e.data) for i, e in again.items()} == {
        i: (e.customer_id, e.data) for i, e in before.items()
    }
