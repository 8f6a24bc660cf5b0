"""Tokens of one's own programs, and letting a program in with one (ID-13).

What opens an account is never kept: a token is shown in the answer of the call that made it and of no
repetition of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from prometheus_client import Counter as Metric

from services.identity.domain import lockout, tokens, users
from services.identity.domain.tokens import Token
from services.identity.domain.users import User
from services.identity.schemas.replies import Reply, account_reply, token_reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import Clock, own_user, take_turn
from shared.acting import Acting
from shared.errors import Conflict, NotFound
from shared.events.audit import Subject
from shared.ids import new_id
from shared.logging import get_logger
from shared.words import gettext as _

log = get_logger(__name__)

TOKEN_LOGINS = Metric("tikker_token_logins_total", "Tokens of programs by outcome", ["outcome"])


def login(store: Store, clock: Clock, acting: Acting, *, token: str, address: str) -> Reply:
    """The account that a program's token opens, with the roles that both the token and its user have.

    NotFound for every token that opens nothing, whatever is wrong with it; TooMany for an address that
    brings one wrong token after another.
    """
    now = clock()
    found = store.tokens.with_key(tokens.key_of(token))
    user = store.user(found.customer_id, found.user_id) if found else None
    customer = store.customer(user.customer_id) if user else None
    if found is None or user is None or customer is None or not tokens.opens(found, user, now):
        TOKEN_LOGINS.labels("refused").inc()
        log.info("token refused", address=address)
        take_turn(store, lockout.tokens_from(address), now)
        raise NotFound()
    store.tokens.used(found, address, now)
    TOKEN_LOGINS.labels("let in").inc()
    seen = tokens.seen_through(found, user)
    return {
        **account_reply(seen, customer, store.second_steps.lacks(user)),
        "token": {"id": found.id, "name": found.name},
    }


def own(store: Store, clock: Clock, acting: Acting) -> Reply:
    """The acting person's tokens, newest first, and the roles that a new one may have."""
    user, now = own_user(store, acting), clock()
    rows = [token_reply(token, user, now) for token in store.tokens.of_user(user.id)]
    return {"rows": rows, "roles": list(user.roles)}


def create(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    name: str,
    roles: Iterable[str],
    expires_on: date,
    command_id: str,
) -> Reply:
    """A new token. The answer has ``token``, what the program sends, once; null when the command had run."""
    now, made, mark = clock(), tokens.PREFIX + secrets.token_urlsafe(tokens.TOKEN_BYTES), new_id()
    wanted = sorted(roles)

    def work(changes: Changes) -> Reply:
        user = own_user(changes, acting)
        token = _new(user, made, name, wanted, expires_on, now)
        _check_room(changes, user, name)
        changes.tokens.add(token)
        changes.save_user(users.heard_of(user))  # of two at once one sees the other's token
        _record(changes, acting, token, "created", {}, _told(token))
        return {**token_reply(token, user, now), "mark": mark}

    request = ("create_token", name, tuple(wanted), expires_on)
    reply = dict(store.once(f"{acting.user_id}:{command_id}", request, now, work))
    return {**reply, "token": made if reply.pop("mark") == mark else None}


def revoke(store: Store, clock: Clock, acting: Acting, *, token_id: str, command_id: str) -> Reply:
    """End one of one's own tokens: whoever has it is out within a second."""

    def work(changes: Changes) -> Reply:
        user = own_user(changes, acting)
        token = changes.tokens.find(user.id, token_id)
        if token is None:
            raise NotFound()
        changes.tokens.remove(token)
        changes.save_user(users.heard_of(user))  # so that nobody goes by what they knew of it
        _record(changes, acting, token, "revoked", _told(token), {})
        return {"id": token.id, "name": token.name}

    command, request = f"{acting.user_id}:{command_id}", ("revoke_token", token_id)
    return store.once(command, request, clock(), work)


def _new(user: User, made: str, name: str, roles: Iterable[str], expires_on: date, now: datetime) -> Token:
    return Token(
        id=new_id(),
        key=tokens.key_of(made),
        shown=made[: tokens.SHOWN_CHARACTERS],
        customer_id=user.customer_id,
        user_id=user.id,
        name=name,
        roles=tokens.roles_for(user, roles),
        password_epoch=user.password_epoch,
        created_at=now,
        expires_at=tokens.expiry(expires_on, now),
    )


def _check_room(changes: Changes, user: User, name: str) -> None:
    """A name is of one token, and nobody has more than can be overseen."""
    others = changes.tokens.of_user(user.id)
    if any(other.name.casefold() == name.casefold() for other in others):
        sentence = _("U hebt al een token dat %(name)s heet. Kies een andere naam.", name=name)
        raise Conflict(sentence, fields={"name": [sentence]})
    if len(others) >= tokens.MOST_TOKENS:
        raise Conflict(_("U hebt al %(count)s tokens. Trek er eerst een in.", count=tokens.MOST_TOKENS))


def _record(changes: Changes, acting: Acting, token: Token, verb: str, before: Reply, after: Reply) -> None:
    subject = Subject(kind="access", id=token.id, name=token.name)
    changes.record(acting, token.customer_id, f"access.{verb}", subject, before, after)


def _told(token: Token) -> Reply:
    """For the log: not the digest."""
    return {
        "begins_with": token.shown,
        "roles": [role.value for role in token.roles],
        "expires_at": token.expires_at.isoformat(),
    }
