"""What staff put on a customer's invoices: recurring and one-off charges, discounts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from services.invoicing.domain.charges import Charge, Product
from services.invoicing.store import Changes, Store
from services.invoicing.usecases.common import Clock, may_see
from services.invoicing.views.replies import charge_reply
from shared.acting import Acting
from shared.errors import Conflict, Invalid, NotFound
from shared.events.audit import Subject
from shared.ids import new_id
from shared.words import gettext as _

Reply = dict[str, Any]
_PER = {"recurring": "month", "one_off": "once"}


def add_charge(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    customer_id: str,
    product: str,
    command_id: str,
    **values: Any,
) -> Reply:
    """A new charge; of a ``product`` it takes what is not filled in: description, price (the customer's own
    if there is one), VAT."""
    acting.require_staff()
    customer = may_see(store, acting, customer_id)
    charge_id = new_id()

    def work(changes: Changes) -> Reply:
        filled = values
        if product:
            found = changes.product(product)
            filled = _of_product(found, changes.account(customer_id).prices, product, values)
        charge = _whole(Charge(id=charge_id, customer_id=customer_id, product=product, **_known(filled)))
        changes.save_charge(charge)
        subject = Subject(kind="charge", id=charge.id, name=charge.description)
        changes.record(acting, customer_id, "charge.added", subject, None, charge_reply(charge))
        return charge_reply(charge)

    request = ("add_charge", customer.id, product, *sorted((n, str(v)) for n, v in values.items()))
    return store.once(acting, command_id, request, clock(), work)


def _of_product(
    product: Product | None, own: dict[str, Decimal], code: str, values: dict[str, Any]
) -> dict[str, Any]:
    if product is None:
        raise Invalid(fields={"product": [_("Produkt %(code)s bestaat niet.", code=code)]})
    if _PER.get(values["kind"], product.per) != product.per:
        raise Invalid(fields={"product": [_("Dit produkt heeft geen prijs van die soort.")]})
    preset = {
        "description": product.description,
        "price": own.get(code, product.price),
        "vat": product.vat,
    }
    return {**values, **{name: value for name, value in preset.items() if not _is_given(values.get(name))}}


def _is_given(value: object) -> bool:
    return value is not None and value != ""


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """Without what was left open."""
    return {name: value for name, value in values.items() if value is not None}


def _whole(charge: Charge) -> Charge:
    """Raise Invalid for what does not fit together."""
    wrong: dict[str, list[str]] = {}
    if not charge.description:
        wrong["description"] = [_("Vul dit in.")]
    if charge.ends is not None and charge.ends < charge.starts:
        wrong["ends"] = [_("Het einde ligt voor het begin.")]
    if charge.kind != "discount" and charge.percentage is not None:
        wrong["percentage"] = [_("Een percentage hoort bij een korting.")]
    if charge.kind != "one_off" and charge.quantity <= 0:
        wrong["quantity"] = [_("Vul een getal boven 0 in.")]
    if wrong:
        raise Invalid(fields=wrong)
    return charge


def end_charge(
    store: Store, clock: Clock, acting: Acting, *, charge_id: str, ends: dt.date | None, command_id: str
) -> Reply:
    """The last day of a recurring charge or a discount; what was billed of later days is given back on the
    next invoice. A one-off that is not on an invoice yet goes away. Conflict for one that is."""
    acting.require_staff()

    def work(changes: Changes) -> Reply:
        old = changes.charge(charge_id)
        if old is None:
            raise NotFound()
        subject = Subject(kind="charge", id=old.id, name=old.description)
        if old.kind == "one_off":
            if old.invoice_id is not None:
                raise Conflict(_("Deze kosten staan al op een factuur. Crediteer die regel."))
            changes.drop_charge(charge_id)
            changes.record(acting, old.customer_id, "charge.removed", subject, charge_reply(old), None)
            return charge_reply(old)
        if ends is None:
            raise Invalid(fields={"ends": [_("Vul dit in.")]})
        # The day before the start: it never was.
        new: Charge = msgspec.structs.replace(old, ends=max(ends, old.starts - dt.timedelta(days=1)))
        changes.save_charge(new)
        changes.record(acting, old.customer_id, "charge.ended", subject, charge_reply(old), charge_reply(new))
        return charge_reply(new)

    return store.once(acting, command_id, ("end_charge", charge_id, ends), clock(), work)
