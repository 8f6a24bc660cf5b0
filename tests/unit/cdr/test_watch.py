"""The watch over fraud on a database in memory: forwarded calls, and alerts that nobody closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from services.cdr.domain.calendar import calendar
from services.cdr.domain.dutch_numbers import RANGES
from services.cdr.domain.habit import HARMLESS, class_of_forward
from services.cdr.store.commands import Commands
from services.cdr.store.counters import Count, number_of
from services.cdr.store.watch import Alert, WatchStore
from services.cdr.usecases import watch
from shared.acting import Acting
from shared.events import FraudSuspected, decode
from shared.ids import new_id
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server
from tests.unit.cdr.books import ANNA

pytestmark = pytest.mark.feature("CDR-11")

EURO = 1_000_000
ABROAD = "international_world"
NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
"""Half past three in Amsterdam, on a Friday."""
CUBA, DUTCH_MOBILE, LONDON = "+5371234567", "+31600123456", "+442079460000"
MANAGER = Acting(kind="user", scope="customer", customer_id=ANNA, user_id="a" * 32, roles=("settings",))


class Scene:
    """A customer's rows, the counts that they add up to, and the watch over them."""

    def __init__(self) -> None:
        self.db = cast(Any, Database(Server()))
        self.commands, self.store = Commands(self.db), WatchStore(self.db)

    def use(self, euros: int, start: datetime = NIGHT, call_type: str = ABROAD, **row: Any) -> None:
        """An hour of calling, from its row up."""
        period = calendar(int(start.timestamp()))[0] // 100
        values = {"customer": ANNA, "product": "telephony", "type": call_type, "receiver": LONDON}
        values |= {"kind": "voice", "start": start, "quantity": 3600, "sign": 1, "period": period}
        self.db["usage"].insert_one({"_id": new_id(), "amount": euros * EURO} | values | row)

    def forward(self, euros: int, to: str, start: datetime = NIGHT, **row: Any) -> None:
        self.use(euros, start, "forwarded", receiver=to, **row)

    def ordinary_weeks(self, euros: int = 1, **row: Any) -> None:
        for day in range(2, 50):
            self.use(euros, NIGHT - timedelta(days=day), **row)

    def counts(self, customer: str, first: date, last: date) -> Sequence[Count]:
        sums: dict[tuple[int, int, str], list[int]] = defaultdict(lambda: [0] * 6)
        for row in self.db["usage"].find({"customer": customer}):
            day, _ = calendar(int(row["start"].timestamp()))
            if number_of(first) <= day <= number_of(last):
                found = sums[day, row["period"], row["type"]]
                found[0] += row["sign"]
                found[1] += row["sign"] * row["quantity"]
                found[4] += row["amount"]
        return [
            Count(day, day // 100, period, "", "telephony", kind, cast(Any, tuple(found)))
            for (day, period, kind), found in sums.items()
        ]

    def look(self, at: datetime = NIGHT) -> list[Alert]:
        return watch.check_fraud(self.commands, self.store, self.counts, ANNA, at)

    def choose(self, block: bool, at: datetime = NIGHT) -> None:
        watch.set_fraud_watch(self.commands, self.store, MANAGER, at, block=block, command_id=new_id())

    def lift(self, alert: Alert) -> None:
        watch.lift_fraud_alert(
            self.commands,
            self.store,
            self.counts,
            MANAGER,
            alert_id=alert.id,
            reason="Nagekeken",
            command_id=new_id(),
        )

    @property
    def told(self) -> list[FraudSuspected]:
        rows = self.db["outbox"].find({"name": FraudSuspected.name}).sort([("_id", 1)])
        return [decode(row["body"], FraudSuspected).data for row in rows]


@pytest.fixture
def scene() -> Scene:
    return Scene()


# Forwarded calls


def test_a_number_that_is_forwarded_to_far_away_counts_as_calling_there(scene: Scene) -> None:
    scene.ordinary_weeks()
    scene.choose(True)
    scene.forward(4500, CUBA)
    [alert] = scene.look()
    assert (alert.call_class, alert.amount, alert.seconds) == ("international", 4500 * EURO, 3600)
    [event] = scene.told
    assert (event.call_class, event.block, event.amount) == ("international", True, "4500.000000")
    [shown] = watch.fraud_watch(scene.store, ANNA)["alerts"]
    assert (shown["class"], shown["forwarded"]) == ("international_world", True)


def test_ordinary_forwards_to_dutch_mobiles_are_nobodys_business(scene: Scene) -> None:
    """Nor for who had no forwarded calls before: they are of no class that is watched."""
    scene.ordinary_weeks()
    scene.forward(300, DUTCH_MOBILE, quantity=20 * 3600)
    assert scene.look() == []


def test_what_is_left_unread_is_watched_by_nobody() -> None:
    begin, end = (bound.removeprefix("+31") for bound in HARMLESS)
    ordinary = [prefix for prefix in RANGES if begin <= prefix < end]
    assert set(ordinary) > {"1", "61", "85", "800"}
    for prefix in ordinary:
        number = f"+31{prefix.ljust(9, '0')}"
        assert class_of_forward("voice", number) is class_of_forward("sms", number) is None


def test_who_always_forwards_abroad_has_that_for_a_habit(scene: Scene) -> None:
    """Also of before forwards were counted, as the rows know where they went."""
    scene.ordinary_weeks(50, call_type="forwarded")
    scene.forward(140, LONDON)
    assert scene.look(NIGHT + timedelta(hours=18)) == []
    scene.forward(20, LONDON)
    [alert] = scene.look(NIGHT + timedelta(hours=18))
    assert alert.usual == 50 * EURO


def test_calls_and_forwards_together_pass_the_floor(scene: Scene) -> None:
    scene.ordinary_weeks()
    scene.use(30)
    assert scene.look() == []
    scene.forward(30, CUBA)
    [alert] = scene.look()
    assert alert.amount == 60 * EURO


def test_a_forward_that_was_taken_back_costs_nothing(scene: Scene) -> None:
    scene.ordinary_weeks()
    scene.forward(100, CUBA, hidden=True)
    scene.forward(-100, CUBA, hidden=True, sign=-1)
    scene.forward(2, CUBA, state="corrected")
    assert scene.look() == []


def test_forwards_that_a_person_has_seen_raise_no_other_alert(scene: Scene) -> None:
    scene.ordinary_weeks()
    scene.forward(100, CUBA)
    [alert] = scene.look()
    scene.lift(alert)
    assert scene.look() == []
    scene.forward(100, CUBA)
    assert [alert.amount for alert in scene.look()] == [200 * EURO]


def test_weeks_of_forwards_are_read_once_while_they_stay_the_same(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who always forwards abroad is looked at all day."""
    scene.ordinary_weeks(50, call_type="forwarded")
    scene.forward(60, LONDON)
    read, spans = scene.store._read_forwards, []

    def counted(customer: str, counts: Any) -> Any:
        spans.append((counts[0][0], counts[-1][0]))
        return read(customer, counts)

    monkeypatch.setattr(scene.store, "_read_forwards", counted)
    assert scene.look(NIGHT + timedelta(hours=18)) == []
    first = len(spans)
    scene.forward(1, LONDON)
    assert scene.look(NIGHT + timedelta(hours=18)) == []
    assert (first, len(spans)) == (2, 3), "today again, and not the weeks before"


# Alerts that nobody closed


def test_an_alert_that_nobody_closed_says_nothing_for_a_later_attack(scene: Scene) -> None:
    march = datetime(2026, 3, 3, 2, 30, tzinfo=UTC)
    scene.use(200, march)
    [first] = scene.look(march)
    scene.ordinary_weeks()
    scene.choose(True)
    scene.use(9000)
    [second] = scene.look()
    assert (first.blocked, [event.block for event in scene.told]) == (False, [False, True])
    assert second.day == date(2026, 11, 20)


def test_an_attack_that_goes_on_is_told_each_day_and_never_becomes_the_habit(scene: Scene) -> None:
    """Its own first day is not what the customer is used to, while nobody says that it was right."""
    scene.ordinary_weeks()
    for day in range(4):
        at = datetime(2026, 11, 16 + day, 2, 30, tzinfo=UTC)
        scene.use(360, at)
        scene.look(at)
    assert [event.day for event in scene.told] == [f"2026-11-{day}" for day in (16, 17, 18, 19)]


def test_what_a_person_said_to_be_right_is_habit(scene: Scene) -> None:
    scene.ordinary_weeks()
    scene.use(360, NIGHT - timedelta(days=1))
    [alert] = scene.look(NIGHT - timedelta(days=1))
    scene.lift(alert)
    scene.use(360)
    assert scene.look(NIGHT + timedelta(hours=18)) == []


def test_who_lifts_a_block_has_seen_what_it_kept_quiet_about(scene: Scene) -> None:
    """Calls of after midnight, on the day after: else their class is blocked again at once."""
    scene.choose(True)
    scene.ordinary_weeks()
    scene.use(200)
    [alert] = scene.look()
    morning = NIGHT + timedelta(hours=30)
    scene.use(120, NIGHT + timedelta(hours=21, minutes=50))
    assert scene.look(morning) == []
    scene.lift(alert)
    assert scene.look(morning) == []
    scene.use(200, morning)
    [again] = scene.look(morning)
    assert (again.amount, scene.told[-1].block) == (320 * EURO, True)


@pytest.mark.parametrize("block", [False, True])
def test_of_one_day_a_class_is_told_once_while_nobody_closes_it(scene: Scene, block: bool) -> None:
    scene.choose(block)
    scene.ordinary_weeks()
    for _ in range(3):
        scene.use(60)
        scene.look()
    assert [event.block for event in scene.told] == [block]


@pytest.mark.parametrize(("days", "alerts"), [(1, 1), (2, 2), (60, 2)])
def test_one_that_blocks_speaks_for_the_day_after_and_no_longer(scene: Scene, days: int, alerts: int) -> None:
    """What goes on after that gets round the block: from a mobile, say."""
    scene.choose(True)
    scene.ordinary_weeks()
    scene.use(200)
    scene.look()
    later = NIGHT + timedelta(days=days)
    scene.use(9000, later)
    scene.look(later)
    assert len(scene.told) == alerts


def test_who_chooses_to_block_because_of_an_alert_has_it_blocked_now(scene: Scene) -> None:
    scene.ordinary_weeks()
    scene.use(200)
    scene.use(90, call_type="sms_premium", kind="sms", quantity=1)
    scene.look()
    scene.choose(True, NIGHT + timedelta(hours=22))
    first, _sms, again = scene.told
    assert (first.block, again.block, again.alert_id) == (False, True, first.alert_id)
    assert {alert.call_class: alert.blocked for alert in scene.store.alerts(ANNA)} == {
        "international": True,
        "sms_premium": False,
    }
    scene.choose(True, NIGHT + timedelta(hours=22))
    assert len(scene.told) == 3


def test_what_happened_days_ago_is_not_blocked_by_choosing(scene: Scene) -> None:
    scene.ordinary_weeks()
    scene.use(200)
    scene.look()
    scene.choose(True, NIGHT + timedelta(days=2))
    assert [event.block for event in scene.told] == [False]
