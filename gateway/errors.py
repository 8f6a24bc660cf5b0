"""What goes wrong, as a page: one table from error to status, title and what to do now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, make_response, render_template, request
from flask.wrappers import Response
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from gateway.access import ROLE_NAMES, to_login
from gateway.api import problems
from gateway.api.where import is_programs
from gateway.role_givers import givers_of, in_words
from gateway.security import ENDED_EXPIRED
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l
from shared import errors
from shared.logging import correlation_id, get_logger

log = get_logger(__name__)

RETRY_SECONDS = 20


@dataclass(frozen=True)
class Page:
    """``sentence`` stands when the error brings none of its own; ``retry`` offers the same address again."""

    status: int
    title: Any
    sentence: Any = ""
    retry: bool = False


PAGES: dict[type[errors.TikkerError], Page] = {
    errors.Invalid: Page(422, _l("Dit verzoek klopt niet")),
    errors.NotFound: Page(404, _l("Deze pagina bestaat niet")),
    errors.Forbidden: Page(403, _l("U hebt geen toegang tot deze pagina")),
    errors.Conflict: Page(409, _l("Dit is intussen gewijzigd")),
    errors.TooMany: Page(429, _l("Even wachten")),
    errors.Unavailable: Page(503, _l("Dit onderdeel is er even niet"), retry=True),
    errors.Fault: Page(500, _l("Deze pagina laden lukt niet"), retry=True),
}

HTTP_PAGES: dict[int, Page] = {
    400: Page(400, _l("Dit verzoek klopt niet"), _l("Ga terug en probeer het opnieuw.")),
    403: Page(403, _l("U hebt geen toegang tot deze pagina")),
    404: Page(
        404,
        _l("Deze pagina bestaat niet"),
        _l("Controleer het adres, of kies hierboven een onderdeel."),
    ),
    405: Page(405, _l("Dit adres is geen pagina"), _l("Ga terug en gebruik de knop op de pagina.")),
    413: Page(413, _l("Dit is te groot"), _l("Verstuur minder gegevens in één keer.")),
    429: Page(429, _l("Even wachten"), _l("U vraagt te veel tegelijk. Probeer het over een minuut opnieuw.")),
    500: Page(
        500,
        _l("Deze pagina laden lukt niet"),
        _l("Het ligt aan ons. Wij zien dit in ons logboek. Probeer het over een minuut opnieuw."),
        retry=True,
    ),
}


def install(app: Flask) -> None:
    """Answer every error of the application with a page of its own."""
    handlers: list[tuple[Any, Callable[[Any], Any]]] = [
        (errors.TikkerError, of_service),
        (CSRFError, of_token),
        (HTTPException, of_http),
        (InternalServerError, of_fault),
    ]
    for kind, handler in handlers:
        app.register_error_handler(kind, handler)


def of_service(error: errors.TikkerError) -> Response:
    """An error that a service, or the session store, raised."""
    if is_programs():
        return problems.of_service(error)
    page = PAGES[next(kind for kind in type(error).__mro__ if kind in PAGES)]
    response = _render(page, str(error), role=error.details.get("role"))
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, errors.Unavailable):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def of_http(error: HTTPException) -> Response:
    """An error of Flask's or werkzeug's own; a sentence of ours in it is shown."""
    status = error.code or 500
    if status < 400:
        return make_response(error)
    if is_programs():
        return problems.of_http(error)
    if isinstance(error, SecurityError):  # the wrong Host: no address of ours can be written for it
        return make_response(_("Dit adres is niet van ons."), status)
    page = HTTP_PAGES.get(status, Page(status, _l("Dit verzoek klopt niet")))
    ours = error.description if error.description != type(error).description else None
    response = _render(page, str(ours or page.sentence))
    if "Allow" in dict(error.get_headers()):
        response.headers["Allow"] = dict(error.get_headers())["Allow"]
    return response


def of_token(error: CSRFError) -> Any:
    """A form without its token: it stood open for longer than its session, or is not ours."""
    if g.viewer is None:
        g.ended = ENDED_EXPIRED
        return to_login()
    page = Page(400, _l("Deze pagina stond te lang open"))
    return _render(page, _("Er is niets gewijzigd. Ga terug, ververs de pagina en probeer het opnieuw."))


def of_fault(error: InternalServerError) -> Response:
    """A fault of ours. The session store failing while an answer is sent arrives here too."""
    cause = error.original_exception
    if isinstance(cause, errors.TikkerError):
        return of_service(cause)
    if is_programs():
        return problems.of_http(error)
    return _render(HTTP_PAGES[500], str(HTTP_PAGES[500].sentence))


def _render(page: Page, sentence: str, role: str | None = None) -> Response:
    html = render_template(
        "pages/error.html",
        page=page,
        sentence=sentence,
        role=ROLE_NAMES.get(role or ""),
        givers=in_words(givers_of(role)) if role in ROLE_NAMES else "",
        retry=page.retry and request.method == "GET",
        reference=correlation_id(),
    )
    return make_response(html, page.status)
