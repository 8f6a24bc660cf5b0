"""A partner's staff see and manage their own customers and themselves; what is another's is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from services.identity import views
from services.identity.domain.mails import Letter, mail_to
from services.identity.domain.users import Details
from services.identity.schemas.companies import Customers
from services.identity.usecases import managing, new_users, notifications, viewing
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from tests.integration.identity.conftest import PASSWORD, SEALER, STAFF, Identity, at_once
from tests.integration.identity.test_companies import change, show

pytestmark = pytest.mark.feature("ID-12")

MISSING = "0" * 32


class Scene(NamedTuple):
    """A partner, its staff member ``pim``, its customer with the user ``klant``; and somebody else's."""

    partner: Any
    pim: Acting
    own: Any
    user: Any
    foreign: Any
    foreign_user: Any


@pytest.fixture
def scene(identity: Identity) -> Scene:
    partner = identity.customer("ICT Voorbeeld", kind="partner", products=[])
    other = identity.customer("Andere ICT", kind="partner", products=[])
    own = identity.customer("Garage Voorbeeld", parent_id=partner["id"])
    foreign = identity.customer("Slagerij Voorbeeld", parent_id=other["id"])
    return Scene(
        partner,
        identity.staff(partner, "pim", "user_management"),
        own,
        identity.user(own["id"], "klant", email="klant@example.nl"),
        foreign,
        identity.user(foreign["id"], "vreemde", email="vreemde@example.nl"),
    )


def listed(identity: Identity, acting: Acting, **search: Any) -> list[str]:
    rows = views.customers(identity.store, acting, **Customers().load(search))["rows"]
    return [row["name"] for row in rows]


def block(identity: Identity, acting: Acting, user_id: str, **fields: Any) -> Any:
    asked: dict[str, Any] = {"blocked": True, "command_id": new_id()} | fields
    return managing.block_user(identity.store, identity.clock, acting, user_id=user_id, **asked)


def add(identity: Identity, acting: Acting, customer_id: str | None, username: str, **fields: Any) -> Any:
    return identity.colleague(acting, username, customer_id=customer_id, **fields)


def view_as(identity: Identity, acting: Acting, customer_id: str) -> Any:
    return viewing.view_as(
        identity.store,
        identity.clock,
        acting,
        customer_id=customer_id,
        reason="vraag over de factuur",
        command_id=new_id(),
    )


def test_a_partner_lists_its_customers_and_itself_by_kind_or_number(identity: Identity, scene: Scene) -> None:
    assert listed(identity, scene.pim) == ["Garage Voorbeeld"]
    assert listed(identity, scene.pim, kind="partner") == ["ICT Voorbeeld"]
    assert listed(identity, scene.pim, number=scene.partner["number"]) == ["ICT Voorbeeld"]
    for search in (
        {"query": "Slagerij"},
        {"number": scene.foreign["number"]},
        {"number": 10_000},
        {"kind": "operator"},
        {"parent_id": scene.foreign["parent_id"]},
    ):
        assert listed(identity, scene.pim, **search) == [], search


