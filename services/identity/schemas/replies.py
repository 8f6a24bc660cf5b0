"""What each RPC method answers; never anything of a password or of a link's token."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.identity.domain.customers import Customer
from services.identity.domain.mails import Queued
from services.identity.domain.tokens import Token, opens, seen_through
from services.identity.domain.users import User, welcome_of

Reply = dict[str, Any]


def account_reply(user: User, customer: Customer, lacks_second_step: bool = False) -> Reply:
    """Who is signed in, for whom, and how far their sight reaches. ``lacks_second_step``: they have to
    set one up before anything else."""
    return {
        "user": {
            "id": user.id,
            "username": user.username,
            **_details(user),
            "roles": list(user.roles),
            "registrations": list(user.registrations),
            "language": user.language,
            "theme": user.theme,
            "epoch": user.epoch,
            "must_set_up_second_step": lacks_second_step,
        },
        "customer": {
            "id": customer.id,
            "number": customer.number,
            "name": customer.name,
            "products": list(customer.products),
        },
        "scope": customer.kind.value,
    }


def refused_reply(attempts_left: int, wait_seconds: int) -> Reply:
    """A login that failed, whatever was wrong with it."""
    return {"ok": False, "attempts_left": attempts_left, "wait_seconds": wait_seconds}


def user_reply(user: User, acting_user_id: str | None, now: datetime) -> Reply:
    """A user as those see it who manage users."""
    return {
        "id": user.id,
        "number": user.number,
        "customer_id": user.customer_id,
        "username": user.username,
        **_details(user),
        "roles": list(user.roles),
        "registrations": list(user.registrations),
        "blocked": user.blocked,
        "is_self": user.id == acting_user_id,
        "welcome": welcome_of(user, now).value,
        "epoch": user.epoch,
    }


def user_row(user: User, acting_user_id: str | None) -> Reply:
    """A row of *Lijst van gebruikers*."""
    return {
        "id": user.id,
        "number": user.number,
        "username": user.username,
        "email": user.email,
        "last_name": user.last_name,
        "infix": user.infix,
        "first_name": user.first_name,
        "blocked": user.blocked,
        "is_self": user.id == acting_user_id,
    }


def token_reply(token: Token, user: User, now: datetime) -> Reply:
    """A token of one's own, without what opens it. ``works`` is False once it has expired or the password
    has changed since; ``roles`` are those that it has now."""
    return {
        "id": token.id,
        "name": token.name,
        "shown": token.shown,
        "roles": list(seen_through(token, user).roles),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
        "used_from": token.used_from,
        "works": opens(token, user, now),
    }


def mail_reply(mail: Queued) -> Reply:
    """A mail as staff see it: not what it says."""
    return {
        "id": mail.id,
        "template": mail.letter.value,
        "language": mail.language,
        "to": mail.to,
        "customer_id": mail.customer_id,
        "user_id": mail.user_id,
        "state": mail.state.value,
        "tries": mail.tries,
        "created_at": mail.created_at,
        "next_try": mail.next_try,
        "error": mail.error,
    }


def _details(user: User) -> Reply:
    return {
        "email": user.email,
        "title": user.title,
        "initials": user.initials,
        "first_name": user.first_name,
        "infix": user.infix,
        "last_name": user.last_name,
        "gender": user.gender.value,
    }
