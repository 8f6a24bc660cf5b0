"""A thing that is done with one click and has no form of its own."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, request
from werkzeug.wrappers import Response

from gateway.forms.form import COMMAND, command_id
from gateway.toasts import failed
from shared.errors import Conflict, Fault, Unavailable


def at_once(work: Callable[[str], None], not_done: str, target: str) -> Response:
    """Do it; a refusal is said on the page one comes back to."""
    try:
        work(command_id(request.form.get(COMMAND, "")))
    except (Conflict, Unavailable, Fault) as error:
        failed(not_done, str(error))
    return redirect(target, 303)
