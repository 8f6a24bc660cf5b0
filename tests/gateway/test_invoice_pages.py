"""*Facturen*: the archive as a customer's user sees it."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Invalid, Unavailable
from tests.gateway import billing, builders
from tests.gateway.browser import Browser
from tests.gateway.fakes import FakeRpc

pytestmark = pytest.mark.feature("INV-01")


@pytest.fixture
def reader(visitor: Browser, rpc: FakeRpc) -> Browser:
    """The browser of Sanne, who may see invoices."""
    rpc.answers["identity", "login"] = builders.logged_in(roles=["invoices"])
    visitor.log_in()
    return visitor


def asked(rpc: FakeRpc) -> dict[str, Any]:
    return rpc.last("archive").fields


def test_the_archive_has_the_columns_of_the_manual_with_files_and_status(reader: Browser) -> None:
    rows = reader.page("/facturen").rows("tk-invoices")
    heads = [head.split(" Filter")[0].strip() for head in rows[0]]
    assert heads[:5] == ["Periode", "Factuur nr.", "Factuur datum", "Verzenddatum", "Bedrag (incl. BTW)"]
    assert heads[-1] == "Export"
    assert rows[1][:6] == ["oktober 2026", "F2026-00042", "01-11-2026", "02-11-2026", "€\u00a0235,60", "Open"]
    assert "Download F2026-00042 als PDF" in rows[1][6] and "als UBL" in rows[1][6]
    assert rows[2][3:6] == ["wacht", "−€\u00a012,10", "Creditnota"]


def test_it_begins_with_the_newest(reader: Browser, rpc: FakeRpc) -> None:
    reader.page("/facturen")
    assert asked(rpc) == {"sort": "-issued_on", "after": None, "limit": 25}


def test_every_column_filters_and_sorts(reader: Browser, rpc: FakeRpc) -> None:
    page = reader.page(
        "/facturen?van=01-01-2026&tot=31-12-2026&periode=oktober&nummer=042&verzonden_van=1-11-2026"
        "&bedrag_van=100&bedrag_tot=1.000,50&status=open&sorteer=bedrag"
    )
    assert asked(rpc) == {
        "issued_from": "2026-01-01",
        "issued_to": "2026-12-31",
        "period": "oktober",
        "number": "042",
        "sent_from": "2026-11-01",
        "amount_from": "100.0",
        "amount_to": "1000.50",
        "status": "open",
        "sort": "total",
        "after": None,
        "limit": 25,
    }
    chips = [chip.text for chip in page.all("a", class_="tk-chip")]
    assert len(chips) == 6 and any("Nummer bevat 042" in chip for chip in chips)
    assert len(page.all("details", class_="tk-funnel-set")) == 6
    assert page.one("th", **{"aria-sort": "ascending"}).text.strip().startswith("Bedrag")


def test_all_filters_belong_to_one_form_so_that_it_works_without_scripts(reader: Browser) -> None:
    page = reader.page("/facturen")
    assert page.one("form", id="zoek").attrs["method"] == "get"
    fields = ("van", "tot", "periode", "nummer", "verzonden_van", "verzonden_tot", "bedrag_van", "status")
    assert {page.field(name).attrs["form"] for name in fields} == {"zoek"}


def test_days_the_wrong_way_round_can_be_swapped_with_a_click(reader: Browser, rpc: FakeRpc) -> None:
    page = reader.page("/facturen?van=31-10-2026&tot=01-10-2026", status=422)
    assert "De eerste dag ligt na de laatste." in page.error_of("van")
    assert "van=01-10-2026&tot=31-10-2026" in page.link("Wissel de dagen om")
    assert not [call for call in rpc.asked if call.method == "archive"]


@pytest.mark.parametrize("address", ["van=gisteren", "bedrag_van=veel", "status=x", "sorteer=x", "na=<"])
def test_what_cannot_be_read_is_said_and_not_looked_for(reader: Browser, rpc: FakeRpc, address: str) -> None:
    assert "Er is niet gezocht" in reader.page(f"/facturen?{address}", status=422).text
    assert not [call for call in rpc.asked if call.method == "archive"]


def test_what_invoicing_says_stands_beside_the_field(reader: Browser, rpc: FakeRpc) -> None:
    rpc.answers["invoicing", "archive"] = Invalid(fields={"number": ["Te lang."]})
    assert "Te lang." in reader.page("/facturen?nummer=1", status=422).error_of("nummer")


def test_pages_go_by_key_and_keep_the_search(reader: Browser, rpc: FakeRpc) -> None:
    rpc.answers["invoicing", "archive"] = {"rows": [billing.row()], "next": "abc_-", "count": 70}
    page = reader.page("/facturen?status=open&na=xyz")
    assert asked(rpc)["after"] == "xyz"
    assert page.link("Volgende") == "/facturen?status=open&na=abc_-"
    assert page.link("Naar het begin") == "/facturen?status=open"
    assert "70 facturen" in page.text


def test_nothing_yet_and_nothing_found_say_what_now(reader: Browser, rpc: FakeRpc) -> None:
    rpc.answers["invoicing", "archive"] = {"rows": [], "next": None, "count": 0}
    assert "Er zijn nog geen facturen" in reader.page("/facturen").text
    found = reader.page("/facturen?nummer=9")
    assert "Laat een filter weg:" in found.text and found.field("nummer").attrs["value"] == "9"


def test_invoicing_away_leaves_a_page_that_says_so(reader: Browser, rpc: FakeRpc) -> None:
    rpc.answers["invoicing", "archive"] = Unavailable()
    assert "De facturen laden lukt nu niet." in reader.page("/facturen").text


@pytest.mark.feature("INV-05")
@pytest.mark.parametrize(
    ("kind", "media_type", "name"),
    [("pdf", "application/pdf", "F2026-00042.pdf"), ("ubl", "application/xml", "F2026-00042.xml")],
)
def test_a_file_comes_in_pieces_under_its_own_name(
    reader: Browser, rpc: FakeRpc, kind: str, media_type: str, name: str
) -> None:
    answer = reader.get(f"/facturen/{billing.INVOICE}/{kind}")
    assert answer.data == billing.PDF
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["Content-Length"] == str(len(billing.PDF))
    assert [call.fields["index"] for call in rpc.asked if call.method == "file_chunk"] == [0, 1]


def test_a_file_of_another_kind_does_not_exist(reader: Browser) -> None:
    assert reader.get(f"/facturen/{billing.INVOICE}/exe").status_code == 404


def test_the_tab_is_there_for_who_has_the_role(reader: Browser) -> None:
    assert reader.page("/overzicht").link("Facturen") == "/facturen"


def test_the_tab_is_not_there_for_others(sanne: Browser) -> None:
    assert "Facturen" not in [tab.text for tab in sanne.page("/overzicht").all("a")]


def test_the_dashboard_shows_the_newest_invoice(reader: Browser, rpc: FakeRpc) -> None:
    page = reader.page("/overzicht")
    assert "Laatste factuur" in page.text and "F2026-00042" in page.text
    assert page.link("PDF") == f"/facturen/{billing.INVOICE}/pdf"
    rpc.answers["invoicing", "archive"] = Unavailable()
    assert "Kosten in deze factuurperiode" in reader.page("/overzicht").text


def test_the_dashboard_of_others_asks_for_no_invoice(sanne: Browser, rpc: FakeRpc) -> None:
    sanne.page("/overzicht")
    assert not [call for call in rpc.asked if call.service == "invoicing"]
