"""How an invoice is paid, in words and figures for its first page."""

from __future__ import annotations

from typing import Any

from services.invoicing.documents import dutch
from services.invoicing.documents.epc import HIGHEST, epc_qr
from services.invoicing.domain.invoice import Invoice
from shared.words import gettext as _


def payment(invoice: Invoice) -> dict[str, Any]:
    """The large amount with its label and what follows from it; a QR code when it is to be transferred."""
    label, until, sentences, facts = _told(invoice)
    return {
        "label": label,
        "amount": dutch.euros(abs(invoice.total)),
        "until": until,
        "title": _("Betaling"),
        "sentences": sentences,
        "facts": [[name, value] for name, value in facts if value],
        "qr": _qr(invoice),
    }


Told = tuple[str, str, list[str], list[tuple[str, str]]]


def _told(invoice: Invoice) -> Told:
    if invoice.kind == "credit":
        return _credit(invoice)
    if invoice.total == 0:
        return _("Te betalen"), "", [_("U hoeft niets te betalen.")], []
    if invoice.total < 0:
        return _("Uw tegoed"), "", [_("U hoeft niets te betalen. Dit bedrag hebt u van ons tegoed.")], []
    if invoice.payment.method == "direct_debit":
        return _collected(invoice)
    return _transferred(invoice)


def _credit(invoice: Invoice) -> Told:
    credited = invoice.credits
    sentence = _("Dit bedrag hebt u van ons tegoed.")
    if credited:
        sentence = _(
            "Deze creditnota hoort bij factuur %(number)s van %(day)s. Het bedrag gaat daarvan af.",
            number=credited.number,
            day=dutch.day_long(credited.issued_on),
        )
    return _("Totaal credit"), _("incl. btw"), [sentence], []


def _collected(invoice: Invoice) -> Told:
    terms = invoice.payment
    on = terms.collect_on or terms.due_on
    facts = [
        (_("Van rekening"), dutch.half_hidden(terms.iban)),
        (_("Machtiging"), terms.mandate_id),
        (_("Incassant-ID"), invoice.seller.creditor_id),
    ]
    sentence = _(
        "Wij incasseren dit bedrag omstreeks %(day)s. U hoeft niets te doen.", day=dutch.day_long(on)
    )
    return _("Wordt geïncasseerd"), _("omstreeks %(day)s", day=dutch.day_long(on)), [sentence], facts


def _transferred(invoice: Invoice) -> Told:
    seller = invoice.seller
    facts = [
        (_("Op rekening"), dutch.account(seller.iban)),
        (_("Ten name van"), seller.name),
        (_("BIC"), seller.bic),
        (_("Kenmerk"), _mention(invoice)),
    ]
    due = dutch.day_long(invoice.due_on)
    sentence = _("Maak het bedrag uiterlijk %(day)s over, onder vermelding van het factuurnummer.", day=due)
    return _("Te betalen"), _("uiterlijk %(day)s, incl. btw", day=due), [sentence], facts


def _mention(invoice: Invoice) -> str:
    return " / ".join(part for part in (invoice.number, invoice.buyer.number) if part)


def _qr(invoice: Invoice) -> str:
    wanted = (
        invoice.kind == "invoice"
        and invoice.number
        and invoice.payment.method == "transfer"
        and invoice.seller.iban
        and 0 < invoice.total <= HIGHEST
    )
    if not wanted:
        return ""
    return epc_qr(
        invoice.seller.name, invoice.seller.iban, invoice.total, _mention(invoice), invoice.seller.bic
    )
