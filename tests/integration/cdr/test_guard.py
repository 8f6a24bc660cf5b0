"""Warning limits and the watch over fraud on a real database, and through the doors of the service."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.cdr.domain.periods import day_of
from services.cdr.store import Stores
from services.cdr.store.commands import Commands
from services.cdr.store.watch import Alert, WatchStore
from services.cdr.usecases import limits, watch
from services.cdr.worker.guarding import Guarding
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.events import FraudLifted, FraudSuspected, decode
from shared.events.audit import CdrAuditRecorded
from shared.events.notification import CdrNotificationRequested
from shared.ids import new_id
from tests.integration.cdr.scene import Cdr, Customer
from tests.integration.cdr.shelf import CUSTOMER, book, row
from tests.support.processes import until

EURO = 1_000_000
MANAGER = Acting(kind="user", scope="customer", customer_id=CUSTOMER, user_id="a" * 32, roles=("settings",))
NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
"""Half past three in Amsterdam, on a Friday."""


@pytest.fixture
def stores(db: Any) -> Stores:
    return Stores.on(db)


def told(db: Any, event: Any) -> list[Any]:
    """The events of one class that wait to be published, oldest first."""
    rows = db["outbox"].find({"name": event.name}).sort("_id", 1)
    return [decode(one["body"], event).data for one in rows]


def set_limit(stores: Stores, euros: int | None, at: datetime = NIGHT, who: Acting = MANAGER) -> Any:
    amount = None if euros is None else Decimal(euros)
    return limits.set_voip_limit(stores.commands, stores.limits, who, at, limit=amount, command_id=new_id())


def look(
    stores: Stores, at: datetime = NIGHT, customer: str = CUSTOMER, guarding: Guarding | None = None
) -> None:
    """As the worker does after a fold; one that has just started, which looks at everybody, or this one."""
    guarding = guarding or Guarding(stores)
    guarding.touched([customer])
    guarding.turn(at)


def use(stores: Stores, db: Any, euros: int, **fields: Any) -> None:
    values = {"_id": f"vasco|{new_id()}|0", "amount": euros * EURO, "start": NIGHT}
    book(stores, db, row(0, **(values | fields)))


@pytest.mark.feature("CDR-09")
def test_passing_the_limit_is_told_once_to_who_is_registered(stores: Stores, db: Any) -> None:
    set_limit(stores, 250)
    use(stores, db, 250)
    look(stores)
    assert told(db, CdrNotificationRequested) == []
    for _ in range(3):
        use(stores, db, 1)
        look(stores)
    [mail] = told(db, CdrNotificationRequested)
    assert (mail.template, mail.registration) == ("voip_high_usage", "voip_high_usage")
    assert mail.parameters == {"period": "2026-11", "limit": "250.000000", "amount": "251.000000"}
    reply = limits.voip_limit(stores.limits, stores.counters.telephony, CUSTOMER, NIGHT)
    assert reply == {
        "limit": "250.00",
        "used": "253.000000",
        "period": "2026-11",
        "reached_at": "2026-11-20T02:30:00Z",
    }


@pytest.mark.feature("CDR-09")
def test_a_raised_limit_is_told_again_and_a_lowered_one_is_not(stores: Stores, db: Any) -> None:
    use(stores, db, 300)
    for euros in (250, 280, 260, 280, 100, 301, None, 290):
        set_limit(stores, euros)
        look(stores)
    assert [mail.parameters["limit"][:3] for mail in told(db, CdrNotificationRequested)] == [
        "250",
        "280",
        "290",
    ]


@pytest.mark.feature("CDR-09")
def test_mobile_use_and_other_months_do_not_count(stores: Stores, db: Any) -> None:
    set_limit(stores, 10)
    use(stores, db, 100, product="mobile")
    use(stores, db, 100, period=202610, start=NIGHT - timedelta(days=40))
    look(stores)
    assert told(db, CdrNotificationRequested) == []


@pytest.mark.feature("CDR-09")
def test_each_month_is_told_anew(stores: Stores, db: Any) -> None:
    set_limit(stores, 10, at=NIGHT - timedelta(days=100))
    use(stores, db, 11)
    look(stores)
    december = NIGHT + timedelta(days=20)
    use(stores, db, 11, period=202612, start=december)
    look(stores, december)
    assert [m.parameters["period"] for m in told(db, CdrNotificationRequested)] == ["2026-11", "2026-12"]


@pytest.mark.feature("CDR-09")
def test_two_workers_that_look_at_once_tell_it_once(stores: Stores, db: Any) -> None:
    set_limit(stores, 10)
    use(stores, db, 11)
    seen = limits.check_limit
    args = (stores.commands, stores.limits, stores.counters.telephony, (), CUSTOMER, NIGHT)
    assert seen(*args) == 1
    db["limits"].update_one({"_id": CUSTOMER}, {"$set": {"due": True}})
    assert seen(*args) == 0
    assert len(told(db, CdrNotificationRequested)) == 1


@pytest.mark.feature("CDR-09")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-60, 120), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_whatever_the_order_nobody_is_mailed_twice(
    stores: Stores, db: Any, amounts: list[int], chance: random.Random
) -> None:
    """Usage, late usage, and corrections (below zero), looked at whenever the worker comes by."""
    customer = new_id()
    who = Acting(kind="user", scope="customer", customer_id=customer, user_id="a" * 32, roles=("settings",))
    db["limits"].delete_many({})  # of the example before
    set_limit(stores, 100, who=who)
    guarding, total, passed = Guarding(stores), 0, False
    for amount in chance.sample(amounts, len(amounts)):
        start = NIGHT - timedelta(days=chance.randrange(60))
        use(stores, db, amount, customer=customer, start=start)
        total += amount
        if chance.random() < 0.6:
            look(stores, customer=customer, guarding=guarding)
            passed = passed or total > 100
    look(stores, customer=customer, guarding=guarding)
    mails = [
        m
        for m in db["outbox"].find({"name": CdrNotificationRequested.name})
        if customer.encode() in bytes(m["body"])
    ]
    assert len(mails) == int(passed or total > 100)


@pytest.mark.feature("CDR-09")
@pytest.mark.feature("ID-10")
def test_setting_a_limit_needs_the_role_and_is_told_to_the_audit_log(stores: Stores, db: Any) -> None:
    nobody = Acting(kind="user", scope="customer", customer_id=CUSTOMER, user_id="b" * 32)
    with pytest.raises(Forbidden):
        set_limit(stores, 250, who=nobody)
    set_limit(stores, 250)
    set_limit(stores, None)
    entries = told(db, CdrAuditRecorded)
    assert [(e.action, e.before, e.after) for e in entries] == [
        ("voip_limit.changed", {"limit": None}, {"limit": "250.00"}),
        ("voip_limit.changed", {"limit": "250.00"}, {"limit": None}),
    ]


def attack(stores: Stores, db: Any, euros: int = 60, **fields: Any) -> None:
    use(stores, db, euros, type="international_world", receiver="+88213000000", quantity=3600, **fields)


def ordinary_weeks(stores: Stores, db: Any, euros: int = 5) -> None:
    book(
        stores,
        db,
        *(
            row(
                n,
                amount=euros * EURO,
                type="international_world",
                start=NIGHT - timedelta(days=n),
                period=202611,
            )
            for n in range(2, 50)
        ),
    )


@pytest.mark.feature("CDR-11")
def test_an_attack_at_night_is_told_once_and_blocks_nothing_by_itself(stores: Stores, db: Any) -> None:
    ordinary_weeks(stores, db)
    use(stores, db, 5, type="international_world")
    look(stores)
    assert told(db, FraudSuspected) == []
    for _ in range(2):
        attack(stores, db)
        look(stores)
    [event] = told(db, FraudSuspected)
    assert (event.call_class, event.block, event.day) == ("international", False, "2026-11-20")
    assert (event.amount, event.usual, event.minutes) == ("65.000000", "5.000000", 61)
    [mail] = told(db, CdrNotificationRequested)
    assert (mail.template, mail.roles) == ("fraud_suspected", ("user_management",))
    reply = watch.fraud_watch(stores.watch, CUSTOMER)
    [alert] = reply["alerts"]
    assert reply["block"] is False
    assert alert | {"id": ""} == {
        "id": "",
        "at": "2026-11-20T02:30:00Z",
        "class": "international_world",
        "destination": None,
        "amount": "65.00",
        "usual": "5.00",
        "minutes": 61,
        "state": "open",
        "blocked": False,
        "forwarded": False,
    }


@pytest.mark.feature("CDR-11")
def test_who_chose_so_has_the_class_blocked_until_a_person_lifts_it(stores: Stores, db: Any) -> None:
    watch.set_fraud_watch(stores.commands, stores.watch, MANAGER, NIGHT, block=True, command_id=new_id())
    ordinary_weeks(stores, db)
    attack(stores, db)
    look(stores)
    [event] = told(db, FraudSuspected)
    assert event.block
    lifted = lift(stores, event.alert_id)
    assert (lifted["state"], lifted["blocked"]) == ("lifted", False)
    assert [(e.alert_id, e.call_class) for e in told(db, FraudLifted)] == [(event.alert_id, "international")]
    look(stores)
    assert len(told(db, FraudSuspected)) == 1, "what that person saw raises no other alert"
    attack(stores, db, 30)
    look(stores)
    assert len(told(db, FraudSuspected)) == 1
    attack(stores, db, 30)
    look(stores)
    assert len(told(db, FraudSuspected)) == 2, "as much again does"
    actions = [entry.action for entry in told(db, CdrAuditRecorded)]
    assert actions == ["fraud_watch.changed", "fraud.suspected", "fraud_alert.lifted", "fraud.suspected"]


@pytest.mark.feature("CDR-11")
def test_a_number_that_is_forwarded_abroad_is_watched_by_where_it_goes(stores: Stores, db: Any) -> None:
    watch.set_fraud_watch(stores.commands, stores.watch, MANAGER, NIGHT, block=True, command_id=new_id())
    ordinary_weeks(stores, db)
    use(stores, db, 300, type="forwarded", direction="forward", quantity=9 * 3600)
    look(stores)
    assert told(db, FraudSuspected) == [], "to a Dutch mobile"
    use(stores, db, 60, type="forwarded", direction="forward", receiver="+5371234567")
    look(stores)
    [event] = told(db, FraudSuspected)
    assert (event.call_class, event.block, event.amount) == ("international", True, "60.000000")
    lift(stores, event.alert_id)
    look(stores)
    assert len(told(db, FraudSuspected)) == 1


@pytest.mark.feature("CDR-11")
def test_a_class_that_no_telephone_system_can_refuse_is_told_only(stores: Stores, db: Any) -> None:
    watch.set_fraud_watch(stores.commands, stores.watch, MANAGER, NIGHT, block=True, command_id=new_id())
    ordinary_weeks(stores, db)
    use(stores, db, 90, type="sms_premium", kind="sms", quantity=1)
    use(stores, db, 900, type="emergency")
    look(stores)
    [event] = told(db, FraudSuspected)
    assert (event.call_class, event.block) == ("sms_premium", False)


@pytest.mark.feature("CDR-11")
def test_an_alert_is_lifted_once_by_who_may(stores: Stores, db: Any) -> None:
    ordinary_weeks(stores, db)
    attack(stores, db)
    look(stores)
    [event] = told(db, FraudSuspected)
    stranger = Acting(
        kind="user", scope="customer", customer_id="d" * 32, user_id="d" * 32, roles=("settings",)
    )
    with pytest.raises(NotFound):
        lift(stores, event.alert_id, stranger)
    with pytest.raises(Forbidden):
        lift(stores, event.alert_id, Acting(kind="user", scope="customer", customer_id=CUSTOMER, user_id="b"))
    lift(stores, event.alert_id)
    with pytest.raises(Conflict, match="al afgehandeld"):
        lift(stores, event.alert_id)


def lift(stores: Stores, alert_id: str, who: Acting = MANAGER) -> Any:
    return watch.lift_fraud_alert(
        stores.commands,
        stores.watch,
        stores.counters.by_day,
        who,
        alert_id=alert_id,
        reason="Nagekeken: een klant in het buitenland",
        command_id=new_id(),
    )


# Through the doors


def asked_by(cdr: Cdr, customer: Customer) -> Callable[..., Any]:
    """What a person of the customer asks, who may change settings."""
    acting = Acting(
        kind="user", scope="customer", customer_id=customer.id, user_id="u" * 32, roles=("settings",)
    )

    def ask(method: str, **fields: Any) -> Any:
        return cdr.gateway.call("cdr", method, acting, **fields)

    return ask


@pytest.mark.feature("CDR-11")
def test_an_alert_is_followed_by_a_block_and_lifted_through_the_door(cdr: Cdr) -> None:
    customer = cdr.customer()
    ask = asked_by(cdr, customer)
    raised = Alert(
        id=new_id(),
        customer=customer.id,
        call_class="international",
        day=day_of(datetime.now(UTC)),
        nth=0,
        at=datetime.now(UTC),
        amount=300 * EURO,
        usual=0,
        seconds=3600,
        blocked=False,
    )
    Commands(cdr.database).run(lambda changes: WatchStore(cdr.database).add(raised, changes))
    [alert] = ask("fraud_watch")["alerts"]
    assert (alert["class"], alert["blocked"]) == ("international_world", False)
    assert ask("set_fraud_watch", block=True, command_id=new_id()) == {"block": True}
    [blocked] = ask("fraud_watch")["alerts"]
    assert (blocked["id"], blocked["blocked"]) == (alert["id"], True)
    ask("lift_fraud_alert", alert_id=alert["id"], reason="Een klant in Cuba", command_id=new_id())
    [lifted] = ask("fraud_watch")["alerts"]
    assert (lifted["state"], lifted["blocked"]) == ("lifted", False)


@pytest.mark.feature("CDR-09")
def test_from_a_call_to_the_warning(cdr: Cdr) -> None:
    """Evaluated from the fold: it comes within seconds, by itself."""
    customer = cdr.customer()
    ask = asked_by(cdr, customer)
    with pytest.raises(Invalid, match="goed ingevuld"):
        ask("set_voip_limit", limit="-1", command_id=new_id())
    assert ask("set_voip_limit", limit="0.10", command_id=new_id()) == {"limit": "0.10"}
    cdr.send(*(customer.call(f"{customer.id[:8]}-{n}", to="+31600123456") for n in range(5)))
    cdr.settle()
    reached = until(lambda: ask("voip_limit")["reached_at"], what="the warning")
    assert str(reached).startswith(f"{date.today().year}")
    assert ask("fraud_watch") == {"block": False, "alerts": []}
    assert ask("set_fraud_watch", block=True, command_id=new_id()) == {"block": True}
    with pytest.raises(NotFound):
        ask("lift_fraud_alert", alert_id="0" * 32, reason="bestaat niet", command_id=new_id())
