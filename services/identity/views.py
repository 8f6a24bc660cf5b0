"""What users and staff read."""

from __future__ import annotations

from services.identity.domain.customers import Kind
from services.identity.domain.mails import State
from services.identity.domain.users import Role
from services.identity.schemas.company_replies import company_reply
from services.identity.schemas.replies import (
    Reply,
    account_reply,
    mail_reply,
    user_reply,
    user_row,
)
from services.identity.store import Search, Store
from services.identity.usecases.checks import Clock, own_user
from services.identity.usecases.reach import (
    company_of,
    reach_of,
    seen_company,
    seen_people,
    seen_user,
    staff_reach,
)
from shared.acting import Acting
from shared.errors import Forbidden

MOST_NAMES = 5


def account(store: Store, acting: Acting) -> Reply:
    """The acting user as things stand now; Forbidden once blocked or gone."""
    user = own_user(store, acting)
    customer = store.customer(user.customer_id)
    if customer is None:
        raise Forbidden()
    return account_reply(user, customer, store.second_steps.lacks(user))


def second_step(store: Store, acting: Acting, *, customer_id: str | None) -> Reply:
    """The acting person's second step, and whether their company asks one of everybody; for a user manager
    also how many users lack one. Staff who name a company, or look along, read only what it asks."""
    along = bool(acting.viewed_by or customer_id)
    company_id = _asked_company(store, acting, customer_id) if along else own_user(store, acting).customer_id
    found = None if along else store.second_steps.find(acting.user_id or "")
    manages = along or Role.USER_MANAGEMENT in acting.roles
    return {
        "on": found is not None,
        "since": found.since if found else None,
        "recovery_left": len(found.recovery) if found else 0,
        "duty": store.second_steps.is_duty(company_id),
        "lacking": len(store.second_steps.users_without(company_id)) if manages else None,
    }


def _asked_company(store: Store, acting: Acting, customer_id: str | None) -> str:
    return seen_people(store, acting, reach_of(acting), company_of(acting, customer_id)).id


def customers(
    store: Store,
    acting: Acting,
    *,
    query: str | None,
    kind: str | None,
    parent_id: str | None,
    number: int | None,
    after: int | None,
    limit: int,
) -> Reply:
    """A page of the companies that staff see, by number; ``next`` goes into the next call's ``after``."""
    search = Search(
        partner_id=acting.require_console(),
        query=query or "",
        kind=Kind(kind) if kind else None,
        parent_id=parent_id,
        number=number,
        after=after or 0,
    )
    found = store.companies.page(search, limit)
    names = store.companies.names(company.parent_id for company in found)
    counts = store.companies.users(company.id for company in found)
    return {
        "rows": [company_reply(c, names.get(c.parent_id or ""), counts.get(c.id, 0)) for c in found],
        "next": found[-1].number if len(found) == limit else None,
    }


def customer(store: Store, acting: Acting, *, customer_id: str) -> Reply:
    """One company; NotFound when it is missing or not the staff member's to see."""
    found = seen_company(store, staff_reach(acting), customer_id)
    name = store.companies.names([found.parent_id]).get(found.parent_id or "")
    return company_reply(found, name, store.companies.users([found.id]).get(found.id, 0))


def users(
    store: Store, acting: Acting, *, query: str, page: int, size: int, customer_id: str | None = None
) -> Reply:
    """A page of the company's users, by username; staff say which company."""
    reach = reach_of(acting)
    company = seen_people(store, acting, reach, company_of(acting, customer_id))
    found, total = store.users(company.id, query, (page - 1) * size, size)
    rows = [user_row(user, acting.user_id) for user in found]
    return {"rows": rows, "total": total, "page": page, "size": size}


def user(store: Store, clock: Clock, acting: Acting, *, user_id: str) -> Reply:
    """One user of a company within reach; NotFound when missing or another's."""
    reach = reach_of(acting)
    found = seen_user(store, reach, user_id)
    seen_people(store, acting, reach, found.customer_id)
    second = {"second_step": store.second_steps.is_on(found.id)}
    return user_reply(found, acting.user_id, clock()) | second


def role_givers(store: Store, acting: Acting, *, role: str) -> Reply:
    """Who at one's own company can give one a role: user managers, whichever ``role`` it is."""
    return {"names": store.manager_names(acting.require_customer(), MOST_NAMES)}


def mails(
    store: Store, acting: Acting, *, state: str, after: str, limit: int, customer_id: str | None = None
) -> Reply:
    """A page of mails to the people of companies within reach, newest first; ``next`` goes into the next
    call's ``after``."""
    reach = staff_reach(acting)
    if customer_id:
        whose: list[str] | None = [seen_company(store, reach, customer_id).id]
    else:
        whose = [reach.customer_id] if reach.customer_id else None
        whose = store.companies.ids_below(reach.partner_id) if reach.partner_id else whose
    found = store.mails.page(State(state), after, limit, whose)
    return {
        "rows": [mail_reply(mail) for mail in found],
        "next": found[-1].id if len(found) == limit else None,
    }
