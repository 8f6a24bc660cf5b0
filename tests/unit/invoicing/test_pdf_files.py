"""The PDF itself: for the archive, with the e-invoice inside, its fonts, and the same bytes every time."""

from __future__ import annotations

import io
import re
from typing import Any

import msgspec
import pikepdf
import pypdf
import pytest

from services.invoicing.documents.pdf import pdf, pictures
from services.invoicing.documents.ubl import ubl
from services.invoicing.domain.invoice import Invoice
from tests.support.invoices import (
    BUYER,
    EXEMPT,
    HIGH,
    LINES,
    LOW,
    SELLER,
    ZERO,
    credit,
    invoice,
    line,
    rows,
)

changed = msgspec.structs.replace
ODD = invoice(
    *(line(f"Regel {index} *vet* #sys $x$ <lab> {'lang ' * 20}", "1", "1.00") for index in range(30)),
    number="",
    buyer=changed(BUYER, name="Vereniging 🥐 " * 15, attention="北京 👩‍💻"),
    seller=changed(SELLER, logo=b"", name="Een partner met een heel lange naam " * 2),
    note="#let x = 1",
)


def opened(file: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(file))


@pytest.mark.feature("INV-03", "INV-05")
def test_it_is_made_to_be_archived_with_the_e_invoice_inside() -> None:
    made = invoice()
    xml = ubl(made, None)
    file = opened(pdf(made, xml))
    with file.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert file.docinfo["/Title"] == "Factuur 2026-00042"
    assert file.docinfo["/Author"] == "Voorbeeld Telecom B.V."
    assert file.Root.OutputIntents and str(file.Root.Lang) == "nl"
    attached = file.Root.AF[0]
    assert (str(attached.AFRelationship), str(attached.UF)) == ("/Alternative", "factuur.xml")
    assert attached.EF.F.read_bytes() == xml


def _fonts(file: pikepdf.Pdf) -> list[Any]:
    return [font for page in file.pages for font in page.Resources.Font.values()]


@pytest.mark.feature("INV-03")
def test_fonts_are_inside_and_text_can_be_selected() -> None:
    file = opened(pdf(invoice(), None))
    fonts = _fonts(file)
    assert fonts and all("/ToUnicode" in font for font in fonts)
    descriptors = [font.DescendantFonts[0].FontDescriptor for font in fonts]
    assert all("/FontFile2" in each or "/FontFile3" in each for each in descriptors)
    assert all(re.search("Inter|DejaVu", str(each.FontName)) for each in descriptors)


def test_the_same_invoice_is_the_same_file_for_ever() -> None:
    assert pdf(invoice(), b"<a/>") == pdf(invoice(), b"<a/>")


@pytest.mark.parametrize("made", [ODD, credit(LINES[0]), invoice(line("x", "1", "0.00"))])
def test_odd_invoices_become_files_too(made: Invoice) -> None:
    assert len(opened(pdf(made, None)).pages) >= 1


@pytest.mark.feature("INV-03")
def test_a_long_one_is_made_in_a_process_of_its_own() -> None:
    """So many that their memory must go back: without tags, so that the file stays small."""
    file = pdf(invoice(calls=rows(300)), b"<a/>")
    made = opened(file)
    with made.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
    assert made.Root.AF[0].EF.F.read_bytes() == b"<a/>"
    assert len(made.pages) > 4 and len(file) < 150_000


def pages_of(made: Invoice) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf(made, None))).pages]


@pytest.mark.feature("INV-03")
def test_each_page_of_calls_says_of_which_day_they_are_and_how_far_it_is() -> None:
    _first, _lines, *listed = pages_of(invoice(calls=rows(190)))
    assert len(listed) >= 4
    for place, page in enumerate(listed, 3):
        day = "do 1 oktober 2026" if "17:00:00" in page or place == 3 else "vr 2 oktober 2026"
        assert "Gesprekstype" in page and day in page
        assert f"Pagina {place} van {len(listed) + 2}" in page
    assert listed[-1].rstrip().count("Totaal") == 1


@pytest.mark.feature("INV-03")
@pytest.mark.parametrize("few", [4, 5, 6])
def test_no_heading_stands_at_the_foot_of_a_page_without_its_rows(few: int) -> None:
    rates = (HIGH, LOW, ZERO, EXEMPT)
    made = invoice(*(line(f"Regel {place}", "1", "1.00", vat=rates[place % 4]) for place in range(few)))
    page = next(text for text in pages_of(made) if "Specificatie" in text and "Omschrijving" in text)
    assert "Abonnementen" in page and "Regel 0" in page


def test_a_preview_is_pictures_of_the_pages() -> None:
    assert [page[:4] for page in pictures(invoice(), 30)] == [b"\x89PNG"] * 2


def test_a_png_logo_stands_in_the_letterhead() -> None:
    logo = pictures(invoice(line("x", "1", "1.00")), 10)[0]
    file = opened(pdf(invoice(seller=changed(SELLER, logo=logo)), None))
    assert any(str(each.Subtype) == "/Image" for each in file.pages[0].Resources.XObject.values())
