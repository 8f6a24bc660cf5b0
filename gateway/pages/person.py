"""One of the *Gebruikers*: roles, e-mail messages, details."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.forms.form import Form, submit
from gateway.forms.people import DetailsForm, RegistrationsForm, RolesForm
from gateway.models.part import Part
from gateway.models.people import UserDetails
from gateway.pages.acting import acting, viewer
from gateway.pages.confirming import ROLES, ask_before_address, ask_first
from gateway.pages.session_account import follow
from gateway.pages.whose import Whose, route
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _

pages = Blueprint("person", __name__, url_prefix="/gebruikers/<id:user_id>")
console_pages = Blueprint(
    "beheer_person", __name__, url_prefix="/beheer/klanten/<id:customer_id>/gebruikers/<id:user_id>"
)

SECTION = "onderdeel"
"""The hidden field that says which of the page's forms was sent."""

Page = tuple[str, int, dict[str, str]]


@route(pages, console_pages, "GET", "")
def show(whose: Whose, user_id: str) -> Page:
    """The user, with a form for each thing that can be changed."""
    return _page(whose, user_id, {})


@route(pages, console_pages, "POST", "")
def change(whose: Whose, user_id: str) -> Response | Page:
    """Change one of them."""
    section = request.form.get(SECTION, "")
    question = None
    if section == "rollen":
        question = ask_first(ROLES)
    elif section == "gegevens":
        question = ask_before_address(lambda: parts().people.user(acting(), user_id).email)
    if question:
        return question
    if section == "rollen":
        outcome = submit(RolesForm(), partial(_change_roles, whose, user_id))
    elif section == "berichten":
        outcome = submit(RegistrationsForm(), partial(_change_registrations, whose, user_id))
    elif section == "gegevens":
        outcome = submit(DetailsForm(), partial(_change_details, whose, user_id))
    else:
        abort(400)
    return _page(whose, user_id, {section: outcome}) if isinstance(outcome, Form) else outcome


def _change_roles(whose: Whose, user_id: str, form: Form) -> Response:
    parts().people.change_roles(acting(), form.command, user_id, **form.values)
    if user_id == viewer().user.id:
        follow(own_roles=True)  # this session goes on with the new ones
    toast(_("Gebruikersrollen opgeslagen"), _("Wie is ingelogd, logt opnieuw in om ze te gebruiken."))
    if whose.company or "user_management" in viewer().user.roles:
        return redirect(whose.url("person.show", user_id=user_id), 303)
    return redirect(url_for("own.show"), 303)


def _change_registrations(whose: Whose, user_id: str, form: Form) -> Response:
    parts().people.change_registrations(acting(), form.command, user_id, **form.values)
    toast(_("E-mailberichten opgeslagen"))
    return redirect(whose.url("person.show", user_id=user_id), 303)


def _change_details(whose: Whose, user_id: str, form: Form) -> Response:
    parts().people.change(acting(), form.command, user_id, **form.values)
    if user_id == viewer().user.id:
        follow()
    toast(_("Gegevens opgeslagen"))
    return redirect(whose.url("person.show", user_id=user_id), 303)


def _page(whose: Whose, user_id: str, sent: dict[str, Form]) -> Page:
    found = Part.ask(lambda: parts().people.user(acting(), user_id))
    forms = (_forms(found.value) if found.value else {}) | sent
    html = render_template("pages/person.html", whose=whose, user_id=user_id, found=found, forms=forms)
    answered = next(iter(sent.values()), None)
    return (html, answered.status, answered.headers) if answered else (html, 200, {})


def _forms(user: UserDetails) -> dict[str, Form]:
    """What stands now, to be changed."""
    return {
        "rollen": Form.blank(RolesForm(), roles=user.roles),
        "berichten": Form.blank(RegistrationsForm(), registrations=user.registrations),
        "gegevens": Form.blank(DetailsForm(), **user.details),
    }
