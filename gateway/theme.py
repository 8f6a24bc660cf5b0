"""Light or dark: the user's choice on this browser, else their profile's, else the system's."""

from __future__ import annotations

from flask import request
from flask.wrappers import Response

from gateway.models.account import Account

COOKIE = "tikker-weergave"
YEAR_SECONDS = 365 * 24 * 3600
CHOICES = ("light", "dark", "auto")
FROM_PROFILE = {"system": "auto", "light": "light", "dark": "dark"}


def chosen_theme(account: Account | None) -> str:
    """``light``, ``dark`` or ``auto`` (the system's), as ``data-bs-theme`` says it."""
    chosen = request.cookies.get(COOKIE)
    if chosen in CHOICES:
        return chosen
    return FROM_PROFILE.get(account.user.theme, "auto") if account else "auto"


def remember(response: Response, theme: str, secure: bool) -> None:
    """Keep the choice on this browser for a year."""
    response.set_cookie(
        COOKIE, theme, max_age=YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax", path="/"
    )
