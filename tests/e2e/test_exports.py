"""All calls of a month as a file: by mail to oneself, and made in the background to be saved."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Running
from tests.support.processes import until

pytestmark = pytest.mark.xdist_group("e2e")

COUNTED = re.compile(r"([\d.]+) gesprekken")
ADDRESS = "bakkerij@example.nl"


def last_month() -> str:
    return f"{datetime.now(UTC).replace(day=1) - timedelta(days=1):%Y-%m}"


def calls_found(page: Page) -> int:
    """How many calls the summary line says there are."""
    found = COUNTED.search(page.locator(".tk-summary").inner_text())
    assert found
    return int(found[1].replace(".", ""))


def rows_in(file: bytes) -> list[list[str]]:
    """The rows of the CSV in a zip, with its heads."""
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        texts = [packed.read(name).decode("utf-8-sig") for name in packed.namelist()]
    return list(csv.reader(io.StringIO("".join(texts)), delimiter=";"))


def mails_with_a_file(running: Running) -> list[EmailMessage]:
    """What the mail server has taken for the baker with something attached, oldest first."""
    files = sorted(Path(running.house.mail).glob("*.eml"))
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return [m for m in mails if m["X-Envelope-To"] == ADDRESS and list(m.iter_attachments())]


@pytest.mark.feature("CDR-07")
def test_a_month_by_mail_is_every_call_of_it(running: Running, log_in: Callable[..., Page]) -> None:
    """More than the page shows, to one's own address, as a file with one line per call."""
    page = log_in()
    page.goto(f"/gespreksdetails/details?periode={last_month()}")
    calls = calls_found(page)
    assert calls > 50, "more than a page shows"
    before = len(mails_with_a_file(running))
    page.get_by_role("link", name="Verzend geselecteerde periode per e-mail").click()
    page.get_by_role("button", name=f"Verzend naar {ADDRESS}").click()
    expect(page.get_by_text("Onderweg naar uw e-mailadres")).to_be_visible(timeout=90_000)

    until(lambda: len(mails_with_a_file(running)) > before, what="the mail with the file")
    mail = mails_with_a_file(running)[-1]
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == f"gespreksdetails-{last_month()}.zip"
    heads, *rows = rows_in(attached.get_content())
    assert heads[:3] == ["Datum", "Tijd", "Gesprekstype"]
    assert len(rows) == calls


@pytest.mark.feature("CDR-07", "GW-02")
def test_everything_found_is_saved_from_its_own_page(log_in: Callable[..., Page]) -> None:
    page = log_in()
    page.goto(f"/gespreksdetails/details?periode={last_month()}&type=mobile&type=national")
    calls = calls_found(page)
    page.get_by_role("button", name="Download alles").click()
    expect(page.get_by_role("link", name="Download het bestand")).to_be_visible(timeout=90_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download het bestand").click()
    assert download.value.suggested_filename == f"gespreksdetails-{last_month()}.zip"
    _, *rows = rows_in(Path(download.value.path()).read_bytes())
    assert len(rows) == calls
    assert {row[2] for row in rows} == {"Mobiel", "Nationaal"}

    page.get_by_role("link", name="Alle exports").click()
    expect(page.get_by_role("row").filter(has_text="klaar").first).to_contain_text("Mobiel en Nationaal")


@pytest.mark.feature("CDR-09")
def test_a_limit_below_what_is_used_is_seen_on_the_overview(log_in: Callable[..., Page]) -> None:
    page = log_in()
    page.goto("/instellingen")
    page.get_by_label("Waarschuwingslimiet € ex. BTW").fill("een euro")
    page.get_by_role("button", name="Limiet opslaan").click()
    expect(page.locator("#limiet-fout")).to_contain_text("Schrijf een bedrag in euro")
    page.get_by_label("Waarschuwingslimiet € ex. BTW").fill("0,01")
    page.get_by_role("button", name="Limiet opslaan").click()
    expect(page.get_by_text("Waarschuwingslimiet is € 0,01")).to_be_visible()
    page.goto("/overzicht")
    expect(page.get_by_role("heading", name="Waarschuwingslimiet bereikt")).to_be_visible()
    page.goto("/instellingen")
    page.get_by_label("Waarschuwingslimiet € ex. BTW").fill("")
    page.get_by_role("button", name="Limiet opslaan").click()
    expect(page.get_by_text("Geen waarschuwingslimiet meer")).to_be_visible()
