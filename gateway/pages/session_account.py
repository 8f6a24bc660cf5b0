"""The session follows what its own user has changed, and nothing else.

A session whose user's rights have changed is over (:mod:`gateway.epochs`), but for up to a second this
process may not have heard of it. So the session takes over an account only as far as its own change explains
it: when the password was changed meanwhile, by whoever owns it, a stolen session must not come out renewed.
"""

from __future__ import annotations

from typing import Any

import msgspec
from flask import g

from gateway.models.account import Account
from gateway.pages.acting import acting, viewer
from gateway.parts import parts
from gateway.sessions import renew
from shared.errors import Fault, Unavailable
from shared.logging import get_logger

log = get_logger(__name__)


def follow(own_roles: bool = False) -> None:
    """Take over one's own account as identity has it now; ``own_roles``: its roles were what was changed.

    When identity cannot be asked, the session shows the old name, and ends by itself where rights have
    changed. It ends as well when more has changed than that.
    """
    before = viewer().user
    try:
        now = parts().identity.account(acting())
    except (Unavailable, Fault):
        log.warning("the session keeps its old account: identity does not answer")
        return
    steps = 1 if own_roles and set(now.user.roles) != set(before.roles) else 0
    if now.user.epoch == before.epoch + steps:
        _go_on_as(now)
    else:
        parts().epochs.meet(now)
        log.info("the session ends: more has changed than what it changed itself")


def go_on_at(epoch: int, **changed: Any) -> None:
    """The same person after a change that ended all other sessions and answered this epoch; ``changed`` is
    what else is new of them. An epoch further on tells that this session was over before that change."""
    account = viewer()
    if epoch - account.user.epoch in (0, 1):
        user = msgspec.structs.replace(account.user, epoch=epoch, **changed)
        _go_on_as(msgspec.structs.replace(account, user=user))
    else:
        log.info("the session ends: it was over before what it changed itself")


def _go_on_as(account: Account) -> None:
    """Under a new token, with this account; the token of before opens nothing."""
    renew(account)
    g.viewer = account
    parts().epochs.meet(account)
