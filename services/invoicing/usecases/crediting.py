"""Credit notes: an invoice that was sent never changes, a document beside it takes lines back (INV-06)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from services.invoicing.domain.crediting import (
    credit_lines,
    credit_totals,
    most_of,
    once_each,
    rate_key,
    refuse_beyond,
)
from services.invoicing.domain.invoice import Credited, Invoice, Line, Payment
from services.invoicing.domain.parties import Issuer
from services.invoicing.domain.vat import ZERO
from services.invoicing.store import Changes, Store, TooEarly, cents, left_of
from services.invoicing.usecases.billing import tell_issued
from services.invoicing.usecases.common import Clock
from services.invoicing.usecases.running import FINISH
from shared.acting import Acting
from shared.days import day_of
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.mongo import Document
from shared.words import gettext as _

Wanted = Mapping[int, Decimal | None] | None


def credit(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    invoice_id: str,
    lines: list[dict[str, Any]] | None,
    reason: str,
    mail: bool,
    issued_on: dt.date | None,
    command_id: str,
) -> dict[str, Any]:
    """A credit note of the whole invoice, or of ``lines`` ({line: place from 0, net: amount or nothing for
    all that is left of it}). Conflict when nothing is left or for a credit note itself, Invalid for lines
    that together are more than is left of the invoice, or the other way."""
    acting.require_staff()
    now, credit_id = clock(), new_id()
    wanted: Wanted = None if lines is None else once_each((line["line"], line["net"]) for line in lines)

    def work(changes: Changes) -> dict[str, Any]:
        row = changes.row(invoice_id)
        if row is None:
            raise NotFound()
        if row["kind"] != "invoice":
            raise Conflict(_("Dit is zelf een creditnota."))
        # A month that is billed meanwhile must know of it, or gives the same back.
        changes.one_by_one(row["customer_id"])
        issuer = changes.issuer(row["issuer_id"])
        assert issuer is not None
        day = max(issued_on or day_of(now), dt.date.fromisoformat(row["issued_on"]))
        return _write(changes, acting, row, store.full(row), issuer, wanted, (credit_id, day, reason, mail))

    try:
        request = ("credit", invoice_id, None if lines is None else tuple(map(str, lines)), reason, mail)
        return store.once(acting, command_id, request, now, work)
    except TooEarly as problem:
        raise Conflict(
            _(
                "In deze reeks is al een creditnota van %(day)s. Kies die dag of een latere.",
                day=problem.issued_on,
            )
        ) from problem


def _write(
    changes: Changes,
    acting: Acting,
    row: Document,
    invoice: Invoice,
    issuer: Issuer,
    wanted: Wanted,
    facts: tuple[str, dt.date, str, bool],
) -> dict[str, Any]:
    credit_id, day, reason, mail = facts
    before = {int(place): Decimal(net) for place, net in row["credited"]["lines"].items()}
    taken_lines, taken = credit_lines(invoice, before, wanted)
    after = {**before, **{place: before.get(place, ZERO) + net for place, net in taken.items()}}
    vat_before = {key: Decimal(vat) for key, vat in row["credited"]["vat"].items()}
    number, place = changes.next_number(issuer, issuer.credit_series, day)
    note = _note(invoice, issuer, taken_lines, (after, vat_before), (credit_id, number, day, reason))
    refuse_beyond(Decimal(left_of(row)).scaleb(-2), most_of(invoice, before, vat_before), note.total)
    changes.insert_invoice(
        note,
        place,
        customer_id=row["customer_id"],
        issuer_id=issuer.id,
        run_id=None,
        wants_calls=False,
        wants_mail=mail,
    )
    changes.change(credit_id, {"$set": {"credit_of": row["_id"]}})
    _take(changes, row, note, after, vat_before)
    changes.add_job(FINISH, {"invoice_id": credit_id}, row["customer_id"])
    tell_issued(changes, acting, row["customer_id"], note, reason)
    return {"id": credit_id, "number": number, "total": f"{note.total:.2f}", "credits": invoice.number}


def _note(
    invoice: Invoice,
    issuer: Issuer,
    lines: list[Line],
    credited: tuple[dict[int, Decimal], dict[str, Decimal]],
    facts: tuple[str, str, dt.date, str],
) -> Invoice:
    """The credit note itself: parties as they were on the invoice, so that the two match."""
    credit_id, number, day, reason = facts
    totals = credit_totals(invoice, lines, *credited)
    net = sum((line.net for line in lines), ZERO)
    vat = sum((total.vat for total in totals), ZERO)
    return msgspec.structs.replace(
        invoice,
        id=credit_id,
        number=number,
        kind="credit",
        series=issuer.credit_series,
        issued_on=day,
        due_on=day,
        lines=tuple(lines),
        vat_totals=totals,
        net=net,
        vat=vat,
        total=net + vat,
        payment=Payment(method="transfer", days=0, due_on=day),
        number_totals=(),
        credits=Credited(number=invoice.number, issued_on=invoice.issued_on),
        note=reason,
    )


def _take(
    changes: Changes, row: Document, note: Invoice, after: dict[int, Decimal], vat_before: dict[str, Decimal]
) -> None:
    """Write on the invoice what was credited of it, and that it is credited when nothing is left."""
    vat = dict(vat_before)
    for total in note.vat_totals:
        key = rate_key(total.category, total.percentage)
        vat[key] = vat.get(key, ZERO) + total.vat
    credited = row["credited"]["total"] + cents(note.total)
    values: Document = {
        "credited": {
            "lines": {str(place): str(net) for place, net in after.items()},
            "vat": {key: str(amount) for key, amount in vat.items()},
            "total": credited,
        }
    }
    if credited == row["total"]:
        values["status"] = "credited"
    changes.change(row["_id"], {"$set": values})
