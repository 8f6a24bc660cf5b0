"""The second step of a login: a code of the app, or a recovery code."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from gateway.access import anyone
from gateway.forms.form import Form
from gateway.forms.second_step import AppCodeForm, RecoveryCodeForm
from gateway.models.login import refused_code, unavailable
from gateway.pages.login import TOO_LATE, WAITING, welcome
from gateway.parts import parts
from shared.errors import Fault, Invalid, NotFound, Unavailable
from shared.logging import correlation_id, get_logger

log = get_logger(__name__)

pages = Blueprint("login_code", __name__)

RECOVERY = "herstelcode"
"""The value of ``met`` on the page that asks a recovery code."""

Page = tuple[str, int, dict[str, str]]


@pages.get("/inloggen/code")
@anyone
def form() -> Response | Page:
    """Ask for a code, from who has just given the right password."""
    if g.viewer or WAITING not in session:
        return redirect(url_for("login.form"), 303)
    return _page(Form.blank(_schema()))


@pages.post("/inloggen/code")
@anyone
def submit() -> Response | Page:
    """Try the code."""
    waiting: dict[str, Any] | None = session.get(WAITING)
    if waiting is None:
        return _begin_again()
    form = Form.sent(_schema())
    if form.errors:
        return _page(form)
    address = request.remote_addr or ""
    try:
        answer = parts().second_step.login(waiting["ticket"], form.values["code"], address, correlation_id())
    except Invalid as error:
        return _page(form.refused(error))
    except NotFound:
        return _begin_again()
    except (Unavailable, Fault):
        return _page(form.answered(unavailable()))
    if answer.account:
        return welcome(answer.account, bool(waiting["remember"]), waiting["target"])
    log.info("code refused", attempts_left=answer.attempts_left, wait_seconds=answer.wait_seconds)
    return _page(form.answered(refused_code(answer)))


def _begin_again() -> Response:
    session.pop(WAITING, None)
    return redirect(url_for("login.form", melding=TOO_LATE), 303)


def _with_recovery() -> bool:
    return request.values.get("met") == RECOVERY


def _schema() -> AppCodeForm | RecoveryCodeForm:
    return RecoveryCodeForm() if _with_recovery() else AppCodeForm()


def _page(form: Form) -> Page:
    offered = "recovery" in session[WAITING]["methods"]
    html = render_template(
        "pages/login_code.html", form=form, recovery=_with_recovery(), offered=offered, name=RECOVERY
    )
    return html, form.status, form.headers
