"""*Telefonie* of one customer (staff): the PBX on or off, its paid places, and lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.clients.pbx import known
from gateway.forms.companies import ReasonForm
from gateway.forms.form import Form, submit
from gateway.forms.telephony_staff import AbroadForm, LineForm, UserForm, asked
from gateway.models.companies import PRODUCTS
from gateway.models.numbering import small
from gateway.models.telephony import Telephony
from gateway.pages.acting import acting, acting_for
from gateway.parts import parts
from gateway.phone_numbers import party
from gateway.toasts import toast
from gateway.words import gettext as _

pages = Blueprint("beheer_telephony", __name__, url_prefix="/beheer/klanten/<id:customer_id>/telefonie")

Page = tuple[str, int, dict[str, str]]
WANTED, GIVE, TAKE = "wat", "maak", "weg"
"""The hidden field that says which of both a button does; its state may have changed since."""
MOST_NUMBERS = 1000
"""Assignments that are looked through for free numbers."""


@pages.get("")
@staff(partners=True)
def show(customer_id: str) -> str:
    """What the customer has."""
    it = _telephony(customer_id)
    return render_template(
        "beheer/telephony.html",
        company=parts().companies.company(acting(), customer_id),
        it=it,
        products=PRODUCTS,
        numbers=sum(1 for one in it.config.elements() if one.number),
    )


@pages.get("/centrale")
@staff(partners=True)
def ask_pbx(customer_id: str) -> Page:
    """Give the PBX, or take it away: what that means."""
    return _asked(customer_id, Form.blank(ReasonForm()))


@pages.post("/centrale")
@staff(partners=True)
def set_pbx(customer_id: str) -> Response | Page:
    """Do what the button said, unless it is so already."""
    wanted = request.form.get(WANTED, "")
    if wanted not in (GIVE, TAKE):
        return _asked(customer_id, Form.blank(ReasonForm()))
    if _telephony(customer_id).enabled == (wanted == GIVE):
        toast(_("De telefooncentrale was er al") if wanted == GIVE else _("De telefooncentrale was al weg"))
        return _back(customer_id)

    def work(form: Form) -> Response:
        _change(form, "enable_pbx" if wanted == GIVE else "disable_pbx", customer_id)
        toast(_("De telefooncentrale staat klaar") if wanted == GIVE else _("Telefooncentrale weggehaald"))
        return _back(customer_id)

    outcome = submit(ReasonForm(), work)
    return _asked(customer_id, outcome) if isinstance(outcome, Form) else outcome


@pages.get("/internationaal")
@staff()
def ask_abroad(customer_id: str) -> Page:
    """How many calls abroad at once: the operator's risk, so no partner's choice."""
    return _abroad(customer_id, AbroadForm.of(known(_telephony(customer_id).calls_abroad)))


@pages.post("/internationaal")
@staff()
def set_abroad(customer_id: str) -> Response | Page:
    """Change it; it holds for the next call."""

    def work(form: Form) -> Response:
        _change(form, "set_calls_abroad", customer_id, most=form.values["most"])
        toast(_("Grens van internationale gesprekken opgeslagen"))
        return _back(customer_id)

    outcome = submit(AbroadForm(), work)
    return _abroad(customer_id, outcome) if isinstance(outcome, Form) else outcome


@pages.get("/gebruikers/nieuw")
@staff(partners=True)
def new_user(customer_id: str) -> Page:
    """A paid place."""
    return _form_page("beheer/telephony_user.html", customer_id, Form.blank(UserForm()))


@pages.post("/gebruikers/nieuw")
@staff(partners=True)
def add_user(customer_id: str) -> Response | Page:
    """Make it; the customer names and sets it."""

    def work(form: Form) -> Response:
        _change(form, "add_user", customer_id, values=asked(form, UserForm()))
        toast(_("Gebruiker %(name)s toegevoegd", name=form.values["username"]))
        return _back(customer_id)

    return _sent("beheer/telephony_user.html", customer_id, UserForm(), work)


@pages.get("/<any('gebruikers', 'lijnen'):kind>/<id:element_id>/verwijder")
@staff(partners=True)
def ask_remove(customer_id: str, kind: str, element_id: str) -> Page:
    """What goes with a place, or with a line."""
    return _removing(customer_id, kind, element_id, Form.blank(ReasonForm()))


@pages.post("/<any('gebruikers', 'lijnen'):kind>/<id:element_id>/verwijder")
@staff(partners=True)
def remove(customer_id: str, kind: str, element_id: str) -> Response | Page:
    """It goes, at once, unless something leads to it."""
    element = _found(_telephony(customer_id), kind, element_id)

    def work(form: Form) -> Response:
        method = "remove_user" if kind == "gebruikers" else "remove_line"
        _change(form, method, customer_id, id=element_id)  # for what has gone: NotFound, or as the first time
        if element:
            toast(_("%(name)s verwijderd", name=element.name or party(element.number)))
        return _back(customer_id)

    outcome = submit(ReasonForm(), work)
    return _removing(customer_id, kind, element_id, outcome) if isinstance(outcome, Form) else outcome


@pages.get("/lijnen/nieuw")
@staff(partners=True)
def new_line(customer_id: str) -> Page:
    """A line on one of the numbers."""
    return _form_page("beheer/telephony_line.html", customer_id, Form.blank(LineForm()))


@pages.post("/lijnen/nieuw")
@staff(partners=True)
def add_line(customer_id: str) -> Response | Page:
    """Make it."""

    def work(form: Form) -> Response:
        _change(form, "add_line", customer_id, values=asked(form, LineForm()))
        toast(_("Telefoonlijn toegevoegd"))
        return _back(customer_id)

    return _sent("beheer/telephony_line.html", customer_id, LineForm(), work)


@pages.get("/lijnen/<id:line_id>")
@staff(partners=True)
def line(customer_id: str, line_id: str) -> Page:
    """One, to change."""
    found = known(_telephony(customer_id).config.line(line_id))
    return _form_page("beheer/telephony_line.html", customer_id, LineForm.of(found), found)


@pages.post("/lijnen/<id:line_id>")
@staff(partners=True)
def change_line(customer_id: str, line_id: str) -> Response | Page:
    """Change it, at once."""
    found = known(_telephony(customer_id).config.line(line_id))

    def work(form: Form) -> Response:
        _change(form, "change_line", customer_id, id=line_id, values=asked(form, LineForm()))
        toast(_("Telefoonlijn opgeslagen"))
        return _back(customer_id)

    return _sent("beheer/telephony_line.html", customer_id, LineForm(), work, found)


def _telephony(customer_id: str) -> Telephony:
    return parts().telephony.of_customer(acting_for(customer_id), customer_id)


def _change(form: Form, method: str, customer_id: str, **fields: Any) -> None:
    client, reason = parts().telephony, form.values["reason"]
    client.change(acting_for(customer_id), form.command, method, customer_id, reason, **fields)


def _back(customer_id: str) -> Response:
    return redirect(url_for("beheer_telephony.show", customer_id=customer_id), 303)


def _sent(
    template: str,
    customer_id: str,
    schema: Schema,
    work: Callable[[Form], Response],
    element: Any = None,
) -> Response | Page:
    outcome = submit(schema, work)
    return _form_page(template, customer_id, outcome, element) if isinstance(outcome, Form) else outcome


def _form_page(template: str, customer_id: str, form: Form, element: Any = None) -> Page:
    it = _telephony(customer_id)
    free = {"": _("Geen")} | _free(customer_id, it, element)
    html = render_template(
        template,
        company=parts().companies.company(acting(), customer_id),
        it=it,
        form=form,
        element=element,
        numbers=free | _own(element, "number"),
        main_numbers=free | _own(element, "main_number"),
    )
    return html, form.status, form.headers


def _free(customer_id: str, it: Telephony, element: Any) -> dict[str, str]:
    """The customer's numbers of now that nothing has, and the one of the element."""
    today = parts().today()
    used = {one.number for one in it.config.elements()} - {getattr(element, "number", None)}
    found = parts().telephony.assignments(acting_for(customer_id), customer_id, rows=MOST_NUMBERS).rows
    own = (row.number for row in found if row.state(today) == "now")
    return {number: party(number) for number in own if number not in used}


