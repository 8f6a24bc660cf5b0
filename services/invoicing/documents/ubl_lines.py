"""The lines of an e-invoice: which are discounts over the whole, and how a line's price makes its amount."""

from __future__ import annotations

from decimal import Decimal

from services.invoicing.documents.xml import Node, amount, node, text
from services.invoicing.domain.invoice import Invoice, Line, VatRate
from shared.words import gettext as _

# UN/ECE Recommendation 20.
UNITS = {"piece": "C62", "month": "MON", "call": "C62", "message": "C62", "megabyte": "4L"}
ITEM_NAME, ITEM_TEXT = 200, 1000
SLACK = Decimal("0.01")
"""How far quantity times price may lie from the line's amount; PEPPOL-EN16931-R120 allows twice this."""


def allowances_and_lines(invoice: Invoice) -> tuple[list[Line], list[Line]]:
    """Discounts stand apart (BG-20), unless there is nothing else: an invoice has a line (BR-16)."""
    allowances = [line for line in invoice.lines if line.group == "discount" and line.net < 0]
    lines = [line for line in invoice.lines if line not in allowances]
    if lines:
        return allowances, lines
    return [], allowances or [_nothing()]


def _nothing() -> Line:
    zero = Decimal("0.00")
    return Line(
        group="subscription",
        description=_("Geen kosten in deze periode"),
        quantity=Decimal(1),
        unit="piece",
        unit_price=zero,
        net=zero,
        vat=VatRate(category="S", percentage=Decimal(21)),
    )


def add_line(root: Node, index: int, line: Line, credit: bool) -> None:
    """BG-25 within an invoice or a credit note."""
    element = node(root, "CreditNoteLine" if credit else "InvoiceLine")
    quantity, price, base = priced(line)
    unit = UNITS[line.unit]
    text(element, "ID", str(index))
    text(element, "Note", line.detail)  # BT-127
    text(element, "CreditedQuantity" if credit else "InvoicedQuantity", _exact(quantity), unitCode=unit)
    amount(element, "LineExtensionAmount", line.net)
    _period(element, line)
    item = node(element, "Item")
    if len(line.description) > ITEM_NAME:  # a name is short; the whole text follows as its description
        text(item, "Description", line.description[:ITEM_TEXT])
    text(item, "Name", line.description[:ITEM_NAME])
    category = node(item, "ClassifiedTaxCategory")
    text(category, "ID", line.vat.category)
    text(category, "Percent", f"{line.vat.percentage.normalize():f}")
    text(node(category, "TaxScheme"), "ID", "VAT")
    cost = node(element, "Price")
    text(cost, "PriceAmount", _exact(price), currencyID="EUR")
    if base != 1:
        text(cost, "BaseQuantity", _exact(base), unitCode=unit)


def priced(line: Line) -> tuple[Decimal, Decimal, Decimal]:
    """Quantity, price, and the quantity that the price is for, which together make the line's amount.

    A price is never negative, a quantity may be (BR-27). Where the price is a rounded average, as of many
    calls, the line's amount is the price of the whole quantity.
    """
    quantity, price = line.quantity, line.unit_price
    if price < 0:
        quantity, price = -quantity, -price
    if abs(quantity * price - line.net) <= SLACK:
        return quantity, price, Decimal(1)
    if quantity and (quantity < 0) == (line.net < 0):
        return quantity, abs(line.net), abs(quantity)
    return Decimal(1).copy_sign(line.net), abs(line.net), Decimal(1)


def _exact(value: Decimal) -> str:
    """All digits, without an exponent or zeros at the end."""
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _period(element: Node, line: Line) -> None:
    """BG-26; within the line it has the same form as on the invoice."""
    if not (line.from_ and line.to):
        return
    period = node(element, "InvoicePeriod")
    text(period, "StartDate", line.from_.isoformat())
    text(period, "EndDate", line.to.isoformat())
