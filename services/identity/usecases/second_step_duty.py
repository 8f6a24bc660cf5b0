"""What user managers (and staff) decide about others' second steps (ID-09)."""

from __future__ import annotations

from services.identity.domain import users
from services.identity.domain.mails import Letter, mail_to
from services.identity.schemas.replies import Reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import Clock
from services.identity.usecases.reach import company_of, managed_company, managed_user, reach_of
from services.identity.usecases.recording import subject_of
from shared.acting import Acting
from shared.errors import Conflict
from shared.events.audit import Subject
from shared.words import gettext as _


def set_duty(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    on: bool,
    command_id: str,
    customer_id: str | None = None,
    reason: str = "",
) -> Reply:
    """Ask a second step of every user of the company, or of nobody in particular.

    Who has none is logged out, and sets one up after the next login. A user manager who asks it of others
    has one: so nobody turns it on by mistake and is out of their own session.
    """
    reach, now = reach_of(acting), clock()
    company_id = company_of(acting, customer_id)
    of_the_company = acting.kind == "user" and not acting.viewed_by
    if on and of_the_company and not store.second_steps.is_on(acting.user_id or ""):
        raise Conflict(_("Zet inloggen in twee stappen eerst voor uzelf aan, bij Mijn gegevens."))

    def work(changes: Changes) -> Reply:
        company = managed_company(changes, acting, reach, company_id)
        before = changes.second_steps.is_duty(company.id)
        without = changes.second_steps.users_without(company.id) if on and not before else []
        if on != before:
            changes.second_steps.set_duty(company.id, on, now)
            subject = Subject(kind="customer", id=company.id, name=company.name)
            told = {"second_step_duty": before}, {"second_step_duty": on}
            changes.record(acting, company.id, "customer.second_step_duty_changed", subject, *told, reason)
        for user in without:
            changes.save_user(users.logged_out(user))
        return {"on": on, "logged_out": len(without)}

    return store.once(f"{reach.name}:{command_id}", ("second_step_duty", company_id, on), now, work)


def reset(
    store: Store, clock: Clock, acting: Acting, *, user_id: str, command_id: str, reason: str = ""
) -> Reply:
    """Take away the second step of somebody who has lost their phone. Their sessions end and they are told.

    Nobody does so for themselves: turning it off asks the password.
    """
    if user_id == acting.user_id:
        raise Conflict(_("Uw eigen tweede stap zet u uit bij Mijn gegevens."))
    reach, now = reach_of(acting), clock()

    def work(changes: Changes) -> Reply:
        user = managed_user(changes, acting, reach, user_id)
        if not changes.second_steps.remove(user.id):
            raise Conflict(_("%(name)s logt niet in twee stappen in.", name=user.name))
        after = users.logged_out(user)
        changes.save_user(after)
        told = {"second_step": True}, {"second_step": False}
        changes.record(acting, user.customer_id, "user.second_step_reset", subject_of(user), *told, reason)
        if after.email:
            changes.queue(mail_to(after, Letter.SECOND_STEP, {"what": "reset", "left": 0}))
        return {"user_id": user.id}

    return store.once(f"{reach.name}:{command_id}", ("reset_second_step", user_id), now, work)
