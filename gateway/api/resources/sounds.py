"""Greetings and music of the PBX."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from flask import Response

from gateway.access import customers
from gateway.api.frame import DONE, Done, changes, downloads, reads, resource, uploads
from gateway.api.requests import SoundQuery
from gateway.clients.pbx import known
from gateway.models.pbx import Sound
from gateway.pages.acting import acting, viewer
from gateway.pages.files import handed_on
from gateway.parts import parts

pages = resource("sounds", "Greetings and music of the PBX, kept as WAV whatever was sent.")
holder = customers(role="settings", product="pbx")
ONE = "/pbx/sounds/<id:file_id>"
LARGEST = 10_000_000
"""Bytes of one file, as pbx takes."""


@reads(pages, "/pbx/sounds", list[Sound], holder)
def listing() -> list[Sound]:
    """All sounds, by name."""
    return sorted(parts().pbx.config(acting()).files, key=lambda one: one.name.casefold())


@uploads(pages, "/pbx/sounds", "application/octet-stream", LARGEST, holder, SoundQuery, Sound, 201)
def add(key: str, query: dict[str, Any], data: bytes) -> Sound:
    """A new sound: an audio file in any common format, as the body. An element plays it by its ID."""
    upload = hashlib.sha256(f"{viewer().user.id}:{key}".encode()).hexdigest()[:32]
    kind, name = query["kind"], query["name"]
    return parts().pbx.upload(acting(), upload, kind, name, BytesIO(data), len(data))


@downloads(pages, f"{ONE}/file", "audio/wav", holder)
def file(file_id: str) -> Response:
    """What is heard."""
    files = parts().pbx.config(acting()).files
    found: Sound = known(next((one for one in files if one.id == file_id), None))
    return handed_on(parts().pbx.sound(acting(), file_id), f"{found.name}.wav", "audio/wav", found.size)


@changes(pages, "DELETE", ONE, holder)
def remove(key: str, file_id: str) -> Done:
    """Take one away; refused while it is played somewhere."""
    parts().pbx.remove_sound(acting(), key, file_id)
    return DONE
