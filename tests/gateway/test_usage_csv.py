"""*Download weergegeven gespreksdetails*."""

from __future__ import annotations

import csv
import io

import pytest

from shared.errors import Unavailable
from tests.gateway import builders
from tests.gateway.browser import Browser
from tests.gateway.fakes import FakeRpc

PAGE = "/gespreksdetails/details"
FILE = f"{PAGE}.csv"
CLOCK = ["0:04:12", "252"]

HEAD = [
    "Datum",
    "Tijd",
    "Gesprekstype",
    "Nummer zender",
    "Nummer ontvanger",
    "Bestemming",
    "Duur",
    "Duur (sec)",
    "Data (MB)",
    "Berichten",
    "Bedrag (€ excl. BTW)",
    "Status",
]


def lines(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.feature("CDR-07")
def test_the_file_has_the_rows_of_the_table(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "details"] = builders.details(
        builders.call(1, state="late"),
        builders.call(2, kind="data", type="data_eu", receiver="data", volume=12_400_000, amount="1.5"),
        builders.call(
            3, kind="sms", type="sms", sender="alpha:=1+1", messages=2, amount="-0.18", state="reversal"
        ),
        builders.call(4, start="2026-11-21T23:30:00Z", receiver="+3220000012", destination="België"),
    )
    response = sanne.get(FILE)
    assert response.data.startswith(b"\xef\xbb\xbfDatum;Tijd;")
    assert response.data.count(b"\r\n") == 5
    fixed, mobile, abroad = "085-000 16 11", "06-00 12 34 56", "0032 2 000 00 12"
    assert lines(response.data) == [
        HEAD,
        ["22-11-2026", "16:38:51", "Mobiel", fixed, mobile, "", *CLOCK, "", "", "0,3780", "nagekomen"],
        ["22-11-2026", "16:31:51", "Data EU", fixed, "", "", "", "", "12,400000", "", "1,5000", ""],
        ["22-11-2026", "16:24:51", "Sms", "'=1+1", mobile, "", "", "", "", "2", "-0,1800", "teruggedraaid"],
        ["22-11-2026", "00:30:00", "Mobiel", fixed, abroad, "België", *CLOCK, "", "", "0,3780", ""],
    ]  # fmt: skip


@pytest.mark.feature("CDR-07")
@pytest.mark.parametrize("place", ["", "&bladzijde=k2.older", "&ga=10-11-2026"])
def test_the_link_asks_cdr_for_what_the_page_asked(sanne: Browser, rpc: FakeRpc, place: str) -> None:
    page = sanne.page(f"{PAGE}?periode=2026-10&zender=085&type=sms&type=mobile{place}")
    shown = rpc.last("details").fields
    response = sanne.get(page.link("Download weergegeven gespreksdetails"))
    assert response.status_code == 200
    assert rpc.last("details").fields | {"counting": True} == shown


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "gespreksdetails-2026-11.csv"),
        ("?periode=2026-10", "gespreksdetails-2026-10.csv"),
        (
            "?periode=aangepast&van=1-11-2026&tot=22-11-2026",
            "gespreksdetails-2026-11-01-2026-11-22.csv",
        ),
    ],
)
def test_the_files_name_is_its_period(sanne: Browser, query: str, name: str) -> None:
    headers = sanne.get(FILE + query).headers
    assert headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert headers["Content-Type"] == "text/csv; charset=utf-8"


def test_wrong_input_gives_a_page_and_no_file(sanne: Browser) -> None:
    response = sanne.get(f"{FILE}?duur=lang")
    assert response.status_code == 422
    assert "Vul een heel aantal seconden in" in response.text
    assert "Content-Disposition" not in response.headers


@pytest.mark.feature("GW-03")
def test_cdr_being_away_gives_a_page_and_no_file(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "details"] = Unavailable()
    response = sanne.get(FILE)
    assert response.status_code == 503
    assert "Content-Disposition" not in response.headers
    assert "Probeer nu" in response.text
