"""*Gebruikers*: asking everybody to log in in two steps, and helping who has lost their phone."""

from __future__ import annotations

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from gateway.forms.form import COMMAND, Form, command_id, submit
from gateway.forms.second_step import ReasonForm
from gateway.pages import people
from gateway.pages.acting import acting
from gateway.pages.confirming import SECOND_STEP, confirmed
from gateway.pages.whose import Whose, route
from gateway.parts import parts
from gateway.toasts import failed, toast
from gateway.words import gettext as _
from shared.errors import Conflict, Fault, Unavailable

Page = tuple[str, int, dict[str, str]]


@route(people.pages, people.console_pages, "POST", "/twee-stappen")
def duty(whose: Whose) -> Response:
    """Ask it of everybody, or leave it to each."""
    on = request.form.get("verplicht") == "1"
    try:
        command = command_id(request.form.get(COMMAND, ""))
        parts().second_step.set_duty(acting(), command, on, **whose.fields)
    except (Conflict, Unavailable, Fault) as error:
        failed(_("Niet gewijzigd"), str(error))
    else:
        said = _("Wie het nog niet heeft, stelt het bij de volgende keer inloggen in.")
        free = _("Iedereen kiest zelf bij Mijn gegevens.")
        title = _("Twee stappen is nu verplicht") if on else _("Twee stappen is niet meer verplicht")
        toast(title, said if on else free)
    return redirect(whose.url("people.listing"), 303)


@route(people.pages, people.console_pages, "GET", "/<id:user_id>/tweede-stap")
def confirm_reset(whose: Whose, user_id: str) -> Page:
    """Whose second step would go, and what that means."""
    return _reset_page(whose, user_id, Form.blank(ReasonForm()))


@route(people.pages, people.console_pages, "POST", "/<id:user_id>/tweede-stap")
@confirmed(SECOND_STEP)
def reset(whose: Whose, user_id: str) -> Response | Page:
    """Take it away."""

    def work(form: Form) -> Response:
        parts().second_step.reset(acting(), form.command, user_id, **form.values)
        toast(
            _("Tweede stap weggehaald"),
            _("Inloggen kan met alleen het wachtwoord. De gebruiker krijgt een mail."),
        )
        return redirect(whose.url("person.show", user_id=user_id), 303)

    outcome = submit(ReasonForm(), work)
    return _reset_page(whose, user_id, outcome) if isinstance(outcome, Form) else outcome


def _reset_page(whose: Whose, user_id: str, form: Form) -> Page:
    user = parts().people.user(acting(), user_id)
    html = render_template("pages/person_second_step.html", whose=whose, user=user, form=form)
    return html, form.status, form.headers
