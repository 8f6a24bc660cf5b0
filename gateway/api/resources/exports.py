"""Files of many calls, made in the background."""

from __future__ import annotations

from typing import Any

from flask import Response

from gateway.access import customers
from gateway.api.frame import DONE, Done, changes, downloads, reads, resource
from gateway.api.requests import ExportBody
from gateway.models.exports import Export, file_name, kind_of
from gateway.models.selection import Selection
from gateway.pages.acting import acting
from gateway.pages.files import handed_on
from gateway.parts import parts
from gateway.words import gettext as _
from shared.errors import NotFound

pages = resource("exports", "All calls of a selection as one file, made in the background.")


@reads(pages, "/exports", tuple[Export, ...], customers())
def listing() -> tuple[Export, ...]:
    """One's own exports, newest first."""
    return parts().exports.mine(acting())


@changes(pages, "POST", "/exports", customers(), ExportBody, Export, status=202)
def start(key: str, body: dict[str, Any]) -> Export:
    """Begin an export; ask for it again until its `state` is `done`."""
    found: Selection | dict[str, Any] = body["selection"]
    selection = found["selection"] if isinstance(found, dict) and found else Selection()
    return parts().exports.start(acting(), key, selection, body["sort"], body["delivery"])


@reads(pages, "/exports/<id:job_id>", Export, customers())
def show(job_id: str) -> Export:
    """How far one is."""
    return parts().exports.export(acting(), job_id)


@downloads(pages, "/exports/<id:job_id>/file", "application/octet-stream", customers())
def file(job_id: str) -> Response:
    """The file of an export that is done."""
    export = parts().exports.export(acting(), job_id)
    if not export.downloadable(parts().clock()):
        raise NotFound(_("Dit bestand is er niet (meer). Maak de export opnieuw."))
    name = file_name(export)
    size = export.result.size if export.result else None
    return handed_on(parts().exports.pieces(acting(), job_id), name, kind_of(name), size)


@changes(pages, "POST", "/exports/<id:job_id>/cancel", customers())
def cancel(key: str, job_id: str) -> Done:
    """Stop one; one that has ended stays as it is."""
    parts().exports.cancel(acting(), job_id)
    return DONE
