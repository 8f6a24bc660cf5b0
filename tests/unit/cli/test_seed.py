"""When the first start loads demo data, and that it never stands in the way of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cli import seed
from cli.demo import cast
from cli.problems import Problem
from cli.seeding.doors import current_house

NAMES = [customer.name for customer in cast.CUSTOMERS]


class System:
    """Customers by name, whether months of them were closed, and staff by username."""

    def __init__(self, *names: str, closed: bool = False, staff: tuple[str, ...] = ()) -> None:
        self.usernames = staff
        self.rows = [{"id": "0", "name": "Operator", "kind": "operator"}]
        self.rows += [{"id": name, "name": name, "kind": "customer"} for name in names]
        self.state = "closed" if closed else "open"

    def staff(
        self, service: str, method: str, query: str = "", customer_id: str = "", number: int | None = None
    ) -> Any:
        if (service, method) == ("cdr", "periods_of"):
            return {"recent": [{"id": f"2026-{month}", "state": self.state} for month in ("10", "09")]}
        if (service, method) == ("identity", "users"):
            return {"rows": [{"username": name} for name in self.usernames if query in name]}
        assert (service, method) == ("identity", "customers")
        if number is not None:
            return {"rows": [row for row in self.rows if row["kind"] == "operator"]}
        return {"rows": [row for row in self.rows if query in row["name"]]}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The demos that were loaded."""
    demos: list[object] = []
    monkeypatch.setattr(seed, "seed", demos.append)
    monkeypatch.setattr(seed, "make_incidents", lambda: None)
    return demos


def stand_before(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def doors() -> Iterator[System]:
        yield system

    monkeypatch.setattr(seed, "open_doors", doors)


@pytest.mark.parametrize(
    "system",
    [
        System(),
        System(cast.PARTNER),
        System(cast.PARTNER, NAMES[0]),
        System(cast.PARTNER, *NAMES),
        System(cast.PARTNER, *NAMES, "Schilderij Verzonnen B.V."),
    ],
    ids=["empty", "partner only", "one customer", "no month closed", "and somebody else"],
)
def test_an_empty_system_is_filled_and_what_was_broken_off_goes_on(
    system: System, loaded: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_before(system, monkeypatch)
    assert seed.seed_if_empty()
    assert len(loaded) == 1


@pytest.mark.parametrize(
    "system",
    [System("Schilderij Verzonnen B.V."), System(cast.PARTNER, *NAMES, closed=True)],
    ids=["other customers", "complete"],
)
def test_a_system_in_use_is_left_alone(
    system: System, loaded: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_before(system, monkeypatch)
    assert not seed.seed_if_empty()
    assert loaded == []


def test_what_goes_wrong_is_said_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        raise Problem("the broker is away.")

    monkeypatch.setattr(seed, "seed", fail)
    stand_before(System(), monkeypatch)
    assert not seed.seed_if_empty()
    said = capsys.readouterr().err
    assert "tikker: the broker is away." in said
    assert "./tikker seed goes on with them" in said


def test_logins_are_those_of_the_demo_customers_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_before(System(NAMES[0], "Schilderij Verzonnen B.V."), monkeypatch)
    assert [login.username for login in seed.logins()] == [u.username for u in cast.CUSTOMERS[0].users]
    stand_before(System("Schilderij Verzonnen B.V."), monkeypatch)
    assert seed.logins() == []


@pytest.mark.parametrize(
    ("companies", "made", "printed"),
    [
        ((cast.PARTNER,), ("beheer", "ictpartner"), ["beheer", "ictpartner"]),
        ((cast.PARTNER,), ("beheer",), ["beheer"]),
        ((), ("beheer", "ictpartner"), ["beheer"]),
        ((cast.PARTNER,), (), []),
    ],
)
def test_logins_of_staff_come_first_if_they_were_made(
    companies: tuple[str, ...], made: tuple[str, ...], printed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system that was filled before there was staff has none until ``seed`` runs again."""
    stand_before(System(*companies, NAMES[0], staff=made), monkeypatch)
    users = [user.username for user in cast.CUSTOMERS[0].users]
    assert [login.username for login in seed.logins()] == [*printed, *users]


def test_a_system_elsewhere_is_reached_by_the_secrets_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = {
        "AMQP_URI": "amqp://cli:a@broker.example:5673/%2Fportal",
        "TIKKER_SIGNING_KEY": "k",
        "TIKKER_SIGNING_KEY_GATEWAY": "g",
        "TIKKER_AMQP_PASSWORD_GATEWAY": "b",
        "TIKKER_AMQP_PASSWORD_VASCO": "c",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    house = current_house()
    assert house.amqp_uri("gateway") == "amqp://gateway:b@broker.example:5673/%2Fportal"
    assert house.ingest_uri("vasco") == "amqp://vasco:c@broker.example:5673/%2Fingest"
    assert house.keys.signing_key("gateway") == "g"
    with pytest.raises(Problem, match="TIKKER_AMQP_PASSWORD_MOBI"):
        house.ingest_uri("mobi")
