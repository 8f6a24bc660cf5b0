"""What comes in by RPC and what goes out. Days are days in Amsterdam, written 2026-12-01."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.mobile.domain import PRODUCTS, Subscription, day_of, mobile_number
from shared.schema import Base, one_of
from shared.words import lazy_gettext

LARGEST_PAGE = 1000
LONGEST_LABEL = 40

Reply = dict[str, Any]


class MobileNumber(fields.String):
    """A Dutch mobile number in any usual notation; becomes E.164."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            return mobile_number(text)
        except ValueError as problem:
            raise ValidationError(str(problem)) from problem


def day() -> fields.Date:
    error = lazy_gettext("Kies een dag van 2000 tot en met 2099.")
    years = validate.Range(date(2000, 1, 1), date(2099, 12, 31), error=error)
    return fields.Date(required=True, validate=years)


def random_id(required: bool = True) -> fields.String:
    pattern = validate.Regexp(r"^[0-9a-f]{32}\Z", error=lazy_gettext("Dit is geen geldig kenmerk."))
    return fields.String(required=required, allow_none=not required, validate=pattern)


def command_id() -> fields.String:
    """Chosen by the caller; the same call with the same ID has one effect and one answer."""
    error = lazy_gettext("Gebruik 8 tot en met 64 letters en cijfers.")
    pattern = validate.Regexp(r"^[0-9A-Za-z_.:-]{8,64}\Z", error=error)
    return fields.String(required=True, validate=pattern)


def sim_number() -> fields.String:
    """An ICCID as it is printed on the card: 89 and 17 or 18 more digits (ITU-T E.118)."""
    error = lazy_gettext("Een SIM-nummer heeft 19 of 20 cijfers en begint met 89.")
    pattern = validate.Regexp(r"^(89[0-9]{17,18})?\Z", error=error)
    return fields.String(load_default="", validate=pattern)


def label() -> fields.String:
    """No control characters, and no halves of characters (JSON can carry both)."""
    error = lazy_gettext("Gebruik ten hoogste %(longest_label)s gewone tekens.", longest_label=LONGEST_LABEL)
    pattern = validate.Regexp(rf"^[^\x00-\x1f\x7f\ud800-\udfff]{{0,{LONGEST_LABEL}}}\Z", error=error)
    return fields.String(load_default="", validate=pattern)


class CreateSubscription(Base):
    customer_id = random_id()
    product = fields.String(required=True, validate=one_of(*PRODUCTS))
    number = MobileNumber(required=True)
    active_from = day()
    sim_number = sim_number()
    label = label()
    command_id = command_id()


class ChangeNumber(Base):
    subscription_id = random_id()
    number = MobileNumber(required=True)
    valid_from = day()
    command_id = command_id()


class EndSubscription(Base):
    """``ended_at`` is the first day on which the subscription is no more."""

    subscription_id = random_id()
    ended_at = day()
    command_id = command_id()


class Subscriptions(Base):
    """``after``: the ID of the last row of the page before. ``customer_id``: for staff only."""

    customer_id = random_id(required=False)
    after = random_id(required=False)
    limit = fields.Integer(
        strict=True,
        load_default=500,
        validate=validate.Range(1, LARGEST_PAGE, error=lazy_gettext("Kies 1 tot en met {max}.")),
    )


def subscription_reply(subscription: Subscription, now: datetime) -> Reply:
    """``number`` is the number now; ``numbers`` the whole history."""
    return {
        "id": subscription.id,
        "customer_id": subscription.customer_id,
        "number": subscription.number_at(now),
        "product": subscription.product,
        "product_name": PRODUCTS[subscription.product],
        "sim_number": subscription.sim_number,
        "label": subscription.label,
        "active_from": _written(subscription.active_from),
        "ended_at": _written(subscription.ended_at),
        "numbers": [
            {"number": t.number, "valid_from": _written(t.start), "valid_to": _written(t.end)}
            for t in subscription.numbers
        ],
        "revision": subscription.revision,
    }


def page_reply(rows: list[Reply], last_id: str | None) -> Reply:
    """``next`` goes into the next call's ``after``; None on the last page."""
    return {"rows": rows, "next": last_id}


def _written(moment: datetime | None) -> str | None:
    return day_of(moment).isoformat() if moment else None
