"""Codes of a second step as people type them: an app's, or a recovery code. Each opens once (ID-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.identity.domain import second_steps, totp
from services.identity.domain.mails import Letter, mail_to
from services.identity.domain.second_steps import SecondStep
from services.identity.domain.users import User
from services.identity.store import Changes
from services.identity.usecases.recording import record_sign
from shared.acting import Acting
from shared.sealing import Sealer


class WrongCode(Exception):
    """The code is none, or was used before."""


@dataclass(frozen=True)
class Typed:
    """A code without its filling. ``step``: the half minute whose code of the app it is; None for others."""

    code: str
    step: int | None


def read(sealer: Sealer, second: SecondStep, typed: str, now: datetime) -> Typed:
    """What was typed, held against the secret of the app."""
    code = second_steps.plain(typed)
    if not second_steps.is_of_app(code):
        return Typed(code, None)
    secret = totp.from_letters(sealer.open(second.sealed, second_steps.about(second.user_id)))
    return Typed(code, totp.matching_step(secret, code, now, after=second.last_step))


def use(changes: Changes, acting: Acting, user: User, typed: Typed) -> None:
    """Take the code. Raise :class:`WrongCode` when it is none; of two at once one gets it."""
    if typed.step is not None:
        if not changes.second_steps.use_step(user.id, typed.step):
            raise WrongCode
        return
    left = changes.second_steps.use_recovery(user.id, second_steps.digest(user.id, typed.code))
    if left is None:
        raise WrongCode
    record_sign(changes, acting, "recovery_code_used", user, codes_left=left)
    if user.email:
        changes.queue(mail_to(user, Letter.SECOND_STEP, {"what": "recovery_used", "left": left}))