ACTS: dict[str, Callable[[Identity, Acting, str, str], Any]] = {
    "show the company": lambda i, pim, company, user: show(i, {"id": company}, pim),
    "change the company": lambda i, pim, company, user: change(
        i, {"id": company, "revision": 1}, pim, name="Van mij"
    ),
    "list its users": lambda i, pim, company, user: views.users(
        i.store, pim, query="", page=1, size=25, customer_id=company
    ),
    "show a user": lambda i, pim, company, user: views.user(i.store, i.clock, pim, user_id=user),
    "add a user": lambda i, pim, company, user: add(i, pim, company, "nieuw"),
    "block a user": lambda i, pim, company, user: block(i, pim, user),
    "delete a user": lambda i, pim, company, user: managing.delete_user(
        i.store, i.clock, pim, user_id=user, command_id=new_id()
    ),
    "give roles": lambda i, pim, company, user: managing.change_roles(
        i.store, i.clock, pim, user_id=user, roles=["invoices"], command_id=new_id()
    ),
    "welcome a user": lambda i, pim, company, user: new_users.resend_welcome(
        i.store, i.clock, pim, user_id=user, command_id=new_id()
    ),
    "create a user": lambda i, pim, company, user: new_users.create_user(
        i.store,
        i.passwords,
        SEALER,
        i.clock,
        6,
        pim,
        customer_id=company,
        username="nieuw",
        password=PASSWORD,
        email="",
        first_name="",
        infix="",
        last_name="",
        roles=[],
        command_id=new_id(),
    ),
    "look along": lambda i, pim, company, user: view_as(i, pim, company),
    "list its mails": lambda i, pim, company, user: views.mails(
        i.store, pim, state="queued", after="", limit=10, customer_id=company
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_is_anothers_is_as_if_it_were_not_there_and_stays_as_it_is(
    identity: Identity, scene: Scene, act: str
) -> None:
    before = identity.database["users"].count_documents({}), identity.events()
    told = []
    for company, user in ((scene.foreign["id"], scene.foreign_user["id"]), (MISSING, MISSING)):
        with pytest.raises(NotFound) as refused:
            ACTS[act](identity, scene.pim, company, user)
        told.append(refused.value.to_wire())
    assert told[0] == told[1]
    assert (identity.database["users"].count_documents({}), identity.events()) == before


@pytest.mark.parametrize("act", [name for name in ACTS if name != "welcome a user"])
def test_with_ones_own_customers_all_of_it_works(identity: Identity, scene: Scene, act: str) -> None:
    ACTS[act](identity, scene.pim, scene.own["id"], scene.user["id"])


@pytest.mark.parametrize("act", ACTS)
def test_staff_bound_to_one_customer_reach_that_one_only(identity: Identity, scene: Scene, act: str) -> None:
    bound = Acting(kind="staff", scope="customer", customer_id=scene.foreign["id"], username="robin")
    with pytest.raises(NotFound):
        ACTS[act](identity, bound, scene.own["id"], scene.user["id"])
    if act != "welcome a user":
        ACTS[act](identity, bound, scene.foreign["id"], scene.foreign_user["id"])


@pytest.mark.parametrize("act", ACTS)
def test_a_partner_without_a_company_reaches_nothing(identity: Identity, scene: Scene, act: str) -> None:
    for nobody in (Acting(kind="staff", scope="partner"), Acting(kind="staff", scope="none"), Acting()):
        with pytest.raises((Forbidden, NotFound)):
            ACTS[act](identity, nobody, scene.own["id"], scene.user["id"])


def test_a_partner_makes_customers_below_itself_only(identity: Identity, scene: Scene) -> None:
    made = identity.customer("Nieuw B.V.", acting=scene.pim)
    assert made["parent_id"] == scene.partner["id"]
    assert identity.customer("Ook B.V.", acting=scene.pim, parent_id=scene.partner["id"])["users"] == 0
    for parent in (scene.foreign["parent_id"], MISSING, scene.foreign["id"]):
        with pytest.raises(Invalid) as refused:
            identity.customer("Elders B.V.", acting=scene.pim, parent_id=parent)
        assert refused.value.fields == {"parent_id": ["Deze partner bestaat niet."]}
    with pytest.raises(Forbidden):
        identity.customer("Sub-ICT", acting=scene.pim, kind="partner", products=[])


@pytest.mark.parametrize("fields", [{"kind": "partner"}, {"parent_id": None}, {"parent_id": MISSING}])
def test_a_partner_does_not_move_a_customer_or_change_what_it_is(
    identity: Identity, scene: Scene, fields: dict[str, Any]
) -> None:
    with pytest.raises(Forbidden):
        change(identity, scene.own, scene.pim, **fields)
    same = {"kind": "customer", "parent_id": scene.partner["id"], "name": "Garage Nieuw"}
    assert change(identity, scene.own, scene.pim, **same)["name"] == "Garage Nieuw"
    assert change(identity, scene.partner, scene.pim, kvk="00001500")["kvk"] == "00001500"


def test_a_customer_that_has_moved_away_is_gone_at_once(identity: Identity, scene: Scene) -> None:
    change(identity, scene.own, STAFF, parent_id=None)
    for act in ("show the company", "block a user", "look along"):
        with pytest.raises(NotFound):
            ACTS[act](identity, scene.pim, scene.own["id"], scene.user["id"])
    bound = Acting(
        kind="staff", scope="customer", customer_id=scene.own["id"], user_id=scene.pim.user_id, username="pim"
    )
    with pytest.raises(NotFound):
        block(identity, bound, scene.user["id"])


def test_a_block_and_a_move_at_once_end_as_if_one_came_first(identity: Identity, scene: Scene) -> None:
    acts: list[Callable[[], Any]] = [
        lambda: block(identity, scene.pim, scene.user["id"]),
        lambda: change(identity, scene.own, STAFF, parent_id=None),
    ]
    blocked, moved = at_once(2, lambda index: acts[index]())
    assert moved["parent_name"] == "Operator"
    is_blocked = identity.database["users"].find_one({"_id": scene.user["id"]})["blocked"]
    assert is_blocked == (not isinstance(blocked, NotFound))


def test_a_staff_member_who_was_blocked_a_moment_ago_does_nothing_any_more(
    identity: Identity, scene: Scene
) -> None:
    block(identity, STAFF, scene.pim.user_id or "", reason="uit dienst")
    for act in ("change the company", "block a user", "add a user", "look along", "give roles"):
        with pytest.raises(Forbidden):
            ACTS[act](identity, scene.pim, scene.own["id"], scene.user["id"])
    with pytest.raises(Forbidden):
        identity.customer("Nieuw B.V.", acting=scene.pim)
    entry = identity.recorded()[-1].data
    assert (entry.action, entry.reason) == ("user.blocked", "uit dienst")


def test_colleagues_are_for_who_has_the_role(identity: Identity, scene: Scene) -> None:
    kim = identity.staff(scene.partner, "kim")
    with pytest.raises(Forbidden):
        block(identity, kim, scene.pim.user_id or "")
    assert block(identity, kim, scene.user["id"])["blocked"]
    assert add(identity, scene.pim, None, "collega")["customer_id"] == scene.partner["id"]
    with pytest.raises(Conflict, match="uzelf"):
        block(identity, scene.pim, scene.pim.user_id or "")


def test_a_user_manager_names_no_company(identity: Identity, scene: Scene) -> None:
    boss = identity.manager("baas", scene.own["id"])
    assert add(identity, boss, scene.own["id"], "een")["customer_id"] == scene.own["id"]
    with pytest.raises(NotFound):
        add(identity, boss, scene.foreign["id"], "twee")
    with pytest.raises(NotFound):
        views.users(identity.store, boss, query="", page=1, size=25, customer_id=scene.foreign["id"])


def test_operator_staff_reach_everybody_and_say_whom(identity: Identity, scene: Scene) -> None:
    assert block(identity, STAFF, scene.foreign_user["id"])["blocked"]
    assert add(identity, STAFF, scene.own["id"], "door-ons", details=Details(email="a@example.nl"))
    with pytest.raises(Invalid) as refused:
        add(identity, STAFF, None, "van-wie")
    assert refused.value.fields == {"customer_id": ["Kies een klant."]}


def test_mails_of_ones_own_customers_only(identity: Identity, scene: Scene) -> None:
    for user in (scene.user, scene.foreign_user):
        found = identity.store.user_by_id(user["id"])
        assert found is not None
        identity.store.mails.queue([mail_to(found, Letter.PASSWORD_CHANGED)], identity.clock())
    identity.database["mails"].update_many({}, {"$set": {"state": "failed"}})
    rows = views.mails(identity.store, scene.pim, state="failed", after="", limit=10)["rows"]
    assert [row["to"] for row in rows] == ["klant@example.nl"]
    every = views.mails(identity.store, STAFF, state="failed", after="", limit=10)["rows"]
    assert len(every) == 2
    ids = {row["to"]: row["id"] for row in every}
    retry = notifications.retry_mail
    for mail_id in (ids["vreemde@example.nl"], "0" * 24):
        with pytest.raises(NotFound):
            retry(identity.store, identity.clock, scene.pim, mail_id=mail_id, command_id=new_id())
    retry(identity.store, identity.clock, scene.pim, mail_id=ids["klant@example.nl"], command_id=new_id())
    assert [to for _, to in identity.queued()] == ["klant@example.nl"]


def test_anothers_command_of_the_same_id_is_another_command(identity: Identity, scene: Scene) -> None:
    other = identity.staff({"id": scene.foreign["parent_id"], "kind": "partner"}, "tim", "user_management")
    mine = identity.customer("Eén B.V.", acting=scene.pim, command_id="bestelling-1")
    theirs = identity.customer("Eén B.V.", acting=other, command_id="bestelling-1")
    assert mine["id"] != theirs["id"]
