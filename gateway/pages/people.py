"""*Gebruikers*: the list, new users, and what one does to a user with one click."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from gateway.forms.filled import Filled, read
from gateway.forms.form import Form, submit
from gateway.forms.people import NewUserForm, SearchForm
from gateway.models.part import Part
from gateway.models.people import UserDetails, Users
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.going_back import safe_target
from gateway.pages.whose import Whose, route
from gateway.parts import parts
from gateway.toasts import Undo, toast
from gateway.words import gettext as _
from shared.errors import Conflict

pages = Blueprint("people", __name__, url_prefix="/gebruikers")
console_pages = Blueprint("beheer_people", __name__, url_prefix="/beheer/klanten/<id:customer_id>/gebruikers")


@route(pages, console_pages, "GET", "")
def listing(whose: Whose) -> tuple[str, int]:
    """*Lijst van gebruikers*."""
    filled = read(SearchForm(), request.args)
    if filled.errors:
        return _list_page(whose, filled, None)
    query, page = filled.values["query"], filled.values["page"]
    ask = partial(parts().people.users, acting(), query, page, **whose.fields)
    return _list_page(whose, filled, Part.ask(ask))


@route(pages, console_pages, "GET", "/nieuw")
def new(whose: Whose) -> tuple[str, int, dict[str, str]]:
    """*Nieuwe gebruiker*."""
    return _new_page(whose, Form.blank(NewUserForm(), welcome="1"))


@route(pages, console_pages, "POST", "/nieuw")
def register(whose: Whose) -> Response | tuple[str, int, dict[str, str]]:
    """*Registreer*; then roles and e-mail messages can be chosen."""

    def work(form: Form) -> Response:
        user = parts().people.add(acting(), form.command, **form.values, **whose.fields)
        _say_made(user, bool(form.values["welcome"]))
        return redirect(whose.url("person.show", user_id=user.id), 303)

    outcome = submit(NewUserForm(), work)
    return _new_page(whose, outcome) if isinstance(outcome, Form) else outcome


@route(pages, console_pages, "POST", "/<id:user_id>/blokkeer")
def block(whose: Whose, user_id: str) -> Response:
    """Block or let in again, at once; it can be undone."""
    blocked = request.form.get("geblokkeerd") == "1"
    back = request.form.get("terug")

    def work(command: str) -> None:
        user = parts().people.user(acting(), user_id)
        parts().people.block(acting(), command, user_id, blocked)
        fields = {"geblokkeerd": "" if blocked else "1", "terug": back or ""}
        undo = Undo(whose.url("people.block", user_id=user_id), fields)
        if blocked:
            toast(_("%(name)s is geblokkeerd", name=user.username), _("Inloggen kan niet meer."), undo)
        else:
            toast(_("%(name)s kan weer inloggen", name=user.username), "", undo)

    not_done = _("Niet geblokkeerd") if blocked else _("Niet gedeblokkeerd")
    return at_once(work, not_done, safe_target(back))


@route(pages, console_pages, "POST", "/<id:user_id>/welkom")
def welcome(whose: Whose, user_id: str) -> Response:
    """Mail a welcome link again."""

    def work(command: str) -> None:
        parts().people.resend_welcome(acting(), command, user_id)
        toast(_("Welkom e-mail opnieuw verstuurd"), _("De link daarin werkt 7 dagen."))

    return at_once(work, _("Niet verstuurd"), whose.url("person.show", user_id=user_id))


@route(pages, console_pages, "GET", "/<id:user_id>/verwijder")
def confirm(whose: Whose, user_id: str) -> str:
    """Who would go for good, and what goes along."""
    user = parts().people.user(acting(), user_id)
    if user.is_self:
        raise Conflict(_("U kunt uzelf niet verwijderen. Een andere gebruikersbeheerder kan dat wel."))
    return render_template("pages/person_delete.html", whose=whose, user=user)


@route(pages, console_pages, "POST", "/<id:user_id>/verwijder")
def delete(whose: Whose, user_id: str) -> Response:
    """For good."""

    def work(command: str) -> None:
        parts().people.delete(acting(), command, user_id)
        toast(_("Gebruiker verwijderd"), _("De gebruikersnaam is weer vrij."))

    return at_once(work, _("Niet verwijderd"), whose.url("people.listing"))


def _say_made(user: UserDetails, welcome: bool) -> None:
    sentence = _("Kies hieronder de rollen en e-mailberichten.")
    if welcome:
        sentence = _("De welkom e-mail gaat naar %(email)s.", email=user.email) + " " + sentence
    toast(_("%(name)s is geregistreerd", name=user.username), sentence)


def _list_page(whose: Whose, filled: Filled, found: Part[Users] | None) -> tuple[str, int]:
    second = Part.ask(lambda: parts().second_step.show(acting(), **whose.fields))
    html = render_template("pages/people_list.html", whose=whose, filled=filled, found=found, second=second)
    return html, 422 if found is None else 200


def _new_page(whose: Whose, form: Form) -> tuple[str, int, dict[str, str]]:
    shortest = parts().shortest_password
    html = render_template("pages/people_new.html", whose=whose, form=form, shortest=shortest)
    return html, form.status, form.headers
