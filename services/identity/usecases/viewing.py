"""Staff who see the portal as one of its customers does (ID-12): told to that customer, with the reason."""

from __future__ import annotations

from services.identity.domain.customers import Customer, Kind
from services.identity.schemas.company_replies import viewed_reply
from services.identity.schemas.replies import Reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import Clock
from services.identity.usecases.reach import seen_company, staff_reach, still_staff
from shared.acting import Acting
from shared.errors import Conflict
from shared.events.audit import Subject
from shared.words import gettext as _


def view_as(
    store: Store, clock: Clock, acting: Acting, *, customer_id: str, reason: str, command_id: str
) -> Reply:
    """Begin. Conflict for a partner or the operator: their people have no portal to look along with."""
    reach = staff_reach(acting)

    def work(changes: Changes) -> Reply:
        customer = seen_company(changes, reach, customer_id)
        still_staff(changes, acting, customer)
        if customer.kind is not Kind.CUSTOMER:
            raise Conflict(
                _("%(name)s is geen klant. Meekijken kan alleen bij een klant.", name=customer.name)
            )
        changes.record(acting, customer.id, "customer.viewed", _subject(customer), reason=reason)
        return viewed_reply(customer)

    request = ("view_as", customer_id, reason)
    return store.once(f"{acting.user_id or reach.name}:{command_id}", request, clock(), work)


def end_view(store: Store, clock: Clock, acting: Acting, *, customer_id: str, command_id: str) -> Reply:
    """End; also after the customer has moved out of one's sight."""
    reach = staff_reach(acting)

    def work(changes: Changes) -> Reply:
        customer = changes.customer(customer_id)
        if customer is not None:
            changes.record(acting, customer.id, "customer.view_ended", _subject(customer))
        return {}

    request = ("end_view", customer_id)
    return store.once(f"{acting.user_id or reach.name}:{command_id}", request, clock(), work)


def _subject(customer: Customer) -> Subject:
    return Subject(kind="customer", id=customer.id, name=customer.name)
