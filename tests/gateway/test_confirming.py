"""*Bevestig dat u het bent*: the password again before what a stolen session must not do (requirement 10)."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.access import ROLE_NAMES
from gateway.sessions import CONFIRMED
from shared.errors import Invalid, TooMany, Unavailable
from tests.gateway import billing, builders, companies, handsets, people, subscriptions
from tests.gateway.browser import Browser, Page
from tests.gateway.fakes import Clock, FakeRpc

pytestmark = pytest.mark.feature("ID-09")

QUESTION = "Bevestig dat u het bent"
PROGRAMS, PERSON = "/mijn-gegevens/programmas", f"/gebruikers/{people.PIET}"
COMMAND = "ab" * 16
TOKEN = {"opdracht": COMMAND, "naam": "Boekhouding", "rol": ["invoices", "settings"], "tot": "22-11-2027"}
RIGHT = {"bevestig-wachtwoord": " juist paard batterij niet "}
ROLES = {"onderdeel": "rollen", "rol": ["invoices"]}
OWN = "/mijn-gegevens"
ADDRESS = {"onderdeel": "gegevens", "voornaam": "Susanne", "email": "dief@elders.example"}
OF_CUSTOMERS = [
    (PROGRAMS, TOKEN, "create_token"),
    (PERSON, ROLES, "change_roles"),
    (PERSON, ADDRESS, "change_user"),
    (OWN, ADDRESS, "change_details"),
    (f"{PERSON}/tweede-stap", {"reden": "Telefoon kwijt"}, "reset_second_step"),
    (f"/mobiel/{subscriptions.FIRST}/puk", {}, "show_puk"),
    (f"/telefooncentrale/toestellen/{handsets.DEVICE}/wachtwoorden", {}, "show_secrets"),
]
OF_STAFF = [
    (f"/beheer/klanten/{companies.OURS}/facturatie", {}),
    ("/beheer/facturen/afzenders/nieuw", {}),
    (f"/beheer/facturen/afzenders/{billing.ISSUER}", {}),
    (f"/beheer/klanten/{companies.OURS}{PERSON}", ROLES),
    (PROGRAMS, TOKEN),
]


@pytest.fixture
def anna(visitor: Browser, rpc: FakeRpc, clock: Clock) -> Browser:
    """Has every role, and logged in longer ago than a confirmation counts."""
    rpc.answers["identity", "login"] = builders.logged_in(roles=list(ROLE_NAMES))
    visitor.log_in()
    clock.forward(seconds=CONFIRMED.total_seconds() + 1)
    return visitor


def did(rpc: FakeRpc, method: str) -> bool:
    return method in [call.method for call in rpc.asked]


def question(answer: Any) -> Page:
    assert QUESTION in answer.text
    return Page(answer.text)


def carried(page: Page) -> dict[str, list[str]]:
    """The hidden fields that travel with the question."""
    found: dict[str, list[str]] = {}
    for field in page.all("input", type="hidden"):
        found.setdefault(field.attrs["name"], []).append(field.attrs["value"])
    return found


@pytest.mark.parametrize(("address", "form", "method"), OF_CUSTOMERS)
def test_what_is_sensitive_waits_for_the_password(
    anna: Browser, rpc: FakeRpc, address: str, form: dict[str, Any], method: str
) -> None:
    question(anna.post(address, form))
    assert not did(rpc, method)
    answer = anna.post(address, form | RIGHT)
    assert QUESTION not in answer.text
    assert did(rpc, method)


@pytest.mark.parametrize(("address", "form"), OF_STAFF)
def test_staff_are_asked_as_well(
    operator: Browser, rpc: FakeRpc, clock: Clock, address: str, form: dict[str, Any]
) -> None:
    clock.forward(seconds=CONFIRMED.total_seconds() + 1)
    question(operator.post(address, form))
    assert QUESTION not in operator.post(address, form | RIGHT).text
    assert rpc.last("confirm_presence").acting.kind == "staff"


def test_a_login_of_a_moment_ago_is_enough(anna: Browser, rpc: FakeRpc, clock: Clock) -> None:
    anna.post("/uitloggen")
    anna.log_in()
    clock.forward(seconds=CONFIRMED.total_seconds())
    anna.post(PROGRAMS, TOKEN)
    assert did(rpc, "create_token")


def test_an_answer_counts_for_some_minutes_and_no_longer(anna: Browser, rpc: FakeRpc, clock: Clock) -> None:
    before = anna.cookie()
    anna.post(PROGRAMS, TOKEN | RIGHT)
    assert anna.cookie() not in (None, before)  # what was stolen before opens nothing now
    assert QUESTION not in anna.post(PERSON, ROLES).text
    clock.forward(seconds=CONFIRMED.total_seconds() + 1)
    question(anna.post(PERSON, ROLES))


def test_all_that_was_typed_goes_along_under_the_same_command(anna: Browser, rpc: FakeRpc) -> None:
    page = question(anna.post(PROGRAMS, TOKEN))
    form = carried(page)
    assert form["rol"] == ["invoices", "settings"]
    assert page.one("form", class_="tk-form").attrs["action"] == PROGRAMS
    anna.post(PROGRAMS, form | RIGHT)
    made = rpc.last("create_token").fields
    assert (made["name"], made["roles"], made["command_id"]) == (
        "Boekhouding",
        ["invoices", "settings"],
        COMMAND,
    )


def test_the_password_goes_as_it_was_typed_and_is_not_shown_again(anna: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "confirm_presence"] = Invalid(fields={"password": ["Dit is het niet."]})
    answer = anna.post(PROGRAMS, TOKEN | RIGHT)
    page = question(answer)
    assert answer.status_code == 422
    assert rpc.last("confirm_presence").fields == {"password": RIGHT["bevestig-wachtwoord"], "code": ""}
    assert page.error_of("bevestig-wachtwoord") == "Dit is het niet."
    assert "batterij" not in answer.text
    assert carried(page)["naam"] == ["Boekhouding"]
    assert not did(rpc, "create_token")


def test_who_has_a_second_step_gives_a_code_too(anna: Browser, rpc: FakeRpc) -> None:
    assert "bevestig-code" not in anna.post(PROGRAMS, TOKEN).text
    rpc.answers["identity", "second_step"] = {"on": True}
    assert "bevestig-code" in anna.post(PROGRAMS, TOKEN).text
    anna.post(PROGRAMS, TOKEN | RIGHT | {"bevestig-code": "123 456"})
    assert rpc.last("confirm_presence").fields["code"] == "123 456"


@pytest.mark.parametrize(("error", "status"), [(TooMany(retry_after=40), 429), (Unavailable(), 503)])
def test_while_it_cannot_be_checked_nothing_is_done(
    anna: Browser, rpc: FakeRpc, error: Exception, status: int
) -> None:
    rpc.answers["identity", "confirm_presence"] = error
    answer = anna.post(PROGRAMS, TOKEN | RIGHT)
    assert answer.status_code == status
    assert carried(question(answer))["naam"] == ["Boekhouding"]
    assert not did(rpc, "create_token")


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://localhost/gebruikers?bladzijde=2", "/gebruikers?bladzijde=2"),
        ("https://elders.example/val", "/"),
        ("", "/"),
    ],
)
def test_who_does_not_want_to_goes_back(anna: Browser, referrer: str, back: str) -> None:
    headers = {"Referer": referrer} if referrer else {}
    page = question(anna.post(PERSON, ROLES, headers=headers))
    assert page.link("Annuleer") == back
    again = question(anna.post(PERSON, ROLES | {"bevestig-wachtwoord": "", "bevestig-terug": back}))
    assert again.link("Annuleer") == back


def test_who_may_not_is_not_asked(sanne: Browser, rpc: FakeRpc, clock: Clock) -> None:
    clock.forward(seconds=CONFIRMED.total_seconds() + 1)
    answer = sanne.post(PERSON, ROLES)
    assert answer.status_code == 403
    assert QUESTION not in answer.text


@pytest.mark.parametrize(
    ("address", "email", "method"),
    [(PERSON, people.DETAILS["email"], "change_user"), (OWN, people.OWN_DETAILS["email"], "change_details")],
)
def test_details_without_another_address_ask_nothing(
    anna: Browser, rpc: FakeRpc, address: str, email: str, method: str
) -> None:
    answer = anna.post(address, ADDRESS | {"email": email})
    assert answer.status_code == 303
    assert did(rpc, method)


@pytest.mark.parametrize(
    ("address", "known", "typed", "method"),
    [
        (PERSON, "", ["", ADDRESS["email"]], "change_user"),
        (PERSON, people.DETAILS["email"], [" ", ADDRESS["email"], people.DETAILS["email"]], "change_user"),
        (OWN, "", ["", ADDRESS["email"]], "change_details"),
    ],
)
def test_the_address_that_is_asked_about_is_the_one_that_would_be_kept(
    anna: Browser, rpc: FakeRpc, address: str, known: str, typed: list[str], method: str
) -> None:
    """Also in a request that no page of ours sends, with the field more than once."""
    anna.page(OWN)
    rpc.answers["identity", "user"] = people.user(email=known)
    rpc.answers["identity", "account"] = people.own_account(roles=list(ROLE_NAMES), email=known)
    question(anna.post(address, ADDRESS | {"email": typed}))
    assert not did(rpc, method)


def test_another_address_is_typed_once(anna: Browser, rpc: FakeRpc) -> None:
    """Links for a new password go there, so it opens the account for good."""
    form = carried(question(anna.post(OWN, ADDRESS)))
    anna.post(OWN, form | RIGHT)
    sent = rpc.last("change_details").fields
    assert (sent["email"], sent["first_name"]) == (ADDRESS["email"], ADDRESS["voornaam"])


def test_an_address_that_is_not_known_now_is_taken_for_another(anna: Browser, rpc: FakeRpc) -> None:
    anna.page(OWN)
    rpc.answers["identity", "account"] = Unavailable()
    question(anna.post(OWN, ADDRESS | {"email": people.OWN_DETAILS["email"]}))


def test_other_forms_ask_nothing(anna: Browser, rpc: FakeRpc) -> None:
    anna.post(PERSON, {"onderdeel": "berichten"})
    assert did(rpc, "change_registrations")


def test_who_looks_along_gives_their_own_password(operator: Browser, rpc: FakeRpc, clock: Clock) -> None:
    operator.post(f"/beheer/klanten/{companies.OURS}/meekijken", {"reden": "vraag"})
    clock.forward(seconds=CONFIRMED.total_seconds() + 1)
    operator.post(f"/mobiel/{subscriptions.FIRST}/puk", RIGHT)
    asked = rpc.last("confirm_presence").acting
    assert (asked.kind, asked.user_id) == ("staff", companies.STAFF_ID)
    assert rpc.last("show_puk").acting.viewed_by
