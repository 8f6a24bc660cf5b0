"""cdr's exports: asking for one, how far it is, and its file piece by piece."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.clients import Rpc
from gateway.models.exports import Export
from gateway.models.part import convert
from gateway.models.selection import Selection
from shared.acting import Acting
from shared.errors import Fault

FILE, MAIL = "file", "mail"
MOST_PIECES = 1_000_000


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """At most 512 KiB of a file, as base64."""

    data: str
    last: bool = False


@dataclass(frozen=True)
class ExportsClient:
    """Calls to cdr on behalf of a customer's user, who sees their own exports only."""

    rpc: Rpc

    def start(
        self, acting: Acting, command_id: str, selection: Selection, sort: str, delivery: str
    ) -> Export:
        """Ask for all calls of a selection, as a file or by mail to the user's own address."""
        asked: dict[str, Any] = {"selection": selection.to_rpc(), "sort": sort, "delivery": delivery}
        reply = self.rpc.call("cdr", "start_export", acting, command_id=command_id, **asked)
        return convert(reply, Export)

    def export(self, acting: Acting, job_id: str) -> Export:
        """One of one's own. Raises :class:`shared.errors.NotFound`."""
        return convert(self.rpc.call("cdr", "export", acting, job_id=job_id), Export)

    def mine(self, acting: Acting) -> tuple[Export, ...]:
        """One's own recent exports, newest first."""
        return convert(self.rpc.call("cdr", "exports", acting), tuple[Export, ...])

    def cancel(self, acting: Acting, job_id: str) -> None:
        """Stop it; one that has ended stays as it is."""
        self.rpc.call("cdr", "cancel_export", acting, job_id=job_id)

    def pieces(self, acting: Acting, job_id: str) -> Iterator[bytes]:
        """The file in order, one piece in memory at a time. Raises what cdr raises, and
        :class:`Fault` for a piece that can not be read."""
        for index in range(MOST_PIECES):
            piece = convert(self.rpc.call("cdr", "export_chunk", acting, job_id=job_id, index=index), Piece)
            try:
                yield base64.b64decode(piece.data, validate=True)
            except (binascii.Error, ValueError) as problem:
                raise Fault() from problem
            if piece.last:
                return
