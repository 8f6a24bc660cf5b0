"""The session follows what its own user has changed."""

from __future__ import annotations

from flask import g

from gateway.models.account import Account
from gateway.pages.acting import acting
from gateway.parts import parts
from gateway.sessions import renew
from shared.errors import Fault, Unavailable
from shared.logging import get_logger

log = get_logger(__name__)


def follow() -> None:
    """Take over one's own account as identity has it now. When it cannot be asked, the session shows
    the old name, and ends by itself where rights have changed."""
    try:
        go_on_as(parts().identity.account(acting()))
    except (Unavailable, Fault):
        log.warning("the session keeps its old account: identity does not answer")


def go_on_as(account: Account) -> None:
    """The same person under a new token, with this account; the token of before opens nothing."""
    renew(account)
    g.viewer = account
    parts().epochs.meet(account)
