"""The cap on calls abroad at once, on a real database and as staff set it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from services.pbx.domain.edge.stages import Order
from services.pbx.store import Store, abroad
from services.pbx.usecases.route_calls import Question, Router
from shared import mongo
from shared.acting import Acting
from shared.errors import Forbidden, Invalid
from shared.events.audit import PbxAuditRecorded
from shared.events.notification import PbxNotificationRequested
from shared.ids import new_id
from tests.integration.pbx.at_once import at_once
from tests.integration.pbx.conftest import Pbx
from tests.unit.pbx.edge_scene import BERLIN, Scene

pytestmark = pytest.mark.feature("CDR-11")

CAP, CALLERS, LISTENERS = 5, 20, 3


@pytest.fixture
def databases(mongo_uri: Callable[[str], str]) -> Iterator[list[Any]]:
    """One database with the collections that pbx makes, over connections of each listener."""
    address = mongo_uri("pbx")
    connections = [mongo.connect(address) for _ in range(LISTENERS)]
    mongo.make_collections(connections[0], (abroad.NAME, "calls", "outbox", "settings"))
    yield connections
    for each in connections:
        each.client.close()


def test_of_twenty_calls_at_once_five_go_abroad_whoever_decides_them(databases: list[Any]) -> None:
    scene = Scene(cap=CAP, db=databases[0])
    routers = [Router(Store(each), lambda: scene.now, scene.keep, abroad=CAP) for each in databases]
    question = Question("user", "sip-jan", BERLIN)
    asks = [partial(routers[n % LISTENERS].route, question) for n in range(CALLERS)]
    orders: list[Order] = at_once(asks)
    assert Counter(order.code for order in orders) == {0: CAP, 480: CALLERS - CAP}
    assert scene.under_way() == {order.call for order in orders if order.code == 0}
    assert len(scene.events(PbxNotificationRequested)) == 1
    assert [e.data.action for e in scene.events(PbxAuditRecorded)] == ["calls_abroad.full"]

    going = [order for order in orders if order.code == 0]
    at_once([partial(scene.tell, order, "failed") for order in going])
    assert scene.under_way() == set()


def test_staff_set_it_for_a_customer_and_others_do_not(pbx: Pbx) -> None:
    customer = new_id()

    def shown() -> dict[str, Any]:
        found: dict[str, Any] = pbx.staff("config_of", customer_id=customer, which="published")
        return dict(found["calls_abroad"])

    assert shown() == {"most": 5, "chosen": False, "preset": 5, "under_way": 0, "refused_at": None}
    made = pbx.command("set_calls_abroad", customer_id=customer, most=12, reason="callcenter")
    assert made == {"most": 12, "chosen": True}
    assert (shown()["most"], shown()["chosen"]) == (12, True)
    assert pbx.command("set_calls_abroad", customer_id=customer, most=None)["most"] == 5
    with pytest.raises(Invalid):
        pbx.command("set_calls_abroad", customer_id=customer, most=501)
    partner = Acting(kind="staff", scope="customer", customer_id=customer)
    fields = {"customer_id": customer, "most": 12, "command_id": new_id()}
    with pytest.raises(Forbidden):
        pbx.cli.call("pbx", "set_calls_abroad", partner, **fields)
