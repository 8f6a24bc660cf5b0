"""A mobile subscription's bundle from the event of mobile to the statement of a closed month, on real
processes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.acting import Acting
from shared.errors import Forbidden, Invalid
from shared.events import BundleShare, MobileSubscriptionChanged, SubscriptionNumber, UsageRated, decode
from shared.ids import new_id
from shared.rpc_client import RpcClient
from tests.integration.cdr.scene import LONG_AGO, Cdr, Customer, mobile_number
from tests.support.broker import Queues
from tests.support.keys import Keyring
from tests.support.processes import until

pytestmark = pytest.mark.feature("MOB-02", "CDR-05", "INV-02")

MAY = datetime(2024, 5, 15, 10, tzinfo=UTC)
MB = 1_000_000
GROUP = "zakelijk_mobiel"
INVOICING = Acting(kind="service")


@pytest.fixture
def invoicing(cdr: Cdr, keyring: Keyring) -> Iterator[RpcClient]:
    client = RpcClient(cdr.portal_uri, keyring.signer("invoicing"))
    yield client
    client.close()


@pytest.fixture
def heard(cdr: Cdr) -> Iterator[Any]:
    """The events that other services hear, so far."""
    queues, events = Queues(cdr.portal_uri), []
    queue = queues.bind(UsageRated.exchange(), UsageRated.name)

    def listen() -> list[UsageRated]:
        while (message := queues.take(queue)) is not None:
            envelope = decode(message.body, UsageRated)
            assert envelope.customer_id is None
            events.append(envelope.data)
        return events

    yield listen
    queues.close()


def subscribe(
    cdr: Cdr,
    customer: Customer,
    name: str,
    number: str,
    megabytes: int,
    revision: int = 1,
    types: tuple[str, ...] = ("data_national",),
) -> None:
    """It may use that many MB of its group's data, above which a started MB costs 5 cents."""
    share = BundleShare(
        kind="data",
        types=types,
        volume=megabytes * MB,
        valid_from=LONG_AGO,
        group=GROUP,
        unit=MB,
        rate="0.05",
    )
    change = MobileSubscriptionChanged(
        subscription_id=name,
        revision=revision,
        product=GROUP,
        active_from=LONG_AGO,
        label="Bestelbus",
        numbers=(SubscriptionNumber(number=number, valid_from=LONG_AGO),),
        bundles=(share,),
    )
    cdr.tell(customer.id, change)
    query = {"_id": f"mobile:{name}", "revision": revision}
    until(lambda: cdr.database["owners"].find_one(query), what="the subscription to be known")


def use(cdr: Cdr, number: str, record: str, megabytes: int) -> None:
    event = {"record": record, "kind": "data", "charged": number, "volume": megabytes * MB}
    cdr.send({**event, "start": MAY.isoformat()}, carrier="mobi")
    until(lambda: cdr.rows(record, "mobi"), what="booking")


def bundle(events: list[UsageRated], customer: Customer) -> tuple[int, int, int, str] | None:
    """(used, allowance, over, amount) of the group's data in May, as a listener knows it."""
    found = [
        (event.sequence, one)
        for event in events
        for one in event.bundles
        if (one.customer_id, one.month, one.group) == (customer.id, "2024-05", GROUP)
    ]
    if not found:
        return None
    one = max(found, key=lambda pair: pair[0])[1]
    return one.used // MB, one.allowance // MB, one.over // MB, one.amount


def by_type(customer: Customer, period: str) -> dict[str, str]:
    found = customer.totals(by="type", period=period)
    assert not found["overage_left_out"]
    return {row["type"]: row["amount"] for row in found["rows"]}


