"""On whose behalf a page calls the services."""

from __future__ import annotations

from flask import g, request

from gateway.models.account import Account
from shared.acting import Acting
from shared.logging import correlation_id
from shared.words import language


def viewer() -> Account:
    """Who is signed in, on a page that asks for that."""
    account: Account = g.viewer
    return account


def acting() -> Acting:
    """The context of the signed-in user's calls."""
    return viewer().acting(correlation_id(), request.remote_addr or "", language())
