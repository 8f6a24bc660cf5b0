"""*Inloggen in twee stappen* of *Mijn gegevens*: setting it up, recovery codes, turning it off."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from gateway.access import members
from gateway.forms.form import Form, submit
from gateway.forms.second_step import AppCodeForm, ConfirmedForm
from gateway.models.part import Part
from gateway.models.second_step import Codes
from gateway.pages.acting import acting
from gateway.pages.session_account import go_on_at
from gateway.parts import parts
from gateway.qr import qr_code
from gateway.toasts import failed, toast
from gateway.words import gettext as _
from shared.errors import Conflict
from shared.ids import new_id

pages = Blueprint("second_step", __name__, url_prefix="/mijn-gegevens/twee-stappen")
own = members(personal=True, before_second_step=True)

Page = tuple[str, int, dict[str, str]]


@pages.get("")
@own
def show() -> Page:
    """What it is and how to begin; once it is on, new recovery codes and turning it off."""
    return _page()


@pages.post("")
@own
def begin() -> Response | Page:
    """The QR code. It is shown in the answer itself and nowhere kept: asked again, it is the same one."""
    return _set_up_page(Form.blank(AppCodeForm()))


@pages.post("/bevestig")
@own
def confirm() -> Response | Page:
    """Turn it on with a code; then the recovery codes, this once."""

    def work(form: Form) -> Response:
        made = parts().second_step.confirm(acting(), form.command, **form.values)
        _go_on(made.epoch)
        return Response(_codes_page(made, fresh=True), mimetype="text/html")

    outcome = submit(AppCodeForm(), work)
    return _set_up_page(outcome) if isinstance(outcome, Form) else outcome


@pages.post("/herstelcodes")
@own
def renew() -> Response | Page:
    """Ten other recovery codes."""

    def work(form: Form) -> Response:
        made = parts().second_step.renew_codes(acting(), form.command, **form.values)
        return Response(_codes_page(made, fresh=False), mimetype="text/html")

    outcome = submit(ConfirmedForm(), work)
    return _page(codes=outcome) if isinstance(outcome, Form) else outcome


@pages.post("/uit")
@own
def end() -> Response | Page:
    """Turn it off."""

    def work(form: Form) -> Response:
        _go_on(parts().second_step.end(acting(), form.command, **form.values))
        toast(
            _("Inloggen in twee stappen staat uit"), _("Op andere computers en telefoons bent u uitgelogd.")
        )
        return redirect(url_for("own.show"), 303)

    outcome = submit(ConfirmedForm(), work)
    return _page(off=outcome) if isinstance(outcome, Form) else outcome


def _go_on(epoch: int) -> None:
    """This session goes on; all others of the same person have ended."""
    go_on_at(epoch, must_set_up_second_step=False)


def _page(codes: Form | None = None, off: Form | None = None) -> Page:
    found = Part.ask(lambda: parts().second_step.show(acting()))
    html = render_template(
        "pages/second_step.html",
        found=found,
        codes=codes or Form.blank(ConfirmedForm()),
        off=off or Form.blank(ConfirmedForm()),
    )
    answered = codes or off
    return (html, answered.status, answered.headers) if answered else (html, 200, {})


def _set_up_page(form: Form) -> Response | Page:
    try:
        begun = parts().second_step.begin(acting(), new_id())
    except Conflict as problem:
        failed(_("Niet ingesteld"), str(problem))
        return redirect(url_for("second_step.show"), 303)
    html = render_template("pages/second_step_set_up.html", form=form, begun=begun, qr=qr_code(begun.uri))
    return html, form.status, form.headers


def _codes_page(made: Codes, fresh: bool) -> str:
    return render_template("pages/recovery_codes.html", codes=made.recovery_codes, fresh=fresh)
