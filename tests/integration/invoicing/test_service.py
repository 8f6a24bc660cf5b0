"""invoicing on the bus: it learns customers and subscriptions by events, and tells the log of each change."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from shared.errors import Conflict, Invalid, NotFound
from shared.events import (
    CustomerChanged,
    Event,
    MobileChargeRequested,
    MobileSubscriptionChanged,
    encode,
    wrap,
)
from shared.events.identity import PostalAddress
from shared.events.ownership import ProductTerm, SubscriptionNumber
from shared.ids import new_id
from shared.publisher import Message, Publisher
from shared.rpc_client import RpcClient
from tests.support.billing import ADDRESS, SELLER, STAFF
from tests.support.keys import Keyring
from tests.support.processes import ROOT, Process, python, until

METHODS = """
import json, shared.process
from services.invoicing.entrypoints import InvoicingService as service
named = [(n, p) for n in dir(service) for p in getattr(getattr(service, n), "nameko_entrypoints", ())]
schemas = [(n, getattr(p, "schema", None)) for n, p in named]
print(json.dumps([n for n, s in schemas if "command_id" in getattr(s, "_declared_fields", {})]))
"""
OF_EVERY_SERVICE = {"retry_dead_letters"}
NEED_INVOICES = {"credit", "set_paid", "direct_debit_file", "resend"}
"""tests/integration/invoicing/test_archive.py calls them."""
CUSTOMER = new_id()
JANUARY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Desk:
    """Calls the service; ``left`` are the actions that each command left for the audit log."""

    rpc: RpcClient
    publisher: Publisher
    db: Any
    left: dict[str, list[str]] = field(default_factory=dict)

    def ask(self, method: str, **fields: Any) -> Any:
        return self.rpc.call("invoicing", method, STAFF, **fields)

    def do(self, method: str, **fields: Any) -> Any:
        before = len(self.actions())
        answer = self.ask(method, command_id=new_id(), **fields)
        self.left[method] = self.actions()[before:]
        return answer

    def actions(self) -> list[str]:
        rows = self.db["outbox"].find({"name": "invoicing.audit.recorded.v1"}).sort("_id")
        return [msgspec.json.decode(row["body"])["data"]["action"] for row in rows]

    def tell(self, event: Event) -> None:
        envelope = wrap(event, CUSTOMER)
        self.publisher.publish([Message(event.exchange(), event.name, encode(envelope))])


@pytest.fixture
def desk(
    keyring: Keyring,
    vhost: str,
    mongo_uri: Callable[[str], str],
    mongo_admin: Any,
    service_process: Callable[..., Process],
) -> Iterator[Desk]:
    uri = mongo_uri("invoicing")
    service_process("invoicing", {"AMQP_URI": vhost, "MONGO_URI": uri}).wait_ready()
    made = Desk(
        RpcClient(vhost, keyring.signer("cli")),
        Publisher(vhost),
        mongo_admin[uri.rpartition("/")[2].partition("?")[0]],
    )
    yield made
    made.rpc.close()
    made.publisher.close()


def company(revision: int, address: PostalAddress | None) -> CustomerChanged:
    return CustomerChanged(
        customer_id=CUSTOMER,
        revision=revision,
        number=10_001,
        customer_name="Bakkerij Voorbeeld B.V.",
        parent_id=None,
        products=("voip",),
        kvk="00001600",
        address=address,
    )


@pytest.mark.feature("INV-02", "ID-10")
def test_events_come_in_and_every_command_is_told(desk: Desk) -> None:
    learn(desk)
    with pytest.raises(NotFound):
        desk.ask("account", customer_id=new_id())
    set_up(desk)
    charge(desk)
    run = desk.do("start_run", period="2026-01", dry_run=True)
    assert desk.ask("run", run_id=run["id"])["state"] == "queued"
    assert desk.do("cancel_run", run_id=run["id"])["state"] == "cancelled"
    with pytest.raises(Conflict):
        desk.ask("start_run", period="2099-01", command_id=new_id())
    output = subprocess.run(
        python("-c", METHODS), cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert set(json.loads(output.splitlines()[-1])) - OF_EVERY_SERVICE - NEED_INVOICES == set(desk.left)
    assert all(len(actions) == 1 for actions in desk.left.values()), desk.left


def learn(desk: Desk) -> None:
    """In any order: the newest state counts."""
    for event in (company(2, ADDRESS), company(1, None)):
        desk.tell(event)
    desk.tell(
        MobileSubscriptionChanged(
            subscription_id="s1",
            revision=1,
            product="zakelijk_mobiel",
            active_from=JANUARY,
            numbers=(SubscriptionNumber(number="+31600160001", valid_from=JANUARY),),
            products=(ProductTerm(product="zakelijk_mobiel", valid_from=JANUARY),),
        )
    )
    for _again in range(2):
        asked = {"day": "2026-10-03", "description": "Blokkeren SIM-kaart", "amount": "7.50"}
        desk.tell(MobileChargeRequested(charge_id="c1", **asked))
    until(lambda: desk.db["requested"].find_one() and desk.db["subscriptions"].find_one())
    until(lambda: (desk.db["customers"].find_one() or {}).get("revision") == 2)
    kept = desk.db["subscriptions"].find_one()
    assert [(term["product"], term["ends"]) for term in kept["products"]] == [("zakelijk_mobiel", None)]
    assert [term["number"] for term in kept["numbers"]] == ["+31600160001"]


def set_up(desk: Desk) -> None:
    seller = {name: getattr(SELLER, name) for name in ("name", "street", "house_number", "postcode", "city")}
    issuer = desk.do("save_issuer", seller={**seller, "iban": "NL02 TEST 0123 4567 89".replace("02", "13")})
    assert (issuer["is_default"], issuer["seller"]["iban"]) == (True, "NL13TEST0123456789")
    product = desk.do("save_product", code="voip_lijn", description="Telefoonlijn", price="6.50")
    with pytest.raises(Conflict):
        desk.ask("save_product", **{**product, "revision": 0}, command_id=new_id())
    account = desk.do("save_account", customer_id=CUSTOMER, revision=0, prices={"voip_lijn": "6.00"}, days=30)
    assert account["prices"] == {"voip_lijn": "6.00"}
    with pytest.raises(Invalid) as refused:
        desk.ask(
            "save_account", customer_id=CUSTOMER, revision=1, pays_by="direct_debit", command_id=new_id()
        )
    assert set(refused.value.fields) == {"iban", "mandate_id", "mandate_signed_on"}


def charge(desk: Desk) -> None:
    wanted = {"customer_id": CUSTOMER, "kind": "recurring", "product": "voip_lijn", "starts": "2026-10-01"}
    made = desk.do("add_charge", **wanted, quantity="4")
    assert (made["price"], made["description"], made["quantity"]) == ("6.00", "Telefoonlijn", "4")
    found = desk.ask("charges", customer_id=CUSTOMER)
    assert [row["id"] for row in found["rows"]] == [made["id"]]
    assert [row["amount"] for row in found["requested"]] == ["7.50"]
    assert desk.do("end_charge", charge_id=made["id"], ends="2026-12-31")["ends"] == "2026-12-31"
