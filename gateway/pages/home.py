"""The front door: to the first page one may see."""

from __future__ import annotations

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.access import members
from gateway.navigation import tabs_for
from gateway.pages.going_back import safe_target
from gateway.words import gettext as _
from shared.errors import Forbidden

pages = Blueprint("home", __name__)


@pages.get("/")
@members()
def first_page() -> Response:
    """To the first tab."""
    tabs = tabs_for(g.viewer)
    if not tabs:
        raise Forbidden(_("Er is nog geen onderdeel voor u. Vraag de gebruikersbeheerder van uw bedrijf."))
    return redirect(url_for(tabs[0].endpoint), 303)


@pages.get("/ga-naar")
@members()
def go() -> Response:
    """To the page that was chosen in a select, which takes the place of a menu on a small screen."""
    return redirect(safe_target(request.args.get("naar")), 303)
