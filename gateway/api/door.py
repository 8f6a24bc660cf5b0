"""Who a program is: the account of the token it brings, and of nothing else."""

from __future__ import annotations

from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from gateway.models.account import Account
from gateway.parts import parts
from gateway.words import gettext as _
from gateway.words import of, speak
from shared.errors import NotFound
from shared.logging import correlation_id

SCHEME = "bearer"
LONGEST_TOKEN = 200


def bearer() -> str | None:
    """The token of this request; None for a request without one."""
    sent = request.authorization
    if sent is None or sent.type != SCHEME or not sent.token or len(sent.token) > LONGEST_TOKEN:
        return None
    return sent.token


def admit() -> None:
    """Find out whose token it is. No token is no error here: the route may be open to anyone."""
    if request.endpoint is None:
        return  # no such address: 404 whoever asks, and what is not counted must not ask identity
    token = bearer()
    if token is None:
        return
    try:
        account = parts().opened_tokens.account(token, lambda: _ask(token))
    except NotFound:
        challenge = WWWAuthenticate(SCHEME, {"realm": "tikker", "error": "invalid_token"})
        raise Unauthorized(_("Dit token werkt niet (meer)."), www_authenticate=challenge) from None
    g.viewer = account
    speak(of(account))


def _ask(token: str) -> Account:
    return parts().identity.token_login(token, request.remote_addr or "", correlation_id())
