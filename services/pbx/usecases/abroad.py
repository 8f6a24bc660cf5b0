"""The cap on calls abroad at once: places that decisions take and records of calls give back, people who
hear that there was none, and staff who set it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from prometheus_client import Counter

from services.pbx.domain import abroad as rules
from services.pbx.domain.abroad import ANSWERED, PRESET, Abroad, Place
from services.pbx.domain.edge.records import Called, moment
from services.pbx.domain.edge.stages import Leg, Stage
from services.pbx.domain.routing.values import Full
from services.pbx.schemas import Reply
from services.pbx.store import Changes, Store
from services.pbx.usecases.common import Clock
from shared.acting import Acting
from shared.config import setting
from shared.events.audit import Subject
from shared.events.notification import PbxNotificationRequested
from shared.logging import get_logger

log = get_logger(__name__)

PATIENCE = 1.2
"""Seconds: the proxy waits two for its answer."""
DECIDED = Counter("tikker_sip_abroad_total", "Calls abroad that were asked for", ["outcome"])
for _outcome in ("granted", "refused", "unknown"):
    DECIDED.labels(_outcome)
_OWN = Acting(kind="service", username="pbx")


def preset() -> int:
    """The setting CALLS_ABROAD_AT_ONCE."""
    return int(setting("CALLS_ABROAD_AT_ONCE", str(PRESET)))


def take(
    store: Store, most: int, customer_id: str, call_id: str, stages: tuple[Stage, ...], now: datetime
) -> Full | None:
    """A place for a call (or a part of one, ``call.part``) whose order may ring somebody abroad, in one
    transaction with the mark by which its end gives it back. Full when there is none, and when that cannot
    be known: then nobody calls abroad."""
    place = Place(call_id, now, rules.rings_until(stages, now))

    def work(changes: Changes) -> Full | None:
        before = changes.abroad(customer_id)
        after = rules.taken(before, place, most)
        if after is None:
            _refused(changes, before, most)
            return Full(most=before.cap(most))
        changes.save_abroad(after)
        own, _dot, part = call_id.partition(".")
        changes.update_call(own, {f"parts.{part}.abroad" if part else "abroad": customer_id}, now)
        return None

    try:
        full = store.in_one(now, work, PATIENCE)
    except Exception as problem:
        log.warning("calls abroad cannot be counted", reason=f"{type(problem).__name__}: {problem}"[:200])
        full = Full()
    DECIDED.labels("granted" if full is None else "unknown" if full.most is None else "refused").inc()
    return full


def _refused(changes: Changes, found: Abroad, most: int) -> None:
    """Tell people, once; who hears is who hears of a suspicion of fraud."""
    if not rules.to_tell(found, most, changes.at):
        return
    customer, cap = found.customer_id, found.cap(most)
    changes.save_abroad(replace(found, refused_at=changes.at, refused_over=cap))
    at = changes.at.isoformat().replace("+00:00", "Z")
    mail = PbxNotificationRequested(
        template="calls_abroad_full",
        dedupe_key=f"calls_abroad:{at}",
        registration="voip_high_usage",
        roles=("user_management",),
        parameters={"most": cap, "at": at},
    )
    changes.tell(customer, mail)
    changes.record(_OWN, customer, "calls_abroad.full", _subject(customer), after={"calls_abroad": cap})


def told(changes: Changes, called: Called, leg: Leg | None, known: dict[str, Any]) -> dict[str, Any]:
    """What a record of a call does with its place; fields of the call, or of the part of it, that is
    ``known``. Calls that never were to go abroad cost nothing here: their document, which is read anyhow,
    has no mark. Who answered counts as abroad when that is not known."""
    holder = known.get("abroad")
    if called.event == "answered" and (rules.leg_abroad(leg) or (holder and leg is None)):
        holder = leg.customer if leg is not None else str(holder)
        at = moment(called.at)
        place = Place(called.call, at, at + ANSWERED)
        changes.save_abroad(rules.answered(changes.abroad(holder), place))
        return {"abroad": holder}
    if holder is None:
        return {}
    changes.save_abroad(rules.freed(changes.abroad(holder), called.call))
    return {"abroad": None}


def forget(changes: Changes, before: datetime) -> None:
    """The proxy began anew: of calls from before it will tell no end."""
    for found in changes.with_places():
        changes.save_abroad(rules.forgotten(found, before))


def set_cap(
    store: Store,
    clock: Clock,
    acting: Acting,
    standard: int,
    *,
    customer_id: str,
    most: int | None,
    command_id: str,
    reason: str,
) -> Reply:
    """How many calls abroad a customer may have at once; None: the ``standard`` of all, 0: none at all.
    Calls that are under way go on."""

    def work(changes: Changes) -> Reply:
        old = changes.abroad(customer_id)
        new = replace(old, most=most)
        if old.most != most:
            before, after = {"calls_abroad": old.cap(standard)}, {"calls_abroad": new.cap(standard)}
            about = _subject(customer_id)
            changes.record(acting, customer_id, "calls_abroad.changed", about, before, after, reason)
            changes.save_abroad(new)
        return {"most": new.cap(standard), "chosen": most is not None}

    return store.once(command_id, ("set_calls_abroad", customer_id, most), clock(), work)


def _subject(customer_id: str) -> Subject:
    return Subject(kind="calls_abroad", id=customer_id, name="Internationale gesprekken tegelijk")
