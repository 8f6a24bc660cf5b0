"""*Onbezorgd*: messages between services that nobody could handle, and another try."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.forms.filled import read
from gateway.forms.operations import MOST_AT_ONCE, RetryForm
from gateway.models.operations import SERVICES
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.parts import parts
from gateway.toasts import failed, toast
from gateway.words import gettext as _
from gateway.words import ngettext

pages = Blueprint("beheer_undelivered", __name__, url_prefix="/beheer/onbezorgd")


@pages.get("")
@staff()
def listing() -> str:
    """All services, asked at once; one that is down takes only its part."""
    found = parts().operations.dead_letters(acting())
    total = sum(queue.messages for part in found.values() for queue in part.value or ())
    return render_template(
        "beheer/undelivered.html", found=found, total=total, services=SERVICES, most=MOST_AT_ONCE
    )


@pages.post("/<service>")
@staff()
def retry(service: str) -> Response:
    """Put a queue's messages back, the oldest first."""
    if service not in SERVICES:
        abort(404)
    filled = read(RetryForm(), request.form)
    if filled.errors:
        abort(400)

    def work(command: str) -> None:
        queue, limit = filled.values["queue"], filled.values["limit"]
        moved = parts().operations.retry_dead_letters(acting(), command, service, queue, limit)
        if not moved:
            failed(_("Niets opnieuw aangeboden"), _("De wachtrij is intussen leeg."))
            return
        said = ngettext("%(num)s bericht opnieuw aangeboden", "%(num)s berichten opnieuw aangeboden", moved)
        toast(said, _("Wat weer niet lukt, komt hier met de reden terug."))

    return at_once(work, _("Niet opnieuw aangeboden"), url_for("beheer_undelivered.listing"))
