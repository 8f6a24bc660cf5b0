"""*/stijl*: every component in every state, for who builds pages. It does not exist in production."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, abort, current_app, render_template

from gateway.access import anyone
from gateway.config import Settings
from gateway.pages import style_samples

pages = Blueprint("style", __name__)


@pages.get("/stijl")
@anyone
def show() -> str:
    """The components on values that stand still, so that pictures of it can be compared."""
    if cast(Settings, current_app.extensions["settings"]).production:
        abort(404)
    return render_template("style/style.html", **style_samples.everything())
