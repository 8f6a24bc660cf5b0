"""*Tarieven*: versions, imports, what differs, and who has which plan."""

from __future__ import annotations

import base64
import csv
import io
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from shared.errors import Conflict, Invalid
from tests.gateway import companies, plans
from tests.gateway.browser import Browser
from tests.gateway.fakes import FakeRpc

pytestmark = pytest.mark.feature("CDR-03")

HERE = "/beheer/tarieven"
DRAFT = f"{HERE}/inlezen/{plans.DRAFT}"
CUSTOMER = f"/beheer/klanten/{companies.OURS}/tarief"


def asked(rpc: FakeRpc, method: str) -> list[dict[str, Any]]:
    return [one.fields for one in rpc.asked if one.method == method]


def words(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def send(operator: Browser, data: bytes, name: str = "nieuw.csv", **fields: str) -> Any:
    """Upload a file as the form does."""
    form = {
        "csrf_token": operator.token(),
        "plan": "zakelijk",
        "vanaf": "01-12-2026",
        "decimalen": "4",
    } | fields
    file = FileStorage(io.BytesIO(data), filename=name)
    return operator.client.post(f"{HERE}/inlezen", data={**form, "bestand": file})


def test_the_list_has_each_plan_with_its_versions_and_what_waits(operator: Browser) -> None:
    text = words(operator.page(HERE).text)
    assert text.index("default standaard") < text.index("zakelijk")
    for piece in ("01-11-2026 geldt nu", "01-12-2026 komt nog", "713", "Nieuwe inkoop", "nieuw.csv"):
        assert piece in text
    assert "iedereen zonder eigen plan, 2 klanten op naam" in text


def test_without_any_plan_the_list_says_where_to_begin(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "plans"], rpc.answers["cdr", "import_drafts"] = [], []
    assert "Er zijn nog geen tarieven" in operator.page(HERE).text


def test_cdr_being_away_takes_only_the_list(operator: Browser, rpc: FakeRpc) -> None:
    rpc.down.add("cdr")
    page = operator.page(HERE)
    assert "De tarieven laden lukt nu niet." in page.text
    assert "Lees tarieven in" in page.text


def test_a_large_file_goes_over_in_pieces_and_is_checked(operator: Browser, rpc: FakeRpc) -> None:
    data = bytes(range(256)) * 4096  # a megabyte, in two pieces
    answer = send(operator, data, "map/nieuw.csv")
    assert (answer.status_code, answer.location) == (303, DRAFT)
    (begun,) = asked(rpc, "begin_import")
    assert begun | {"command_id": ""} == {
        "file": "nieuw.csv",
        "size": len(data),
        "name": "zakelijk",
        "valid_from": "2026-12-01",
        "precision": 4,
        "command_id": "",
    }
    pieces = asked(rpc, "import_chunk")
    assert [piece["index"] for piece in pieces] == [0, 1]
    assert b"".join(base64.b64decode(piece["data"]) for piece in pieces) == data
    assert asked(rpc, "preview_import")


def test_a_file_above_the_limit_is_refused_before_it_is_read(operator: Browser, rpc: FakeRpc) -> None:
    assert send(operator, bytes(17 * 2**20)).status_code == 413
    assert not asked(rpc, "begin_import")


def test_only_the_upload_takes_more_than_other_forms(operator: Browser) -> None:
    large = {"csrf_token": operator.token(), "reden": "x" * 100_000}
    assert operator.client.post(f"{DRAFT}/bewaar", data=large).status_code == 413


def test_a_partner_may_not_send_a_large_body(partner: Browser, rpc: FakeRpc) -> None:
    token = partner.token()
    file = FileStorage(io.BytesIO(bytes(2**20)), filename="x.csv")
    answer = partner.client.post(f"{HERE}/inlezen", data={"csrf_token": token, "bestand": file})
    assert answer.status_code == 413
    assert not asked(rpc, "begin_import")


def test_without_a_file_nothing_is_sent(operator: Browser, rpc: FakeRpc) -> None:
    answer = operator.post(f"{HERE}/inlezen", {"plan": "zakelijk", "vanaf": "01-12-2026"})
    assert answer.status_code == 422
    assert "Kies een bestand." in answer.text
    assert 'value="zakelijk"' in answer.text
    assert not asked(rpc, "begin_import")


def test_a_wrong_day_does_not_lose_the_file(operator: Browser, rpc: FakeRpc) -> None:
    answer = send(operator, plans.FILE, vanaf="morgen")
    assert answer.status_code == 303
    assert asked(rpc, "begin_import")[0]["valid_from"] == "2026-12-01"  # the preset: the first of next month
    assert "verbeter hieronder de rest" in operator.page(DRAFT).text


def test_a_checked_upload_shows_what_changes_and_can_be_saved(operator: Browser) -> None:
    text = words(operator.page(DRAFT).text)
    for piece in ("50.000", "Gewijzigd12", "Weg1", "vergeleken met default 2026-01-01"):
        assert piece in text
    assert "Deze regel zegt hetzelfde als +31 op regel 2." in text
    assert "Bewaar als versie vanaf 01-12-2026" in text


def test_saving_sends_the_reason_once(operator: Browser, rpc: FakeRpc) -> None:
    answer = operator.post(f"{DRAFT}/bewaar", {"reden": "nieuwe inkoop"})
    assert answer.status_code == 303
    assert answer.location == f"{HERE}/versie?versie=default+2026-12-01"
    (fields,) = asked(rpc, "save_import")
    assert (fields["draft_id"], fields["reason"], len(fields["command_id"])) == (
        plans.DRAFT,
        "nieuwe inkoop",
        32,
    )


def test_saving_without_a_reason_is_not_sent(operator: Browser, rpc: FakeRpc) -> None:
    answer = operator.post(f"{DRAFT}/bewaar", {"reden": ""})
    assert answer.status_code == 422
    assert "Schrijf waarom." in words(answer.text)
    assert not asked(rpc, "save_import")


def test_errors_stand_per_line_with_what_stood_there_and_nothing_can_be_saved(
    operator: Browser, rpc: FakeRpc
) -> None:
    rpc.answers["cdr", "preview_import"] = lambda **_fields: plans.draft(report=plans.with_errors())
    text = words(operator.page(DRAFT).text)
    assert "7 tarief duur 'duur' is geen bedrag. Schrijf het als 0,125." in text
    assert "Dit bestand heeft 120 fouten en kan niet bewaard worden." in text
    assert "Bewaar als versie" not in text
    assert "1 t/m 1 van 120" in text


def test_while_it_is_checked_there_is_progress(operator: Browser, rpc: FakeRpc) -> None:
    job = {"state": "running", "done": 20_000, "total": 50_000, "started_at": plans.AT, "error": ""}
    rpc.answers["cdr", "preview_import"] = lambda **_fields: plans.draft(report=None, job=job)
    answer = operator.get(DRAFT, headers={"HX-Request": "true"})
    assert "20.000 van 50.000" in words(answer.text)
    assert "HX-Refresh" not in answer.headers
    rpc.answers["cdr", "preview_import"] = plans.draft_by_id
    assert operator.get(DRAFT, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_a_check_that_broke_off_says_why(operator: Browser, rpc: FakeRpc) -> None:
    job = {"state": "failed", "error": "Deze taak is gestopt door een fout bij ons."}
    rpc.answers["cdr", "preview_import"] = lambda **_fields: plans.draft(report=None, job=job)
    assert "Deze taak is gestopt" in operator.page(DRAFT).text


def test_a_version_that_exists_asks_for_another_day(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "preview_import"] = lambda **_fields: plans.draft(exists=True)
    text = words(operator.page(DRAFT).text)
    assert "default 2026-12-01 bestaat al." in text
    assert "Bewaar als versie vanaf" not in text
    operator.post(f"{DRAFT}/wijzig", {"plan": "default", "vanaf": "2-12-2026", "decimalen": "2"})
    (fields,) = asked(rpc, "change_import")
    assert (fields["name"], fields["valid_from"], fields["precision"]) == ("default", "2026-12-02", 2)


def test_an_upload_is_thrown_away(operator: Browser, rpc: FakeRpc) -> None:
    assert operator.post(f"{DRAFT}/weg", {}).location == HERE
    assert asked(rpc, "drop_import")[0]["draft_id"] == plans.DRAFT


def test_a_version_shows_its_lines_and_where_the_next_page_begins(operator: Browser) -> None:
    page = operator.page(f"{HERE}/versie?versie={plans.NOW_VERSION}")
    text = words(page.text)
    for piece in ("713 regels", "+316", "ma-vr 08:00–19:00, prioriteit 10", "0,0690 per min, blok 60/6"):
        assert piece in text
    assert any("na=15" in link.attrs.get("href", "") for link in page.all("a"))


def test_a_number_is_answered_with_the_line_that_counts(operator: Browser, rpc: FakeRpc) -> None:
    address = f"{HERE}/versie?versie={plans.NOW_VERSION}&zoek=0612345678"
    text = words(operator.page(address).text)
    assert asked(rpc, "plan_lines")[0]["query"] == "0612345678"
    assert "Bellen: 06-12 34 56 78 Regel 14 geldt." in text
    assert "Nederland mobiel geldt altijd" in text


def test_a_version_that_is_not_there(operator: Browser) -> None:
    assert operator.get(f"{HERE}/versie?versie=niets 2026-01-01").status_code == 404
    assert operator.get(f"{HERE}/versie").status_code == 404
    assert operator.get(f"{HERE}/versie.csv?versie=niets 2026-01-01").status_code == 404


def test_the_file_of_a_version_comes_as_it_was(operator: Browser) -> None:
    answer = operator.get(f"{HERE}/versie.csv?versie={plans.NOW_VERSION}")
    assert answer.data == plans.FILE
    assert answer.headers["Content-Disposition"] == f'attachment; filename="tarieven {plans.NOW_VERSION}.csv"'
    assert operator.get(f"{HERE}/voorbeeld.csv").data == plans.FILE


@pytest.mark.feature("CDR-08")
def test_two_versions_side_by_side(operator: Browser, rpc: FakeRpc) -> None:
    text = words(operator.page(f"{HERE}/vergelijk").text)
    (fields,) = asked(rpc, "compare_plans")
    assert (fields["before"], fields["after_version"]) == (plans.OLD_VERSION, plans.NOW_VERSION)
    for piece in ("Alles 2", "Nieuw 1", "Gewijzigd 1", "Weg 0", "Tarief 0,0690 → 0,0759", "+10,0 %"):
        assert piece in text
    assert "711 regels zijn gelijk" in text


@pytest.mark.feature("CDR-08")
def test_the_differences_as_a_file_never_hold_a_formula(operator: Browser) -> None:
    where = f"voor={plans.OLD_VERSION}&na_versie={plans.NOW_VERSION}"
    answer = operator.get(f"{HERE}/vergelijk.csv?{where}&soort=added")
    header, row = csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";")
    assert header[0] == "Wat" and len(header) == len(row)
    assert (row[0], row[2]) == ("nieuw", "'+32")
    assert "'=België" in row


def test_who_has_a_plan_with_their_own_terms(operator: Browser) -> None:
    text = words(operator.page(f"{HERE}/plan?plan=zakelijk").text)
    assert "Bakkerij Voorbeeld B.V. Alles: −10 %" in text
    assert "Maak dit het standaardplan" in text
    assert "Maak dit het standaardplan" not in operator.page(f"{HERE}/plan?plan=default").text
    assert operator.get(f"{HERE}/plan?plan=niets").status_code == 404


def test_a_plan_is_given_to_a_customer_by_number_and_made_the_standard_one(
    operator: Browser, rpc: FakeRpc
) -> None:
    answer = operator.post(f"{HERE}/plan/klant?plan=zakelijk", {"klant": "10427", "reden": "contract"})
    assert answer.status_code == 303
    operator.post(f"{HERE}/plan/standaard?plan=zakelijk", {"reden": "nieuw beleid"})
    given, standard = asked(rpc, "assign_plan")
    assert (given["customer_id"], given["plan"], given["deviations"]) == (companies.OURS, "zakelijk", None)
    assert (standard["customer_id"], standard["plan"]) == ("default", "zakelijk")
    rpc.answers["identity", "customers"] = {"rows": [], "next": None}
    nobody = operator.post(f"{HERE}/plan/klant?plan=zakelijk", {"klant": "99999", "reden": "contract"})
    assert nobody.status_code == 422
    assert "Er is geen klant met dit nummer." in words(nobody.text)


def test_a_plan_and_terms_that_no_list_has_stay_when_something_else_is_changed(
    operator: Browser, rpc: FakeRpc
) -> None:
    """Of a newer release, say: a browser would send the first of the list in its place."""
    own = {"plan": "van-elders", "lines": [{"of": "type", "key": "satelliet", "margin": "-10"}]}
    rpc.answers["cdr", "customer_plan"] = plans.customer_plan(companies.OURS, **own)
    page = operator.page(CUSTOMER)
    chosen = [one.attrs["value"] for one in page.all("option") if "selected" in one.attrs]
    assert "van-elders" in chosen and "type:satelliet" in chosen
    assert "Gekozen, niet in deze lijst: van-elders" in page.text


def test_a_customers_page_shows_the_plan_and_the_terms(operator: Browser) -> None:
    page = operator.page(CUSTOMER)
    assert "Alles: −10 %" in page.text
    assert "+32: eigen tarief € 0,05" in page.text
    assert page.all("input", name="marge")[0].attrs["value"] == "-10"
    assert any(
        link.attrs["href"] == CUSTOMER for link in operator.page(f"/beheer/klanten/{companies.OURS}").all("a")
    )


def test_plan_and_terms_are_changed_together_and_blank_lines_fall_away(
    operator: Browser, rpc: FakeRpc
) -> None:
    rows = {
        "voor": ["all", "type:international_eu", "", "prefix"],
        "prefix": ["", "", "", "+32"],
        "soort": ["", "", "", "sms"],
        "marge": ["-12,5", "2", "", ""],
        "tarief": ["", "", "", "0,05"],
        "per": ["", "", "", "stuk"],
        "blok": ["", "", "", ""],
        "starttarief": ["", "", "", ""],
    }
    fields = {"csrf_token": operator.token(), "plan": "zakelijk", "revisie": "4", "reden": "contract"}
    answer = operator.client.post(CUSTOMER, data={**fields, **rows})
    assert (answer.status_code, answer.location) == (303, CUSTOMER)
    (asked_for,) = asked(rpc, "assign_plan")
    assert asked_for["revision"] == 4
    assert asked_for["deviations"] == [
        {"of": "all", "margin": "-12,5"},
        {"of": "type", "key": "international_eu", "margin": "2"},
        {"of": "prefix", "key": "+32", "kind": "sms", "rate": "0,05", "per": "stuk"},
    ]


@pytest.mark.parametrize(
    ("refusal", "status", "said"),
    [
        (Invalid(fields={"lines": ["Regel 1: 'veel' is geen percentage."]}), 422, "Regel 1: 'veel' is geen"),
        (Conflict("Iemand anders heeft dit tarief intussen gewijzigd."), 409, "Iemand anders heeft"),
    ],
)
def test_what_cdr_refuses_is_said_and_what_was_typed_stays(
    operator: Browser, rpc: FakeRpc, refusal: Exception, status: int, said: str
) -> None:
    rpc.answers["cdr", "assign_plan"] = refusal
    answer = operator.post(CUSTOMER, {"plan": "", "voor": "all", "marge": "veel", "reden": "contract"})
    assert answer.status_code == status
    text = answer.text.replace("&#39;", "'")
    assert said in words(text)
    assert 'value="veel"' in text


def test_a_partners_people_see_the_plan_and_can_not_change_it(partner: Browser, rpc: FakeRpc) -> None:
    page = partner.page(CUSTOMER)
    assert "Alles: −10 %" in page.text
    assert "Wijzig het tarief" not in page.text
    (call,) = (one for one in rpc.asked if one.method == "customer_plan")
    assert (call.acting.scope, call.acting.customer_id) == ("customer", companies.OURS)
    assert partner.post(CUSTOMER, {"plan": "", "reden": "x"}).status_code == 403


@pytest.mark.feature("CDR-08")
def test_a_rerating_that_is_not_there_can_not_be_stopped(operator: Browser, rpc: FakeRpc) -> None:
    assert operator.post(f"/beheer/herberekenen/{'9' * 32}/stop", {}).status_code == 404
