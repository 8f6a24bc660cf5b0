"""*Mijn gegevens*: what people change about themselves."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import members
from gateway.forms.form import Form, submit
from gateway.forms.people import DetailsForm, OwnPasswordForm, UsernameForm
from gateway.models.part import Part
from gateway.models.people import Own
from gateway.pages.acting import acting
from gateway.pages.confirming import ask_before_address
from gateway.pages.person import SECTION
from gateway.pages.session_account import follow, go_on_at
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _

pages = Blueprint("own", __name__, url_prefix="/mijn-gegevens")

Page = tuple[str, int, dict[str, str]]


@pages.get("")
@members(personal=True)
def show() -> Page:
    """Details, password, username, and which roles one has."""
    return _page({})


@pages.post("")
@members(personal=True)
def change() -> Response | Page:
    """Change one of them."""
    section = request.form.get(SECTION, "")
    question = ask_before_address(_own_address) if section == "gegevens" else None
    if question:
        return question
    if section == "gegevens":
        outcome = submit(DetailsForm(), _change_details)
    elif section == "wachtwoord":
        outcome = submit(OwnPasswordForm(), _change_password)
    elif section == "gebruikersnaam":
        outcome = submit(UsernameForm(), _change_username)
    else:
        abort(400)
    return _page({section: outcome}) if isinstance(outcome, Form) else outcome


def _own_address() -> str:
    return parts().identity.own(acting()).user.email


def _change_details(form: Form) -> Response:
    parts().identity.change_details(acting(), form.command, **form.values)
    follow()
    toast(_("Gegevens opgeslagen"))
    return redirect(url_for("own.show"), 303)


def _change_password(form: Form) -> Response:
    go_on_at(parts().identity.change_password(acting(), form.command, **form.values))
    toast(_("Wachtwoord gewijzigd"), _("Op andere computers en telefoons bent u uitgelogd."))
    return redirect(url_for("own.show"), 303)


def _change_username(form: Form) -> Response:
    parts().identity.change_username(acting(), form.command, **form.values)
    follow()
    toast(
        _("Gebruikersnaam gewijzigd"),
        _("Log de volgende keer in als %(name)s.", name=form.values["username"]),
    )
    return redirect(url_for("own.show"), 303)


def _page(sent: dict[str, Form]) -> Page:
    found = Part.ask(lambda: parts().identity.own(acting()))
    forms = _forms(found.value) | sent
    second = Part.ask(lambda: parts().second_step.show(acting()))
    shortest = parts().shortest_password
    html = render_template("pages/own.html", found=found, second=second, forms=forms, shortest=shortest)
    answered = next(iter(sent.values()), None)
    return (html, answered.status, answered.headers) if answered else (html, 200, {})


def _forms(own: Own | None) -> dict[str, Form]:
    """What stands now, to be changed; details only when they are known."""
    forms = {"wachtwoord": Form.blank(OwnPasswordForm())}
    if own:
        forms["gegevens"] = Form.blank(DetailsForm(), **own.user.details)
        forms["gebruikersnaam"] = Form.blank(UsernameForm(), username=own.user.username)
    return forms
