"""Which customers and partners there are, and what is known of them (ID-12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.identity.domain import customers
from services.identity.domain.customers import Customer, Kind
from services.identity.schemas.company_replies import company_reply
from services.identity.schemas.replies import Reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import Clock
from services.identity.usecases.reach import Reach, seen_company, staff_reach, still_staff
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid
from shared.events.audit import Subject
from shared.ids import new_id
from shared.words import gettext as _

PUBLISH_BATCH = 200
_NOT_TOLD = ("id", "number", "revision")
"""Fields that the audit log knows already, or that grow by themselves."""


def ensure_operator(store: Store, clock: Clock, name: str) -> None:
    """The root of the tree is there from the first start on."""
    if store.operator():
        return

    def work(changes: Changes) -> Reply:
        number = changes.next_number("customers", customers.FIRST_NUMBER)
        root = Customer(
            id=new_id(), number=number, name=name, kind=Kind.OPERATOR, parent_id=None, products=()
        )
        changes.add_customer(root)
        return company_reply(root, None, 0)

    store.once("ensure-operator", (), clock(), work)


def create_customer(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    told: Mapping[str, Any],
    kind: str,
    parent_id: str | None,
    command_id: str,
    reason: str = "",
) -> Reply:
    """A customer or partner, below the operator unless ``parent_id`` names a partner; a partner makes
    customers, below itself."""
    partner_id = acting.require_console()
    if partner_id and Kind(kind) is not Kind.CUSTOMER:
        raise Forbidden()
    fields, below = customers.told(told), parent_id or partner_id

    def work(changes: Changes) -> Reply:
        still_staff(changes, acting)
        parent = _parent(changes, Reach(partner_id=partner_id), Kind(kind), below)
        customer = Customer(
            id=new_id(),
            number=changes.next_number("customers", customers.FIRST_NUMBER),
            kind=Kind(kind),
            parent_id=parent.id,
            **fields,
        )
        changes.add_customer(customer)
        _record(changes, acting, "created", None, customer, reason)
        return company_reply(customer, parent.name, 0)

    request = ("create_customer", fields, kind, below)
    return store.once(f"{partner_id or 'staff'}:{command_id}", request, clock(), work)


def change_customer(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    customer_id: str,
    revision: int,
    told: Mapping[str, Any],
    command_id: str,
    reason: str = "",
    **place: str | None,
) -> Reply:
    """Change what is told of a company; what is not told stays. ``place``: its ``kind`` and ``parent_id``.

    Conflict when it is not at ``revision`` any more: somebody else has changed it meanwhile.
    """
    reach, fields = staff_reach(acting), customers.told(told)

    def work(changes: Changes) -> Reply:
        before = seen_company(changes, reach, customer_id)
        still_staff(changes, acting)
        if before.revision != revision:
            raise Conflict(_("%(name)s is intussen gewijzigd. Kijk wat er nu staat.", name=before.name))
        after = customers.with_told(before, fields | _place(changes, acting, before, place))
        if after != before:
            changes.save_customer(after)
            _record(changes, acting, "changed", before, after, reason)
            if (after.kind, after.products) != (before.kind, before.products):
                changes.end_sessions(after)
        return company_reply(after, changes.parent_name(after), changes.users_in(after))

    request = ("change_customer", customer_id, revision, fields, place)
    return store.once(f"{reach.name}:{command_id}", request, clock(), work)


def republish(store: Store, clock: Clock) -> Reply:
    """Queue the state of every company again, so that a new consumer learns all of them.

    Revisions stay as they are: whoever knows them already sees nothing new. A change that runs at
    the same time may be told before an older state of it; its higher revision wins.
    """
    count, after = 0, 0

    def batch_of(changes: Changes) -> list[Customer]:
        batch = changes.customers_after(after, PUBLISH_BATCH)
        changes.tell_of(*batch)
        return batch

    while batch := store.together(clock(), batch_of):
        count, after = count + len(batch), batch[-1].number
    return {"events": count}


def _place(
    changes: Changes, acting: Acting, before: Customer, told: Mapping[str, str | None]
) -> dict[str, Any]:
    """Where the company stands in the tree from now on. Only operator staff move one."""
    kind = Kind(told.get("kind") or before.kind)
    same_parent = "parent_id" not in told or told["parent_id"] == before.parent_id
    if kind is before.kind and same_parent:
        return {}
    acting.require_staff()
    changes.hold_users(before.id)
    customers.check_kind(before, kind, below=changes.customers_below(before.id))
    if kind is Kind.OPERATOR:
        raise Conflict(_("De operator staat bovenaan en kan nergens onder."))
    wanted = before.parent_id if same_parent else told["parent_id"]
    return {"kind": kind, "parent_id": _parent(changes, Reach(), kind, wanted).id}


def _parent(changes: Changes, reach: Reach, kind: Kind, parent_id: str | None) -> Customer:
    """The company that one of this kind goes below, which stays what it is until the command ends."""
    parent = changes.customer(parent_id) if parent_id else changes.operator()
    if parent is None or not reach.includes(parent):
        raise Invalid(fields={"parent_id": [_("Deze partner bestaat niet.")]})
    customers.check_parent(kind, parent)
    changes.hold_users(parent.id)
    return parent


def _record(
    changes: Changes, acting: Acting, verb: str, before: Customer | None, after: Customer, reason: str
) -> None:
    subject = Subject(kind="customer", id=after.id, name=after.name)
    changes.record(
        acting, after.id, f"customer.{verb}", subject, _facts(changes, before), _facts(changes, after), reason
    )


def _facts(changes: Changes, customer: Customer | None) -> dict[str, Any]:
    """With the parent's name, which tells more than an ID."""
    if customer is None:
        return {}
    told = {name: value for name, value in asdict(customer).items() if name not in _NOT_TOLD}
    return told | {"parent": changes.parent_name(customer)}
