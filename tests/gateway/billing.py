"""invoicing's answers, believable and in its contract's form."""

from __future__ import annotations

import base64
from typing import Any

from shared.errors import NotFound
from tests.gateway import companies

INVOICE, NOTE, RUN, PREVIEW = "a1" * 16, "a2" * 16, "a3" * 16, "a4" * 16
CHARGE, ISSUER, BATCH = "a5" * 16, "a6" * 16, "a7" * 16
PDF = b"%PDF-1.7 factuur"


def row(**more: Any) -> dict[str, Any]:
    """A line of the archive: the invoice of October."""
    return {
        "id": INVOICE,
        "customer_id": companies.OURS,
        "number": "F2026-00042",
        "kind": "invoice",
        "period": "2026-10",
        "issued_on": "2026-11-01",
        "due_on": "2026-12-01",
        "sent_on": "2026-11-02",
        "net": "194.71",
        "vat": "40.89",
        "total": "235.60",
        "status": "open",
        "paid_on": None,
        "method": "transfer",
        "mail": "sent",
        "pdf": True,
        "ubl": True,
    } | more


def note(**more: Any) -> dict[str, Any]:
    base = {"id": NOTE, "number": "C2026-00003", "kind": "credit", "status": "credit", "total": "12.10"}
    return row(**(base | {"due_on": None, "sent_on": None, "mail": "waiting"} | more))


def line(description: str, net: str, **more: Any) -> dict[str, Any]:
    return {
        "group": "subscription",
        "description": description,
        "quantity": "1",
        "unit": "month",
        "unit_price": net,
        "net": net,
        "vat": {"category": "S", "percentage": "21", "reason": ""},
        "from": "2026-10-01",
        "to": "2026-10-31",
        "detail": "",
    } | more


def drawn(**more: Any) -> dict[str, Any]:
    """What the invoice says."""
    party = {
        "name": "Voorbeeld",
        "street": "Straat",
        "house_number": "1",
        "postcode": "1234AB",
        "city": "Stad",
    }
    return {
        "id": INVOICE,
        "number": "F2026-00042",
        "kind": "invoice",
        "period": "2026-10",
        "issued_on": "2026-11-01",
        "due_on": "2026-12-01",
        "seller": party,
        "buyer": party | {"name": "Bakkerij Voorbeeld B.V."},
        "lines": [
            line("Zakelijk VoIP", "184.71"),
            line("Telefonie: Mobiel", "10.00", group="usage", detail="1 uur"),
        ],
        "vat_totals": [{"category": "S", "percentage": "21", "net": "194.71", "vat": "40.89", "reason": ""}],
        "net": "194.71",
        "vat": "40.89",
        "total": "235.60",
        "payment": {"method": "transfer", "days": 30, "due_on": "2026-12-01"},
        "note": "",
    } | more


def invoice(invoice_id: str = INVOICE, **more: Any) -> dict[str, Any]:
    """``invoicing.invoice``: knows one invoice and one credit note."""
    if invoice_id not in (INVOICE, NOTE):
        raise NotFound()
    base = row() if invoice_id == INVOICE else note(credit_of=INVOICE)
    return (
        base
        | {
            "invoice": drawn(),
            "credited": "0.00",
            "credited_lines": {},
            "credit_of": None if invoice_id == INVOICE else INVOICE,
            "credit_notes": [],
            "run_id": RUN,
            "mail_problem": "",
        }
        | more
    )


def file_info(invoice_id: str, kind: str) -> dict[str, Any]:
    if invoice_id not in (INVOICE, NOTE):
        raise NotFound()
    media_type = "application/pdf" if kind == "pdf" else "application/xml"
    name = "F2026-00042." + {"pdf": "pdf", "ubl": "xml"}[kind]
    return {
        "id": f"{INVOICE}:{INVOICE}",
        "name": name,
        "media_type": media_type,
        "size": len(PDF),
        "sha256": "0" * 64,
    }


def piece(index: int, **_which: Any) -> dict[str, Any]:
    """The file in two pieces."""
    half = len(PDF) // 2
    data = PDF[:half] if index == 0 else PDF[half:]
    return {"data": base64.b64encode(data).decode(), "last": index == 1}


