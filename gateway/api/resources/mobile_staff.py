"""Mobile subscriptions, for staff: making, changing and ending them, and what was agreed on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import Schema

from gateway.access import staff
from gateway.api.frame import DONE, Done, Made, changes, reads, resource
from gateway.api.requests import After
from gateway.api.staff_requests import (
    BlocksBody,
    DefaultsBody,
    EndModuleBody,
    EndSubscriptionBody,
    MobileNumberBody,
    MobileTermsBody,
    ModuleBody,
    NewSubscriptionBody,
    PartnerQuery,
    ProductBody,
    SimBody,
    SimOrdersQuery,
)
from gateway.models.mobile import Subscription
from gateway.models.mobile_staff import Catalogue, Defaults, SimOrders, Subscriptions, Terms
from gateway.pages.acting import acting, acting_for
from gateway.parts import parts
from shared.errors import Invalid, NotFound

pages = resource("mobile_staff", "Mobile subscriptions, for staff.")
operator = staff()
console = staff(partners=True)
HERE = "/customers/<id:customer_id>/mobile"
ONE = f"{HERE}/subscriptions/<id:subscription_id>"
TERMS = f"{HERE}/terms"


@reads(pages, "/mobile-catalogue", Catalogue, console)
def catalogue() -> Catalogue:
    """Products, modules and blocks there are."""
    return parts().mobile_staff.catalogue(acting())


@reads(pages, f"{HERE}/subscriptions", Subscriptions, console, After)
def listing(query: dict[str, Any], customer_id: str) -> Subscriptions:
    """A customer's subscriptions, ended ones too, 100 at a time."""
    return parts().mobile_staff.subscriptions(acting_for(customer_id), customer_id, query["after"])


@changes(pages, "POST", f"{HERE}/subscriptions", operator, NewSubscriptionBody, Made, 201)
def create(key: str, body: dict[str, Any], customer_id: str) -> Made:
    """A new subscription."""
    acting_for(customer_id)  # NotFound for another's
    fields = {"customer_id": customer_id, **_plain(body)}
    made = parts().mobile_staff.change(acting(), key, "create_subscription", **fields)
    return Made(id=str(made["id"]))


@reads(pages, ONE, Subscription, console)
def show(customer_id: str, subscription_id: str) -> Subscription:
    """One subscription."""
    return parts().mobile.subscription(acting_for(customer_id), subscription_id)


def _changing(name: str, said: str, method: str, path: str, body: type[Schema], rule: Any) -> Any:
    """An address that changes one thing of a subscription."""

    def change(key: str, body: dict[str, Any], customer_id: str, subscription_id: str) -> Done:
        bound = acting_for(customer_id)
        parts().mobile.subscription(bound, subscription_id)  # another customer's is not found here
        who = acting() if rule is operator else bound
        fields = {"subscription_id": subscription_id, **_plain(body)}
        parts().mobile_staff.change(who, key, method, **fields)
        return DONE

    change.__name__, change.__doc__ = name, said
    verb = "POST" if path in ("modules", "modules/end", "end") else "PUT"
    return changes(pages, verb, f"{ONE}/{path}", rule, body)(change)


_changing("change_sim", "Another SIM card, at once.", "change_sim", "sim", SimBody, console)
_changing("add_module", "A module from a day on.", "add_module", "modules", ModuleBody, console)
_changing("end_module", "No module from a day on.", "end_module", "modules/end", EndModuleBody, console)
_changing("set_blocks", "Set its blocks: all of them.", "set_blocks", "blocks", BlocksBody, console)
_changing("change_number", "Another number.", "change_number", "number", MobileNumberBody, operator)
_changing("change_product", "Another product.", "change_product", "product", ProductBody, operator)
_changing("end", "End it on a day.", "end_subscription", "end", EndSubscriptionBody, operator)


@reads(pages, TERMS, Terms, operator)
def terms(customer_id: str) -> Terms:
    """What was agreed on with a customer, by month."""
    acting_for(customer_id)  # NotFound for another's
    return parts().mobile_staff.terms(acting(), customer_id)


@changes(pages, "PUT", TERMS, operator, MobileTermsBody)
def set_terms(key: str, body: dict[str, Any], customer_id: str) -> Done:
    """Agree on something from a month on; what was said of that month before is replaced."""
    acting_for(customer_id)  # NotFound for another's
    bundles = [_plain(one) for one in body.pop("bundles")]
    fields = {"customer_id": customer_id, "bundles": bundles, **_plain(body)}
    parts().mobile_staff.change(acting(), key, "set_terms", **fields)
    return DONE


@reads(pages, "/mobile-defaults", Defaults, console, PartnerQuery)
def defaults(query: dict[str, Any]) -> Defaults:
    """The limits that a partner's customers begin with; the operator names the partner."""
    try:
        return parts().mobile_staff.defaults(acting(), query["partner_id"])
    except Invalid as error:
        raise NotFound() from error


@changes(pages, "PUT", "/mobile-defaults", console, DefaultsBody)
def set_defaults(key: str, body: dict[str, Any]) -> Done:
    """Change them; customers who set their own keep it."""
    about = {"partner_id": body["partner_id"]} if body["partner_id"] else {}
    parts().mobile_staff.change(acting(), key, "set_partner_defaults", limits=body["limits"], **about)
    return DONE


@reads(pages, "/sim-orders", SimOrders, operator, SimOrdersQuery)
def orders(query: dict[str, Any]) -> SimOrders:
    """What carriers were asked about SIM cards, newest first."""
    return parts().mobile_staff.orders(acting(), query["state"], query["after"])


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As they travel: days and amounts as text."""
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value
