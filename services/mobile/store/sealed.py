"""Where this service keeps sealed texts: the PUKs of all SIM cards that a subscription has had."""

from __future__ import annotations

from services.mobile.domain.puk import about_puk
from shared.mongo import Document
from shared.resealing import Sealed, Shelf


def _texts(row: Document) -> list[Sealed]:
    return [
        Sealed(f"sims.{index}.puk", sim["puk"], about_puk(row["_id"], sim["sim_number"]))
        for index, sim in enumerate(row.get("sims", ()))
        if sim.get("puk")
    ]


SHELVES = (Shelf("subscriptions", _texts),)
