"""Links as they come by mail, and what they open."""

from __future__ import annotations

from typing import Any

from services.identity.usecases import forgotten
from shared.errors import NotFound
from tests.integration.identity.conftest import Identity
from tests.integration.identity.mail_server import MailServer

NEW = "kruisbessenjam"
"""The password that is chosen with them."""


def mailed(identity: Identity, server: MailServer) -> str:
    """Send what waits; the token of the last mail."""
    sender = identity.sender(server)
    while sender.run_once():
        pass
    return server.token()


def link(identity: Identity, token: str) -> Any:
    return forgotten.link(identity.store, identity.clock, token=token)


def is_void(identity: Identity, token: str) -> bool:
    """Whether the link opens nothing, to whoever looks and to whoever uses it."""
    told = []
    for use in (lambda: link(identity, token), lambda: identity.set_password(token)):
        try:
            use()
        except NotFound as refused:
            told.append(str(refused))
    return told == [forgotten.GONE] * 2
