"""*Bevestig dat u het bent*: the password (and second step) again, before what a stolen session must not do.

The question comes in the place of the answer to a form. It takes all that was typed along, and is sent to the
same address: what was asked is then done at once, under the same command, by that very request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, render_template, request

from gateway.forms.confirming import BACK, CODE, PASSWORD, ConfirmForm
from gateway.forms.form import COMMAND, Form, command_id
from gateway.forms.people import DetailsForm
from gateway.models.account import Account
from gateway.models.answer import REFUSALS
from gateway.models.part import Part
from gateway.pages.going_back import page_before, safe_target
from gateway.parts import parts
from gateway.sessions import CONFIRMED, confirm, recently_confirmed
from gateway.words import lazy_gettext as _l
from shared.acting import Acting
from shared.logging import correlation_id
from shared.words import language

View = TypeVar("View", bound=Callable[..., Any])
Page = tuple[str, int, dict[str, str]]

TOKEN = _l("Een token opent uw gegevens voor een programma.")
ROLES = _l("Rollen bepalen wat iemand mag zien en wijzigen.")
SECRET = _l("Hierna staat een geheim op uw scherm.")
BANK = _l("Hier staat van welke en naar welke bankrekening geld gaat.")
ADDRESS = _l("Naar het e-mailadres gaat de link waarmee iemand een nieuw wachtwoord kiest.")
SECOND_STEP = _l("Hierna is bij het inloggen alleen nog een wachtwoord nodig.")

NOT_CARRIED = {"csrf_token", COMMAND, PASSWORD, CODE, BACK}
"""Fields that the question has itself."""


def confirmed(why: Any) -> Callable[[View], View]:
    """The form of this view is for who gave their password a moment ago; ``why`` is told to all others.
    Stands below the access rule: who may not, is not asked."""

    def mark(view: View) -> View:
        @wraps(view)
        def ask_or_do(*found: Any, **known: Any) -> Any:
            return ask_first(why) or view(*found, **known)

        return cast(View, ask_or_do)

    return mark


def ask_first(why: Any) -> Page | None:
    """The question, when it has to be asked or was answered wrong; None when the form may go on."""
    if recently_confirmed(parts().clock()):
        return None
    if PASSWORD not in request.form:
        command = command_id(request.form.get(COMMAND, ""))
        return _question(why, replace(Form.blank(ConfirmForm()), command=command))
    form = Form.sent(ConfirmForm())
    if form.errors:
        return _question(why, form)
    try:
        parts().identity.confirm(_themselves(), form.values["password"], form.values["code"])
    except REFUSALS as error:
        return _question(why, form.refused(error))
    confirm(parts().clock())
    return None


def ask_before_address(known: Callable[[], str]) -> Page | None:
    """The question, when the form would have mail go to another address than the ``known`` one."""
    if recently_confirmed(parts().clock()):
        return None
    wanted = Form.sent(DetailsForm()).values.get("email", "")  # as the form itself will read it
    return None if Part.ask(known).value == wanted else ask_first(ADDRESS)


def _themselves() -> Acting:
    """Who is signed in, also while they look along as a customer."""
    account: Account = g.account
    return account.acting(correlation_id(), request.remote_addr or "", language())


def _question(why: Any, form: Form) -> Page:
    second = Part.ask(lambda: parts().second_step.show(_themselves())).value
    html = render_template(
        "pages/confirm.html",
        why=why,
        form=form,
        asks_code=CODE in form.errors or second is not None and second.on,
        action=request.full_path.rstrip("?"),
        carried=[(name, value) for name, value in request.form.items(multi=True) if name not in NOT_CARRIED],
        files=any(file.filename for file in request.files.values()),
        minutes=CONFIRMED.seconds // 60,
        back_name=BACK,
        back=safe_target(request.form[BACK]) if BACK in request.form else page_before(),
    )
    return html, form.status, {**form.headers, "Cache-Control": "no-store"}
