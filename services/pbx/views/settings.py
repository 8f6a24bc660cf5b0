"""What customers read of their settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.pbx.domain.abroad import Abroad
from services.pbx.domain.checklist import checklist
from services.pbx.domain.config import Config
from services.pbx.domain.parts import changes_between
from services.pbx.domain.routing.directory import ref
from services.pbx.domain.rules import problems
from services.pbx.domain.settings import Settings, Which
from services.pbx.domain.uses import used_where
from services.pbx.schemas import Reply
from services.pbx.schemas.wire import full
from services.pbx.store import Store, Version
from services.pbx.usecases.sounds import file_reply


def config(store: Store, customer_id: str, which: str, now: datetime) -> Reply:
    """Everything a page needs: the configuration, what is unpublished, numbers, files, blocks."""
    found = store.settings(customer_id)
    shown = found.config(Which(which))
    owned = store.numbers_held(customer_id, now)
    return {
        "enabled": found.enabled,
        "which": which,
        "revision": found.revision,
        "config": full(shown),
        "draft": _draft(found, owned),
        "published": {"revision": found.published.revision, **full(vars(found.publication))},
        "numbers": _numbers(shown, owned),
        "files": files(store, customer_id, shown),
        "checklist": _progress(shown, owned) if found.enabled else None,
        "fraud_blocks": [full(vars(block)) for block in store.fraud_blocks(customer_id)],
        "secrets": store.secrets_set(customer_id),
    }


def _draft(found: Settings, owned: frozenset[str]) -> Reply | None:
    if found.draft is None:
        return None
    return {
        "changes": changes_between(found.published, found.draft),
        "since": full(found.draft_since),
        "problems": full(problems(found.draft, owned)),
    }


def _numbers(shown: Config, owned: frozenset[str]) -> list[Reply]:
    """The customer's numbers, each with what it reaches."""
    users = {e.number: ref(e) for e in reversed(list(shown.elements())) if e.number}
    return [{"number": n, "used_by": full(users[n]) if n in users else None} for n in sorted(owned)]


def _progress(shown: Config, owned: frozenset[str]) -> Reply:
    """How far the checklist is."""
    found = checklist(shown, owned)
    return {"done": found.done, "total": found.total}


def files(store: Store, customer_id: str, shown: Config | None = None) -> list[dict[str, Any]]:
    """The customer's sounds, each with where it is used."""
    config_ = shown or store.settings(customer_id).config(Which.DRAFT)
    found = []
    for sound in store.sounds(customer_id):
        places = dict.fromkeys(use.where for use in used_where(config_, "file", sound.id))
        found.append({**file_reply(sound), "used_by": full(list(places))})
    return found


def history(store: Store, customer_id: str) -> Reply:
    """The newest versions first; the first is what holds now."""
    return {"rows": [_version(version) for version in store.history(customer_id)]}


def _version(version: Version) -> Reply:
    return {"revision": version.revision, "kind": version.kind, **full(vars(version.publication))}


def exported(store: Store, customer_id: str, which: str, preset: int, now: datetime) -> Reply:
    """A configuration for staff, as ``import_config`` takes it, and the cap on calls abroad beside it."""
    found = store.settings(customer_id)
    return {
        "enabled": found.enabled,
        "revision": found.revision,
        "config": full(found.config(Which(which))),
        "calls_abroad": _abroad(store.calls_abroad(customer_id), preset, now),
    }


def _abroad(found: Abroad, preset: int, now: datetime) -> Reply:
    """The cap, whether staff chose it, how many calls there are, and when people were told that one was
    refused."""
    return {
        "most": found.cap(preset),
        "chosen": found.most is not None,
        "preset": preset,
        "under_way": len(found.under_way(now)),
        "refused_at": full(found.refused_at),
    }
