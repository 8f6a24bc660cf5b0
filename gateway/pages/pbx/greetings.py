"""Greetings and messages that come along with a form: each field has a file beside it, which goes to pbx
first, so that it is not lost when something else on the page is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import request
from werkzeug.datastructures import FileStorage, MultiDict

from gateway.formatters import number
from gateway.pages.acting import acting
from gateway.parts import parts
from gateway.words import gettext as _
from shared.errors import Invalid
from shared.ids import new_id

SOUND = "greeting"
LARGEST = 10_000_000
"""Bytes of one file, as pbx takes."""
MOST_BYTES = 3 * LARGEST
"""Of a form with its files."""
LONGEST_NAME = 60


@dataclass
class Taken:
    """``fields`` with the new sound chosen where a file was sent; ``errors`` of files that are no sound."""

    fields: MultiDict[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)


def take(fields: MultiDict[str, str], names: Iterable[str]) -> Taken:
    """Hand the files of these fields to pbx. Raises what the bus raises."""
    taken = Taken(fields)
    for name in names:
        file = request.files.get(f"{name}-bestand")
        if file is None or not file.filename:
            continue
        try:
            fields[name] = _handed_over(file)
        except Invalid as refused:
            said = refused.details.get("fields") or {}
            taken.errors[name] = [words for found in said.values() for words in found] or [str(refused)]
    return taken


def _handed_over(file: FileStorage) -> str:
    size = file.stream.seek(0, os.SEEK_END)
    file.stream.seek(0)
    if size > LARGEST:
        most = number(LARGEST // 1_000_000)
        raise Invalid(fields={"file": [_("Een bestand mag ten hoogste %(most)s MB groot zijn.", most=most)]})
    name = os.path.basename((file.filename or "").replace("\\", "/"))
    name = name.translate(dict.fromkeys(map(ord, '<>"'), None))[-LONGEST_NAME:] or _("Begroeting")
    return parts().pbx.upload(acting(), new_id(), SOUND, name, file.stream, size).id
