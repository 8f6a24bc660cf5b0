"""Staff as people: their own account and preferences; looking along with a customer; who gives roles."""

from __future__ import annotations

from typing import Any

import pytest

from services.identity import views
from services.identity.domain.users import Details
from services.identity.usecases import managing, own, preferences, viewing
from shared.acting import Acting
from shared.errors import Conflict, Forbidden
from shared.ids import new_id
from tests.integration.identity.conftest import PASSWORD, SEALER, STAFF, Identity, acting_as


def operator(identity: Identity) -> dict[str, Any]:
    row = identity.database["customers"].find_one({"kind": "operator"})
    return {"id": row["_id"], "kind": "operator"}


def prefer(identity: Identity, acting: Acting, **fields: Any) -> Any:
    asked: dict[str, Any] = {"language": None, "theme": None, "command_id": new_id()}
    return preferences.set_preferences(identity.store, identity.clock, acting, **(asked | fields))


def view_as(identity: Identity, acting: Acting, customer_id: str) -> Any:
    asked = {"customer_id": customer_id, "reason": "vraag over bellen", "command_id": new_id()}
    return viewing.view_as(identity.store, identity.clock, acting, **asked)


def looking_along(staff: Acting, customer_id: str) -> Acting:
    """As the gateway vouches for who has begun to."""
    return Acting(
        kind="user",
        scope="customer",
        customer_id=customer_id,
        user_id=staff.user_id,
        username=staff.username,
        roles=("user_management", "invoices"),
        viewed_by="robin (Operator)",
    )


@pytest.mark.feature("ID-08")
@pytest.mark.parametrize("kind", ["partner", "operator"])
def test_staff_have_an_account_of_their_own(identity: Identity, kind: str) -> None:
    company = operator(identity) if kind == "operator" else identity.customer("ICT", kind=kind, products=[])
    robin = identity.staff(company, "robin")
    account = views.account(identity.store, robin)
    assert (account["user"]["username"], account["scope"]) == ("robin", kind)
    details = Details(email="r@example.nl", first_name="Robin")
    asked: dict[str, Any] = {"details": details, "command_id": new_id()}
    assert own.change_details(identity.store, identity.clock, robin, **asked)["first_name"] == "Robin"
    own.change_username(identity.store, identity.clock, robin, username="robin2", command_id=new_id())
    own.change_password(
        identity.store,
        identity.passwords,
        SEALER,
        identity.clock,
        6,
        robin,
        old=PASSWORD,
        new="kruisbessenjam",
        command_id=new_id(),
    )
    assert identity.login("robin2", "kruisbessenjam")["scope"] == kind
    for entry in identity.recorded()[-3:]:
        if entry.data.action.startswith("user."):
            assert entry.customer_id == company["id"]


@pytest.mark.feature("ID-08")
def test_the_command_line_has_no_account(identity: Identity) -> None:
    with pytest.raises(Forbidden):
        views.account(identity.store, STAFF)
    with pytest.raises(Forbidden):
        prefer(identity, STAFF, theme="dark")


@pytest.mark.feature("GW-01")
def test_language_and_theme_are_kept_with_the_user_and_end_no_session(identity: Identity) -> None:
    anna = acting_as(identity.user(identity.customer()["id"], "nora"))
    assert prefer(identity, anna, theme="dark") == {}
    assert prefer(identity, anna, language="en") == {}
    answer = identity.login("nora")["user"]
    assert (answer["language"], answer["theme"], answer["epoch"]) == ("en", "dark", 1)
    actions = [entry.data.action for entry in identity.recorded()]
    assert actions.count("user.preferences_changed") == 2
    prefer(identity, anna, theme="dark", language="en")
    assert [entry.data.action for entry in identity.recorded()].count("user.preferences_changed") == 2


@pytest.mark.feature("ID-12")
@pytest.mark.feature("ID-10")
def test_a_look_along_is_told_to_the_customer_with_its_reason(identity: Identity) -> None:
    robin, customer = identity.staff(operator(identity), "robin"), identity.customer("Garage Voorbeeld")
    answer = view_as(identity, robin, customer["id"])
    shown = {name: customer[name] for name in ("id", "number", "name", "products")}
    assert answer == {"customer": shown}
    viewing.end_view(identity.store, identity.clock, robin, customer_id=customer["id"], command_id=new_id())
    begun, ended = identity.recorded()[-2:]
    assert (begun.data.action, ended.data.action) == ("customer.viewed", "customer.view_ended")
    assert begun.data.reason == "vraag over bellen"
    assert begun.data.actor.username == "robin"
    assert begun.customer_id == ended.customer_id == customer["id"]


@pytest.mark.feature("ID-12")
def test_there_is_no_looking_along_with_a_partner(identity: Identity) -> None:
    partner = identity.customer("ICT Voorbeeld", kind="partner", products=[])
    with pytest.raises(Conflict, match="alleen bij een klant"):
        view_as(identity, STAFF, partner["id"])


@pytest.mark.feature("ID-12")
def test_who_looks_along_manages_users_as_long_as_they_are_staff(identity: Identity) -> None:
    robin, customer = identity.staff(operator(identity), "robin"), identity.customer("Garage Voorbeeld")
    user = identity.user(customer["id"], "klant")
    along = looking_along(robin, customer["id"])

    def block(blocked: bool) -> Any:
        asked = {"user_id": user["id"], "blocked": blocked, "command_id": new_id()}
        return managing.block_user(identity.store, identity.clock, along, **asked)

    assert block(True)["blocked"]
    assert identity.recorded()[-1].data.actor.viewed_by == "robin (Operator)"
    managing.block_user(
        identity.store,
        identity.clock,
        STAFF,
        user_id=robin.user_id or "",
        blocked=True,
        command_id=new_id(),
    )
    with pytest.raises(Forbidden):
        block(False)


@pytest.mark.feature("ID-12")
def test_who_looks_along_is_nobody_of_the_customer(identity: Identity) -> None:
    """Their own account is not a customer's, so *Mijn gegevens* changes nothing there."""
    robin, customer = identity.staff(operator(identity), "robin"), identity.customer("Garage Voorbeeld")
    along = looking_along(robin, customer["id"])
    with pytest.raises(Forbidden):
        own.change_username(identity.store, identity.clock, along, username="nieuw", command_id=new_id())
    with pytest.raises(Forbidden):
        views.account(identity.store, along)


@pytest.mark.feature("ID-03")
@pytest.mark.feature("ID-05")
def test_who_lacks_a_role_hears_who_can_give_it(identity: Identity) -> None:
    customer = identity.customer()["id"]
    for number in range(6):
        names = {"first_name": "Baas", "last_name": f"Nummer {number}"}
        identity.user(customer, f"baas{number}", "user_management", **names)
    boss = identity.store.user_named("baas1")
    assert boss is not None
    managing.block_user(
        identity.store, identity.clock, STAFF, user_id=boss.id, blocked=True, command_id=new_id()
    )
    anna = acting_as(identity.user(customer, "nora", "invoices"))
    answer = views.role_givers(identity.store, anna, role="settings")
    assert answer == {"names": [f"Baas Nummer {number}" for number in (0, 2, 3, 4, 5)]}
    with pytest.raises(Forbidden):
        views.role_givers(identity.store, STAFF, role="settings")
