"""How fast the list of mobile subscriptions is for a customer with five thousand of them.

mobile, identity and the gateway run as in production, on a broker and a database of their own. Usage of all
subscriptions comes in by the events that cdr publishes; then pages of the list are asked for, at the service
by RPC and, logged in, through the gateway: the first, later ones, and those that a search finds.
"""

from __future__ import annotations

import itertools
import random
import time
import urllib.error
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any

from bench.portal import logged_in, started
from bench.report import Promise, Report
from cli.house import House
from cli.testbed import Testbed
from services.mobile.domain.months import month_of
from services.mobile.domain.subscriptions import NumberTerm, ProductTerm, SimTerm, Subscription
from services.mobile.store import rows
from shared import mongo
from shared.acting import Acting, Signer
from shared.days import midnight
from shared.events import BundleUse, SubscriptionUse, UsageRated, encode, wrap
from shared.publisher import Message, Publisher
from shared.rpc_client import RpcClient

LIMIT_MS = 300
PATIENCE_SECONDS = 90.0
LINES_PER_EVENT = 500
CALLS, PAGES = 300, 100
ROLES = ("mobile_access", "mobile_limits", "mobile_blocks", "mobile_sim_block")
LOGIN = ("bench-mobiel", "bench-Mobiel-1-wachtwoord")
ADDRESS = "/mobiel"

Say = Callable[[str], None]


def run(bed: Testbed, subscriptions: int, say: Say) -> Report:
    """Measure, with so many subscriptions of one customer."""
    report = Report("mobile", {"mobile.subscriptions": subscriptions})
    with bed.house("bench") as house, started(house, ("identity", "mobile", "gateway")):
        customer = _customer(house)
        ids = _fill(house, bed, customer, subscriptions)
        say(f"{subscriptions:,} subscriptions are there")
        report.figures["mobile.usage_lines_per_s"] = round(_tell_usage(house, customer, ids, say))
        report.figures |= _overview(house, customer, ids)
        report.promises.append(Promise("mobile.overview_p95_ms", _p95(report, "overview"), LIMIT_MS, False))
        page = _pages(house, ids, say)
        if page:
            report.figures |= page
            report.promises.append(Promise("mobile.page_p95_ms", _p95(report, "page"), LIMIT_MS, False))
    return report


def _p95(report: Report, name: str) -> float:
    return report.figures[f"mobile.{name}_p95_ms"]


def _client(house: House, issuer: str) -> RpcClient:
    return RpcClient(house.amqp_uri(issuer), Signer.from_base64(issuer, house.keys.signing_key(issuer)))


def _customer(house: House) -> str:
    """A new customer, with a user who may do everything in Mobiel; its ID."""
    staff = Acting(kind="staff", scope="operator")
    client = _client(house, "cli")
    wanted = {"name": "Meting Voorbeeld B.V.", "products": ["mobile"], "kind": "customer"}
    made = client.call(
        "identity", "create_customer", staff, timeout=15, command_id="bench-customer", **wanted
    )
    user = {"username": LOGIN[0], "password": LOGIN[1], "roles": ROLES, "email": "bench@example.nl"}
    client.call(
        "identity", "create_user", staff, timeout=15, customer_id=made["id"], command_id="bench-user", **user
    )
    client.close()
    return str(made["id"])


def _fill(house: House, bed: Testbed, customer: str, count: int) -> list[str]:
    """So many subscriptions, one in twenty of them ended; IDs in the order of the list."""
    name = f"mobile{house.database_suffix}"
    head, _, options = bed.mongo_uri.partition("?")
    extra = "" if "authSource" in options or "@" not in head else "&authSource=admin"
    db = mongo.connect(f"{head.rstrip('/')}/{name}?{options}{extra}", timeout_ms=30_000)
    start, end = midnight(datetime(2026, 1, 1).date()), midnight(datetime(2026, 2, 1).date())
    made = [_subscription(customer, index, start, end) for index in range(count)]
    db["subscriptions"].insert_many([rows.row(each) for each in made])
    db.client.close()
    return [each.id for each in made]


def _subscription(customer: str, index: int, start: datetime, end: datetime) -> Subscription:
    ended = end if index % 20 == 19 else None
    product = ("zakelijk_mobiel", "zakelijk_mobiel", "mobiel_onbeperkt", "data_only")[index % 4]
    return Subscription(
        id=f"{index:032x}",
        customer_id=customer,
        active_from=start,
        ended_at=ended,
        numbers=(NumberTerm(f"+31600{index:06d}", start, ended),),
        products=(ProductTerm(product, start, ended),),
        sims=(SimTerm(f"8931{index:015d}", start, ended),),
        label=f"Monteur {index}",
    )


