"""What staff do while others do something else, or do twice; the real commands, with a database in memory."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from typing import Any, cast

import pytest

from services.mobile.domain.products import bundle_codes
from services.mobile.domain.puk import about_puk
from services.mobile.store import Store
from services.mobile.usecases.subscriptions import change_sim, create_subscription
from services.mobile.usecases.terms import set_terms, tell_of_terms
from shared.acting import Acting
from shared.errors import Conflict
from shared.events import MobileSubscriptionChanged, decode
from shared.sealing import Sealer
from tests.support.meanwhile import Meanwhile
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server
from tests.unit.mobile.people import MONTH, NOW

STAFF = Acting(kind="staff", scope="operator", username="pim")
AGREED = "9.99"
CARD, OTHER = "8931000000000000111", "8931000000000000222"


@pytest.mark.feature("MOB-01")
@pytest.mark.parametrize("has_terms", [False, True])
def test_a_subscription_that_is_made_while_terms_become_others_is_told_with_those(has_terms: bool) -> None:
    meanwhile = Meanwhile()
    db = Database(Server(meanwhile))
    store = Store(cast(Any, db))
    if has_terms:
        agree(store, "5.55", "command 1")
    meanwhile.before("find subscriptions", lambda: agree(store, AGREED, "command 2"))
    create(store, Sealer({}), "command 3")
    while tell_of_terms(store, lambda: NOW):
        pass
    assert meanwhile.has_happened
    last = told(db)[-1]
    assert {bundle.rate for bundle in last.bundles} == {AGREED}
    assert last.revision == max(each.revision for each in told(db))


def create(
    store: Store, sealer: Sealer, command_id: str, sim_number: str = "", puk: str = ""
) -> dict[str, Any]:
    return create_subscription(
        *(store, sealer, lambda: NOW, STAFF),
        customer_id="bakery",
        product="zakelijk_mobiel",
        number="+31600000111",
        active_from=date(2026, 11, 1),
        sim_number=sim_number,
        puk=puk,
        label="",
        modules=[],
        command_id=command_id,
    )


def agree(store: Store, rate: str, command_id: str) -> None:
    """On a price above every bundle, of which all subscriptions that are there are told at once."""
    bundles = [{"bundle": code, "volume": None, "rate": rate} for code in sorted(bundle_codes())]
    set_terms(
        *(store, lambda: NOW, STAFF),
        customer_id="bakery",
        month=MONTH,
        bundles=bundles,
        block_cost=None,
        unblock_cost=None,
        command_id=command_id,
    )
    while tell_of_terms(store, lambda: NOW):
        pass


def told(db: Database) -> list[MobileSubscriptionChanged]:
    """All events about subscriptions, in order."""
    rows = db["outbox"].find({"name": MobileSubscriptionChanged.name}).sort("_id")
    return [decode(bytes(row["body"]), MobileSubscriptionChanged).data for row in rows]


@pytest.mark.feature("MOB-04")
def test_a_command_with_another_puk_is_another_command_and_the_first_puk_stays() -> None:
    """Of a new subscription, and of another card in it."""
    store = Store(cast(Any, Database(Server())))
    sealer = Sealer.of({"key": b64encode(bytes(range(32))).decode()})
    new = create(store, sealer, "command 1", sim_number=CARD, puk="11112222")
    assert create(store, sealer, "command 1", sim_number=CARD, puk="11112222") == new
    with pytest.raises(Conflict):
        create(store, sealer, "command 1", sim_number=CARD, puk="33334444")

    def put_in(puk: str) -> object:
        asked = {"subscription_id": new["id"], "sim_number": OTHER, "puk": puk, "command_id": "command 2"}
        return change_sim(store, sealer, lambda: NOW, STAFF, **asked)

    assert put_in("55556666") == put_in("55556666")
    for puk in ("77778888", ""):
        with pytest.raises(Conflict):
            put_in(puk)
    found = store.subscription(new["id"])
    assert found is not None
    sims = {
        term.sim_number: sealer.open(term.puk, about_puk(found.id, term.sim_number)) for term in found.sims
    }
    assert sims == {CARD: "11112222", OTHER: "55556666"}
