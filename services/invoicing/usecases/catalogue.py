"""What staff of the operator set up: products, issuers, accounts."""

from __future__ import annotations

from typing import Any

import msgspec

from services.invoicing.domain.charges import Product
from services.invoicing.domain.invoice import Seller
from services.invoicing.domain.parties import Account, Issuer
from services.invoicing.store import Changes, Store
from services.invoicing.usecases.common import Clock, may_see
from services.invoicing.views.replies import account_reply, issuer_reply, product_reply
from shared.acting import Acting
from shared.errors import Conflict, Invalid, NotFound
from shared.events.audit import Subject
from shared.ids import new_id
from shared.words import gettext as _

Reply = dict[str, Any]


def save_product(
    store: Store, clock: Clock, acting: Acting, *, revision: int, command_id: str, **values: Any
) -> Reply:
    """A new product (revision 0) or a changed one. A new price counts for what is not billed yet."""
    acting.require_staff()

    def work(changes: Changes) -> Reply:
        old = changes.product(values["code"])
        _same(old.revision if old else 0, revision)
        new = Product(**values, revision=revision + 1)
        changes.save_product(new)
        subject = Subject(kind="product", id=new.code, name=new.description)
        action = "product.changed" if old else "product.added"
        changes.record(acting, None, action, subject, product_reply(old) if old else None, product_reply(new))
        return product_reply(new)

    return store.once(acting, command_id, _asked("save_product", revision, values), clock(), work)


def save_issuer(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    issuer_id: str | None,
    revision: int,
    seller: dict[str, Any],
    logo: bytes | None,
    command_id: str,
    **values: Any,
) -> Reply:
    """A new issuer or a changed one; ``logo`` None leaves the logo as it is."""
    acting.require_staff()
    made_id = issuer_id or new_id()

    def work(changes: Changes) -> Reply:
        old = changes.issuer(issuer_id) if issuer_id else None
        if issuer_id and old is None:
            raise NotFound()
        _same(old.revision if old else 0, revision)
        issuers = changes.issuers()
        _one_of_a_partner(issuers, made_id, values["partner_id"])
        kept = old.seller.logo if old and logo is None else logo or b""
        new = Issuer(id=made_id, seller=Seller(**seller, logo=kept), revision=revision + 1, **values)
        if not issuers:
            new = msgspec.structs.replace(new, is_default=True)
        changes.save_issuer(new)
        subject = Subject(kind="issuer", id=new.id, name=new.seller.name)
        before = issuer_reply(old) if old else None
        action = "issuer.changed" if old else "issuer.added"
        changes.record(acting, None, action, subject, _hidden(before), _hidden(issuer_reply(new)))
        return issuer_reply(new)

    request = _asked("save_issuer", issuer_id, revision, seller, logo, values)
    return store.once(acting, command_id, request, clock(), work)


def _one_of_a_partner(issuers: dict[str, Issuer], issuer_id: str, partner_id: str | None) -> None:
    taken = [each for each in issuers.values() if partner_id and each.partner_id == partner_id]
    if any(each.id != issuer_id for each in taken):
        raise Conflict(_("Deze partner heeft al een afzender: %(name)s.", name=taken[0].seller.name))


def save_account(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    customer_id: str,
    revision: int,
    command_id: str,
    **values: Any,
) -> Reply:
    """How a customer is billed from the next invoice on; fields that are not sent stay as they are."""
    acting.require_staff()
    customer = may_see(store, acting, customer_id)

    def work(changes: Changes) -> Reply:
        old = changes.account(customer_id)
        _same(old.revision, revision)
        new: Account = msgspec.structs.replace(old, **values, revision=revision + 1)
        _whole(changes, old, new)
        changes.save_account(new)
        subject = Subject(kind="billing_account", id=customer_id, name=customer.name)
        before, after = _hidden(account_reply(old)), _hidden(account_reply(new))
        changes.record(acting, customer_id, "billing_account.changed", subject, before, after)
        return account_reply(new)

    return store.once(
        acting, command_id, _asked("save_account", customer_id, revision, values), clock(), work
    )


def _whole(changes: Changes, before: Account, account: Account) -> None:
    """Raise Invalid when what was filled in does not fit together. A first day that stands may stay: accounts
    of before can have any."""
    wrong: dict[str, list[str]] = {}
    begins = account.bills_from
    if begins and begins.day != 1 and begins != before.bills_from:
        wrong["bills_from"] = [
            _("Verbruik komt per hele maand op de factuur. Kies de eerste van een maand, zoals 01-12-2026.")
        ]
    if account.issuer_id and changes.issuer(account.issuer_id) is None:
        wrong["issuer_id"] = [_("Deze afzender bestaat niet.")]
    if account.pays_by == "direct_debit":
        needed = _("Vul dit in om te kunnen incasseren.")
        for name in ("iban", "mandate_id", "mandate_signed_on"):
            if not getattr(account, name):
                wrong[name] = [needed]
    unknown = [code for code in account.prices if changes.product(code) is None]
    if unknown:
        wrong["prices"] = [_("Produkt %(code)s bestaat niet.", code=unknown[0])]
    if wrong:
        raise Invalid(fields=wrong)


def _same(found: int, wanted: int) -> None:
    if found != wanted:
        raise Conflict(_("Iemand anders heeft dit intussen gewijzigd. Kijk eerst wat er nu staat."))


def _hidden(told: Reply | None) -> Reply | None:
    """Bank accounts for the audit log: their last four digits."""
    if told is None:
        return None
    if "seller" in told:
        return {**told, "seller": _hidden(told["seller"])}
    return {**told, "iban": f"… {told['iban'][-4:]}" if told["iban"] else ""}


def _asked(*parts: object) -> tuple[object, ...]:
    return tuple(sorted(part.items(), key=str) if isinstance(part, dict) else part for part in parts)