def test_from_use_to_the_line_on_the_statement_and_what_comes_late(
    cdr: Cdr, invoicing: RpcClient, heard: Any
) -> None:
    customer, number, name = Customer(cdr), mobile_number(), new_id()
    record = customer.id[:12]
    subscribe(cdr, customer, name, number, megabytes=10)
    use(cdr, number, f"{record}-a", 9)
    use(cdr, number, f"{record}-b", 4)
    # The plan of these tests asks for each MB as well, which the bundle covers.
    assert by_type(customer, "2024-05") == {"data_national": "0.000000", "bundle_data": "0.150000"}
    details = customer.details({"period": "2024-05"})
    assert [row["amount"] for row in details["rows"]] == ["0.000000", "0.000000"]
    until(lambda: bundle(heard(), customer) == (13, 10, 3, "0.150000"), what="others to hear of it")

    asked = {"customer_id": customer.id, "period": "2024-05"}
    before = invoicing.call("cdr", "statement", INVOICING, **asked)
    assert (before["state"], before["amount"]) == ("open", "0.150000")
    closed = invoicing.call("cdr", "close_period", INVOICING, command_id=new_id(), **asked)
    assert (closed["rows"], closed["amount"]) == (2, "0.150000")
    statement = invoicing.call("cdr", "statement", INVOICING, **asked)
    assert statement == {**before, "state": "closed", "closed_at": closed["closed_at"]}
    (line,) = statement["lines"]
    assert line == {
        "month": "2024-05",
        "kind": "data",
        "type": "bundle_data",
        "group": GROUP,
        "module": "",
        "subscription_id": "",
        "label": "",
        "used": 13 * MB,
        "allowance": 10 * MB,
        "over": 3 * MB,
        "amount": "0.150000",
        "above": "0.150000",
        "covered": "0.000000",
        "difference": False,
    }

    use(cdr, number, f"{record}-late", 2)
    june = invoicing.call("cdr", "statement", INVOICING, customer_id=customer.id, period="2024-06")
    assert [(x["month"], x["over"] // MB, x["amount"], x["difference"]) for x in june["lines"]] == [
        ("2024-05", 5, "0.100000", True)
    ]
    assert june["late"] == {"rows": 1, "amount": "0.000000"}
    assert [(each["type"], each["volume"]) for each in june["late_usage"]] == [("data_national", 2 * MB)]
    assert june["own_usage"] == []
    assert by_type(customer, "2024-06") == {"data_national": "0.000000", "bundle_data": "0.100000"}
    until(lambda: bundle(heard(), customer) == (15, 10, 5, "0.250000"), what="others to hear of late use")

    subscribe(cdr, customer, name, number, megabytes=20, revision=2)
    assert by_type(customer, "2024-06") == {"data_national": "0.000000", "bundle_data": "-0.150000"}
    assert invoicing.call("cdr", "statement", INVOICING, **asked) == statement
    until(
        lambda: bundle(heard(), customer) == (15, 20, 0, "0.000000"), what="others to hear of a larger bundle"
    )
    sequences = [event.sequence for event in heard()]
    assert len(set(sequences)) == len(sequences)


def test_days_and_numbers_leave_out_what_is_above_bundles_and_say_so(cdr: Cdr) -> None:
    """The bundle came after the use that it covers: that cost what the plan says, and is taken back."""
    customer, number, name = Customer(cdr), mobile_number(), new_id()
    subscribe(cdr, customer, name, number, megabytes=0, types=())
    use(cdr, number, f"{customer.id[:12]}-a", 1)
    subscribe(cdr, customer, name, number, megabytes=0, revision=2)
    days = {"from": "2024-05-01", "to": "2024-05-31"}
    for selection in (days, {"period": "2024-05", "sender": number}):
        found = customer.totals(by="type", **selection)
        assert (found["overage_left_out"], found["total"]["amount"]) == (True, "0.012300")
    by_number = customer.totals(by="number_type", period="2024-05")["rows"]
    assert [(row["number"], row["type"], row["amount"]) for row in by_number] == [
        (number, "data_national", "0.012300"),
        (None, "bundle_data", "0.050000"),
        (None, "covered_data", "-0.012300"),
    ]
    top = customer.ask("top", of="type", selection={"period": "2024-05"}, limit=1)
    assert (top["rows"][0]["key"], top["other"]["amount"]) == ("bundle_data", "0.000000")
    within = customer.totals(by="type", period="2024-05", types=["covered_data"])
    assert [row["amount"] for row in within["rows"]] == ["-0.012300"]
    only = customer.totals(by="type", period="2024-05", types=["bundle_data"])
    assert [(row["type"], row["calls"], row["amount"]) for row in only["rows"]] == [
        ("bundle_data", 0, "0.050000")
    ]
    assert customer.totals(period="2024-05", product="telephony")["total"]["amount"] == "0.000000"


def test_the_rows_of_a_statement_come_oldest_first_in_pages(cdr: Cdr, invoicing: RpcClient) -> None:
    customer = cdr.customer()
    names = [f"{customer.id[:12]}-{minute:02d}" for minute in range(5)]
    cdr.send(*(customer.call(name, start=MAY.replace(minute=m)) for m, name in enumerate(names)))
    cdr.settle()
    starts, after = [], None
    while True:
        asked = {"customer_id": customer.id, "period": "2024-05", "after": after, "limit": 2}
        page = invoicing.call("cdr", "statement_rows", INVOICING, **asked)
        starts += [row["start"] for row in page["rows"]]
        after = page["next"]
        if after is None:
            break
    assert starts == [f"2024-05-15T10:{minute:02d}:00.000Z" for minute in range(5)]
    assert page["rows"][-1] | {"start": ""} == {
        "start": "",
        "type": "national",
        "product": "telephony",
        "sender": customer.number,
        "receiver": "+31850003000",
        "calls": 1,
        "duration": 60,
        "volume": 0,
        "messages": 0,
        "amount": "0.051300",
    }


def test_usage_without_a_rate_is_counted_until_the_period_that_it_is_of(
    cdr: Cdr, invoicing: RpcClient
) -> None:
    customer, other = cdr.customer(), cdr.customer()
    record = f"{customer.id[:12]}-unrated"
    cdr.send(customer.call(record, to="+442079460000", start=MAY))
    until(lambda: cdr.quarantined(record), what="quarantine")

    def waiting(whose: Customer, period: str) -> int:
        asked = {"customer_id": whose.id, "period": period}
        return int(invoicing.call("cdr", "statement", INVOICING, **asked)["unrated"])

    assert [waiting(customer, f"2024-0{month}") for month in (4, 5, 6)] == [0, 1, 1]
    assert waiting(other, "2024-05") == 0
    all_of_may = invoicing.call("cdr", "unrated", INVOICING, period="2024-05")["count"]
    assert all_of_may - invoicing.call("cdr", "unrated", INVOICING, period="2024-04")["count"] == 1


def test_a_statement_is_for_who_bills(cdr: Cdr, invoicing: RpcClient, keyring: Keyring) -> None:
    customer = cdr.customer()
    asked = {"customer_id": customer.id, "period": "2024-05"}
    with pytest.raises(Forbidden):
        customer.ask("statement", **asked)
    mobile = RpcClient(cdr.portal_uri, keyring.signer("mobile"))
    for method in ("statement", "statement_rows", "close_period"):
        with pytest.raises(Forbidden):
            mobile.call("cdr", method, INVOICING, **asked)
    mobile.close()
    assert cdr.staff("statement", **asked)["rows"] == 0
    with pytest.raises(Invalid):
        invoicing.call("cdr", "statement", INVOICING, customer_id=customer.id, period="2024-13")
