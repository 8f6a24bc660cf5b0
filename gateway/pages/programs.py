"""*Toegang voor programma's* of *Mijn gegevens*: tokens with which one's own programs use the JSON API."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import members
from gateway.formatters import day_short
from gateway.forms.form import COMMAND, Form, command_id, submit
from gateway.forms.tokens import TokenForm
from gateway.models.part import Part
from gateway.models.rights import roles_held
from gateway.models.tokens import Token, Tokens
from gateway.pages.acting import acting, viewer
from gateway.pages.confirming import TOKEN, confirmed
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import NotFound

pages = Blueprint("programs", __name__, url_prefix="/mijn-gegevens/programmas")
own = members(personal=True)

PRESET = timedelta(days=365)
"""How long a new token works, unless one chooses otherwise."""

Page = tuple[str, int, dict[str, str]]


@pages.get("")
@own
def show() -> Page:
    """One's tokens, and a form for a new one."""
    preset = day_short(parts().today() + PRESET)
    return _page(Form.blank(TokenForm(), expires_on=preset))


@pages.post("")
@own
@confirmed(TOKEN)
def create() -> Response | Page:
    """A new token, in the answer itself: this once."""

    def work(form: Form) -> Response:
        made = parts().tokens.create(acting(), form.command, **form.values)
        html = render_template("pages/program_token.html", made=made, roles=roles_held(made.roles))
        return Response(html, mimetype="text/html")

    outcome = submit(TokenForm(), work)
    return _page(outcome) if isinstance(outcome, Form) else outcome


@pages.get("/<id:token_id>/intrekken")
@own
def ask_revoke(token_id: str) -> str:
    """Which program would be out."""
    return render_template("pages/program_revoke.html", token=_one(token_id))


@pages.post("/<id:token_id>/intrekken")
@own
def revoke(token_id: str) -> Response:
    """From now on it opens nothing."""
    name = parts().tokens.revoke(acting(), command_id(request.form.get(COMMAND, "")), token_id)
    toast(_("Token %(name)s ingetrokken", name=name), _("Wie het gebruikt, komt er niet meer in."))
    return redirect(url_for("programs.show"), 303)


def _one(token_id: str) -> Token:
    found = next((one for one in parts().tokens.own(acting()).rows if one.id == token_id), None)
    if found is None:
        raise NotFound()
    return found


def _page(form: Form) -> Page:
    found: Part[Tokens] = Part.ask(lambda: parts().tokens.own(acting()))
    html = render_template(
        "pages/programs.html",
        found=found,
        form=form,
        roles=roles_held(viewer().user.roles),
        names=roles_held,
    )
    return html, form.status, form.headers
