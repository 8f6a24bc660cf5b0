"""*Berichten*: mails that failed, wait or were sent, and another try."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.forms.filled import read
from gateway.forms.operations import MailSearchForm
from gateway.models.operations import MAIL_STATES
from gateway.models.part import Part
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _

pages = Blueprint("beheer_mails", __name__, url_prefix="/beheer/berichten")
console = staff(partners=True)


@pages.get("")
@console
def listing() -> tuple[str, int]:
    """Newest first; at first those that failed."""
    filled = read(MailSearchForm(), request.args)
    found = None
    if not filled.errors:
        state, after = filled.values["state"], filled.values["after"]
        found = Part.ask(lambda: parts().operations.mails(acting(), state, after))
    html = render_template("beheer/mails.html", filled=filled, found=found, states=MAIL_STATES)
    return html, 422 if found is None else 200


@pages.post("/<string(length=24):mail_id>/opnieuw")
@console
def retry(mail_id: str) -> Response:
    """Send it again, at once."""

    def work(command: str) -> None:
        parts().operations.retry_mail(acting(), command, mail_id)
        toast(_("De mail staat weer klaar"), _("Binnen een minuut gaat hij opnieuw naar de mailserver."))

    return at_once(work, _("Niet opnieuw verstuurd"), url_for("beheer_mails.listing"))
