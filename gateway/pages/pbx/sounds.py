"""*Wachtmuziek*: upload, listen, choose, remove; and the sounds themselves, for every page that plays one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain

from flask import Response, redirect, request, url_for
from marshmallow import fields
from marshmallow.validate import Length
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from gateway.clients.pbx import known
from gateway.forms.form import Form, submit
from gateway.forms.people import Sheet
from gateway.models.pbx import Pbx, Sound
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.pbx.frame import Page, holders, page, pages, saved, settings
from gateway.pages.pbx.general import TAB, general_menu
from gateway.pages.together import submit_together
from gateway.parts import parts
from gateway.security import takes_files
from gateway.toasts import toast
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l
from shared.errors import Invalid
from shared.logging import get_logger

log = get_logger(__name__)

MUSIC = "music"
LARGEST = 10_000_000
"""Bytes of one file, as pbx takes."""
MOST_BYTES = LARGEST + 64 * 1024
LONGEST_NAME = 60
NOT_IN_NAMES = dict.fromkeys(map(ord, '<>"'), None)


class UploadForm(Sheet):
    """A file; what is in it, pbx finds out."""

    file = fields.String(data_key="bestand", metadata={"label": _l("Geluidsbestand"), "needed": True})


class MusicForm(Sheet):
    """Which file is played; none is the standard."""

    file = fields.String(
        data_key="muziek",
        load_default=None,
        validate=Length(max=32, error=_l("Kies wachtmuziek uit de lijst.")),
        metadata={"label": _l("Wachtmuziek"), "needed": True},
    )


@pages.get("/wachtmuziek")
@holders
def music() -> Page:
    """What is played, and what can be chosen."""
    return _page(settings())


@pages.post("/wachtmuziek")
@holders
def set_music() -> AnyResponse | Page:
    """Choose: into the draft."""

    def work(form: Form, base: int | None) -> AnyResponse:
        parts().pbx.save(acting(), form.command, MUSIC, None, form.values, base)
        return saved("pbx.music")

    def now() -> tuple[Form, int]:
        it = settings()
        return _choice(it), it.revision

    outcome = submit_together(MusicForm(), work, now)
    return _page(settings(), choice=outcome) if isinstance(outcome, Form) else outcome


@pages.post("/wachtmuziek/bestand")
@holders
@takes_files(MOST_BYTES)
def add_music() -> AnyResponse | Page:
    """A new file; it is played when it is chosen."""

    def work(form: Form) -> AnyResponse:
        added = _hand_over(request.files.get("bestand"), form.command)
        toast(_("%(name)s staat erbij", name=added.name), _("Kies hem hieronder om hem te laten horen."))
        return redirect(url_for("pbx.music"), 303)

    outcome = submit(UploadForm(), work)
    return _page(settings(), upload=outcome) if isinstance(outcome, Form) else outcome


@pages.post("/wachtmuziek/<id:file_id>/verwijder")
@holders
def remove_music(file_id: str) -> AnyResponse:
    """It goes, unless it is played somewhere: then pbx says where."""
    found = _sound(settings(), file_id)

    def work(command: str) -> None:
        parts().pbx.remove_sound(acting(), command, file_id)
        toast(_("%(name)s verwijderd", name=found.name))

    return at_once(work, _("%(name)s is niet verwijderd", name=found.name), url_for("pbx.music"))


@pages.get("/geluid/<id:file_id>")
@holders
def listen(file_id: str) -> Response:
    """A sound, piece by piece: never more than one piece of it is in memory."""
    found = _sound(settings(), file_id)
    pieces = parts().pbx.sound(acting(), file_id)
    # The first piece is here before the answer begins: what goes wrong with it is still a page.
    response = Response(_logged(chain([next(pieces)], pieces), file_id), mimetype="audio/wav")
    response.headers["Content-Length"] = str(found.size)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Accept-Ranges"] = "none"
    return response


def _hand_over(file: FileStorage | None, command: str) -> Sound:
    """Send a file to pbx. Raises Invalid beside the field for none, a too large one, and what is no sound."""
    if file is None or not file.filename:
        raise Invalid(fields={"file": [_("Kies een bestand.")]})
    size = file.stream.seek(0, os.SEEK_END)
    file.stream.seek(0)
    if size > LARGEST:
        sentence = _("Een bestand mag ten hoogste %(most)s MB groot zijn.", most=LARGEST // 1_000_000)
        raise Invalid(fields={"file": [sentence]})
    name = os.path.basename(file.filename.replace("\\", "/")).translate(NOT_IN_NAMES)
    return parts().pbx.upload(
        acting(), command, MUSIC, name[-LONGEST_NAME:] or _("Wachtmuziek"), file.stream, size
    )


def _choice(it: Pbx) -> Form:
    """What is played now."""
    return Form.blank(MusicForm(), file=it.config.music or "")


def _page(it: Pbx, choice: Form | None = None, upload: Form | None = None) -> Page:
    sounds = sorted(it.sounds(MUSIC), key=lambda one: one.name.casefold())
    return page(
        "pbx/music.html",
        it,
        TAB,
        general_menu(it, "pbx.music"),
        choice or upload,
        choice=choice or _choice(it),
        upload=upload or Form.blank(UploadForm()),
        sounds=sounds,
        most=LARGEST // 1_000_000,
    )


def _sound(it: Pbx, file_id: str) -> Sound:
    found: Sound = known(next((one for one in it.files if one.id == file_id), None))
    return found


def _logged(pieces: Iterator[bytes], file_id: str) -> Iterator[bytes]:
    """The pieces. One that does not come breaks the sound off, which the browser shows."""
    try:
        yield from pieces
    except Exception as problem:
        log.warning("a sound broke off", file_id=file_id, reason=f"{type(problem).__name__}: {problem}")
        raise
