"""Credit notes: taking back lines of an invoice, never more than there was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from services.invoicing.domain.invoice import Invoice, Line, VatTotal
from services.invoicing.domain.vat import ZERO, vat_totals
from shared.errors import Conflict, Invalid
from shared.money import round_decimal
from shared.words import gettext as _

Taken = Mapping[int, Decimal]
"""Place of a line of the invoice → what was credited of its net amount."""


def once_each(wanted: Iterable[tuple[int, Decimal | None]]) -> dict[int, Decimal | None]:
    """Amounts by place. Raises Invalid for a place that is named twice: which amount would count?."""
    found: dict[int, Decimal | None] = {}
    for place, amount in wanted:
        if place in found:
            sentence = _("Regel %(place)s staat er twee keer in. Noem elke regel één keer.", place=place + 1)
            raise Invalid(fields={"lines": [sentence]})
        found[place] = amount
    return found


def credit_lines(
    invoice: Invoice, credited: Taken, wanted: Mapping[int, Decimal | None] | None
) -> tuple[list[Line], dict[int, Decimal]]:
    """The credit note's lines and what each takes of which. ``wanted``: amounts by place, None for all that
    is left of a line; without it the whole rest of the invoice.

    Raises Conflict when nothing is left, Invalid for a line that is not there or more than is left of it.
    """
    places = dict.fromkeys(range(len(invoice.lines))) if wanted is None else wanted
    lines: list[Line] = []
    taken: dict[int, Decimal] = {}
    for place, amount in places.items():
        if not 0 <= place < len(invoice.lines):
            raise Invalid(
                fields={"lines": [_("Regel %(place)s staat niet op deze factuur.", place=place + 1)]}
            )
        line = invoice.lines[place]
        left = line.net - credited.get(place, ZERO)
        net = left if amount is None else amount
        if net * left < 0 or abs(net) > abs(left):
            raise Invalid(fields={"lines": [_too_much(place, left)]})
        if net:
            lines.append(_line(line, net))
            taken[place] = net
    if not lines:
        raise Conflict(_("Deze factuur is al helemaal gecrediteerd."))
    return lines, taken


def _too_much(place: int, left: Decimal) -> str:
    return _("Van regel %(place)s is nog € %(amount)s te crediteren.", place=place + 1, amount=_euro(left))


def most_of(invoice: Invoice, credited: Taken, before: Mapping[str, Decimal]) -> Decimal:
    """The most that a credit note can give back: what is left of what the invoice asks money for, less its
    discounts and what bundles cover, with VAT. What it gives back itself does not count: a wrong line beside
    it was paid all the same. ``before``: VAT credited earlier, by :func:`rate_key`."""
    most = ZERO
    for total in invoice.vat_totals:
        key = rate_key(total.category, total.percentage)
        asked, others = ZERO, False
        for place, line in enumerate(invoice.lines):
            left = line.net - credited.get(place, ZERO)
            if not left or rate_key(line.vat.category, line.vat.percentage) != key:
                continue
            if line.net > 0 or line.group in ("discount", "bundle"):
                asked += left
            else:
                others = True
        vat = round_decimal(asked * total.percentage / 100) if others else total.vat - before.get(key, ZERO)
        most += asked + vat
    return most


def refuse_beyond(left: Decimal, most: Decimal, total: Decimal) -> None:
    """Raise Invalid for a credit note whose ``total`` is not between nothing and what is ``left`` to credit
    of the invoice, or the ``most`` of it (all with VAT): a line alone can be more than that, for a discount
    took off of it, and a discount alone would ask for money."""
    most = max(left, most, ZERO)
    if min(left, ZERO) <= total <= most:
        return
    sentence = _(
        "Deze regels zijn samen € %(amount)s met btw. Van deze factuur is nog € %(left)s te crediteren. Kies"
        " minder of andere regels, of crediteer alles wat over is.",
        amount=_euro(total),
        left=_euro(most if total > most else left),
    )
    raise Invalid(fields={"lines": [sentence]})


def _euro(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _line(line: Line, net: Decimal) -> Line:
    if net == line.net:
        return line
    sign = Decimal(-1 if net < 0 else 1)
    return msgspec.structs.replace(line, quantity=sign, unit="piece", unit_price=abs(net), net=net)


def credit_totals(
    invoice: Invoice, lines: Sequence[Line], credited: Taken, before: Mapping[str, Decimal]
) -> tuple[VatTotal, ...]:
    """VAT of the credit note. The note that takes the last of a rate takes the cents of VAT that are left of
    it, so that all credit notes of an invoice together are exactly the invoice. ``before``: VAT credited
    earlier, by :func:`rate_key`; ``credited`` includes these lines."""
    open_rates = {
        rate_key(line.vat.category, line.vat.percentage)
        for place, line in enumerate(invoice.lines)
        if line.net != credited.get(place, ZERO)
    }
    whole = {rate_key(each.category, each.percentage): each.vat for each in invoice.vat_totals}
    found = []
    for total in vat_totals(lines):
        key = rate_key(total.category, total.percentage)
        if key not in open_rates:
            total = msgspec.structs.replace(total, vat=whole[key] - before.get(key, ZERO))
        found.append(total)
    return tuple(found)


def rate_key(category: str, percentage: Decimal) -> str:
    return f"{category}:{percentage.normalize():f}".replace(".", ",")
