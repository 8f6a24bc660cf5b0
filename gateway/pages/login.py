"""Logging in and out."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import anyone
from gateway.epochs import Known
from gateway.formatters import local
from gateway.forms.filled import Filled, read
from gateway.forms.login import LoginForm
from gateway.models.account import Account, LoginAnswer
from gateway.models.login import Answer, day_shape, refused, unavailable
from gateway.pages.going_back import safe_target
from gateway.parts import parts
from gateway.security import ENDED_CHANGED, ENDED_EXPIRED
from gateway.sessions import sign_in, sign_out
from gateway.words import lazy_gettext as _l
from shared.errors import Fault, Invalid, TooMany, Unavailable
from shared.logging import correlation_id, get_logger

log = get_logger(__name__)

pages = Blueprint("login", __name__)

SIGNED_OUT = "uitgelogd"
NOTICES = {
    SIGNED_OUT: _l("U bent uitgelogd."),
    ENDED_EXPIRED: _l("Uw sessie is verlopen. Log opnieuw in, dan gaat u verder waar u was."),
    ENDED_CHANGED: _l("Uw gegevens of rechten zijn gewijzigd. Log opnieuw in."),
}


@pages.get("/inloggen")
@anyone
def form() -> Response | str:
    """The login page; who is signed in goes on."""
    if g.viewer:
        return redirect(safe_target(request.args.get("volgende")), 303)
    return _page(Filled({}, {}), notice=NOTICES.get(request.args.get("melding", "")))


@pages.post("/inloggen")
@anyone
def submit() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Try the combination."""
    filled = read(LoginForm(), request.form)
    if filled.errors:
        return _page(filled), 422
    try:
        answer = _ask(filled)
    except Invalid as error:
        return _page(filled.with_errors(_beside_fields(error))), 422
    except TooMany as error:
        answer = LoginAnswer(ok=False, wait_seconds=error.retry_after)
    except (Unavailable, Fault):
        return _page(filled, answer=unavailable()), 503
    if answer.account:
        return _welcome(answer.account, filled)
    log.info("login refused", attempts_left=answer.attempts_left, wait_seconds=answer.wait_seconds)
    said = refused(answer)
    headers = {"Retry-After": str(answer.wait_seconds)} if answer.wait_seconds else {}
    return _page(filled, answer=said), said.status, headers


@pages.post("/uitloggen")
@anyone
def leave() -> Response:
    """End the session, also one that has lost its user."""
    sign_out()
    return redirect(url_for("login.form", melding=SIGNED_OUT), 303)


def _ask(filled: Filled) -> LoginAnswer:
    return parts().identity.login(
        username=filled.values["username"],
        password=filled.values["password"],
        address=request.remote_addr or "",
        correlation_id=correlation_id(),
    )


def _beside_fields(error: Invalid) -> dict[str, list[str]]:
    """What identity says of the input, at our names for its fields."""
    ours = {"username": "gebruikersnaam", "password": "wachtwoord"}
    return {ours.get(name, "gebruikersnaam"): said for name, said in error.fields.items()}


def _welcome(account: Account, filled: Filled) -> Response:
    sign_in(account, bool(filled.values["remember"]), parts().clock())
    parts().epochs.learn(account.user.id, Known(revision=0, epoch=account.user.epoch))
    log.info("logged in", user_id=account.user.id)
    return redirect(safe_target(request.form.get("volgende")), 303)


def _page(filled: Filled, answer: Answer | None = None, notice: object = None) -> str:
    return render_template(
        "pages/login.html",
        filled=filled,
        answer=answer,
        notice=notice,
        target=request.values.get("volgende", ""),
        bars=day_shape(local(parts().clock())),
    )
