"""The demo's number plan can be published, and calls go as in the manual's example."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from cli.demo import telephony
from cli.demo.cast import CUSTOMERS, INSTALLER
from services.pbx.domain.checks import check
from services.pbx.domain.config import Config
from services.pbx.domain.routing import Call, plan
from services.pbx.domain.routing.directory import everybody
from services.pbx.domain.rules import problems
from services.pbx.domain.test_calls import reached

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 20, tzinfo=UTC)
CONFIG = msgspec.convert(telephony.number_plan(date(2026, 11, 24)), Config)


def test_nothing_in_it_is_wrong() -> None:
    assert [p.sentence for p in problems(CONFIG, INSTALLER.numbers)] == []
    found = check(CONFIG, INSTALLER.numbers, NOW)
    assert [f.sentence for f in found if f.severity in ("error", "warning")] == []


@pytest.mark.feature("PBX-11")
@pytest.mark.parametrize(
    ("called", "keys", "expected"),
    [
        (telephony.COMPANY, ("1",), "group:sales"),
        (telephony.COMPANY, ("2",), "group:support"),
        (telephony.COMPANY, ("9",), "rings:user 209"),
        (telephony.COMPANY, (), "rings:user 209"),
        (telephony.SUPPORT, (), "rings:user 205"),
    ],
)
def test_calls_in_working_hours(called: str, keys: tuple[str, ...], expected: str) -> None:
    call = Call(caller="+31600000012", called=called, key_presses=keys)
    kind, _colon, name = expected.partition(":")
    assert f"{kind}:{telephony.id_of(name)}" in reached(plan(CONFIG, call, NOW, everybody(CONFIG)))


@pytest.mark.feature("PBX-10")
def test_at_night_the_company_voicemail_speaks_and_hangs_up() -> None:
    call = Call(caller="+31600000012", called=telephony.COMPANY)
    found = reached(plan(CONFIG, call, NIGHT, everybody(CONFIG)))
    assert f"voicemail:{telephony.id_of('user 999')}" in found
    assert not any(token.startswith("rings:") for token in found)


def test_lines_are_on_numbers_of_who_has_them() -> None:
    for customer in CUSTOMERS:
        lines = telephony.LINES.get(customer.code, ())
        assert {number for number, _name in lines} <= set(customer.numbers)
        assert not lines or "voip" in customer.products
    assert all("pbx" in customer.products for customer in telephony.WITH_PBX)
