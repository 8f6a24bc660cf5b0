"""Setting up, renewing and ending one's own second step (ID-09).

Nothing that opens an account is kept in the answer of a command: the app's secret is shown as long as it
waits to be confirmed, recovery codes once. A repetition of the command answers without them.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from services.identity.domain import second_steps, totp, users
from services.identity.domain.mails import Letter, mail_to
from services.identity.domain.second_steps import SecondStep
from services.identity.domain.users import User
from services.identity.passwords import Passwords
from services.identity.schemas.replies import Reply
from services.identity.store import Changes, Store
from services.identity.usecases import presence
from services.identity.usecases.checks import Clock, own_user
from services.identity.usecases.recording import subject_of
from shared.acting import Acting
from shared.errors import Conflict, Invalid
from shared.ids import new_id
from shared.sealing import Sealer
from shared.words import gettext as _


def begin(store: Store, sealer: Sealer, clock: Clock, acting: Acting, *, command_id: str) -> Reply:
    """A secret for the app, which opens nothing until it is confirmed. Asked again within half an hour, the
    same one, whatever the command's ID."""
    user, now = own_user(store, acting), clock()
    about = second_steps.about(user.id)
    made = sealer.seal(totp.in_letters(secrets.token_bytes(totp.SECRET_BYTES)), about)
    waiting = store.second_steps.begin(user, made, now)
    if waiting is None:
        raise Conflict(_("Inloggen in twee stappen staat al aan."))
    letters = sealer.open(waiting, about)
    return {"secret": letters, "uri": totp.uri(totp.from_letters(letters), user.username)}


def confirm(
    store: Store, sealer: Sealer, clock: Clock, acting: Acting, *, code: str, command_id: str
) -> Reply:
    """Turn it on with a code of the app, which proves that the app has the secret; other sessions end."""
    now, command, request = clock(), f"{acting.user_id}:{command_id}", ("confirm_second_step",)
    done = store.answered(command, request, now)
    if done:
        return _shown(done, (), "")
    codes, mark = second_steps.new_recovery_codes(), new_id()
    confirmed = _proven(store, sealer, own_user(store, acting), code, codes, now)

    def work(changes: Changes) -> Reply:
        now_user = own_user(changes, acting)
        if not changes.second_steps.confirm(confirmed):
            raise _is_too_late()
        after = users.logged_out(now_user)
        changes.save_user(after)
        _tell(changes, acting, after, "second_step_turned_on", "on", before=False, after=True)
        return {"epoch": after.epoch, "mark": mark}

    return _shown(store.once(command, request, now, work), codes, mark)


def _proven(
    store: Store, sealer: Sealer, user: User, code: str, codes: Sequence[str], now: datetime
) -> SecondStep:
    """The second step that waits, now that a code shows that the app has its secret."""
    sealed = store.second_steps.waiting(user.id, now)
    if sealed is None:
        raise _is_too_late()
    secret = totp.from_letters(sealer.open(sealed, second_steps.about(user.id)))
    step = totp.matching_step(secret, second_steps.plain(code), now)
    if step is None:
        raise Invalid(fields={"code": [_("Deze code klopt niet. Vul de code in die de app nu toont.")]})
    digests = second_steps.digests(user.id, codes)
    return SecondStep(user_id=user.id, sealed=sealed, since=now, last_step=step, recovery=digests)


def renew_codes(
    store: Store,
    passwords: Passwords,
    sealer: Sealer,
    clock: Clock,
    acting: Acting,
    *,
    password: str,
    code: str,
    command_id: str,
) -> Reply:
    """Ten other recovery codes; those of before open nothing any more. Each of them opens the account, so it
    takes what a login takes: the password and a code."""
    now, command, request = clock(), f"{acting.user_id}:{command_id}", ("new_recovery_codes",)
    done = store.answered(command, request, now)
    if done:
        return _shown(done, (), "")
    user = presence.check(store, passwords, sealer, acting, now, password=password, code=code)
    codes, mark = second_steps.new_recovery_codes(), new_id()
    digests = second_steps.digests(user.id, codes)

    def work(changes: Changes) -> Reply:
        now_user = own_user(changes, acting)
        if not changes.second_steps.replace_recovery(now_user.id, digests):
            raise _is_off()
        _tell(changes, acting, now_user, "backup_codes_renewed", "codes")
        return {"epoch": now_user.epoch, "mark": mark}

    return _shown(store.once(command, request, now, work), codes, mark)


def end(
    store: Store,
    passwords: Passwords,
    sealer: Sealer,
    clock: Clock,
    acting: Acting,
    *,
    password: str,
    code: str,
    command_id: str,
) -> Reply:
    """Turn it off, with the password and a code; other sessions end. Conflict where the company asks it of
    everybody."""
    now, command, request = clock(), f"{acting.user_id}:{command_id}", ("end_second_step",)
    done = store.answered(command, request, now)
    if done:
        return done
    presence.check(store, passwords, sealer, acting, now, password=password, code=code)

    def work(changes: Changes) -> Reply:
        now_user = own_user(changes, acting)
        if changes.second_steps.is_duty(now_user.customer_id):
            raise Conflict(
                _("Uw bedrijf vraagt iedereen om in twee stappen in te loggen. Uitzetten kan niet.")
            )
        if not changes.second_steps.remove(now_user.id):
            raise _is_off()
        after = users.logged_out(now_user)
        changes.save_user(after)
        _tell(changes, acting, after, "second_step_turned_off", "off", before=True, after=False)
        return {"epoch": after.epoch}

    return store.once(command, request, now, work)


def _shown(done: Reply, codes: tuple[str, ...], mark: str) -> Reply:
    """The codes that this very call made; none when it repeats a command that ran."""
    ours = bool(mark) and done["mark"] == mark
    return {"recovery_codes": list(codes) if ours else [], "epoch": done["epoch"]}


def _tell(
    changes: Changes,
    acting: Acting,
    user: User,
    verb: str,
    what: str,
    before: bool | None = None,
    after: bool | None = None,
) -> None:
    """The audit log, and the user by mail: it may have been somebody else's doing."""
    was, is_now = ({} if on is None else {"second_step": on} for on in (before, after))
    changes.record(acting, user.customer_id, f"user.{verb}", subject_of(user), was, is_now)
    if user.email:
        changes.queue(mail_to(user, Letter.SECOND_STEP, {"what": what, "left": 0}))


def _is_too_late() -> Conflict:
    return Conflict(_("Deze QR-code is verlopen. Begin opnieuw."))


def _is_off() -> Conflict:
    return Conflict(_("Inloggen in twee stappen staat uit."))
