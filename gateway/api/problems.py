"""What goes wrong, as JSON: one form for every error of the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Response
from werkzeug.exceptions import HTTPException

from gateway.access import ROLE_NAMES
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l
from shared import errors
from shared.logging import correlation_id

RETRY_SECONDS = 20

STATUSES: dict[type[errors.TikkerError], int] = {
    errors.Invalid: 422,
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Conflict: 409,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.Fault: 500,
}

HTTP: dict[int, tuple[str, Any]] = {
    400: ("bad_request", _l("Dit verzoek klopt niet.")),
    401: ("unauthorized", _l("Stuur een token mee: Authorization: Bearer tik_…")),
    403: ("forbidden", _l("U hebt hier geen toegang toe.")),
    404: ("not_found", _l("Dit bestaat niet, of het is niet van u.")),
    405: ("method_not_allowed", _l("Dit adres kent deze methode niet.")),
    413: ("too_large", _l("Dit is te groot. Verstuur minder gegevens in één keer.")),
    415: ("unsupported_media_type", _l("Stuur JSON, met Content-Type: application/json.")),
    422: ("invalid", _l("Niet alles is goed ingevuld.")),
    429: ("too_many", _l("Te veel verzoeken. Wacht even.")),
    500: ("fault", _l("Dit lukt nu niet. Het ligt aan ons: wij zien dit in ons logboek.")),
}


class Error(msgspec.Struct, frozen=True, kw_only=True):
    """Every error: a ``code`` for programs, a sentence for people in their language, sentences per field, and
    the ID under which the house's log has it."""

    code: str
    message: str
    fields: dict[str, list[str]] = {}
    correlation_id: str = ""


def of_service(error: errors.TikkerError) -> Response:
    """An error that a service raised."""
    status = STATUSES[next(kind for kind in type(error).__mro__ if kind in STATUSES)]
    fields: Mapping[str, list[str]] = error.details.get("fields") or {}
    role = ROLE_NAMES.get(error.details.get("role") or "")
    sentence = _("Daarvoor is de rol %(role)s nodig.", role=role) if role else str(error)
    response = _answer(status, error.code, sentence, fields)
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, errors.Unavailable):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def of_http(error: HTTPException) -> Response:
    """An error of Flask's or of a schema; a sentence of ours in it is told."""
    status = error.code or 500
    code, sentence = HTTP.get(status, ("error", _l("Dit verzoek klopt niet.")))
    ours = (
        error.description if status in (401, 403) and error.description != type(error).description else None
    )
    response = _answer(status, code, str(ours or sentence), _fields(error))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def _fields(error: HTTPException) -> dict[str, list[str]]:
    """What a schema found, by the names of fields with dots: ``selection.amount.value``."""
    found: dict[str, list[str]] = {}
    messages = getattr(error, "data", {}).get("messages", {})
    for part in messages.values() if isinstance(messages, dict) else ():
        _flatten(part, "", found)
    return found


def _flatten(messages: Any, at: str, found: dict[str, list[str]]) -> None:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            _flatten(inner, f"{at}.{name}" if at else str(name), found)
    else:
        listed = messages if isinstance(messages, list) else [messages]
        found[at or _("verzoek")] = [str(sentence) for sentence in listed]


def _answer(status: int, code: str, message: str, fields: Mapping[str, list[str]]) -> Response:
    told = Error(code=code, message=message, fields=dict(fields), correlation_id=correlation_id() or "")
    return Response(msgspec.json.encode(told), status=status, mimetype="application/json")
