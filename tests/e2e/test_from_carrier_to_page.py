"""The main job: a carrier hands over usage, and a user sees what it cost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Running
from tests.support.processes import until

pytestmark = pytest.mark.xdist_group("e2e")

NUMBER = "+31850001611"


def call(record: str, **changes: object) -> dict[str, object]:
    start = datetime.now(UTC) - timedelta(minutes=5)
    return {
        "record": record,
        "kind": "voice",
        "charged": NUMBER,
        "from": NUMBER,
        "to": "+31600123456",
        "start": start.isoformat(),
        "duration": 3599,
        **changes,
    }


@pytest.mark.feature("CDR-01", "CDR-02", "CDR-06", "CDR-07", "ID-01", "ID-03")
def test_a_carriers_message_is_a_row_on_the_page_once(
    running: Running, log_in: Callable[..., Page], tmp_path: Path
) -> None:
    """Sent twice, with a broken line in between; seen once, under a filter, and in the CSV."""
    usage = tmp_path / "usage.jsonl"
    usage.write_text(json.dumps(call("e2e-1")) + "\n" + json.dumps(call("e2e-1")) + "\n{not json\n")
    sent = running.tikker("carrier", "send", str(usage))
    assert sent.returncode == 1
    assert "line 3" in sent.stdout + sent.stderr

    page = log_in()
    expect(page.get_by_role("heading", name="Overzicht", exact=True)).to_be_visible()
    page.goto("/gespreksdetails/details?duur=3599&duur_is=gelijk")
    until(lambda: page.reload() and page.get_by_text("0:59:59").count(), what="the call on the page")
    row = page.get_by_role("row").filter(has_text="0:59:59")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("085-000 16 11")
    expect(row).to_contain_text("06-00 12 34 56")

    with page.expect_download() as download:
        page.get_by_role("link", name="Download weergegeven gespreksdetails").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 2
    assert "0:59:59" in rows[1]


@pytest.mark.feature("CDR-05")
def test_totals_show_what_details_add_up_to(log_in: Callable[..., Page]) -> None:
    """All four kinds of totals of last month name the same amount, which details name too."""
    page = log_in()
    expect(page.get_by_role("heading", name="Overzicht", exact=True)).to_be_visible()
    month = (datetime.now(UTC).replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    amounts = set()
    for kind in ("totaal", "gesprekstype", "telefoonnummer", "telefoonnummer-gesprekstype"):
        page.goto(f"/gespreksdetails/totalen?periode={month}&per={kind}")
        amounts.add(page.locator(".tk-figure").inner_text().split("\n")[0])
    page.goto(f"/gespreksdetails/details?periode={month}")
    (amount,) = amounts
    expect(page.locator("main")).to_contain_text(amount.strip())


@pytest.mark.feature("GW-03")
def test_when_cdr_is_down_the_page_says_so_and_the_rest_stands(
    running: Running, log_in: Callable[..., Page]
) -> None:
    page = log_in()
    cdr = running.processes["cdr"]
    cdr.kill()
    try:
        page.goto("/gespreksdetails/details")
        expect(page.get_by_text("Gespreksdetails laden lukt nu niet.")).to_be_visible()
        expect(page.get_by_role("link", name="Probeer nu")).to_be_visible()
        expect(page.get_by_label("Periode selectie")).to_be_visible()
        expect(page.locator(".tk-customer")).to_contain_text("Bakkerij Voorbeeld B.V.")
    finally:
        cdr.start()
        cdr.wait_ready()
    until(
        lambda: page.reload() and not page.get_by_text("laden lukt nu niet").count(),
        what="the page without the notice",
    )
    expect(page.get_by_role("link", name="Download weergegeven gespreksdetails")).to_be_visible()


@pytest.mark.feature("ID-01")
def test_logging_out_ends_it(log_in: Callable[..., Page]) -> None:
    page = log_in(remember=True)
    expect(page.get_by_role("heading", name="Overzicht", exact=True)).to_be_visible()
    stolen = page.context.cookies()
    assert any(cookie["expires"] > datetime.now(UTC).timestamp() + 29 * 86_400 for cookie in stolen)
    page.locator("summary").filter(has_text="Bram van Voorbeeld").click()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_label("Gebruikersnaam")).to_be_visible()
    page.context.add_cookies(stolen)  # type: ignore[arg-type]
    page.goto("/gespreksdetails/details")
    expect(page.get_by_label("Gebruikersnaam")).to_be_visible()
