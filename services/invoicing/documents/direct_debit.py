"""The file by which the bank collects a run's invoices: SEPA direct debit, pain.008.001.08.

Version 08 (ISO 20022 of 2019) is what the European Payments Council's guidelines for customers and banks
(EPC130-08 for Core, EPC131-08 for B2B) prescribe since the rulebooks of 2023. Payments of one kind (first
or following) on one day make one batch, which the bank books as one amount.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

import msgspec

from services.invoicing.documents.xml import Node, etree, plain, written
from services.invoicing.domain.invoice import Sequence

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"
# What every bank in SEPA takes (EPC230-15, the Latin character set).
ALLOWED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")
SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "đ": "d", "ł": "l", "&": "+", "€": "E"}
)
NAME, REFERENCE, REMARK = 70, 35, 140


class Creditor(msgspec.Struct, frozen=True, kw_only=True):
    """Who collects; ``creditor_id`` is the incassant-ID, as ``NL20ZZZ123456780000``."""

    name: str
    iban: str
    creditor_id: str
    bic: str = ""


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice to collect: euro with two decimals, from whom, by which mandate."""

    number: str
    amount: Decimal
    name: str
    iban: str
    mandate_id: str
    mandate_signed_on: dt.date
    sequence: Sequence
    remark: str = ""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What goes to the bank in one file. ``id`` is unique for ever: banks refuse a file they saw before."""

    id: str
    created_at: dt.datetime
    collect_on: dt.date
    creditor: Creditor
    collections: tuple[Collection, ...]
    scheme: Literal["CORE", "B2B"] = "CORE"


def pain008(batch: Batch) -> bytes:
    """The file as UTF-8 XML.

    Raises ValueError for a batch of nothing, an amount that is not above zero, and a moment without a
    time zone: a bank would refuse the whole file for one of them.
    """
    if not batch.collections:
        raise ValueError("there is nothing to collect")
    if any(one.amount <= 0 for one in batch.collections):
        raise ValueError("an amount to collect is above zero")
    if batch.created_at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    order = _node(root, "CstmrDrctDbtInitn")
    _header(order, batch)
    for sequence in ("FRST", "RCUR"):
        members = [one for one in batch.collections if one.sequence == sequence]
        if members:
            _payments(order, batch, sequence, members)
    return written(root)


def _header(order: Node, batch: Batch) -> None:
    header = _node(order, "GrpHdr")
    _text(header, "MsgId", _reference(batch.id))
    _text(header, "CreDtTm", batch.created_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _sums(header, batch.collections)
    _text(_node(header, "InitgPty"), "Nm", latin(batch.creditor.name, NAME))


def _payments(order: Node, batch: Batch, sequence: str, members: list[Collection]) -> None:
    creditor = batch.creditor
    payments = _node(order, "PmtInf")
    # The kind stays whole: it tells the two batches of a file apart.
    _text(payments, "PmtInfId", f"{latin(batch.id, REFERENCE - 5)}-{sequence}")
    _text(payments, "PmtMtd", "DD")
    _text(payments, "BtchBookg", "true")
    _sums(payments, members)
    kind = _node(payments, "PmtTpInf")
    _text(_node(kind, "SvcLvl"), "Cd", "SEPA")
    _text(_node(kind, "LclInstrm"), "Cd", batch.scheme)
    _text(kind, "SeqTp", sequence)
    _text(payments, "ReqdColltnDt", batch.collect_on.isoformat())
    _text(_node(payments, "Cdtr"), "Nm", latin(creditor.name, NAME))
    _text(_node(_node(payments, "CdtrAcct"), "Id"), "IBAN", plain(creditor.iban))
    _agent(payments, "CdtrAgt", creditor.bic)
    _text(payments, "ChrgBr", "SLEV")  # each pays its own bank, the only way in SEPA
    other = _node(_node(_node(_node(payments, "CdtrSchmeId"), "Id"), "PrvtId"), "Othr")
    _text(other, "Id", plain(creditor.creditor_id))
    _text(_node(other, "SchmeNm"), "Prtry", "SEPA")
    for one in members:
        _collection(payments, one)


def _collection(payments: Node, one: Collection) -> None:
    payment = _node(payments, "DrctDbtTxInf")
    _text(_node(payment, "PmtId"), "EndToEndId", _reference(one.number))
    _text(payment, "InstdAmt", f"{one.amount:.2f}", Ccy="EUR")
    mandate = _node(_node(payment, "DrctDbtTx"), "MndtRltdInf")
    _text(mandate, "MndtId", _reference(one.mandate_id))
    _text(mandate, "DtOfSgntr", one.mandate_signed_on.isoformat())
    _agent(payment, "DbtrAgt", "")
    _text(_node(payment, "Dbtr"), "Nm", latin(one.name, NAME))
    _text(_node(_node(payment, "DbtrAcct"), "Id"), "IBAN", plain(one.iban))
    _text(_node(payment, "RmtInf"), "Ustrd", latin(one.remark or one.number, REMARK))


def latin(text: str, length: int) -> str:
    """The text in the signs that every bank takes, cut to ``length``; ``?`` for a sign that has no like."""
    apart = unicodedata.normalize("NFKD", text.translate(SPELLED))
    signs = (sign for sign in apart if not unicodedata.combining(sign))
    return "".join(sign if sign in ALLOWED else "?" for sign in signs)[:length].strip() or "?"


def _reference(value: str) -> str:
    """A reference; it neither begins nor ends with a slash, nor has two in a row (EPC230-15, 1.4)."""
    return latin(value, REFERENCE).replace("//", "/").strip("/")


def _sums(parent: Node, members: Iterable[Collection]) -> None:
    amounts = [one.amount for one in members]
    _text(parent, "NbOfTxs", str(len(amounts)))
    _text(parent, "CtrlSum", f"{sum(amounts, Decimal()):.2f}")


def _agent(parent: Node, name: str, bic: str) -> None:
    """A bank by its BIC; since 2016 the IBAN is enough, but the schema wants something here."""
    institution = _node(_node(parent, name), "FinInstnId")
    if bic:
        _text(institution, "BICFI", plain(bic))
    else:
        _text(_node(institution, "Othr"), "Id", "NOTPROVIDED")


def _node(parent: Node, name: str) -> Node:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")


def _text(parent: Node, name: str, value: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes).text = value
