"""``./tikker customer`` and ``./tikker user`` against the running service."""

from __future__ import annotations

import re

import pytest

from tests.integration.identity.conftest import PASSWORD, Service, tikker

pytestmark = pytest.mark.feature("ID-12")


def test_a_customer_and_a_user_with_a_password_that_is_shown_once(service: Service) -> None:
    made = tikker(
        service, "customer", "create", "Bakkerij Voorbeeld B.V.", "--product", "voip", "--product", "mobile"
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("10001  Bakkerij Voorbeeld B.V.")

    user = tikker(
        service, "user", "create", "10001", "anna", "--role", "user_management", "--last-name", "Wit"
    )
    shown = re.search(r"^password: (\S{16})$", user.stdout, re.MULTILINE)
    assert shown, user.stderr
    answer = service.login("anna", shown[1])
    assert answer["customer"]["products"] == ["voip", "mobile"]
    assert (answer["user"]["roles"], answer["user"]["last_name"]) == (["user_management"], "Wit")


def test_a_password_of_ones_own_is_not_shown(service: Service) -> None:
    made = tikker(service, "user", "create", "10000", "olga", "--password", PASSWORD)
    assert made.returncode == 0, made.stderr
    assert PASSWORD not in made.stdout
    assert service.login("olga")["scope"] == "operator"


def test_a_partner_and_its_customer_are_listed(service: Service) -> None:
    tikker(service, "customer", "create", "ICT Voorbeeld", "--partner")
    tikker(service, "customer", "create", "Garage Voorbeeld", "--under", "10001", "--product", "pbx")
    listed = tikker(service, "customer", "list")
    assert [line.split(maxsplit=3) for line in listed.stdout.splitlines()[1:]] == [
        ["10001", "partner", "–", "ICT Voorbeeld"],
        ["10002", "customer", "pbx", "Garage Voorbeeld"],
    ]


def test_what_is_refused_is_said_in_sentences_and_by_the_exit_code(service: Service) -> None:
    nobody = tikker(service, "user", "create", "12345", "anna")
    assert (nobody.returncode, nobody.stderr) == (
        1,
        "tikker: there is no customer 12345: ./tikker customer list shows them.\n",
    )
    weak = tikker(service, "user", "create", "10000", "a b", "--password", "welkom1")
    assert weak.returncode == 1
    assert "  username: Gebruik 3 tot en met 100" in weak.stderr
    assert "  password: Dit wachtwoord raadt men snel." in weak.stderr
    assert "Traceback" not in weak.stderr
