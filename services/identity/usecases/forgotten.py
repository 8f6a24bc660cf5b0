"""Links by mail with which somebody chooses a password without knowing the old one (ID-02, ID-07)."""

from __future__ import annotations

from services.identity.domain import links, lockout, users
from services.identity.domain.credentials import username_key
from services.identity.domain.links import Purpose
from services.identity.domain.mails import Letter, link_to, mail_to, mail_to_nobody
from services.identity.passwords import Passwords
from services.identity.schemas.replies import Reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import Clock, check_new_password, take_turn
from services.identity.usecases.recording import from_address, record_sign, record_user
from shared.acting import Acting
from shared.errors import NotFound
from shared.ids import new_id
from shared.logging import get_logger
from shared.sealing import Sealer
from shared.words import lazy_gettext

log = get_logger(__name__)

GONE = lazy_gettext("Deze link is al gebruikt of verlopen. Vraag een nieuwe aan.")
MOST_PER_ADDRESS = 20
"""Users with one e-mail address who get a mail each."""


def request_reset(store: Store, clock: Clock, acting: Acting, *, who: str, address: str) -> Reply:
    """Mail a link to each user of that name or e-mail address; the answer is always the same.

    So is the work: where there is nobody, a mail to nobody is queued, which the sender drops. Too many
    for one account are left out in silence, as its owner has a link already; too many from one
    address are refused.
    """
    now = clock()
    take_turn(store, lockout.resets_from(address), now)
    if store.tries.take(lockout.resets_of(username_key(who)), now).wait:
        log.info("reset left out", address=address)
        return {}
    named, addressed = store.user_named(who), store.users_with_email(who, MOST_PER_ADDRESS)
    found = {user.id: user for user in [*([named] if named else []), *addressed]}
    reached = [user for user in found.values() if user.email and not user.blocked]

    def work(changes: Changes) -> None:
        for user in reached:
            changes.queue(link_to(user, Letter.RESET))
            record_sign(changes, from_address(acting, address), "reset_requested", user)
        if not reached:
            changes.queue(mail_to_nobody(new_id()))
            record_sign(changes, from_address(acting, address), "reset_requested", None)

    store.together(now, work)
    log.info("reset asked", address=address)
    return {}


def link(store: Store, clock: Clock, *, token: str) -> Reply:
    """What a link is for; NotFound when it was used, has expired or never was."""
    found = store.links.find(links.key_of(token))
    user = store.user(found.customer_id, found.user_id) if found else None
    if found is None or user is None or not links.opens(found, user, clock()):
        raise NotFound(GONE)
    return {"purpose": found.purpose.value, "username": user.username}


def set_password(
    store: Store,
    passwords: Passwords,
    sealer: Sealer,
    clock: Clock,
    shortest_password: int,
    acting: Acting,
    *,
    token: str,
    password: str,
    command_id: str,
) -> Reply:
    """Choose a password with a link, once. All sessions and other links of the user are over then."""
    now, key = clock(), links.key_of(token)
    command, request = f"link:{command_id}", ("set_password", key, sealer.mark(password, f"link|{key}"))
    done = store.answered(command, request, now)
    if done:
        return done
    check_new_password(password, link(store, clock, token=token)["username"], shortest_password)
    password_hash = passwords.hash(password)

    def work(changes: Changes) -> Reply:
        used = changes.use_link(key)
        user = changes.user(used.user_id, used.customer_id) if used else None
        if used is None or user is None or not links.opens(used, user, now):
            raise NotFound(GONE)
        after = users.with_password(user, password_hash)
        changes.save_user(after)
        record_user(changes, acting, "password_set_by_link", user, after)
        if used.purpose is Purpose.RESET:
            changes.queue(mail_to(after, Letter.PASSWORD_CHANGED))
        return {"username": after.username}

    return store.once(command, request, now, work)
