"""The file for the bank: batches per kind, sums, signs that every bank takes; a transfer's QR code."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from services.invoicing.documents.direct_debit import (
    ALLOWED,
    NAMESPACE,
    Batch,
    Collection,
    Creditor,
    latin,
    pain008,
)
from services.invoicing.documents.epc import epc_qr, epc_text

NS = {"p": NAMESPACE}
GOLDEN = Path(__file__).parent / "golden"
changed = msgspec.structs.replace


def collection(number: str, amount: str, sequence: str = "RCUR") -> Collection:
    return Collection(
        number=number,
        amount=Decimal(amount),
        name="Café 't Hoekje & Zn.",
        iban="NL44 TEST 0987 6543 21",
        mandate_id="M-10427-1",
        mandate_signed_on=dt.date(2025, 1, 6),
        sequence=sequence,  # type: ignore[arg-type]
        remark=f"Factuur {number} oktober 2026",
    )


BATCH = Batch(
    id="8c1d0f3e5a7b4962b1e0d3c5f7a90b12",
    created_at=dt.datetime(2026, 11, 2, 10, 30, tzinfo=dt.UTC),
    collect_on=dt.date(2026, 11, 16),
    creditor=Creditor(
        name="Voorbeeld Telecom B.V.", iban="NL02TEST0123456789", creditor_id="NL20ZZZ123456780000"
    ),
    collections=(
        collection("2026-00041", "12.10"),
        collection("2026-00042", "235.60", "FRST"),
        collection("2026-00043", "0.01"),
    ),
)


@pytest.mark.feature("INV-07")
def test_first_and_following_collections_are_batches_of_their_own_with_their_sums() -> None:
    root = etree.fromstring(pain008(BATCH))
    batches = root.findall(".//p:PmtInf", NS)
    told = [
        tuple(
            batch.findtext(path, namespaces=NS) for path in ("p:PmtTpInf/p:SeqTp", "p:NbOfTxs", "p:CtrlSum")
        )
        for batch in batches
    ]
    assert told == [("FRST", "1", "235.60"), ("RCUR", "2", "12.11")]
    assert root.findtext(".//p:GrpHdr/p:NbOfTxs", namespaces=NS) == "3"
    assert root.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=NS) == "247.71"


@pytest.mark.feature("INV-07")
def test_the_whole_file_is_as_it_was() -> None:
    """The golden file is valid by the schema of ISO 20022."""
    assert pain008(BATCH).decode() == (GOLDEN / "direct_debit.xml").read_text()


def test_references_of_batches_differ_and_fit() -> None:
    found = etree.fromstring(pain008(BATCH)).findall(".//p:PmtInfId", NS)
    names = [element.text or "" for element in found]
    assert len(set(names)) == 2 and all(len(name) <= 35 for name in names)


@pytest.mark.parametrize(
    ("batch", "why"),
    [
        (changed(BATCH, collections=()), "nothing to collect"),
        (changed(BATCH, collections=(collection("1", "0.00"),)), "above zero"),
        (changed(BATCH, created_at=dt.datetime(2026, 11, 2)), "time zone"),
    ],
)
def test_what_a_bank_would_refuse_is_not_made(batch: Batch, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        pain008(batch)


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_name_becomes_one_that_banks_take(name: str) -> None:
    written = latin(name, 70)
    assert 1 <= len(written) <= 70 and ALLOWED.issuperset(written)


def test_letters_keep_their_likes() -> None:
    assert latin("Café Ümläut & Straße 🥐", 70) == "Cafe Umlaut + Strasse ?"


def test_the_qr_code_says_the_transfer_in_the_order_that_banks_read() -> None:
    text = epc_text("Voorbeeld Telecom B.V.", "nl02 test 0123 4567 89", Decimal("235.6"), "2026-00042")
    assert text.split("\n") == [
        *("BCD", "002", "1", "SCT", "", "Voorbeeld Telecom B.V.", "NL02TEST0123456789", "EUR235.60"),
        *("", "", "2026-00042"),
    ]
    assert re.match(r"<svg [^>]*viewBox|<svg [^>]*width", epc_qr("A", "NL02TEST0123456789", Decimal(1), "x"))


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1000000000.00"])
def test_an_amount_that_cannot_be_transferred_has_no_code(amount: str) -> None:
    with pytest.raises(ValueError):
        epc_text("A", "NL02TEST0123456789", Decimal(amount), "x")
