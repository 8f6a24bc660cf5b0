"""What goes wrong in the demo goes wrong as it should: an attack is one, what is refused has its reason."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest

from cli.demo import incidents
from services.cdr.domain.habit import Habit, Use, is_far_above
from services.cdr.domain.posting import Priced
from services.cdr.domain.refusal import Refused
from services.cdr.domain.usage import decode
from services.cdr.usecases.record_usage import price_all
from tests.unit.cli.demo_house import reference

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.feature("CDR-11")
@pytest.mark.parametrize("now", [NOW, datetime(2026, 11, 22, 1, tzinfo=UTC)])
def test_the_night_of_satellites_is_far_above_any_habit_of_the_demo(now: datetime) -> None:
    events = decode(msgspec.json.encode({"events": incidents.attack(now)}), now)
    priced = price_all(incidents.FIXED, events, reference())
    assert all(isinstance(one, Priced) for one in priced)
    rows = [one.fields for one in priced if isinstance(one, Priced)]
    assert {row["type"] for row in rows} == {"international_world"}
    use = Use(sum(row["amount"] for row in rows), sum(row["quantity"] for row in rows))
    assert is_far_above(use, Habit(Use(100_000_000, 3600), days=40), minute=24 * 60)


@pytest.mark.feature("CDR-02")
def test_what_is_refused_has_a_reason_each() -> None:
    reasons: Counter[str] = Counter()
    for carrier, events in incidents.refused(NOW).items():
        body = msgspec.json.encode({"events": events})
        for one in price_all(carrier, decode(body, NOW), reference()):
            assert isinstance(one, Refused), one
            reasons[one.reason] += 1
    assert reasons == {"unknown_owner": 7, "no_rate": 3, "schema": 2}
