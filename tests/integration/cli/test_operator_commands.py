"""./tikker plan, period and quarantine against the real services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.testbed import Testbed
from tests.integration.cli.system import System, running_system
from tests.support.processes import until

pytestmark = pytest.mark.xdist_group("operator-commands")

SERVICES = ("identity", "cdr", "cdr-ingester", "cdr-worker")
PLAN = "soort;prefix;bestemming;tarief;per\ngesprek;+31;Nederland;0,02;min\n"
LAST_MONTH = (datetime.now(UTC).replace(day=1) - timedelta(days=3)).strftime("%Y-%m")


@pytest.fixture(scope="module")
def system(testbed: Testbed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(testbed, "operator", SERVICES, tmp_path_factory.mktemp("operator")) as made:
        yield made


@pytest.fixture(scope="module")
def customer(system: System) -> str:
    """The number of a customer."""
    made = system.staff(
        "identity",
        "create_customer",
        name="Schilderij Verzonnen B.V.",
        products=["voip"],
        kind="customer",
        parent_id=None,
        command_id="test-customer",
    )
    return str(made["number"])


@pytest.fixture
def plan(tmp_path: Path) -> str:
    file = tmp_path / "plan.csv"
    file.write_text(PLAN)
    return str(file)


@pytest.mark.feature("CDR-03")
def test_a_dry_run_keeps_nothing_and_an_import_is_listed_and_assigned(
    system: System, customer: str, plan: str
) -> None:
    asked = ("plan", "import", plan, "--name", "zakelijk", "--from", "2026-01-01")
    dry = system.python("-m", "cli", *asked, "--dry-run")
    assert (dry.returncode, "1 line, no errors" in dry.stdout) == (0, True)
    assert "zakelijk" not in system.tikker("plan", "list").stdout
    kept = system.tikker(*asked)
    assert "Kept as version 'zakelijk 2026-01-01'." in kept.stdout
    assigned = system.tikker("plan", "assign", customer, "zakelijk")
    assert assigned.stdout == "Plan 'zakelijk' now rates Schilderij Verzonnen B.V.\n"
    [line] = [one for one in system.tikker("plan", "list").stdout.splitlines() if "zakelijk" in one]
    assert line.split()[:4] == ["zakelijk", "2026-01-01", "4", "1"]


def test_a_version_is_never_replaced(system: System, plan: str) -> None:
    first = system.tikker("plan", "import", plan, "--name", "vast", "--from", "2026-01-01")
    second = system.tikker("plan", "import", plan, "--name", "vast", "--from", "2026-01-01")
    assert (first.returncode, second.returncode) == (0, 1)
    assert second.stderr.startswith("tikker: vast 2026-01-01")


def test_a_plan_with_errors_is_refused_line_by_line(system: System, tmp_path: Path) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(PLAN + "gesprek;+32;België;veel;min\n")
    answer = system.tikker("plan", "import", str(file), "--name", "fout", "--from", "2026-01-01")
    assert answer.returncode == 1
    [line] = [one for one in answer.stdout.splitlines() if "tarief" in one]
    assert line.split()[:2] == ["3", "tarief"]
    assert "1 error in 2 lines" in answer.stderr


def test_an_unknown_plan_or_customer_is_a_sentence(system: System, customer: str) -> None:
    unknown_plan = system.tikker("plan", "assign", customer, "bestaat-niet")
    unknown_customer = system.tikker("plan", "assign", "99999", "default")
    assert "bestaat-niet" in unknown_plan.stderr
    assert "there is no customer 99999" in unknown_customer.stderr
    assert (unknown_plan.returncode, unknown_customer.returncode) == (1, 1)


def test_a_month_that_is_over_can_be_closed_once_and_the_current_one_cannot(
    system: System, customer: str
) -> None:
    wanted = f"{LAST_MONTH} is closed for Schilderij Verzonnen B.V.: 0 rows, 0.000000 euro ex VAT.\n"
    for _ in range(2):
        assert system.tikker("period", "close", customer, LAST_MONTH).stdout == wanted
    current = system.tikker("period", "close", customer, datetime.now(UTC).strftime("%Y-%m"))
    assert current.returncode == 1
    assert "tikker: " in current.stderr


@pytest.mark.feature("CDR-01")
def test_what_is_refused_is_counted_and_listed_with_its_reason(system: System) -> None:
    event = {
        "record": "nobody-1",
        "kind": "voice",
        "charged": "+31850009999",
        "from": "+31850009999",
        "to": "+31850002000",
        "start": datetime.now(UTC).isoformat(),
        "duration": 60,
    }
    system.publish("vasco", json.dumps(event).encode())
    system.publish("vasco", b"{")
    until(lambda: sum(system.staff("cdr", "quarantine_counts").values()) == 2, what="two refusals")
    counts = system.tikker("quarantine", "counts").stdout
    assert {tuple(line.split()[:2]) for line in counts.splitlines()} >= {
        ("1", "unknown_owner"),
        ("1", "schema"),
    }
    listed = system.tikker("quarantine", "list").stdout
    assert "nobody-1" in listed
    assert "+31850009999 belongs to nobody" in listed
    one = system.tikker("quarantine", "list", "schema", "--source").stdout
    assert "nobody-1" not in one
    assert one.splitlines()[-1].strip() == "{"
