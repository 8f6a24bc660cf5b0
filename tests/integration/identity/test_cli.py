"""``./tikker customer`` and ``./tikker user`` against the running service."""

from __future__ import annotations

import re

import pytest

from tests.integration.identity.conftest import PASSWORD, Service, tikker, tikker_process

pytestmark = pytest.mark.feature("ID-12")


def test_a_customer_and_a_user_with_a_password_that_is_shown_once(service: Service) -> None:
    made = tikker_process(
        service, "customer", "create", "Bakkerij Voorbeeld B.V.", "--product", "voip", "--product", "mobile"
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("10001  Bakkerij Voorbeeld B.V.")

    user = tikker_process(
        service, "user", "create", "10001", "anna", "--role", "user_management", "--last-name", "Wit"
    )
    shown = re.search(r"^password: (\S{16})$", user.stdout, re.MULTILINE)
    assert shown, user.stderr
    answer = service.login("anna", shown[1])
    assert answer["customer"]["products"] == ["voip", "mobile"]
    assert (answer["user"]["roles"], answer["user"]["last_name"]) == (["user_management"], "Wit")


def test_every_company_is_told_again(service: Service) -> None:
    tikker(service, "customer", "create", "Bakkerij Voorbeeld B.V.")
    assert tikker(service, "customer", "republish").stdout == "2 events queued\n"  # the operator too


def test_a_password_of_ones_own_is_not_shown(service: Service) -> None:
    made = tikker(service, "user", "create", "10000", "olga", "--password", PASSWORD)
    assert made.returncode == 0, made.stderr
    assert PASSWORD not in made.stdout
    assert service.login("olga")["scope"] == "operator"


def test_a_partner_and_its_customer_are_listed(service: Service) -> None:
    tikker(service, "customer", "create", "ICT Voorbeeld", "--partner")
    tikker(service, "customer", "create", "Garage Voorbeeld", "--under", "10001", "--product", "pbx")
    listed = tikker(service, "customer", "list")
    assert [line.split(maxsplit=4) for line in listed.stdout.splitlines()[1:]] == [
        ["10001", "partner", "–", "0", "ICT Voorbeeld"],
        ["10002", "customer", "pbx", "0", "Garage Voorbeeld"],
    ]
    for arguments in (("customer", "list", "--query", "garage"), ("customer", "list", "--under", "10001")):
        assert [line.split()[0] for line in tikker(service, *arguments).stdout.splitlines()[1:]] == ["10002"]
    partners = tikker(service, "partner", "list").stdout
    assert "ICT Voorbeeld" in partners
    assert "Garage" not in partners


def test_all_that_is_known_of_a_company_is_shown_and_changed(service: Service) -> None:
    made = tikker(
        service,
        *("partner", "create", "ICT Voorbeeld", "--kvk", "00001500", "--vat-number", "nl000015000b01"),
        *(
            "--street",
            "Verzinselplein",
            "--house-number",
            "1",
            "--postcode",
            "9999zz",
            "--city",
            "Voorbeeldstad",
        ),
    )
    assert made.stdout.startswith("10001  ICT Voorbeeld"), made.stderr
    lines = tikker(service, "customer", "show", "10001").stdout.splitlines()
    shown = dict(line.split(maxsplit=1) for line in lines)
    assert (shown["KvK"], shown["address"]) == ("00001500", "Verzinselplein 1, 9999 ZZ Voorbeeldstad, NL")
    tikker(service, "customer", "create", "Garage Voorbeeld", "--product", "voip")
    changed = tikker(
        service,
        *("customer", "change", "10002", "--name", "Garage Ander", "--under", "10001"),
        *("--product", "mobile", "--contact-name", "Bram", "--reason", "overgenomen"),
    )
    assert changed.returncode == 0, changed.stderr
    for line in ("under        ICT Voorbeeld", "products     mobile", "contact      Bram", "revision     2"):
        assert line in changed.stdout.splitlines()
    moved = tikker(service, "customer", "change", "10001", "--house-number", "2", "--kvk", "")
    assert "address      Verzinselplein 2, 9999 ZZ Voorbeeldstad, NL" in moved.stdout
    assert "KvK" not in moved.stdout


def test_users_of_a_company_are_managed(service: Service) -> None:
    tikker(service, "customer", "create", "Bakkerij Voorbeeld B.V.", "--product", "voip")
    made = tikker(
        service,
        "user",
        "create",
        "10001",
        "nora",
        "--welcome",
        "--email",
        "nora@example.nl",
        "--role",
        "invoices",
    )
    assert "a welcome mail goes to nora@example.nl" in made.stdout, made.stderr
    tikker(service, "user", "create", "10001", "nora.2", "--password", PASSWORD)
    listed = tikker(service, "user", "list", "10001").stdout.splitlines()
    assert [line.split()[1] for line in listed[1:]] == ["nora", "nora.2"]
    assert "a welcome mail" in tikker(service, "user", "welcome", "10001", "Nora").stdout
    assert (
        "settings, mobile_access"
        in tikker(service, "user", "roles", "10001", "nora.2", "settings", "mobile_access").stdout
    )
    tikker(service, "user", "change", "10001", "nora.2", "--email", "n2@example.nl", "--first-name", "Nora")
    shown = tikker(service, "user", "show", "10001", "nora.2").stdout
    assert "n2@example.nl" in shown
    assert "settings, mobile_access" in shown
    tikker(service, "user", "block", "10001", "nora.2", "--reason", "uit dienst")
    assert not service.login("nora.2")["ok"]
    tikker(service, "user", "unblock", "10001", "nora.2")
    assert service.login("nora.2")["ok"]
    assert "is gone" in tikker(service, "user", "delete", "10001", "nora.2", "--yes").stdout
    assert not service.login("nora.2")["ok"]


def test_what_is_refused_is_said_in_sentences_and_by_the_exit_code(service: Service) -> None:
    nobody = tikker_process(service, "user", "create", "12345", "anna")
    assert (nobody.returncode, nobody.stderr) == (
        1,
        "tikker: there is no customer 12345: ./tikker customer list shows them.\n",
    )
    weak = tikker(service, "user", "create", "10000", "a b", "--password", "welkom1")
    assert weak.returncode == 1
    assert "  username: Use 3 to 100" in weak.stderr
    assert "  password: This password is quickly guessed." in weak.stderr
    assert "Traceback" not in weak.stderr
    wrong = tikker(service, "customer", "create", "Garage", "--kvk", "123", "--street", "Laan")
    assert wrong.returncode == 1
    assert "  kvk: A Chamber of Commerce number has 8 digits." in wrong.stderr
    assert "  address.city: Fill this in." in wrong.stderr
    for arguments, sentence in (
        (("user", "block", "10000", "niemand"), "Operator has no user niemand"),
        (("customer", "change", "10000"), "nothing to change"),
        (("customer", "change", "10000", "--name", "X", "--revision", "9"), "has been changed meanwhile"),
    ):
        refused = tikker(service, *arguments)
        assert (refused.returncode, sentence in refused.stderr) == (1, True), refused.stderr
