"""*Logboek*: filters, sentences, what changed, paging by key and the download."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from gateway.models.audit_values import differences, shown
from gateway.models.audit_words import SENTENCES, sentence
from shared.errors import NotFound, Unavailable
from tests.gateway import audit, companies
from tests.gateway.browser import Browser, Page, words
from tests.gateway.fakes import FakeRpc

LOG = "/gebruikers/logboek"
HOUSE = "/beheer/logboek"
OF_CUSTOMER = f"/beheer/klanten/{companies.OURS}/logboek"
KEY = "1795362000000-7"

pytestmark = pytest.mark.feature("ID-10")


@pytest.fixture
def operator(visitor: Browser, rpc: FakeRpc) -> Browser:
    rpc.answers["identity", "login"] = {"ok": True, **companies.staff("operator")}
    visitor.log_in()
    return visitor


def lines(page: Page) -> list[list[str]]:
    """The rows of the table, days between them."""
    return [row for row in page.rows("tk-log") if row]


def test_a_line_says_who_what_when_and_from_where(manager: Browser) -> None:
    _head, day, row = lines(manager.page(LOG))
    assert day == ["zo 22 november 2026"]
    assert row[:2] == ["16:38:51", "sanne.dewit"]
    assert row[2].startswith("Rollen van p.jonker gewijzigd")
    assert row[3] == "203.0.113.7"


def test_what_changed_unfolds_in_the_words_of_the_pages(manager: Browser) -> None:
    page = manager.page(LOG)
    details = page.one("details", class_="tk-changes")
    assert words(page.one("del").text) == "was Inzicht in facturen"
    assert words(page.one("ins").text) == "werd Inzicht in facturen; Instellingen wijzigen"
    assert "1 wijziging" in details.text


def test_staff_who_looked_along_are_named(manager: Browser, rpc: FakeRpc) -> None:
    actor = audit.ACTOR | {"username": "helpdesk", "viewed_by": "helpdesk (Operator)", "address": ""}
    rpc.answers["identity", "audit"] = audit.page(audit.entry(actor=actor))
    row = lines(manager.page(LOG))[-1]
    assert row[1] == "namens u: helpdesk (Operator)"
    assert row[3] == "–"


def test_staff_are_told_from_colleagues_and_their_reason_is_shown(manager: Browser, rpc: FakeRpc) -> None:
    actor = audit.ACTOR | {"kind": "staff", "scope": "operator", "username": "beheer", "address": ""}
    rpc.answers["identity", "audit"] = audit.page(audit.entry(actor=actor, reason="Op verzoek"))
    row = lines(manager.page(LOG))[-1]
    assert row[1] == "beheer beheerder"
    assert "Reden: Op verzoek" in row[2]


def test_the_filters_are_asked_of_identity(manager: Browser, rpc: FakeRpc) -> None:
    manager.page(f"{LOG}?vanaf=1-11-2026&tot=22-11-2026&wie=sanne&wat=gebruikers&zoek=jonker")
    assert rpc.last("audit").fields == {
        "limit": 50,
        "from": "2026-11-01",
        "to": "2026-11-22",
        "who": "sanne",
        "what": "user",
        "query": "jonker",
    }


def test_each_filter_can_be_dropped(manager: Browser, rpc: FakeRpc) -> None:
    page = manager.page(f"{LOG}?wie=sanne&wat=inloggen")
    assert page.link("Verwijder filter Wie: sanne") == f"{LOG}?wat=inloggen"
    assert page.link("Verwijder filter Wat: Inloggen") == f"{LOG}?wie=sanne"
    assert page.link("Wis filters") == LOG


def test_paging_goes_by_key_and_keeps_the_filters(manager: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "audit"] = audit.page(audit.entry(), next=KEY, newer="1795362000009-9")
    page = manager.page(f"{LOG}?wie=sanne&bladzijde=ouder-{KEY}")
    assert rpc.last("audit").fields["after"] == KEY
    assert page.link("Ouder") == f"{LOG}?wie=sanne&bladzijde=ouder-{KEY}"
    assert page.link("Nieuwer") == f"{LOG}?wie=sanne&bladzijde=nieuwer-1795362000009-9"
    manager.page(f"{LOG}?bladzijde=nieuwer-{KEY}")
    assert rpc.last("audit").fields["before"] == KEY


@pytest.mark.parametrize("place", ["ouder", "ouder-x-1", "elders-1-1", "ouder-1-1'"])
def test_a_place_that_cannot_be_is_not_asked_for(manager: Browser, rpc: FakeRpc, place: str) -> None:
    page = manager.page(f"{LOG}?bladzijde={place}", status=422)
    assert page.link("Naar de nieuwste wijzigingen") == LOG
    assert "audit" not in [call.method for call in rpc.asked]


def test_days_the_wrong_way_round_can_be_swapped_with_a_click(manager: Browser) -> None:
    page = manager.page(f"{LOG}?vanaf=22-11-2026&tot=1-11-2026", status=422)
    assert page.error_of("vanaf").startswith("De eerste dag ligt na de laatste.")
    assert page.link("Wissel de dagen om") == f"{LOG}?vanaf=01-11-2026&tot=22-11-2026"


def test_nothing_found_names_the_filters_to_drop(manager: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "audit"] = audit.page()
    assert manager.page(f"{LOG}?wie=niemand").link("zonder Wie: niemand") == LOG
    assert "Er is nog niets gewijzigd" in manager.page(LOG).text


def test_identity_being_away_is_said_in_its_box(manager: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "audit"] = Unavailable()
    assert "Het logboek laden lukt nu niet." in manager.page(LOG).one("div", class_="tk-notice").text


def test_what_people_typed_is_text(manager: Browser, rpc: FakeRpc) -> None:
    evil = "<script>alert(1)</script>"
    row = audit.entry(reason=evil, before={"first_name": evil}, after={evil: evil})
    rpc.answers["identity", "audit"] = audit.page(
        row | {"subject": {"kind": "user", "id": "1", "name": evil}}
    )
    assert "<script>alert" not in manager.get(f"{LOG}?zoek={evil}").text


def test_the_download_has_every_page_of_what_was_found(manager: Browser, rpc: FakeRpc) -> None:
    pages = {None: audit.page(audit.entry(2), next=KEY), KEY: audit.page(audit.entry(1))}
    rpc.answers["identity", "audit"] = lambda after=None, **fields: pages[after]
    response = manager.get(f"{LOG}.csv?wie=sanne&bladzijde=ouder-1-1")
    head, *rows = read(response.data)
    assert head[:4] == ["Moment", "Wie", "Hoedanigheid", "Wat"]
    assert [row[-1] for row in rows] == ["2", "1"]
    assert rows[0][:4] == ["2026-11-22 16:38:51", "sanne.dewit", "", "Rollen van p.jonker gewijzigd"]
    assert rows[0][4] == "Rollen: Inzicht in facturen"
    assert rpc.last("audit").fields == {"limit": 500, "who": "sanne", "after": KEY}
    assert response.headers["Content-Disposition"] == 'attachment; filename="logboek-2026-11-22.csv"'


def test_no_cell_of_the_download_is_a_formula(manager: Browser, rpc: FakeRpc) -> None:
    evil = "=HYPERLINK(1)"
    actor = audit.ACTOR | {"username": evil}
    rpc.answers["identity", "audit"] = audit.page(audit.entry(actor=actor, reason=evil))
    _head, row = read(manager.get(f"{LOG}.csv").data)
    assert row[1] == row[6] == f"'{evil}"


def test_a_refused_download_is_a_page(manager: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "audit"] = Unavailable()
    assert manager.get(f"{LOG}.csv").status_code == 503
    assert manager.get(f"{LOG}.csv?vanaf=x").status_code == 422


def test_staff_see_the_log_of_the_house_and_of_a_customer(operator: Browser, rpc: FakeRpc) -> None:
    operator.page(HOUSE)
    assert "customer_id" not in rpc.last("audit").fields
    page = operator.page(f"{OF_CUSTOMER}?wie=sanne")
    assert rpc.last("audit").fields["customer_id"] == companies.OURS
    assert page.link("Download logboek (CSV)") == f"{OF_CUSTOMER}.csv?wie=sanne"
    operator.get(f"{OF_CUSTOMER}.csv")
    assert rpc.last("audit").fields["customer_id"] == companies.OURS


def test_another_partner_s_customer_is_not_there(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "customer"] = NotFound()
    assert operator.get(OF_CUSTOMER).status_code == 404
    assert "audit" not in [call.method for call in rpc.asked]


@pytest.mark.parametrize(
    ("name", "value", "words_"),
    [
        ("blocked", True, "Ja"),
        ("roles", ["settings"], "Instellingen wijzigen"),
        ("roles", [], "–"),
        ("email", "", "–"),
        ("number", "+31850001611", "085-000 16 11"),
        ("amount", "572.914100", "€\u00a0572,9141"),
        ("limit", "250.00", "€\u00a0250,00"),
        ("limit", "geen", "geen"),
        ("rows", 4776, "4.776"),
        ("price", "12.5", "€\u00a012,50"),
        ("pays_by", "direct_debit", "Automatische incasso"),
        ("valid_to", "2026-12-01", "01-12-2026"),
        ("invited_at", "2026-11-22T15:38:51Z", "22-11-2026 16:38"),
        ("address", {"city": "Utrecht", "street": ""}, "Plaats: Utrecht"),
        ("customer_total", "100.00", "€\u00a0100,00"),
        ("value", "default", "default van de ICT-partner"),
        ("valid_to", "2026-99-99", "2026-99-99"),
        ("of_a_newer_release", 7, "7"),
    ],
)
def test_values_are_written_as_on_the_pages(app: Flask, name: str, value: object, words_: str) -> None:
    with app.test_request_context():
        assert shown(name, value) == words_


def test_a_partner_s_default_limits_have_the_names_of_their_page(app: Flask) -> None:
    with app.test_request_context():
        found = differences({"customer_total": None}, {"customer_total": "100.00", "mobiel_bellen_eu": "250"})
    assert [(one.label, one.before, one.after) for one in found] == [
        ("Totaal per klant (€)", "–", "€\u00a0100,00"),
        ("Mobiel Bellen EU (minuten)", None, "250"),
    ]


def test_a_period_is_called_by_its_month(app: Flask) -> None:
    with app.test_request_context():
        assert sentence("period.closed", "2026-10") == "Factuurperiode oktober 2026 afgesloten"


def test_numbers_in_a_sentence_are_written_the_dutch_way(app: Flask) -> None:
    with app.test_request_context():
        said = sentence("range.added", "+31850001600 – +31850001899")
    assert said == "Nummerreeks 085-000 16 00 – 085-000 18 99 toegevoegd"


def test_an_action_of_a_newer_release_shows_as_it_is(app: Flask) -> None:
    with app.test_request_context():
        assert sentence("user.levitated", "p.jonker") == "p.jonker: user.levitated"


def test_every_action_of_the_services_has_its_sentence() -> None:
    missing = sorted(set(actions()) - set(SENTENCES))
    assert missing == [], "give them a line in gateway/models/audit_words.py"


def actions() -> Iterator[str]:
    """What services tell the log, by the names in their code: of :func:`shared.audit.entry`, of
    ``record`` (also by way of a variable ``action``) and, for identity's users, ``record_user`` and
    ``record_sign``."""
    for path in Path("services").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Assign) and ast.unparse(call.targets[0]) == "action":
                yield from strings(call.value)
            if not isinstance(call, ast.Call):
                continue
            function = call.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            texts = [text for argument in call.args for text in strings(argument)]
            if name in ("entry", "record", "_told"):
                yield from (text for text in texts if "." in text)
            elif name in ("record_user", "record_sign"):
                yield from (f"user.{text}" for text in texts)


def strings(argument: ast.expr) -> list[str]:
    if isinstance(argument, ast.IfExp):
        return [*strings(argument.body), *strings(argument.orelse)]
    return [argument.value] if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else []


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
