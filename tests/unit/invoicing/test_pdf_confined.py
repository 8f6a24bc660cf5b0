"""What draws an invoice reads our template and nothing else, and takes all that it is given as text."""

from __future__ import annotations

import re

import pytest
import typst

from services.invoicing.documents import pdf
from tests.support.invoices import invoice, line

pytestmark = pytest.mark.feature("INV-04")

OUTSIDE = [
    "/../pdf.py",
    "../pdf.py",
    "/etc/passwd",
    "/../../../../../../../etc/passwd",
    "https://example.nl/x",
]


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("reader", ['#read("{}")', '#image("{}")', '#include "{}"', '#json("{}")'])
def test_no_file_outside_the_template_is_read(path: str, reader: str) -> None:
    """Not even by a template that asks for it."""
    with pytest.raises(typst.TypstError, match="escape the project root|file not found|failed to load"):
        pdf._compiler.__wrapped__().compile(input=reader.format(path).encode(), format="pdf")


def test_the_template_asks_for_its_own_parts_only() -> None:
    for file in pdf.TEMPLATES.glob("*.typ"):
        text = file.read_text()
        assert set(re.findall(r'#?(?:import|include)\s+"([^"]+)"', text)) <= {
            each.name for each in pdf.TEMPLATES.glob("*.typ")
        }
        assert not re.search(r"\beval\(|\bread\(|\bplugin\(|@preview|https?://", text), file


def test_a_description_that_is_code_is_drawn_as_it_is_written() -> None:
    """Were it run, the document could not be made."""
    code = '#panic("run") #read("/etc/passwd") $x$ *b* \\u{41} <a> @b'
    plain = pdf.pdf(invoice(line("Belkosten", "1", "10.00")), None)
    nasty = pdf.pdf(invoice(line(code, "1", "10.00")), None)
    assert nasty.startswith(b"%PDF") and abs(len(nasty) - len(plain)) < 20_000
