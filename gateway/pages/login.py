"""Logging in and out."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from gateway.access import anyone
from gateway.forms.form import Form
from gateway.forms.login import LoginForm
from gateway.models.account import Account, AskedSecond, LoginAnswer
from gateway.models.login import refused, unavailable
from gateway.pages.going_back import safe_target
from gateway.pages.preferences import carried
from gateway.parts import parts
from gateway.security import ENDED_CHANGED, ENDED_EXPIRED
from gateway.sessions import sign_in, sign_out
from gateway.words import lazy_gettext as _l
from shared.errors import Fault, Invalid, TooMany, Unavailable
from shared.logging import correlation_id, get_logger

log = get_logger(__name__)

pages = Blueprint("login", __name__)

SIGNED_OUT = "uitgelogd"
CHOSEN = "gekozen"
TOO_LATE = "te-laat"
NOTICES = {
    SIGNED_OUT: _l("U bent uitgelogd."),
    CHOSEN: _l("Uw wachtwoord is opgeslagen. Log ermee in."),
    TOO_LATE: _l("Het inloggen duurde langer dan 5 minuten. Begin opnieuw."),
    ENDED_EXPIRED: _l("Uw sessie is verlopen. Log opnieuw in, dan gaat u verder waar u was."),
    ENDED_CHANGED: _l("Uw gegevens of rechten zijn gewijzigd. Log opnieuw in."),
}
PREFILLED = "username"
"""In the session: the username that the login page begins with."""

WAITING = "second_step"
"""In the session between the two steps: the ticket, and what was chosen at the first."""

Page = tuple[str, int, dict[str, str]]


@pages.get("/inloggen")
@anyone
def form() -> Response | Page:
    """The login page; who is signed in goes on."""
    if g.viewer:
        return redirect(safe_target(request.args.get("volgende")), 303)
    blank = Form.blank(LoginForm(), username=session.get(PREFILLED, ""))
    return _page(blank, notice=NOTICES.get(request.args.get("melding", "")))


@pages.post("/inloggen")
@anyone
def submit() -> Response | Page:
    """Try the combination."""
    form = Form.sent(LoginForm())
    if form.errors:
        return _page(form)
    try:
        answer = _ask(form)
    except Invalid as error:
        return _page(form.refused(error))
    except TooMany as error:
        answer = LoginAnswer(ok=False, wait_seconds=error.retry_after)
    except (Unavailable, Fault):
        return _page(form.answered(unavailable()))
    if answer.account:
        return welcome(answer.account, bool(form.values["remember"]), request.form.get("volgende"))
    if answer.second_step:
        return _ask_second(answer.second_step, form)
    log.info("login refused", attempts_left=answer.attempts_left, wait_seconds=answer.wait_seconds)
    return _page(form.answered(refused(answer)))


@pages.post("/uitloggen")
@anyone
def leave() -> Response:
    """End the session, also one that has lost its user."""
    sign_out()
    return redirect(url_for("login.form", melding=SIGNED_OUT), 303)


def _ask(form: Form) -> LoginAnswer:
    return parts().identity.login(
        username=form.values["username"],
        password=form.values["password"],
        address=request.remote_addr or "",
        correlation_id=correlation_id(),
    )


def _ask_second(asked: AskedSecond, form: Form) -> Response:
    session[WAITING] = {
        "ticket": asked.ticket,
        "methods": list(asked.methods),
        "remember": bool(form.values["remember"]),
        "target": request.form.get("volgende", ""),
    }
    return redirect(url_for("login_code.form"), 303)


def welcome(account: Account, remember: bool, target: str | None) -> Response:
    """Begin the session of who has given all that was asked."""
    account = carried(account)
    sign_in(account, remember, parts().clock())
    parts().epochs.meet(account)
    log.info("logged in", user_id=account.user.id)
    return redirect(safe_target(target), 303)


def _page(form: Form, notice: object = None) -> Page:
    target = request.values.get("volgende", "")
    html = render_template("pages/login.html", form=form, notice=notice, target=target)
    return html, form.status, form.headers
