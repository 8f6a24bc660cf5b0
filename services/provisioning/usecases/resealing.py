"""Putting all secrets under the newest key, while phones fetch: each device in one write, and both keys open
meanwhile."""

from __future__ import annotations

from typing import Any

import msgspec

from services.provisioning.domain.device import BODY, Device, about
from services.provisioning.store import Store
from services.provisioning.usecases.workshop import Workshop

BATCH = 200


def reseal(store: Store, workshop: Workshop, after: str) -> dict[str, Any]:
    """The next BATCH devices by ID from ``after`` on: ``{seen, changed, missed, next}``; ``next`` None: that
    was all. ``missed`` changed meanwhile: under the newest key anyway, or seen by another run."""
    batch = store.sealed_after(after, BATCH)
    changed = missed = 0
    for old in batch:
        new = _resealed(workshop, old)
        if new is old:
            continue
        if store.reseal(old, new):
            changed += 1
        else:
            missed += 1
    last = batch[-1].id if len(batch) == BATCH else None
    return {"seen": len(batch), "changed": changed, "missed": missed, "next": last}


def _resealed(workshop: Workshop, old: Device) -> Device:
    """The device itself when all is under the newest key."""
    sealer = workshop.sealer
    kept = old.rendered
    sealed = [*old.secrets.values(), *([kept.body] if kept else [])]
    if not any(sealer.is_outdated(text) for text in sealed):
        return old
    secrets = {name: sealer.reseal(text, about(old.id, name)) for name, text in old.secrets.items()}
    if kept is not None:
        kept = msgspec.structs.replace(kept, body=sealer.reseal(kept.body, about(old.id, BODY)))
    return msgspec.structs.replace(old, secrets=secrets, rendered=kept)
