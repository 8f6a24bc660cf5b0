"""One of the *Gebruikers*: roles, e-mail messages, details."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import customers
from gateway.forms.form import Form, submit
from gateway.forms.people import DetailsForm, RegistrationsForm, RolesForm
from gateway.models.part import Part
from gateway.models.people import UserDetails
from gateway.pages.acting import acting, viewer
from gateway.pages.session_account import follow
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _

pages = Blueprint("person", __name__, url_prefix="/gebruikers/<id:user_id>")
manager = customers(role="user_management")

SECTION = "onderdeel"
"""The hidden field that says which of the page's forms was sent."""

Page = tuple[str, int, dict[str, str]]


@pages.get("")
@manager
def show(user_id: str) -> Page:
    """The user, with a form for each thing that can be changed."""
    return _page(user_id, {})


@pages.post("")
@manager
def change(user_id: str) -> Response | Page:
    """Change one of them."""
    section = request.form.get(SECTION, "")
    if section == "rollen":
        outcome = submit(RolesForm(), lambda form: _change_roles(user_id, form))
    elif section == "berichten":
        outcome = submit(RegistrationsForm(), lambda form: _change_registrations(user_id, form))
    elif section == "gegevens":
        outcome = submit(DetailsForm(), lambda form: _change_details(user_id, form))
    else:
        abort(400)
    return _page(user_id, {section: outcome}) if isinstance(outcome, Form) else outcome


def _change_roles(user_id: str, form: Form) -> Response:
    parts().people.change_roles(acting(), form.command, user_id, **form.values)
    if user_id == viewer().user.id:
        follow()  # one's own rights: this session goes on with the new ones
    toast(_("Gebruikersrollen opgeslagen"), _("Wie is ingelogd, logt opnieuw in om ze te gebruiken."))
    if "user_management" in viewer().user.roles:
        return redirect(url_for("person.show", user_id=user_id), 303)
    return redirect(url_for("own.show"), 303)


def _change_registrations(user_id: str, form: Form) -> Response:
    parts().people.change_registrations(acting(), form.command, user_id, **form.values)
    toast(_("E-mailberichten opgeslagen"))
    return redirect(url_for("person.show", user_id=user_id), 303)


def _change_details(user_id: str, form: Form) -> Response:
    parts().people.change(acting(), form.command, user_id, **form.values)
    if user_id == viewer().user.id:
        follow()
    toast(_("Gegevens opgeslagen"))
    return redirect(url_for("person.show", user_id=user_id), 303)


def _page(user_id: str, sent: dict[str, Form]) -> Page:
    found = Part.ask(lambda: parts().people.user(acting(), user_id))
    forms = (_forms(found.value) if found.value else {}) | sent
    html = render_template("pages/person.html", user_id=user_id, found=found, forms=forms)
    answered = next(iter(sent.values()), None)
    return (html, answered.status, answered.headers) if answered else (html, 200, {})


def _forms(user: UserDetails) -> dict[str, Form]:
    """What stands now, to be changed."""
    return {
        "rollen": Form.blank(RolesForm(), roles=user.roles),
        "berichten": Form.blank(RegistrationsForm(), registrations=user.registrations),
        "gegevens": Form.blank(DetailsForm(), **user.details),
    }
