"""*Help ik ben m'n wachtwoord vergeten*, and choosing a password by the link of a mail."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from gateway.access import anyone
from gateway.forms.form import Form, submit
from gateway.forms.people import ForgottenForm, NewPasswordForm
from gateway.models.people import MailedLink
from gateway.pages.login import CHOSEN, PREFILLED
from gateway.parts import parts
from gateway.security import without_referrer
from gateway.sessions import sign_out
from shared.errors import NotFound
from shared.logging import correlation_id

pages = Blueprint("password", __name__)

Page = tuple[str, int, dict[str, str]]


@pages.get("/wachtwoord-vergeten")
@anyone
def forgotten() -> Page:
    """Ask for a link."""
    return _forgotten_page(Form.blank(ForgottenForm()))


@pages.post("/wachtwoord-vergeten")
@anyone
def ask() -> Response | Page:
    """Mail a link, if there is somebody to mail it to: the answer is the same."""

    def work(form: Form) -> Response:
        parts().identity.request_reset(form.values["who"], request.remote_addr or "", correlation_id())
        return redirect(url_for("password.asked"), 303)

    outcome = submit(ForgottenForm(), work)
    return _forgotten_page(outcome) if isinstance(outcome, Form) else outcome


@pages.get("/wachtwoord-vergeten/verstuurd")
@anyone
def asked() -> str:
    """What to do now, whether a mail is under way or not."""
    return render_template("pages/password_asked.html")


@pages.get("/wachtwoord/<string(maxlength=200):token>")
@anyone
@without_referrer
def by_link(token: str) -> Page:
    """Choose a password. Looking at the page does not use the link."""
    try:
        link = parts().identity.link(token, correlation_id())
    except NotFound:
        return _used_up()
    return _password_page(token, link, Form.blank(NewPasswordForm()))


@pages.post("/wachtwoord/<string(maxlength=200):token>")
@anyone
@without_referrer
def choose(token: str) -> Response | Page:
    """Use the link. Whoever is signed in on this browser is not any more."""

    def work(form: Form) -> Response:
        password = form.values["password"]
        address = request.remote_addr or ""
        username = parts().identity.set_password(token, password, form.command, correlation_id(), address)
        if g.viewer:
            sign_out()
        session[PREFILLED] = username
        return redirect(url_for("login.form", melding=CHOSEN), 303)

    try:
        outcome = submit(NewPasswordForm(), work)
        if not isinstance(outcome, Form):
            return outcome
        return _password_page(token, parts().identity.link(token, correlation_id()), outcome)
    except NotFound:
        return _used_up()


def _forgotten_page(form: Form) -> Page:
    return render_template("pages/password_forgotten.html", form=form), form.status, form.headers


def _password_page(token: str, link: MailedLink, form: Form) -> Page:
    shortest = parts().shortest_password
    html = render_template("pages/password_choose.html", form=form, link=link, token=token, shortest=shortest)
    return html, form.status, form.headers


def _used_up() -> Page:
    return render_template("pages/password_used_up.html"), 404, {}
