"""Setting warning limits: customers theirs, partners the defaults of their customers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.mobile.domain import limits as domain
from services.mobile.domain.limits import CUSTOMER_TOTAL, LIMITS, Limit, Setting
from services.mobile.domain.months import month_of
from services.mobile.domain.subscriptions import Subscription
from services.mobile.schemas import Reply
from services.mobile.store import Changes, Store
from services.mobile.usecases import common
from services.mobile.usecases.common import Clock, asked, reached, subject_of
from services.mobile.usecases.warnings import Touched, warn
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid
from shared.events.audit import Subject
from shared.words import gettext as _


def set_customer_limit(
    store: Store, clock: Clock, acting: Acting, *, amount: str | None, command_id: str
) -> Reply:
    """The limit of all subscriptions together; None: no warning, ``default``: the partner's."""
    customer_id = acting.require_customer()
    acting.require(common.ACCESS, common.LIMITS)
    now = clock()
    wanted = _named("amount", amount, CUSTOMER_TOTAL, now)

    def work(changes: Changes) -> Reply:
        subject = Subject(kind="mobile_limit", id=customer_id, name=str(CUSTOMER_TOTAL.name))
        _set(changes, acting, customer_id, ("", CUSTOMER_TOTAL.code), wanted, subject)
        month = changes.customer_month(customer_id, month_of(now))
        changes.save_months(month, ())
        warn(changes, now, Touched(month))
        return _said(wanted, CUSTOMER_TOTAL)

    return store.once(command_id, asked(acting, "set_customer_limit", amount), now, work)


def set_limit(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    subscription_id: str,
    code: str,
    value: str | None,
    command_id: str,
) -> Reply:
    """A limit of one subscription; None: no warning, ``default``: the partner's. Invalid for what does not
    fit, is fixed, or is of a module that is not on; Conflict for a subscription that has ended."""
    now = clock()

    def work(changes: Changes) -> Reply:
        found = reached(changes.subscription(subscription_id), acting, common.LIMITS)
        limit = _changeable(found, code, now)
        wanted = _named("value", value, limit, now)
        _set(changes, acting, found.customer_id, (found.id, code), wanted, subject_of(found))
        month = changes.customer_month(found.customer_id, month_of(now))
        changes.save_months(month, ())
        own = changes.subscription_months(found.customer_id, [(found.id, month.month)])
        warn(changes, now, Touched(month, {found.id: own[found.id, month.month]}))
        return _said(wanted, limit)

    return store.once(command_id, asked(acting, "set_limit", subscription_id, code, value), now, work)


def set_partner_defaults(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    limits: dict[str, str | None],
    command_id: str,
    partner_id: str | None = None,
) -> Reply:
    """Defaults of a partner's customers; a code that is not named stays as it is, None takes it away.

    Partner staff set their own, operator staff any partner's (the operator's: for its own customers).
    They hold for usage that comes from now on.
    """
    whose = partner_of(acting, partner_id)
    now = clock()
    wanted = {code: _named(code, text, domain.limit_named(code), now) for code, text in limits.items()}

    def work(changes: Changes) -> Reply:
        before = changes.defaults(whose)
        after = {**before, **{code: setting for code, setting in wanted.items() if setting}}
        changes.save_defaults(whose, after)
        subject = Subject(kind="mobile_defaults", id=whose, name=_("Standaardlimieten mobiel"))
        changes.record(acting, whose, "mobile_defaults.changed", subject, _told(before), _told(after))
        return {"limits": _told(after)}

    what = ("set_partner_defaults", whose, tuple(sorted(limits.items(), key=str)))
    return store.once(command_id, asked(acting, *what), now, work)


def partner_of(acting: Acting, partner_id: str | None) -> str:
    """Whose defaults are meant. Raises Forbidden for a partner who names another."""
    own = acting.require_console()
    if own is None:
        if partner_id is None:
            raise Invalid(fields={"partner_id": [_("Vul dit in.")]})
        return partner_id
    if partner_id not in (None, own):
        raise Forbidden()
    return own


def _changeable(subscription: Subscription, code: str, now: datetime) -> Limit:
    if subscription.has_ended(now):
        raise Conflict(_("Dit abonnement is beëindigd. Er is niets meer om voor te waarschuwen."))
    limit = LIMITS[code]
    if limit not in domain.visible(subscription, now):
        raise Invalid(fields={"value": [_("%(name)s is bij dit abonnement niet actief.", name=limit.name)]})
    if limit.fixed:
        raise Invalid(fields={"value": [_("Deze waarschuwing staat vast op 80 en 100 %%.")]})
    return limit


def _named(field: str, text: str | None, limit: Limit, now: datetime) -> Setting | None:
    """What was filled in; what is wrong with it stands beside the caller's field."""
    try:
        return domain.changed_setting(text, limit, now)
    except Invalid as problem:
        raise Invalid(fields={field: problem.fields["value"]}) from None


def _set(
    changes: Changes,
    acting: Acting,
    customer_id: str,
    place: tuple[str, str],
    wanted: Setting | None,
    subject: Subject,
) -> None:
    limit = domain.limit_named(place[1])
    before = changes.settings(customer_id, (place[0],)).get(place)
    changes.set_limit(customer_id, place, wanted)
    changes.record(
        acting,
        customer_id,
        "mobile_limit.changed",
        subject,
        {"limit": place[1], "value": _value(before, limit)},
        {"limit": place[1], "value": _value(wanted, limit)},
    )


def _value(setting: Setting | None, limit: Limit) -> str | None:
    """As the log tells it: a number, none, or default."""
    if setting is None:
        return "default"
    return None if setting.value is None else limit.shown(setting.value)


def _said(setting: Setting | None, limit: Limit) -> Reply:
    return {"value": _value(setting, limit)}


def _told(defaults: dict[str, Setting]) -> dict[str, Any]:
    return {
        code: None if s.value is None else domain.limit_named(code).shown(s.value)
        for code, s in defaults.items()
    }
