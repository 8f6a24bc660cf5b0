"""Companies as staff change them: all facts, one change at a time, told to the audit log (real MongoDB)."""

from __future__ import annotations

from typing import Any

import pytest

from services.identity import views
from services.identity.schemas.companies import ChangeCustomer, Customers
from services.identity.usecases import companies
from shared.acting import Acting
from shared.errors import Conflict, Invalid, TikkerError
from shared.events import CustomerChanged, Envelope, decode
from shared.ids import new_id
from tests.integration.identity.conftest import STAFF, Identity, at_once

pytestmark = pytest.mark.feature("ID-12")

ADDRESS = {
    "street": "Voorbeeldstraat",
    "house_number": "16",
    "postcode": "9999 AA",
    "city": "Voorbeeldstad",
    "country": "NL",
}
FACTS: dict[str, Any] = {
    "kvk": "00001600",
    "vat_number": "NL000016000B01",
    "address": ADDRESS,
    "invoice_address": ADDRESS | {"street": "Postbus", "house_number": "1600"},
    "contact": {"name": "Bram van Voorbeeld", "email": "bram@example.nl", "phone": "085-000 16 00"},
}


def change(identity: Identity, company: dict[str, Any], acting: Acting = STAFF, **fields: Any) -> Any:
    """From the company as the caller saw it."""
    asked = {"customer_id": company["id"], "revision": company["revision"], "command_id": new_id()}
    loaded = ChangeCustomer().load(asked | fields)
    return companies.change_customer(identity.store, identity.clock, acting, **loaded)


def show(identity: Identity, company: dict[str, Any], acting: Acting = STAFF) -> Any:
    return views.customer(identity.store, acting, customer_id=company["id"])


def test_all_that_was_told_of_a_company_is_shown(identity: Identity) -> None:
    made = identity.customer("Garage Voorbeeld", products=["pbx", "voip"], **FACTS)
    assert {name: made[name] for name in FACTS} == FACTS
    assert made["parent_name"] == "Operator"
    identity.user(made["id"], "bram")
    assert show(identity, made) == made | {"users": 1}
    assert (made["products"], made["revision"], made["kind"]) == (["voip", "pbx"], 1, "customer")


def test_what_is_not_told_of_a_company_is_null(identity: Identity) -> None:
    made = identity.customer("Kaal B.V.")
    assert {made[name] for name in FACTS} == {None}


def test_a_change_leaves_what_is_not_told(identity: Identity) -> None:
    made = identity.customer("Garage Voorbeeld", **FACTS)
    changed = change(identity, made, name="Garage Ander", kvk=None, invoice_address=None)
    told = {"name": "Garage Ander", "kvk": None, "invoice_address": None, "revision": 2}
    assert changed == made | told
    assert show(identity, made) == changed


def test_the_event_tells_the_new_state_and_the_audit_log_the_difference(identity: Identity) -> None:
    made = identity.customer("Garage Voorbeeld", **FACTS)
    change(identity, made, kvk="0000 1601", reason="nieuwe inschrijving")
    row = identity.database["outbox"].find_one({"name": CustomerChanged.name}, sort=[("_id", -1)])
    told = decode(row["body"], CustomerChanged).data
    assert (told.revision, told.kvk, told.vat_number) == (2, "00001601", "NL000016000B01")
    created, changed = identity.recorded()[-2:]
    assert created.data.action == "customer.created"
    assert created.data.after["parent"] == "Operator"
    assert (changed.data.action, changed.data.reason) == ("customer.changed", "nieuwe inschrijving")
    assert (changed.data.before, changed.data.after) == ({"kvk": "00001600"}, {"kvk": "00001601"})
    assert changed.customer_id == changed.data.subject.id == made["id"]


def test_republish_tells_the_state_of_every_company_again(identity: Identity) -> None:
    made = [identity.customer(f"Voorbeeld {n}", **FACTS) for n in range(3)]
    change(identity, made[1], name="Voorbeeld Anders")
    before = _told_of_companies(identity)
    assert companies.republish(identity.store, identity.clock) == {"events": len(before)}
    again = _told_of_companies(identity)
    # The operator and its customers, each as it stands now and under the revision that others know.
    assert {i: e.data for i, e in again.items()} == {i: e.data for i, e in before.items()}
    assert (again[made[1]["id"]].data.customer_name, again[made[1]["id"]].data.revision) == (
        "Voorbeeld Anders",
        2,
    )
    assert {e.event_id for e in again.values()}.isdisjoint({e.event_id for e in before.values()})
    assert all(e.customer_id == i for i, e in again.items())


def _told_of_companies(identity: Identity) -> dict[str, Envelope[CustomerChanged]]:
    """The last event of each company."""
    rows = identity.database["outbox"].find({"name": CustomerChanged.name}).sort("_id")
    told = [decode(row["body"], CustomerChanged) for row in rows]
    return {event.data.customer_id: event for event in told}


def test_what_changes_nothing_is_told_to_nobody(identity: Identity) -> None:
    made = identity.customer("Garage Voorbeeld", **FACTS)
    events = identity.events()
    assert change(identity, made, **FACTS)["revision"] == 1
    assert identity.events() == events


