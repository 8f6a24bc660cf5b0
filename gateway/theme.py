"""Light or dark: as the profile of whoever is signed in says, else this browser's last choice, else the
system's."""

from __future__ import annotations

from flask import request
from flask.wrappers import Response

from gateway.models.account import Account

COOKIE = "tikker-weergave"
YEAR_SECONDS = 365 * 24 * 3600
CHOICES = ("light", "dark", "auto")
TO_PROFILE = {"light": "light", "dark": "dark", "auto": "system"}
FROM_PROFILE = {stored: chosen for chosen, stored in TO_PROFILE.items()}


def chosen_theme(account: Account | None) -> str:
    """``light``, ``dark`` or ``auto`` (the system's), as ``data-bs-theme`` says it."""
    if account:
        return FROM_PROFILE.get(account.user.theme, "auto")
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in CHOICES else "auto"


def remember(response: Response, theme: str, secure: bool) -> None:
    """Keep the choice on this browser for a year."""
    response.set_cookie(
        COOKIE, theme, max_age=YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax", path="/"
    )
