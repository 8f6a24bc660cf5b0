"""pbx: everything that is set up, changing it, and its sounds piece by piece."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from gateway.clients import Rpc
from gateway.clients.exports import MOST_PIECES, Piece
from gateway.models.part import convert
from gateway.models.pbx import Pbx, Sound
from shared.acting import Acting
from shared.errors import Fault, NotFound

DRAFT, PUBLISHED = "draft", "published"
PIECE_BYTES = 384 * 1024
"""Of a sound that goes to pbx; in base64 it is 512 KiB."""
UPLOAD_SECONDS = 20.0
"""With its last piece pbx converts the sound."""


@dataclass(frozen=True)
class PbxClient:
    """Calls for users with the role *Instellingen wijzigen*; pbx checks it again.

    A change names the ``revision`` its page was made from: pbx refuses it with Conflict when somebody
    changed the same thing since.
    """

    rpc: Rpc

    def config(self, acting: Acting, which: str = DRAFT) -> Pbx:
        """All settings: as published, or with what is changed and not published yet."""
        return convert(self.rpc.call("pbx", "config", acting, which=which), Pbx)

    def save(
        self,
        acting: Acting,
        command_id: str,
        part: str,
        id: str | None,
        values: Mapping[str, Any],
        revision: int | None,
        at_once: bool = False,
    ) -> None:
        """Change a part (company, outgoing, night, …) or the element of a kind (user, group, menu, line,
        schedule) with this ID; only what ``values`` names changes, lists as a whole. ``at_once`` is for what
        has no draft on its page; lines never have one."""
        changed: dict[str, Any] = {"part": part, "id": id, "values": dict(values), "at_once": at_once}
        self.rpc.call("pbx", "save", acting, **changed, base_revision=revision, command_id=command_id)

    def add(
        self,
        acting: Acting,
        command_id: str,
        part: str,
        values: Mapping[str, Any],
        at_once: bool = False,
    ) -> str:
        """Make an element; its ID."""
        made: dict[str, Any] = {"part": part, "values": dict(values), "at_once": at_once}
        return str(self.rpc.call("pbx", "add", acting, **made, command_id=command_id)["id"])

    def remove(
        self,
        acting: Acting,
        command_id: str,
        part: str,
        id: str,
        revision: int | None,
        at_once: bool = False,
    ) -> None:
        """Raises Conflict with where it is used."""
        gone: dict[str, Any] = {"part": part, "id": id, "at_once": at_once}
        self.rpc.call("pbx", "remove", acting, **gone, base_revision=revision, command_id=command_id)

    def move_member(self, acting: Acting, command_id: str, group_id: str, user_id: str, way: str) -> None:
        """``way`` is up or down."""
        moved: dict[str, Any] = {"group_id": group_id, "user_id": user_id, "direction": way}
        self.rpc.call("pbx", "move_member", acting, **moved, command_id=command_id)

    def discard(self, acting: Acting, command_id: str, revision: int | None = None) -> None:
        """Throw the draft away. Raises Conflict when something changed since ``revision``."""
        seen = {} if revision is None else {"base_revision": revision}
        self.rpc.call("pbx", "discard", acting, command_id=command_id, **seen)

    def set_night(
        self,
        acting: Acting,
        command_id: str,
        state: str,
        destination: str | None = None,
        until: datetime | None = None,
    ) -> None:
        """At once, for callers from now on; ``until`` a moment it ends by itself."""
        end = until.isoformat() if until else None
        night: dict[str, Any] = {"state": state, "destination": destination, "until": end}
        self.rpc.call("pbx", "set_night", acting, **night, command_id=command_id)

    def set_secret(self, acting: Acting, command_id: str, user_id: str, kind: str, value: str) -> None:
        """Give a user another password or pincode, at once; nobody gets to see it again."""
        secret: dict[str, Any] = {"user_id": user_id, "kind": kind, "value": value}
        self.rpc.call("pbx", "set_secret", acting, **secret, command_id=command_id)

    def upload(
        self, acting: Acting, upload_id: str, kind: str, name: str, sound: IO[bytes], size: int
    ) -> Sound:
        """Hand over a sound (greeting or music) of ``size`` bytes. Raises Invalid (field ``file``) for what
        is none. The same ``upload_id`` again gives the same sound."""
        pieces = max(1, -(-size // PIECE_BYTES))
        reply: Any = None
        for index in range(pieces):
            data = base64.b64encode(sound.read(PIECE_BYTES)).decode("ascii")
            piece = {"index": index, "pieces": pieces, "data": data, "last": index == pieces - 1}
            about = {"upload_id": upload_id, "kind": kind, "name": name}
            reply = self.rpc.call("pbx", "upload", acting, timeout=UPLOAD_SECONDS, **about, **piece)
        return convert(reply["file"], Sound)

    def sound(self, acting: Acting, file_id: str) -> Iterator[bytes]:
        """A sound as a WAV file, one piece in memory at a time."""
        for index in range(MOST_PIECES):
            reply = self.rpc.call("pbx", "file_chunk", acting, file_id=file_id, index=index)
            piece = convert(reply, Piece)
            try:
                yield base64.b64decode(piece.data, validate=True)
            except (binascii.Error, ValueError) as problem:
                raise Fault() from problem
            if piece.last:
                return

    def remove_sound(self, acting: Acting, command_id: str, file_id: str) -> None:
        """Raises Conflict with where it is played."""
        self.rpc.call("pbx", "remove_file", acting, file_id=file_id, command_id=command_id)


def known(found: Any) -> Any:
    """``found``, or NotFound where an address names what is not there."""
    if found is None:
        raise NotFound()
    return found