def test_who_saw_an_older_revision_is_told_so_and_changes_nothing(identity: Identity) -> None:
    made = identity.customer("Garage Voorbeeld")
    change(identity, made, kvk="00001600")
    with pytest.raises(Conflict, match="intussen gewijzigd"):
        change(identity, made, kvk="00009999")
    assert show(identity, made)["kvk"] == "00001600"


def test_of_eight_changes_at_once_from_one_revision_one_takes_effect(identity: Identity) -> None:
    made = identity.customer("Garage Voorbeeld")
    answers = at_once(8, lambda number: change(identity, made, name=f"Garage {number}"))
    done = [answer for answer in answers if not isinstance(answer, Exception)]
    assert len(done) == 1
    assert all(isinstance(answer, Conflict) for answer in answers if answer is not done[0])
    assert show(identity, made) == done[0]
    assert [e.data.action for e in identity.recorded()].count("customer.changed") == 1


def test_a_change_that_is_asked_twice_happens_once(identity: Identity) -> None:
    made, command = identity.customer("Garage Voorbeeld"), new_id()
    answers = at_once(6, lambda _: change(identity, made, name="Garage Ander", command_id=command))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["revision"] == 2


def test_users_log_in_anew_when_their_company_gets_other_products(identity: Identity) -> None:
    made = identity.customer("Garage Voorbeeld", products=["voip"])
    identity.user(made["id"], "bram")
    named = change(identity, made, name="Garage Ander")
    assert identity.login("bram")["user"]["epoch"] == 1
    change(identity, named, products=["voip", "mobile"])
    answer = identity.login("bram")
    assert (answer["user"]["epoch"], answer["customer"]["products"]) == (2, ["voip", "mobile"])


def test_a_customer_moves_to_a_partner_and_back(identity: Identity) -> None:
    partner = identity.customer("ICT Voorbeeld", kind="partner", products=[])
    made = identity.customer("Garage Voorbeeld")
    moved = change(identity, made, parent_id=partner["id"])
    assert (moved["parent_name"], moved["revision"]) == ("ICT Voorbeeld", 2)
    back = change(identity, moved, parent_id=None)
    assert back["parent_name"] == "Operator"
    with pytest.raises(Invalid) as refused:
        change(identity, back, parent_id=made["id"])
    assert list(refused.value.fields) == ["parent_id"]


def test_a_partner_with_customers_stays_a_partner(identity: Identity) -> None:
    partner = identity.customer("ICT Voorbeeld", kind="partner", products=[])
    made = identity.customer("Garage Voorbeeld", parent_id=partner["id"])
    with pytest.raises(Conflict, match="heeft zelf klanten"):
        change(identity, partner, kind="customer")
    change(identity, made, parent_id=None)
    assert change(identity, partner, kind="customer")["kind"] == "customer"


@pytest.mark.parametrize("act", ["make", "move"])
def test_no_customer_ends_up_below_a_partner_that_becomes_a_customer_at_that_moment(
    identity: Identity, act: str
) -> None:
    for number in range(4):
        partner = identity.customer(f"ICT {number}", kind="partner", products=[])
        loose = identity.customer(f"Los {number}")

        def below(partner: Any = partner, loose: Any = loose, number: int = number) -> Any:
            if act == "make":
                return identity.customer(f"Nieuw {number}", parent_id=partner["id"])
            return change(identity, loose, parent_id=partner["id"])

        def demote(partner: Any = partner) -> Any:
            return change(identity, partner, kind="customer")

        acts = (below, demote)
        answers = at_once(2, lambda index, acts=acts: acts[index]())  # type: ignore[misc]
        assert sum(isinstance(answer, TikkerError) for answer in answers) == 1
        kind = show(identity, partner)["kind"]
        children = identity.database["customers"].count_documents({"parent_id": partner["id"]})
        assert (kind, children) in (("partner", 1), ("customer", 0))


def test_the_operator_can_be_renamed_and_stays_on_top(identity: Identity) -> None:
    [operator] = views_of(identity, number=10_000)
    renamed = change(identity, operator, name="Voorbeeld Telecom", kvk="00001000", parent_id=None)
    assert (renamed["name"], renamed["kind"], renamed["parent_id"]) == ("Voorbeeld Telecom", "operator", None)
    for fields in ({"kind": "customer"}, {"parent_id": identity.customer()["id"]}):
        with pytest.raises(Conflict):
            change(identity, renamed, **fields)


def test_companies_are_found_by_kind_parent_and_register_number(identity: Identity) -> None:
    partner = identity.customer("ICT Voorbeeld", kind="partner", products=[])
    under = identity.customer("Garage Voorbeeld", parent_id=partner["id"], kvk="00001600")
    assert views_of(identity, kind="partner") == [partner]
    assert views_of(identity, parent_id=partner["id"]) == [under]
    assert views_of(identity, query="00001600") == [under]
    assert views_of(identity, query=str(under["number"])) == [under]
    assert [row["number"] for row in views_of(identity, kind="operator")] == [10_000]


def views_of(identity: Identity, **search: Any) -> list[Any]:
    rows: list[Any] = views.customers(identity.store, STAFF, **Customers().load(search))["rows"]
    return rows
