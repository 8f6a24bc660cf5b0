"""What stands on an invoice, as plain values for the template: all sums are done, all words are chosen.

The template only places them. Nothing here is markup, and every text has only signs that we can draw.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from services.invoicing.documents import dutch
from services.invoicing.documents.appendix import calls, numbers
from services.invoicing.documents.glyphs import printable_all
from services.invoicing.documents.payment import payment
from services.invoicing.domain.invoice import Invoice, Line, Seller
from shared.words import gettext as _
from shared.words import lazy_gettext as _l
from shared.words import speaking

GROUPS = {
    "subscription": _l("Abonnementen"),
    "usage": _l("Verbruik"),
    "bundle": _l("Bundels"),
    "one_off": _l("Eenmalig"),
    "discount": _l("Kortingen"),
}
CENT = Decimal("0.01")
FEW_LINES = 6
"""So many lines stand on the first page; more begin on the second."""
CONTRAST = 4.5
"""WCAG 2, 1.4.3: the least that text in the letterhead's colour differs from the paper."""


def content(invoice: Invoice) -> dict[str, Any]:
    """Everything that the template places, as values for JSON."""
    with speaking(invoice.language):
        shown = {
            "language": invoice.language,
            "title": title(invoice),
            "author": invoice.seller.name,
            "issued": [invoice.issued_on.year, invoice.issued_on.month, invoice.issued_on.day],
            "accent": readable(invoice.seller.accent),
            "heading": heading(invoice),
            "concept": "" if invoice.number else _("Proef: dit is nog geen factuur"),
            "seller": _seller(invoice.seller),
            "buyer": _buyer(invoice),
            "facts": _facts(invoice),
            "groups": _group_sums(invoice),
            "sums": _sums(invoice),
            "vat": _vat(invoice),
            "payment": payment(invoice),
            "notes": _notes(invoice),
            "sections": _sections(invoice),
            "apart": len(invoice.lines) > FEW_LINES,
            "numbers": numbers(invoice),
            "calls": calls(invoice),
            "words": _words(),
        }
        return {**printable_all(shown), "logo": _logo(invoice.seller.logo), "alt": invoice.seller.name}


def readable(colour: str) -> str:
    """The letterhead's colour, darkened as far as text in it needs to be read on white paper."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    while 1.05 / (_luminance(red, green, blue) + 0.05) < CONTRAST:
        red, green, blue = (part * 95 // 100 for part in (red, green, blue))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _luminance(*parts: int) -> float:
    """Relative luminance (WCAG 2), 0 to 1. A float, as it is no money."""
    shares = (part / 255 for part in parts)
    linear = [share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def heading(invoice: Invoice) -> str:
    return _("Creditnota") if invoice.kind == "credit" else _("Factuur")


def title(invoice: Invoice) -> str:
    """The document's title: in the file's properties and at the top of every further page."""
    return f"{heading(invoice)} {invoice.number}" if invoice.number else _("Proeffactuur")


def _seller(seller: Seller) -> dict[str, Any]:
    contact = (seller.phone, seller.email, seller.website)
    register = (
        (_("KvK"), seller.kvk),
        (_("Btw-id"), seller.vat_number),
        (_("IBAN"), dutch.account(seller.iban)),
        (_("BIC"), seller.bic),
    )
    return {
        "name": seller.name,
        "address": [f"{seller.street} {seller.house_number}".strip(), _town(seller.postcode, seller.city)],
        "contact": [line for line in contact if line],
        "register": [[name, value] for name, value in register if value],
    }


def _buyer(invoice: Invoice) -> list[str]:
    buyer = invoice.buyer
    lines = (
        buyer.name,
        _("t.a.v. %(name)s", name=buyer.attention) if buyer.attention else "",
        f"{buyer.street} {buyer.house_number}".strip(),
        _town(buyer.postcode, buyer.city),
        dutch.country(buyer.country) if buyer.country != "NL" else "",
    )
    return [line for line in lines if line]


def _town(postcode: str, city: str) -> str:
    """``1234 AB Voorbeeldstad``, as PostNL wants it."""
    plain = postcode.replace(" ", "").upper()
    spaced = f"{plain[:4]}{dutch.NBSP}{plain[4:]}" if len(plain) == 6 and plain[:4].isdigit() else postcode
    return f"{spaced}{dutch.NBSP}{dutch.NBSP}{city}".strip()


def _facts(invoice: Invoice) -> list[list[str]]:
    """The invoice's data beside the address."""
    credited = invoice.credits
    facts = (
        (_("Factuurnummer"), invoice.number or dutch.ABSENT),
        (_("Factuurdatum"), dutch.day(invoice.issued_on)),
        (_("Vervaldatum"), "" if invoice.kind == "credit" else dutch.day(invoice.due_on)),
        (_("Factuurperiode"), dutch.month(invoice.period) if invoice.period else ""),
        (_("Klantnummer"), invoice.buyer.number),
        (_("Uw kenmerk"), invoice.buyer.reference),
        (_("Uw btw-id"), invoice.buyer.vat_number),
        (_("Bij factuur"), credited.number if credited else ""),
        (_("Van"), dutch.day(credited.issued_on) if credited else ""),
    )
    return [[name, value] for name, value in facts if value]


