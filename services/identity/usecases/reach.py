"""Whose companies and users somebody works on (ID-04, ID-12).

A user manager works on one customer, operator staff on all, a partner's staff on the partner and its
customers. Staff of scope ``customer`` work on that one. What is out of reach looks as if it were not
there. The context of a call may be a minute old, so a change looks again in its own transaction.

Colleagues are for who has *Gebruikersmanagement*, also among staff: the user, and what they act with now,
which for a program may be less.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.identity.domain import users
from services.identity.domain.customers import Customer, Kind
from services.identity.domain.users import Role, User
from services.identity.store import Changes, Store
from shared.acting import Acting
from shared.errors import Forbidden, Invalid, NotFound
from shared.words import gettext as _


@dataclass(frozen=True)
class Reach:
    """One company, a partner with its customers, or (neither) all of them."""

    customer_id: str | None = None
    partner_id: str | None = None

    @property
    def name(self) -> str:
        """Another's command of the same ID is another command: this stands before it."""
        return self.customer_id or self.partner_id or "staff"

    def includes(self, company: Customer) -> bool:
        if self.customer_id:
            return company.id == self.customer_id
        return not self.partner_id or self.partner_id in (company.id, company.parent_id)


def reach_of(acting: Acting) -> Reach:
    """How far a user manager or a staff member reaches. Forbidden for anybody else."""
    if acting.kind == "staff":
        return staff_reach(acting)
    acting.require(Role.USER_MANAGEMENT)
    return Reach(customer_id=acting.require_customer())


def staff_reach(acting: Acting) -> Reach:
    """How far a staff member reaches. Forbidden for anybody else."""
    if acting.kind == "staff" and acting.scope == "customer" and acting.customer_id:
        return Reach(customer_id=acting.customer_id)
    return Reach(partner_id=acting.require_console())


def company_of(acting: Acting, customer_id: str | None) -> str:
    """Which company a call is about: staff may name one (else it is their own), others never do."""
    if acting.kind != "staff":
        own = acting.require_customer()
        if customer_id not in (None, own):
            raise NotFound()
        return own
    chosen = customer_id or acting.customer_id
    if chosen is None:
        raise Invalid(fields={"customer_id": [_("Kies een klant.")]})
    return chosen


def seen_company(where: Store | Changes, reach: Reach, customer_id: str) -> Customer:
    """The company; NotFound out of reach."""
    company = where.customer(customer_id)
    if company is None or not reach.includes(company):
        raise NotFound()
    return company


def seen_people(store: Store, acting: Acting, reach: Reach, customer_id: str) -> Customer:
    """The company, whose users are read; NotFound out of reach. Forbidden for staff without
    *Gebruikersmanagement* whose colleagues they are."""
    company = seen_company(store, reach, customer_id)
    if acting.kind == "staff" and acting.user_id:
        actor = store.user_by_id(acting.user_id)
        if actor is None or actor.customer_id == company.id:
            acting.require(Role.USER_MANAGEMENT)
    return company


def seen_user(store: Store, reach: Reach, user_id: str) -> User:
    """The user, of a company within reach; NotFound else."""
    user = store.user_by_id(user_id)
    if user is None:
        raise NotFound()
    seen_company(store, reach, user.customer_id)
    return user


def managed_company(changes: Changes, acting: Acting, reach: Reach, customer_id: str) -> Customer:
    """The company, whose users this command changes, alone until it ends.

    NotFound out of reach; Forbidden for who lost the right a moment ago.
    """
    company = seen_company(changes, reach, customer_id)
    changes.hold_users(company.id)
    still_may(changes, acting, company)
    return company


def managed_user(changes: Changes, acting: Acting, reach: Reach, user_id: str) -> User:
    """The user whom this command changes; raises like :func:`managed_company`. A program changes anybody but
    the user it acts for."""
    if acting.program and user_id == acting.user_id:
        raise Forbidden(_("Een programma wijzigt het account niet waarvan het token is."))
    user = changes.user_by_id(user_id)
    if user is None:
        raise NotFound()
    managed_company(changes, acting, reach, user.customer_id)
    return user


def still_may(changes: Changes, acting: Acting, company: Customer) -> None:
    """Look again at who acts: roles, a block or a move of the company may be a second old."""
    if acting.kind == "staff" or acting.viewed_by:
        still_staff(changes, acting, company)
    else:
        _require_manager(changes.user(acting.user_id or "", company.id))


def still_staff(changes: Changes, acting: Acting, company: Customer | None = None) -> None:
    """The staff member may still log in, and the company is theirs to work on. People of one's own
    company (colleagues) are for who has *Gebruikersmanagement* there. The command line is nobody's login.
    """
    if acting.user_id is None:
        return
    actor = changes.user_by_id(acting.user_id)
    own = changes.customer(actor.customer_id) if actor else None
    if actor is None or own is None or actor.blocked or own.kind is Kind.CUSTOMER:
        raise Forbidden()
    if company is None:
        return
    if own.kind is Kind.PARTNER and not Reach(partner_id=own.id).includes(company):
        raise NotFound()
    if company.id == own.id:
        acting.require(Role.USER_MANAGEMENT)
        _require_manager(actor)


def _require_manager(actor: User | None) -> None:
    if actor is None or not users.is_manager(actor):
        raise Forbidden(role=Role.USER_MANAGEMENT.value)
