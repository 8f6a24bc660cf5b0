"""*Gebruikers*: the list, new users, and what one does to a user with one click."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import customers
from gateway.forms.filled import Filled, read
from gateway.forms.form import COMMAND, Form, command_id, submit
from gateway.forms.people import NewUserForm, SearchForm
from gateway.models.part import Part
from gateway.models.people import UserDetails, Users
from gateway.pages.acting import acting
from gateway.pages.going_back import safe_target
from gateway.parts import parts
from gateway.toasts import Undo, failed, toast
from gateway.words import gettext as _
from shared.errors import Conflict, Fault, Unavailable

pages = Blueprint("people", __name__, url_prefix="/gebruikers")
manager = customers(role="user_management")


@pages.get("")
@manager
def listing() -> tuple[str, int]:
    """*Lijst van gebruikers*."""
    filled = read(SearchForm(), request.args)
    if filled.errors:
        return _list_page(filled, None)
    query, page = filled.values["query"], filled.values["page"]
    return _list_page(filled, Part.ask(lambda: parts().people.users(acting(), query, page)))


@pages.get("/nieuw")
@manager
def new() -> tuple[str, int, dict[str, str]]:
    """*Nieuwe gebruiker*."""
    return _new_page(Form.blank(NewUserForm(), welcome="1"))


@pages.post("/nieuw")
@manager
def register() -> Response | tuple[str, int, dict[str, str]]:
    """*Registreer*; then roles and e-mail messages can be chosen."""

    def work(form: Form) -> Response:
        user = parts().people.add(acting(), form.command, **form.values)
        _say_made(user, bool(form.values["welcome"]))
        return redirect(url_for("person.show", user_id=user.id), 303)

    outcome = submit(NewUserForm(), work)
    return _new_page(outcome) if isinstance(outcome, Form) else outcome


@pages.post("/<id:user_id>/blokkeer")
@manager
def block(user_id: str) -> Response:
    """Block or let in again, at once; it can be undone."""
    blocked = request.form.get("geblokkeerd") == "1"
    back = request.form.get("terug")

    def work(command: str) -> None:
        user = parts().people.user(acting(), user_id)
        parts().people.block(acting(), command, user_id, blocked)
        fields = {"geblokkeerd": "" if blocked else "1", "terug": back or ""}
        undo = Undo(url_for("people.block", user_id=user_id), fields)
        if blocked:
            toast(_("%(name)s is geblokkeerd", name=user.username), _("Inloggen kan niet meer."), undo)
        else:
            toast(_("%(name)s kan weer inloggen", name=user.username), "", undo)

    not_done = _("Niet geblokkeerd") if blocked else _("Niet gedeblokkeerd")
    return _at_once(work, not_done, safe_target(back))


@pages.post("/<id:user_id>/welkom")
@manager
def welcome(user_id: str) -> Response:
    """Mail a welcome link again."""

    def work(command: str) -> None:
        parts().people.resend_welcome(acting(), command, user_id)
        toast(_("Welkom e-mail opnieuw verstuurd"), _("De link daarin werkt 7 dagen."))

    return _at_once(work, _("Niet verstuurd"), url_for("person.show", user_id=user_id))


@pages.get("/<id:user_id>/verwijder")
@manager
def confirm(user_id: str) -> str:
    """Who would go for good, and what goes along."""
    user = parts().people.user(acting(), user_id)
    if user.is_self:
        raise Conflict(_("U kunt uzelf niet verwijderen. Een andere gebruikersbeheerder kan dat wel."))
    return render_template("pages/person_delete.html", user=user)


@pages.post("/<id:user_id>/verwijder")
@manager
def delete(user_id: str) -> Response:
    """For good."""

    def work(command: str) -> None:
        parts().people.delete(acting(), command, user_id)
        toast(_("Gebruiker verwijderd"), _("De gebruikersnaam is weer vrij."))

    return _at_once(work, _("Niet verwijderd"), url_for("people.listing"))


def _at_once(work: Callable[[str], None], not_done: str, target: str) -> Response:
    """Do a thing that has no form of its own; a refusal is said on the page one comes back to."""
    try:
        work(command_id(request.form.get(COMMAND, "")))
    except (Conflict, Unavailable, Fault) as error:
        failed(not_done, str(error))
    return redirect(target, 303)


def _say_made(user: UserDetails, welcome: bool) -> None:
    sentence = _("Kies hieronder de rollen en e-mailberichten.")
    if welcome:
        sentence = _("De welkom e-mail gaat naar %(email)s.", email=user.email) + " " + sentence
    toast(_("%(name)s is geregistreerd", name=user.username), sentence)


def _list_page(filled: Filled, found: Part[Users] | None) -> tuple[str, int]:
    html = render_template("pages/people_list.html", filled=filled, found=found)
    return html, 422 if found is None else 200


def _new_page(form: Form) -> tuple[str, int, dict[str, str]]:
    html = render_template("pages/people_new.html", form=form, shortest=parts().shortest_password)
    return html, form.status, form.headers
