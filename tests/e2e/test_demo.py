"""The demo through the front door: staff's RPC and carriers' AMQP, into the real services.

These come before all other stories of the house, which change what the demo has made.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pymongo import MongoClient

from cli.demo import afterthoughts, cast, handsets, mobile, telephony
from cli.demo.calendar import months_until, today
from cli.demo.usage import Event, Usage
from cli.seeding.usage import LATE_MONTHS, messages
from services.cdr.domain.call_types import counted_as
from services.cdr.domain.posting import Priced
from services.cdr.domain.usage import decode
from services.cdr.usecases.price import price
from shared.money import round_decimal
from tests.contract.release_records import RELEASES, documents, read
from tests.contract.stored import of_documents
from tests.e2e.conftest import Running
from tests.e2e.demo import DEMO, NOW, SEED
from tests.integration.cli.system import System
from tests.unit.cli.demo_house import reference

pytestmark = pytest.mark.xdist_group("e2e")

Sums = dict[str, int]


@pytest.fixture(scope="module")
def seeded(demo: Running) -> Iterator[System]:
    """After a first run of the demo as it stands at NOW."""
    system = System(demo.house, {**os.environ, "TIKKER_STATE": str(demo.state.root)})
    yield system
    system.close()


def user(system: System, customer: str, method: str, **fields: Any) -> Any:
    """cdr's answer to a user of the customer with that code."""
    name = next(c.name for c in cast.CUSTOMERS if c.code == customer)
    [row] = system.staff("identity", "customers", query=name)["rows"]
    return system.user(row["id"], "cdr", method, **fields)


def everything(system: System) -> dict[str, Any]:
    """All that the portal shows of thirteen months, per customer."""
    span = {"from": date(*months_until(NOW)[0], 1).isoformat(), "to": today(NOW).isoformat()}
    return {
        customer.code: user(system, customer.code, "totals", selection=span, by="number_type")["rows"]
        for customer in cast.CUSTOMERS
    }


def settled(system: System) -> dict[str, Any]:
    """What is made once beside usage: invoices and credit notes, subscriptions, telephones."""
    customers = system.staff("identity", "customers")["rows"]
    ids = {row["name"]: row["id"] for row in customers if row["kind"] == "customer"}
    invoices = system.staff("invoicing", "archive", limit=200)["rows"]
    phones = system.staff("provisioning", "devices_of", customer_id=ids[handsets.CUSTOMER.name])["rows"]
    held = {name: system.staff("mobile", "subscriptions", customer_id=of) for name, of in ids.items()}
    return {
        "invoices": [(row["id"], row["status"], row["total"]) for row in invoices],
        "phones": [(row["id"], row["mac"], row["user_id"]) for row in phones],
        "subscriptions": {
            name: [(r["id"], r["revision"]) for r in page["rows"]] for name, page in held.items()
        },
    }


def sent() -> list[tuple[str, Event]]:
    """Every event with its carrier as it stands in the end: late ones too, corrected ones corrected."""
    months = months_until(NOW)
    usages = {month: DEMO.month(month, NOW) for month in months}
    final = {(carrier, e.record): e for usage in usages.values() for carrier, e in _each(usage)}
    for month in months[-2:]:
        for carrier, event in _each(afterthoughts.corrections(DEMO, usages[month])):
            final[carrier, event.record] = event
    for month in months[-1 - LATE_MONTHS : -1]:
        for carrier, event in _each(afterthoughts.late(DEMO, month)):
            final[carrier, event.record] = event
    return [(carrier, event) for (carrier, _), event in final.items()]


def _each(usage: Usage) -> Iterator[tuple[str, Event]]:
    return ((carrier, event) for carrier, events in usage.items() for event in events)


def covered(system: System) -> set[tuple[str, str]]:
    """Mobile numbers with the call types that a bundle of their product or modules covers."""
    table = system.staff("mobile", "products")
    products = {one["code"]: one["bundles"] for one in table["products"]}
    modules = {one["code"]: [one] for one in table["modules"]}
    held = system.staff("mobile", "subscriptions", limit=1000)["rows"]
    return {
        (number["number"], kind)
        for row in held
        for bundle in [*products[row["product"]], *(b for m in row["modules"] for b in modules[m["module"]])]
        for kind in bundle["types"]
        for number in row["numbers"]
    }


def expected_totals(covers: set[tuple[str, str]]) -> dict[str, dict[tuple[str, str], Sums]]:
    """Per customer, by number and call type, what the sample plan makes of everything sent; what a bundle
    covers costs nothing by itself."""
    known = reference()
    totals: dict[str, dict[tuple[str, str], Sums]] = {c.code: {} for c in cast.CUSTOMERS}
    for carrier, event in sent():
        [body] = messages([event])
        [priced] = [price(carrier, item, known) for item in decode(body, NOW)]
        assert isinstance(priced, Priced)
        row = priced.fields
        sums = totals[row["customer"]].setdefault((row["number"], row["type"]), Counter())
        measure = {"voice": "duration", "data": "volume", "sms": "messages"}[row["kind"]]
        sums["calls"] += 1
        sums[measure] += row["quantity"]
        counted = counted_as(row["type"], row["kind"], row.get("roaming"))
        sums["micro"] += 0 if (row["number"], counted) in covers else row["amount"]
    return totals


