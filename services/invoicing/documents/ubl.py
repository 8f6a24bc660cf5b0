"""An invoice as an e-invoice: UBL 2.1 by EN 16931, in the profile NLCIUS (SI-UBL 2.0) or Peppol BIS 3.0.

Business terms of the norm are named BT-n and BG-n. Elements come in the order of the UBL schema, and none
is ever empty (PEPPOL-EN16931-R008).
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from services.invoicing.documents.parties import buyer_party, electronic_address, seller_party
from services.invoicing.documents.ubl_lines import add_line, allowances_and_lines
from services.invoicing.documents.xml import CAC, CBC, Node, amount, etree, node, plain, text, written
from services.invoicing.domain.invoice import Invoice, Line, VatTotal
from shared.words import gettext as _
from shared.words import speaking

NORM = "urn:cen.eu:en16931:2017"
CUSTOMIZATION = {
    "nlcius": NORM + "#compliant#urn:fdc:nen.nl:nlcius:v1.0",
    "peppol": NORM + "#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    "norm": NORM,
}
PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
ROOT = "urn:oasis:names:specification:ubl:schema:xsd:%s-2"
# UNCL 4461: SEPA credit transfer, SEPA direct debit, and what goes by the agreement between the two.
SEPA_TRANSFER, SEPA_COLLECTION, BY_AGREEMENT = "58", "59", "57"


def ubl(invoice: Invoice, pdf: bytes | None) -> bytes:
    """The invoice or credit note as UTF-8 XML, with ``pdf`` (if any) inside as what people read.

    Says nothing of what is missing: ask :func:`services.invoicing.documents.checks.lacking` first.
    """
    with speaking(invoice.language):
        credit = invoice.kind == "credit"
        name = "CreditNote" if credit else "Invoice"
        root = etree.Element(f"{{{ROOT % name}}}{name}", nsmap={None: ROOT % name, "cac": CAC, "cbc": CBC})
        allowances, lines = allowances_and_lines(invoice)
        _head(root, invoice, lines)
        _references(root, invoice, pdf)
        root.append(seller_party(invoice))
        root.append(buyer_party(invoice))
        _payment_means(root, invoice)
        _payment_terms(root, invoice)
        for line in allowances:
            _allowance(root, line)
        _taxes(root, invoice)
        _totals(root, invoice, allowances)
        for index, line in enumerate(lines, 1):
            add_line(root, index, line, credit)
        return written(root)


def profile_of(invoice: Invoice) -> str:
    """The profile that the invoice can keep to: the one wished for, unless the buyer lacks what it asks.

    NLCIUS asks a KvK number of a Dutch buyer (BR-NL-10), Peppol an electronic address (R010). A buyer
    with neither, as a consumer is, gets an invoice by the norm itself, which makes no such claim.
    """
    if invoice.profile == "nlcius" and (invoice.buyer.kvk or invoice.buyer.country != "NL"):
        return "nlcius"
    reachable = electronic_address(invoice.buyer) and electronic_address(invoice.seller)
    return "peppol" if reachable else "norm"


def _head(root: Node, invoice: Invoice, lines: list[Line]) -> None:
    text(root, "CustomizationID", CUSTOMIZATION[profile_of(invoice)])  # BT-24
    text(root, "ProfileID", PROCESS)  # BT-23
    text(root, "ID", invoice.number)  # BT-1
    text(root, "IssueDate", invoice.issued_on.isoformat())  # BT-2
    if invoice.kind == "credit":
        text(root, "CreditNoteTypeCode", "381")  # BT-3
    else:
        text(root, "DueDate", invoice.due_on.isoformat())  # BT-9
        text(root, "InvoiceTypeCode", "380")
    text(root, "Note", invoice.note)  # BT-22
    text(root, "DocumentCurrencyCode", "EUR")  # BT-5
    # BT-10: the buyer's own reference, else the customer number; one must be there (BR-NL-2, R003).
    text(root, "BuyerReference", invoice.buyer.reference or invoice.buyer.number or invoice.number)
    span = _span(invoice, lines)
    if span:
        add_period(root, *span)


def _span(invoice: Invoice, lines: list[Line]) -> tuple[dt.date, dt.date] | None:
    """BG-14: the days that all lines are about; a line may not lie outside it (R110, R111)."""
    known = [day for line in lines for day in (line.from_, line.to) if day]
    if invoice.period:
        first = dt.date.fromisoformat(f"{invoice.period}-01")
        after = (first + dt.timedelta(days=31)).replace(day=1)
        known += [first, after - dt.timedelta(days=1)]
    return (min(known), max(known)) if known else None


def add_period(parent: Node, first: dt.date, last: dt.date) -> None:
    period = node(parent, "InvoicePeriod")
    text(period, "StartDate", first.isoformat())
    text(period, "EndDate", last.isoformat())


def _references(root: Node, invoice: Invoice, pdf: bytes | None) -> None:
    if invoice.credits:
        reference = node(node(root, "BillingReference"), "InvoiceDocumentReference")  # BG-3, NL-R-001
        text(reference, "ID", invoice.credits.number)
        if profile_of(invoice) != "nlcius":  # NLCIUS advises against the date (BR-NL-24)
            text(reference, "IssueDate", invoice.credits.issued_on.isoformat())
    if pdf:
        document = node(root, "AdditionalDocumentReference")  # BG-24
        text(document, "ID", invoice.number)
        text(document, "DocumentDescription", _("De factuur als PDF"))
        file = {"mimeCode": "application/pdf", "filename": f"{invoice.number}.pdf"}
        digits = base64.b64encode(pdf).decode()
        text(node(document, "Attachment"), "EmbeddedDocumentBinaryObject", digits, **file)


def _payment_means(root: Node, invoice: Invoice) -> None:
    """BG-16: the account to pay to, or the mandate to collect by. A refund goes as was agreed."""
    seller, terms = invoice.seller, invoice.payment
    means = node(root, "PaymentMeans")
    if invoice.kind == "credit" or invoice.total <= 0:
        text(means, "PaymentMeansCode", BY_AGREEMENT)
    elif terms.method == "direct_debit":
        text(means, "PaymentMeansCode", SEPA_COLLECTION)
        text(means, "PaymentID", invoice.number)
        mandate = node(means, "PaymentMandate")  # BG-19
        text(mandate, "ID", terms.mandate_id)  # BT-89, R061
        text(node(mandate, "PayerFinancialAccount"), "ID", plain(terms.iban))
    else:
        text(means, "PaymentMeansCode", SEPA_TRANSFER)
        text(means, "PaymentID", invoice.number)  # BT-83
        # Only the IBAN: NLCIUS advises against the account's name and the BIC (BR-NL-30, BR-NL-31).
        text(node(means, "PayeeFinancialAccount"), "ID", plain(seller.iban))


def _payment_terms(root: Node, invoice: Invoice) -> None:
    """BT-20; on a credit note this stands for the due date that it cannot have (BR-CO-25)."""
    if invoice.kind == "credit":
        words = _("Dit bedrag gaat af van de factuur waar deze creditnota bij hoort.")
    elif invoice.total <= 0:
        words = _("U hoeft niets te betalen.")
    elif invoice.payment.method == "direct_debit":
        words = _("Wij incasseren dit bedrag.")
    else:
        words = _("Betaal binnen %(days)s dagen.", days=invoice.payment.days)
    text(node(root, "PaymentTerms"), "Note", words)


def _allowance(root: Node, line: Line) -> None:
    """BG-20: a discount over the whole invoice."""
    allowance = node(root, "AllowanceCharge")
    text(allowance, "ChargeIndicator", "false")
    text(allowance, "AllowanceChargeReason", line.description)  # BT-97; NLCIUS advises against a code
    amount(allowance, "Amount", -line.net)
    _category(allowance, "TaxCategory", line.vat.category, line.vat.percentage)


def _taxes(root: Node, invoice: Invoice) -> None:
    total = node(root, "TaxTotal")
    amount(total, "TaxAmount", invoice.vat)  # BT-110
    for vat in invoice.vat_totals or _no_vat(invoice):
        subtotal = node(total, "TaxSubtotal")  # BG-23
        amount(subtotal, "TaxableAmount", vat.net)
        amount(subtotal, "TaxAmount", vat.vat)
        _category(subtotal, "TaxCategory", vat.category, vat.percentage, _reason(vat))


def _no_vat(invoice: Invoice) -> Iterator[VatTotal]:
    """An invoice without lines still has a breakdown (BR-CO-18): of nothing, at the standard rate."""
    nothing = Decimal("0.00")
    yield VatTotal(category="S", percentage=Decimal(21), net=nothing, vat=nothing)


def _reason(vat: VatTotal) -> str:
    """BT-120: asked where tax is shifted or exempt (BR-AE-10, BR-E-10), refused elsewhere (BR-S-10)."""
    if vat.category == "AE":
        return vat.reason or _("Btw verlegd")
    return (vat.reason or _("Vrijgesteld van btw")) if vat.category == "E" else ""


def _category(parent: Node, name: str, category: str, percentage: Decimal, reason: str = "") -> None:
    kind = node(parent, name)
    text(kind, "ID", category)
    text(kind, "Percent", f"{percentage.normalize():f}")
    text(kind, "TaxExemptionReason", reason)
    text(node(kind, "TaxScheme"), "ID", "VAT")


def _totals(root: Node, invoice: Invoice, allowances: list[Line]) -> None:
    """BG-22."""
    allowed = -sum((line.net for line in allowances), Decimal("0.00"))
    totals = node(root, "LegalMonetaryTotal")
    amount(totals, "LineExtensionAmount", invoice.net + allowed)
    amount(totals, "TaxExclusiveAmount", invoice.net)
    amount(totals, "TaxInclusiveAmount", invoice.total)
    if allowances:
        amount(totals, "AllowanceTotalAmount", allowed)
    amount(totals, "PayableAmount", invoice.total)
