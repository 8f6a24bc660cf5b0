"""One's own choices for the portal: its language, and light or dark. They hold at once in this session,
the profile keeps them for other computers, and a cookie for this browser's login page."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from flask import Blueprint, abort, current_app, g, redirect, request, session
from flask.wrappers import Response

from gateway import theme, words
from gateway.access import anyone, members
from gateway.config import Settings
from gateway.models.account import Account
from gateway.pages.going_back import safe_target
from gateway.parts import parts
from gateway.sessions import keep
from gateway.toasts import failed
from gateway.words import LANGUAGES
from gateway.words import gettext as _
from shared.errors import TikkerError
from shared.ids import new_id
from shared.logging import correlation_id, get_logger

log = get_logger(__name__)

pages = Blueprint("preferences", __name__)

CHOSEN = "language"
"""In a session without a login: the language that was chosen at the login page."""


@pages.post("/taal")
@anyone
def language() -> Response:
    """Nederlands or English; back to the page one was on. Before the login too."""
    wanted = request.form.get("taal", "")
    if wanted not in LANGUAGES:
        abort(400)
    words.speak(wanted)
    if g.account:
        _choose(language=wanted)
    else:
        session[CHOSEN] = wanted
    response = _back()
    words.remember(response, wanted)
    return response


@pages.post("/weergave")
@members()
def appearance() -> Response:
    """Light, dark or as the system; back to the page one was on."""
    wanted = request.form.get("weergave", "")
    if wanted not in theme.CHOICES:
        abort(400)
    _choose(theme=theme.TO_PROFILE[wanted])
    response = _back()
    theme.remember(response, wanted, _secure())
    return response


def carried(account: Account) -> Account:
    """Who has just signed in, in the language that they chose at the login page a moment ago."""
    chosen = session.get(CHOSEN)
    if chosen is None or chosen == account.user.language:
        return account
    words.speak(chosen)
    return _stored(account, language=chosen)


def _choose(**choice: str) -> None:
    g.account = _stored(g.account, **choice)
    keep(g.account)


def _stored(account: Account, **choice: str) -> Account:
    """The account with this choice, which its profile keeps too, if identity answers."""
    acting = account.acting(correlation_id(), request.remote_addr or "", words.language())
    try:
        parts().identity.set_preferences(acting, new_id(), **choice)
    except TikkerError as problem:
        log.warning("a preference was not stored", reason=str(problem), choice=choice)
        failed(_("Uw keuze is niet bewaard"), _("Ze geldt tot u uitlogt, op deze computer."))
    changed: Any = msgspec.structs.replace(account.user, **choice)
    return msgspec.structs.replace(account, user=changed)


def _back() -> Response:
    return cast(Response, redirect(safe_target(request.form.get("terug")), 303))


def _secure() -> bool:
    return cast(Settings, current_app.extensions["settings"]).production