def test_the_portal_shows_exactly_what_the_carriers_sent(seeded: System) -> None:
    shown = {
        code: {
            (row["number"], row["type"]): {
                **{key: row[key] for key in ("calls", "duration", "volume", "messages")},
                "micro": int(Decimal(row["amount"]) * 1_000_000),
            }
            for row in rows
        }
        for code, rows in everything(seeded).items()
    }
    zero = dict.fromkeys(("calls", "duration", "volume", "messages", "micro"), 0)
    wanted = {
        code: {key: {**zero, **sums} for key, sums in rows.items()}
        for code, rows in expected_totals(covered(seeded)).items()
    }
    assert shown == wanted
    assert sum(sums["calls"] for rows in shown.values() for sums in rows.values()) > DEMO.events


def test_nothing_was_refused(seeded: System) -> None:
    assert seeded.staff("cdr", "quarantine_counts") == {}


def test_past_months_are_closed_and_the_current_one_is_open(seeded: System) -> None:
    for customer in cast.CUSTOMERS:
        periods = user(seeded, customer.code, "periods")
        assert [period["state"] for period in periods["recent"]] == ["closed"] * 12
        assert periods["current"]["state"] == "open"


def test_late_and_corrected_calls_stand_in_the_current_period(seeded: System) -> None:
    states: Counter[str | None] = Counter()
    for customer in cast.CUSTOMERS:
        cursor = None
        while True:
            page = user(seeded, customer.code, "details", cursor=cursor, limit=200)
            states.update(row["state"] for row in page["rows"])
            cursor = page["older"]
            if cursor is None:
                break
    assert states["late"] == afterthoughts.LATE_PER_CUSTOMER * LATE_MONTHS * len(cast.CUSTOMERS)
    assert states["corrected"] > 0
    assert states["reversal"] > 0


def test_everybody_can_log_in_with_what_up_prints(seeded: System) -> None:
    printed = seeded.python("-c", "from cli.seed import logins; print(*logins(), sep='\\n')").stdout
    for customer in cast.CUSTOMERS:
        for account in customer.users:
            assert f"username={account.username!r}, password={account.password!r}" in printed
            answer = seeded.login(account.username, account.password)
            assert answer["ok"], account.username
            assert answer["customer"]["name"] == customer.name
            assert tuple(answer["user"]["roles"]) == account.roles
    for account, scope in ((cast.OPERATOR_STAFF, "operator"), (cast.PARTNER_STAFF, "partner")):
        assert f"username={account.username!r}, password={account.password!r}" in printed
        assert seeded.login(account.username, account.password)["scope"] == scope


@pytest.mark.feature("GW-05")
def test_the_release_before_reads_what_is_written_now(
    seeded: System, demo: Running, mongo_admin: MongoClient[dict[str, Any]]
) -> None:
    """While one replaces the other: no field goes that every document of its kind had, none becomes another
    type."""
    now = documents(mongo_admin, demo.house.database_suffix)
    assert sum(map(bool, now.values())) >= 15
    for release in RELEASES:
        then = read(release, "documents")
        found = {name: sorted(set(of_documents(then[name], rows))) for name, rows in now.items()}
        assert {name: problems for name, problems in found.items() if problems} == {}


def test_a_second_run_changes_nothing(seeded: System) -> None:
    before, set_up = everything(seeded), settled(seeded)
    again = seeded.python("-c", SEED)
    assert again.returncode == 0, again.stderr
    assert everything(seeded) == before
    assert settled(seeded) == set_up
    assert seeded.staff("cdr", "quarantine_counts") == {}
    customers = seeded.staff("identity", "customers")["rows"]
    everybody = [*cast.CUSTOMERS, *(example.customer for example in mobile.EXAMPLES)]
    assert [row["kind"] for row in customers].count("customer") == len(everybody)
    partners = [customer for customer in everybody if customer.partners]
    assert [row["parent_name"] for row in customers].count(cast.PARTNER) == len(partners)
    assert all(row["kvk"] and row["address"] and row["revision"] == 1 for row in customers)


def test_a_system_that_has_customers_is_left_alone(seeded: System) -> None:
    before = everything(seeded)
    done = seeded.python("-c", "from cli.seed import seed_if_empty; print(seed_if_empty())")
    assert done.stdout == "False\n", done.stderr
    assert everything(seeded) == before


@pytest.mark.feature("INV-01", "INV-02")
def test_every_closed_month_has_its_invoice_which_equals_totalen_to_the_cent(seeded: System) -> None:
    rows = seeded.staff("invoicing", "archive", limit=200)["rows"]
    invoices = [row for row in rows if row["kind"] == "invoice"]
    assert len(invoices) == 12 * len(cast.CUSTOMERS)
    assert [row["kind"] for row in rows].count("credit") == 1
    assert all(row["pdf"] and row["ubl"] for row in invoices)
    for row in invoices:
        lines = seeded.staff("invoicing", "invoice", invoice_id=row["id"])["invoice"]["lines"]
        billed = sum(Decimal(line["net"]) for line in lines if line["group"] in ("usage", "bundle"))
        wanted = {"customer_id": row["customer_id"], "selection": {"period": row["period"]}}
        amount = Decimal(seeded.staff("cdr", "totals_of", **wanted)["total"]["amount"])
        assert billed == round_decimal(amount), row["number"]


def test_telephony_is_set_up(seeded: System) -> None:
    found = {}
    for customer in cast.CUSTOMERS:
        [row] = seeded.staff("identity", "customers", query=customer.name)["rows"]
        found[customer.code] = seeded.staff("pbx", "config_of", customer_id=row["id"], which="published")
    plan = found["installatie"]["config"]
    assert [menu["name"] for menu in plan["menus"]] == ["Hoofdmenu"]
    assert {group["name"] for group in plan["groups"]} == {"Verkoop", "Support"}
    for code, lines in telephony.LINES.items():
        assert [(line["number"], line["name"]) for line in found[code]["config"]["lines"]] == list(lines)
