"""Exports of the call details: by mail, or made in the background and then saved."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from gateway.access import customers
from gateway.clients.exports import FILE, MAIL
from gateway.forms.filled import Filled, read
from gateway.forms.form import COMMAND, command_id
from gateway.forms.usage import DetailsForm, selection_of
from gateway.models.exports import file_name, kind_of
from gateway.models.part import Part
from gateway.models.people import Own
from gateway.models.search import Search
from gateway.pages.acting import acting, viewer
from gateway.parts import parts
from gateway.toasts import failed, toast
from gateway.words import gettext as _
from shared.errors import Conflict, Fault, Invalid, NotFound, TooMany, Unavailable
from shared.logging import get_logger

pages = Blueprint("exports", __name__)
log = get_logger(__name__)


@pages.get("/gespreksdetails/exports")
@customers()
def listing() -> str:
    """One's own exports, newest first."""
    found = Part.ask(lambda: parts().exports.mine(acting()))
    return render_template("pages/exports.html", found=found, now=parts().clock())


@pages.get("/gespreksdetails/exports/mail")
@customers()
def ask() -> str:
    """*Verzend geselecteerde periode per e-mail*: what goes, and to which address."""
    filled = _filled(request.args)
    search = Search.of(filled, parts().cdr.periods(acting()), parts().today(), selection_of(filled))
    along = bool(viewer().viewed_by)  # staff have no address of their own at a customer
    own: Part[Own] = Part(value=None) if along else Part.ask(lambda: parts().identity.own(acting()))
    summary = parts().cdr.summary(acting(), selection_of(filled))
    return render_template(
        "pages/export_mail.html", search=search, own=own, summary=summary, looking_along=along
    )


@pages.post("/gespreksdetails/exports")
@customers()
def start() -> AnyResponse:
    """Begin one; its page says how far it is."""
    filled = _filled(request.form)
    delivery = MAIL if request.form.get("bezorging") == "mail" else FILE
    command = command_id(request.form.get(COMMAND, ""))
    selection, sort = selection_of(filled), filled.values["sort"]
    try:
        export = parts().exports.start(acting(), command, selection, sort, delivery)
    except (Conflict, TooMany, Unavailable, Fault) as error:
        failed(_("Niet begonnen met verzamelen"), str(error))
        back: dict[str, Any] = dict(selection.to_query())
        return redirect(url_for("usage.details", **back), 303)
    return redirect(url_for("exports.show", job_id=export.id), 303)


@pages.get("/exports/<id:job_id>")
@customers()
def by_mail(job_id: str) -> AnyResponse:
    """The link of a mail, which must stay as it is: to the export's page."""
    export = parts().exports.export(acting(), job_id)
    return redirect(url_for("exports.show", job_id=export.id), 303)


@pages.get("/gespreksdetails/exports/<id:job_id>")
@customers()
def show(job_id: str) -> str:
    """How far one is, and its file. The page looks again by itself while it is being made."""
    export = parts().exports.export(acting(), job_id)
    return render_template("pages/export.html", export=export, now=parts().clock())


@pages.get("/gespreksdetails/exports/<id:job_id>/bestand")
@customers()
def file(job_id: str) -> Response:
    """The file, handed on piece by piece: never more than one piece of it is in memory."""
    export = parts().exports.export(acting(), job_id)
    if not export.downloadable(parts().clock()):
        raise NotFound(_("Dit bestand is er niet (meer). Maak de export opnieuw."))
    pieces = parts().exports.pieces(acting(), job_id)
    # The first piece is here before the answer begins: what goes wrong with it is still a page.
    response = Response(_logged(chain([next(pieces)], pieces), job_id))
    name = file_name(export)
    response.headers["Content-Type"] = kind_of(name)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if export.result and export.result.size is not None:
        # With its length known, a browser sees that a file broke off.
        response.headers["Content-Length"] = str(export.result.size)
    return response


@pages.post("/gespreksdetails/exports/<id:job_id>/stop")
@customers()
def stop(job_id: str) -> AnyResponse:
    """Cancel it."""
    try:
        parts().exports.cancel(acting(), job_id)
        toast(_("Export gestopt"))
    except (Conflict, Unavailable, Fault) as error:
        failed(_("Niet gestopt"), str(error))
    return redirect(url_for("exports.listing"), 303)


def _filled(given: MultiDict[str, str]) -> Filled:
    """The selection that the page Details had; whoever changed it by hand gets a sentence."""
    filled = read(DetailsForm(), given)
    if filled.errors:
        raise Invalid(next(iter(filled.errors.values()))[0])
    return filled


def _logged(pieces: Iterator[bytes], job_id: str) -> Iterator[bytes]:
    """The pieces. One that does not come breaks the download off, which the browser shows."""
    try:
        yield from pieces
    except Exception as problem:
        log.warning("a download broke off", job_id=job_id, reason=f"{type(problem).__name__}: {problem}")
        raise