def _tell_usage(house: House, customer: str, ids: Sequence[str], say: Say) -> float:
    """Publish what cdr would, and wait until all of it is in the list's total; lines per second."""
    month = month_of(datetime.now(UTC))
    lines: list[SubscriptionUse | BundleUse] = [
        _use(customer, each, month, type) for each in ids for type in ("data_national", "national", "sms")
    ]
    group = BundleUse(
        customer_id=customer,
        month=month,
        kind="data",
        used=10**12,
        allowance=10**12,
        over=0,
        amount="1.000000",
        group="zakelijk_mobiel",
    )
    lines.append(group)
    publisher, client = Publisher(house.amqp_uri("cdr"), 15.0), _client(house, "gateway")
    started = time.monotonic()
    for sequence, first in enumerate(range(0, len(lines), LINES_PER_EVENT), start=1):
        part = lines[first : first + LINES_PER_EVENT]
        event = UsageRated(
            sequence=sequence,
            subscriptions=tuple(line for line in part if isinstance(line, SubscriptionUse)),
            bundles=tuple(line for line in part if isinstance(line, BundleUse)),
        )
        publisher.publish([Message("cdr.events", UsageRated.name, encode(wrap(event, None)))])
    expected = f"{len(ids) * 3 * 10_000 / 1_000_000 + 1:.2f}"
    while (seen := _ask(client, customer)["cost"]) != expected:
        if time.monotonic() - started > PATIENCE_SECONDS:
            raise RuntimeError(f"the total is {seen} and should be {expected}")
        time.sleep(0.05)
    seconds = time.monotonic() - started
    publisher.close()
    client.close()
    say(f"{len(lines):,} lines of usage were taken in {seconds:.1f} s")
    return len(lines) / seconds


def _use(customer: str, subscription: str, month: str, type: str) -> SubscriptionUse:
    return SubscriptionUse(
        customer_id=customer,
        subscription_id=subscription,
        month=month,
        type=type,
        events=3,
        seconds=120,
        bytes=45_000_000,
        messages=1,
        amount="0.010000",
    )


def _ask(client: RpcClient, customer: str, **fields: Any) -> Any:
    acting = Acting(kind="user", scope="customer", customer_id=customer, user_id="b" * 32, roles=ROLES)
    return client.call("mobile", "overview", acting, timeout=15, **fields)


def _questions(ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The first page, pages far down, all with ended ones, and searches by number and label."""
    dice = random.Random(1)
    for kind in itertools.cycle(("first", "later", "ended", "number", "label")):
        index = dice.randrange(len(ids))
        questions: dict[str, dict[str, Any]] = {
            "first": {},
            "later": {"after": ids[index]},
            "ended": {"ended": True, "after": ids[index]},
            "number": {"query": f"06-00{index // 10_000:02d} {index % 10_000:04d}"},
            "label": {"query": f"monteur {index}"},
        }
        yield questions[kind]


def _overview(house: House, customer: str, ids: Sequence[str]) -> dict[str, float]:
    client = _client(house, "gateway")
    taken = []
    for question in itertools.islice(_questions(ids), CALLS):
        started = time.monotonic()
        _ask(client, customer, **question)
        taken.append(time.monotonic() - started)
    client.close()
    return _figures("overview", taken)


def _pages(house: House, ids: Sequence[str], say: Say) -> dict[str, float]:
    """The portal's page, logged in; empty while the portal has no such page."""
    browser = logged_in(house.address, *LOGIN)
    taken = []
    for question in itertools.islice(_questions(ids), PAGES):
        ended = "true" if question.get("ended") else ""
        wanted = {"zoek": question.get("query", ""), "na": question.get("after", ""), "opgeheven": ended}
        query = urllib.parse.urlencode({name: value for name, value in wanted.items() if value})
        started = time.monotonic()
        try:
            answer = browser.open(f"{house.address}{ADDRESS}?{query}", timeout=30)
            if "Totaal verbruik" not in answer.read().decode():
                raise RuntimeError(f"{answer.url} is not the list of subscriptions")
        except urllib.error.HTTPError as problem:
            say(f"the portal answers {problem.code} at {ADDRESS}: no page to measure")
            return {}
        taken.append(time.monotonic() - started)
    return _figures("page", taken)


def _figures(name: str, taken: list[float]) -> dict[str, float]:
    cuts = quantiles(taken, n=100)
    return {
        f"mobile.{name}_p50_ms": round(cuts[49] * 1000, 1),
        f"mobile.{name}_p95_ms": round(cuts[94] * 1000, 1),
    }