def _own(element: Any, name: str) -> dict[str, str]:
    """What the element has now, which can be a number of something else too."""
    number = getattr(element, name, None)
    return {number: party(number)} if number else {}


def _asked(customer_id: str, form: Form) -> Page:
    it = _telephony(customer_id)
    company = parts().companies.company(acting(), customer_id)
    html = render_template("beheer/telephony_pbx.html", company=company, it=it, form=form)
    return html, form.status, form.headers


def _abroad(customer_id: str, form: Form) -> Page:
    it = known(_telephony(customer_id).calls_abroad)
    company = parts().companies.company(acting(), customer_id)
    html = render_template("beheer/telephony_abroad.html", company=company, it=it, form=form)
    return html, form.status, form.headers


def _removing(customer_id: str, kind: str, element_id: str, form: Form) -> Page:
    element = _element(_telephony(customer_id), kind, element_id)
    html = render_template(
        "beheer/telephony_remove.html",
        company=parts().companies.company(acting(), customer_id),
        element=element,
        reach=small(element),
        kind=kind,
        form=form,
    )
    return html, form.status, form.headers


def _element(it: Telephony, kind: str, element_id: str) -> Any:
    """Raises NotFound."""
    return known(_found(it, kind, element_id))


def _found(it: Telephony, kind: str, element_id: str) -> Any:
    return it.config.user(element_id) if kind == "gebruikers" else it.config.line(element_id)
