"""Translation in the portal: the one translator of :mod:`shared.words`, and whose language a request has.

Who is signed in reads the language of their profile. Before that it is the choice on this browser, which
the cookie keeps. Never the browser's own list: nobody chose that on this page.
"""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, current_app, g, request
from flask.wrappers import Response
from flask_babel import Babel

from gateway.models.account import Account
from shared import words
from shared.words import LANGUAGES, OWN, gettext, language, lazy_gettext, ngettext

__all__ = ["LANGUAGES", "gettext", "language", "lazy_gettext", "ngettext"]

COOKIE = "tikker-taal"
YEAR_SECONDS = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Bind each request's language, for pages and for whatever they call; teach it to templates."""
    # Babel brings Jinja's {% trans %} and _(); the texts come from our own catalogue.
    Babel(app, default_locale=OWN, default_timezone="Europe/Amsterdam", locale_selector=language)
    app.jinja_env.install_gettext_callables(words.found, words.found_for, newstyle=True)  # type: ignore[attr-defined]
    app.before_request(_of_browser)
    app.after_request(_followed)
    app.teardown_request(_fall_silent)


def speak(wanted: str) -> None:
    """From here on this request's texts are in ``wanted``."""
    spoken: ExitStack = g.spoken
    spoken.enter_context(words.speaking(wanted))


def of(account: Account | None) -> str:
    """The language of whoever is signed in, else of this browser."""
    return account.user.language if account else request.cookies.get(COOKIE, OWN)


def remember(response: Response, wanted: str) -> None:
    """Keep the language on this browser for a year: its login page is in it."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        COOKIE, wanted, max_age=YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax", path="/"
    )


def _followed(response: Response) -> Response:
    """The browser's login page will be in the language of who was signed in last."""
    account: Account | None = g.get("account")
    if account and account.user.language != of(None):
        remember(response, account.user.language)
    return response


def _of_browser() -> None:
    g.spoken = ExitStack()
    speak(of(None))


def _fall_silent(_problem: BaseException | None) -> None:
    spoken: ExitStack | None = g.pop("spoken", None)
    if spoken:
        spoken.close()