def _in_groups(lines: tuple[Line, ...]) -> Iterator[tuple[str, list[Line]]]:
    order = list(GROUPS)
    ordered = sorted(lines, key=lambda line: order.index(line.group))
    for group, members in groupby(ordered, key=lambda line: line.group):
        yield group, list(members)


def _group_sums(invoice: Invoice) -> list[list[str]]:
    return [
        [str(GROUPS[group]), dutch.euros(sum((line.net for line in lines), Decimal()))]
        for group, lines in _in_groups(invoice.lines)
    ]


def _sums(invoice: Invoice) -> dict[str, Any]:
    vat = [
        [_("Btw %(rate)s", rate=dutch.percentage(total.percentage)), dutch.euros(total.vat)]
        for total in invoice.vat_totals
        if total.category == "S"
    ]
    return {
        "net": [_("Totaal excl. btw"), dutch.euros(invoice.net)],
        "vat": vat or [[_("Btw"), dutch.euros(invoice.vat)]],
        "total": [_("Totaal incl. btw"), dutch.euros(invoice.total)],
    }


def vat_name(category: str, percentage: Decimal) -> str:
    """What a rate is called: ``21 %``, ``Btw verlegd``."""
    names = {"AE": _("Btw verlegd"), "E": _("Vrijgesteld")}
    return names.get(category) or dutch.percentage(percentage)


def _vat(invoice: Invoice) -> dict[str, Any]:
    return {
        "head": [_("Btw-tarief"), _("Over"), _("Btw")],
        "rows": [
            [vat_name(total.category, total.percentage), dutch.euros(total.net), dutch.euros(total.vat)]
            for total in invoice.vat_totals
        ],
    }


def _notes(invoice: Invoice) -> list[str]:
    """Sentences below the sums: why there is no VAT, and what the sender has to say."""
    notes = []
    if any(total.category == "AE" for total in invoice.vat_totals):
        notes.append(
            _("Btw verlegd naar uw btw-id %(number)s.", number=invoice.buyer.vat_number)
            if invoice.buyer.vat_number
            else _("Btw verlegd.")
        )
    notes += [total.reason for total in invoice.vat_totals if total.category == "E" and total.reason]
    return [*notes, *([invoice.note] if invoice.note else [])]


def _sections(invoice: Invoice) -> list[dict[str, Any]]:
    return [
        {
            "title": str(GROUPS[group]),
            "rows": [_row(line) for line in lines],
            "total": dutch.number(sum((line.net for line in lines), Decimal()), 2),
        }
        for group, lines in _in_groups(invoice.lines)
    ]


def _row(line: Line) -> list[Any]:
    """What, small print, quantity, price, VAT, amount."""
    # A price that does not make the amount (an average of calls) would only raise questions.
    exact = abs(line.quantity * line.unit_price - line.net) < CENT
    return [
        line.description,
        _small_print(line),
        dutch.quantity(line.quantity),
        dutch.price(line.unit_price) if exact else dutch.ABSENT,
        vat_name(line.vat.category, line.vat.percentage),
        dutch.number(line.net, 2),
    ]


def _small_print(line: Line) -> str:
    """The days that the line is about, and its detail; once when the detail already names them."""
    days = dutch.days(line.from_, line.to) if line.from_ and line.to else ""
    if "t/m" in line.detail:
        days = ""
    return " · ".join(part for part in (days, line.detail) if part)


def _logo(logo: bytes) -> dict[str, Any] | None:
    """The file as JSON can carry it: an SVG as text, a PNG as numbers."""
    if not logo:
        return None
    if logo.startswith(b"\x89PNG"):
        return {"kind": "png", "data": list(logo)}
    return {"kind": "svg", "data": logo.decode("utf-8", "replace")}


def _words() -> dict[str, Any]:
    """The labels of the template itself."""
    return {
        "page": _("Pagina"),
        "of": _("van"),
        "summary": _("Samenvatting"),
        "details": _("Specificatie"),
        "lines": [_("Omschrijving"), _("Aantal"), _("Prijs (€)"), _("Btw"), _("Bedrag (€)")],
        "excluded": _("Bedragen zijn in euro, excl. btw."),
        "see": _("De specificatie staat op de volgende pagina."),
        "qr": _("Scan met de app van uw bank"),
        "qr_alt": _("QR-code met de betaalgegevens"),
        "sum": _("Totaal"),
    }
