"""The method by which staff have a service put its secrets under another key: a base class for services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from marshmallow import fields
from pymongo.database import Database

from shared.acting import Acting
from shared.bus.rpc import rpc
from shared.mongo import Document
from shared.resealing import Shelf, reseal
from shared.schema import Base, length
from shared.sealing import Sealer


class Reseal(Base):
    """``after``: ``next`` of the answer before; empty at first."""

    after = fields.String(load_default="", validate=length(0, 200))


class Resealing:
    """Of services that keep secrets of others; ``shelves`` says where."""

    shelves: ClassVar[Sequence[Shelf]]
    sealer: Sealer
    own_database: Database[Document]

    @rpc(Reseal, kinds=("staff",))
    def reseal(self, acting: Acting, after: str) -> dict[str, Any]:
        """A batch under the newest key: see :func:`shared.resealing.reseal`."""
        acting.require_staff()
        return reseal(self.own_database, self.sealer, self.shelves, after)
