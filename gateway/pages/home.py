"""The front door: to the first page one may see; and the choice between light and dark."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.access import customers
from gateway.config import Settings
from gateway.navigation import tabs_for
from gateway.pages.going_back import safe_target
from gateway.theme import CHOICES, remember
from gateway.words import gettext as _
from shared.errors import Forbidden

pages = Blueprint("home", __name__)


@pages.get("/")
@customers()
def first_page() -> Response:
    """To the first tab."""
    tabs = tabs_for(g.viewer)
    if not tabs:
        raise Forbidden(_("Er is nog geen onderdeel voor u. Vraag de gebruikersbeheerder van uw bedrijf."))
    return redirect(url_for(tabs[0].endpoint), 303)


@pages.post("/weergave")
@customers()
def appearance() -> Response:
    """Light, dark or as the system; back to the page one was on."""
    theme = request.form.get("weergave", "")
    if theme not in CHOICES:
        abort(400)
    response = redirect(safe_target(request.form.get("terug")), 303)
    settings = cast(Settings, current_app.extensions["settings"])
    remember(response, theme, secure=settings.production)  # type: ignore[arg-type]
    return response