def account(**more: Any) -> dict[str, Any]:
    return {
        "customer_id": companies.OURS,
        "issuer_id": None,
        "pays_by": "transfer",
        "days": 14,
        "iban": "",
        "mandate_id": "",
        "mandate_signed_on": None,
        "reverse_charge": False,
        "profile": "nlcius",
        "reference": "",
        "attention": "",
        "email": "",
        "itemised": False,
        "masked": False,
        "bills_from": None,
        "prices": {"voip-basis": "10.00"},
        "revision": 3,
        "begins": "2026-01-01",
    } | more


def charge(**more: Any) -> dict[str, Any]:
    return {
        "id": CHARGE,
        "customer_id": companies.OURS,
        "kind": "recurring",
        "description": "Zakelijk VoIP Basis",
        "quantity": "3",
        "price": "12.50",
        "starts": "2026-01-01",
        "ends": None,
        "percentage": None,
        "of": [],
        "vat": "standard",
        "product": "voip-basis",
        "invoice_id": None,
    } | more


def product(**more: Any) -> dict[str, Any]:
    base = {"code": "voip-basis", "description": "Zakelijk VoIP Basis", "price": "12.50", "per": "month"}
    return base | {"vat": "standard", "retired": False, "revision": 2} | more


def issuer(**more: Any) -> dict[str, Any]:
    seller = {"name": "Voorbeeld Telecom B.V.", "street": "Zendmaststraat", "house_number": "1"}
    seller |= {
        "postcode": "1234AB",
        "city": "Voorbeeldstad",
        "iban": "NL02TEST0123456789",
        "accent": "#0b5f61",
    }
    base = {"id": ISSUER, "seller": seller, "partner_id": None, "is_default": True, "series": "F"}
    return base | {"credit_series": "C", "revision": 4, "has_logo": True} | more


def run_row(**more: Any) -> dict[str, Any]:
    base = {"customer_id": companies.OURS, "customer_number": 10427, "name": "Bakkerij Voorbeeld B.V."}
    return (
        base
        | {"state": "done", "sentence": "", "invoice_id": INVOICE, "number": "F2026-00042", "total": "235.60"}
        | more
    )


def run(run_id: str = RUN, **more: Any) -> dict[str, Any]:
    """``invoicing.run``: knows a run and a preview, both ended."""
    if run_id not in (RUN, PREVIEW):
        raise NotFound()
    dry = run_id == PREVIEW
    held = run_row(state="held", sentence="Er is geen adres.", invoice_id=None, number="", total=None)
    first = run_row(state="preview", invoice_id=None, number="") if dry else run_row()
    return {
        "id": run_id,
        "created_at": "2026-11-22T14:00:00Z",
        "period": "2026-10",
        "issued_on": "2026-11-22",
        "dry_run": dry,
        "accept_unrated": False,
        "mail": True,
        "customer_ids": None,
        "by": "r.bakker",
        "state": "done",
        "done": 2,
        "total": 2,
        "percentage": 100,
        "error": None,
        "result": {"counts": {}, "unrated": 0},
        "counts": {"preview" if dry else "done": 1, "held": 1},
        "batches": [] if dry else [{"id": BATCH, "collect_on": "2026-11-30", "count": 1, "total": "235.60"}],
        "rows": [first, held],
        "next": None,
    } | more


def end_charge(charge_id: str, **_fields: Any) -> dict[str, Any]:
    if charge_id != CHARGE:
        raise NotFound()
    return charge(ends="2026-11-30")


def answers() -> dict[tuple[str, str], Any]:
    """Every method on a quiet day."""
    methods = {
        "archive": {"rows": [row(), note()], "next": None, "count": 2},
        "invoice": lambda invoice_id: invoice(invoice_id),
        "file_info": file_info,
        "file_chunk": piece,
        "batch_chunk": piece,
        "products": [product()],
        "save_product": product(),
        "issuers": [issuer()],
        "save_issuer": issuer(),
        "account": account(),
        "save_account": account(),
        "charges": {"rows": [charge()], "requested": []},
        "add_charge": charge(),
        "end_charge": end_charge,
        "preview": {"invoice": drawn(number=""), "state": "open", "empty": False, "obstacles": []},
        "runs": [run(), run(PREVIEW)],
        "run": lambda run_id, **_fields: run(run_id),
        "start_run": {"id": RUN},
        "cancel_run": {},
        "direct_debit_file": {"batches": []},
        "credit": {"id": NOTE, "number": "C2026-00003"},
        "set_paid": row(status="paid"),
        "resend": row(),
    }
    return {("invoicing", method): answer for method, answer in methods.items()}
