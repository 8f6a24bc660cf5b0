"""*Berichten* and *Onbezorgd*: what did not arrive, why, and another try."""

from __future__ import annotations

import pytest

from shared.errors import Conflict, NotFound, Unavailable
from tests.gateway import companies
from tests.gateway.browser import Browser, words
from tests.gateway.fakes import FakeRpc

MAILS = "/beheer/berichten"
RETRY_MAIL = f"{MAILS}/{companies.MAIL}/opnieuw"
UNDELIVERED = "/beheer/onbezorgd"
COMMAND = "c" * 32


def toast(page: object) -> str:
    return words(page.one("div", class_="tk-toast").text)  # type: ignore[attr-defined]


@pytest.mark.feature("ID-12")
def test_failed_mails_come_first_with_what_the_mail_server_said(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page(MAILS)
    assert rpc.last("mails").fields == {"state": "failed", "after": "", "limit": 50}
    row = page.rows("tk-mails")[1]
    assert row[1:4] == [
        "p.jonker@bakkerij.example",
        "Welkom e-mail",
        "Mislukt 1 poging 550 5.1.1 no such user",
    ]


@pytest.mark.parametrize("state", ["queued", "sent"])
def test_only_failed_mails_can_go_again(operator: Browser, rpc: FakeRpc, state: str) -> None:
    mail = companies.mail(state=state, error=None, next_try="2026-11-22T16:00:00Z")
    rpc.answers["identity", "mails"] = {"rows": [mail], "next": "a" * 24}
    page = operator.page(f"{MAILS}?staat={state}")
    assert rpc.last("mails").fields["state"] == state
    assert [f for f in page.all("form") if "opnieuw" in f.attrs["action"]] == []
    assert page.link("Ouder") == f"{MAILS}?staat={state}&na={'a' * 24}"


@pytest.mark.parametrize("wrong", ["staat=x", "na=x", "na=" + "g" * 24])
def test_a_page_that_cannot_be_is_not_asked_for(operator: Browser, rpc: FakeRpc, wrong: str) -> None:
    operator.page(f"{MAILS}?{wrong}", status=422)
    assert "mails" not in [call.method for call in rpc.asked]


@pytest.mark.feature("ID-12")
def test_a_mail_is_sent_again(operator: Browser, rpc: FakeRpc) -> None:
    assert operator.post(RETRY_MAIL, {"opdracht": COMMAND}).headers["Location"] == MAILS
    assert rpc.last("retry_mail").fields == {"mail_id": companies.MAIL, "command_id": COMMAND}
    assert toast(operator.page(MAILS)).startswith("De mail staat weer klaar")
    rpc.answers["identity", "retry_mail"] = Conflict("Deze mail is al verstuurd.")
    operator.post(RETRY_MAIL)
    assert toast(operator.page(MAILS)) == "Niet opnieuw verstuurd Deze mail is al verstuurd."
    rpc.answers["identity", "retry_mail"] = NotFound()
    assert operator.post(RETRY_MAIL).status_code == 404


@pytest.mark.parametrize("state", ["failed", "queued", "sent"])
def test_no_mails(operator: Browser, rpc: FakeRpc, state: str) -> None:
    rpc.answers["identity", "mails"] = {"rows": [], "next": None}
    assert "geen mail" in operator.page(f"{MAILS}?staat={state}").text


@pytest.mark.feature("ID-12")
def test_all_services_are_asked_and_quiet_ones_say_so(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "dead_letters"] = [companies.dead_queue("cdr")]
    page = operator.page(UNDELIVERED)
    assert "2 berichten tussen diensten konden niet worden verwerkt. Niets is weg." in page.text
    assert page.text.count("alles bezorgd") == 5
    assert "ValueError: no such customer" in page.text
    form = page.one("form", action=f"{UNDELIVERED}/cdr")
    assert words(form.text) == "Bied 2 berichten opnieuw aan"


@pytest.mark.feature("GW-03")
def test_a_service_that_is_down_takes_only_its_part(operator: Browser, rpc: FakeRpc) -> None:
    rpc.down.update({"mobile", "pbx"})
    page = operator.page(UNDELIVERED)
    assert page.text.count("Deze dienst antwoordt nu niet.") == 2
    assert page.text.count("alles bezorgd") == 4


@pytest.mark.feature("ID-12")
def test_messages_are_offered_again(operator: Browser, rpc: FakeRpc) -> None:
    form = {"wachtrij": "cdr.on_changed", "aantal": "2", "opdracht": COMMAND}
    assert operator.post(f"{UNDELIVERED}/cdr", form).headers["Location"] == UNDELIVERED
    call = rpc.last("retry_dead_letters")
    assert (call.service, call.fields) == (
        "cdr",
        {"queue": "cdr.on_changed", "limit": 2, "command_id": COMMAND},
    )
    assert toast(operator.page(UNDELIVERED)).startswith("2 berichten opnieuw aangeboden")
    rpc.answers["cdr", "retry_dead_letters"] = {"moved": 0}
    operator.post(f"{UNDELIVERED}/cdr", form)
    assert "De wachtrij is intussen leeg." in toast(operator.page(UNDELIVERED))
    rpc.answers["cdr", "retry_dead_letters"] = Unavailable()
    operator.post(f"{UNDELIVERED}/cdr", form)
    assert toast(operator.page(UNDELIVERED)).startswith("Niet opnieuw aangeboden")


@pytest.mark.parametrize(
    ("service", "form", "status"),
    [
        ("nobody", {"wachtrij": "x"}, 404),
        ("cdr", {}, 400),
        ("cdr", {"wachtrij": "x", "aantal": "0"}, 400),
        ("cdr", {"wachtrij": "x", "aantal": "501"}, 400),
    ],
)
def test_what_was_not_offered_is_not_asked_for(
    operator: Browser, rpc: FakeRpc, service: str, form: dict[str, str], status: int
) -> None:
    assert operator.post(f"{UNDELIVERED}/{service}", form).status_code == status
    assert "retry_dead_letters" not in [call.method for call in rpc.asked]


def test_calls_that_nobody_waits_for_have_no_button(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "dead_letters"] = [companies.dead_queue("cdr", queue="rpc-cdr", can_retry=False)]
    page = operator.page(UNDELIVERED)
    assert page.all("form", action=f"{UNDELIVERED}/cdr") == []
    assert "Dit zijn vragen waarop niemand meer wacht" in page.text


@pytest.mark.feature("ID-12", "GW-02")
def test_long_work_shows_how_far_it_is(operator: Browser, rpc: FakeRpc) -> None:
    failed = companies.job(state="failed", error="Er was te weinig ruimte.", total=None, done=0)
    rpc.answers["cdr", "jobs"] = [companies.job(), failed]
    rows = operator.page("/beheer/taken").rows("tk-mails")[1:]
    assert rows[0][1:] == ["Bestand met gespreksdetails", "naar de klant", "Loopt", "600 van 1.200"]
    assert rows[1][3:] == ["Mislukt Er was te weinig ruimte.", "–"]


@pytest.mark.feature("GW-03")
def test_no_long_work_and_none_to_be_known(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "jobs"] = []
    assert "Er zijn geen taken" in operator.page("/beheer/taken").text
    rpc.down.add("cdr")
    assert "Deze dienst antwoordt nu niet." in operator.page("/beheer/taken").text
