"""Calls that were, and why each went as it did."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from msgspec import structs

from services.pbx.domain.config import Config, OutgoingBlocks
from services.pbx.domain.held import numbers_in, with_held
from services.pbx.domain.routing.classes import normalise
from services.pbx.domain.routing.directory import directory, label
from services.pbx.domain.routing.replay import Record, replay, why
from services.pbx.domain.routing.values import End, Plan
from services.pbx.domain.settings import Which
from services.pbx.schemas import Reply
from services.pbx.schemas.wire import full
from services.pbx.store import Store
from services.pbx.usecases.publishing import effective
from shared.errors import NotFound
from shared.mongo import Document
from shared.phone_numbers import party
from shared.words import gettext as _

VOICEMAIL = "voicemail"
SPEAKERS = (VOICEMAIL, "mailbox", "announcement")
"""Kinds of who speaks to a caller that no element has."""


def calls(
    store: Store, customer_id: str, *, user_id: str | None, number: str | None, after: str | None, limit: int
) -> Reply:
    """The newest first."""
    last = store.call(customer_id, after) if after else None
    people = (f"user:{user_id}", f"line:{user_id}") if user_id else ()
    wanted = (normalise(number) or "-") if number else None
    rows = store.calls(customer_id, people, wanted, (last["at"], last["_id"]) if last else None, limit)
    config = effective(store, customer_id, Which.PUBLISHED)[1]
    foreign = _foreign(store, customer_id, config, rows)
    following = rows[-1]["_id"] if len(rows) == limit else None
    shown = [_row(config, row, others) for row, others in zip(rows, foreign, strict=True)]
    return {"rows": shown, "next": following}


def _foreign(store: Store, customer_id: str, config: Config, rows: list[Document]) -> list[set[str]]:
    """Of each call the numbers of the settings that were not the customer's then."""
    own = numbers_in(config)
    sides = ("caller", "called", "answered_by")
    named = [own.intersection(row.get(side, "") for side in sides) for row in rows]
    terms = store.terms(customer_id, set().union(*named))
    return [numbers - _held_at(terms, row["at"]) for numbers, row in zip(named, rows, strict=True)]


def _held_at(terms: list[Document], at: datetime) -> set[str]:
    held = (each for each in terms if each["valid_from"] <= at)
    return {each["number"] for each in held if each["valid_to"] is None or each["valid_to"] > at}


def explain_call(store: Store, customer_id: str, *, call_id: str, user_id: str | None) -> Reply:
    """What was planned with what was known then, why, and what really happened."""
    row = store.call(customer_id, call_id)
    if row is None:
        raise NotFound()
    config = _config_then(store, customer_id, row)
    record = msgspec.json.decode(row["record"], type=Record) if "record" in row else None
    found = replay(config, record) if record is not None else None
    return {
        "call": _row(config, row),
        "plan": full(found) if found is not None else None,
        "story": _story(config, found, user_id),
        "legs": [_leg(config, row, leg) for leg in _legs(row)],
    }


def _config_then(store: Store, customer_id: str, row: Document) -> Config:
    """The configuration that held, with what a suspicion of fraud blocked and without numbers that were not
    the customer's; else today's."""
    revision = row.get("revision", 0)
    config = store.published_then(customer_id, revision) or effective(store, customer_id, Which.PUBLISHED)[1]
    config = with_held(config, store.numbers_held(customer_id, row["at"]))
    blocks = row.get("outgoing")
    return structs.replace(config, outgoing=msgspec.convert(blocks, OutgoingBlocks)) if blocks else config


def _story(config: Config, found: Plan | None, user_id: str | None) -> list[str]:
    if found is None:
        return [_("Dit gesprek ging buiten het nummerplan om: de telefooncentrale was niet bereikbaar.")]
    if user_id:
        return [why(config, found, user_id)]
    return [f"{line.what}. {line.why}".strip() if line.why else f"{line.what}." for line in found.trace]


def _row(config: Config, row: Document, foreign: Collection[str] = ()) -> Reply:
    answered = row.get("answered_by", "")
    return {
        "id": row["_id"],
        "at": row["at"].isoformat(),
        "caller": _named(config, row.get("caller", ""), foreign),
        "called": _named(config, row.get("called", ""), foreign),
        "direction": row.get("direction", ""),
        "answered_by": _named(config, answered, foreign) if answered else None,
        "duration": row.get("duration"),
        "outcome": _outcome(row),
        "code": row.get("code"),
    }


def _outcome(row: Document) -> str:
    """How it ended; a call of ours that we refused for the time being was not missed by anybody."""
    found = str(row.get("outcome", "under_way"))
    refused = row.get("direction") == "out" and row.get("planned", {}).get("end") == End.REJECT
    return "refused" if found == "missed" and refused else found


def _named(config: Config, who: str, foreign: Collection[str] = ()) -> str:
    """A name or a number as people read it; who has one of the ``foreign`` numbers is none of ours."""
    kind, _colon, own_id = who.partition(":")
    if kind in SPEAKERS:
        return _speaker(config, kind, own_id)
    found = directory(config).find(who)[0] if who and who not in foreign else None
    if found is not None:
        return label(found)
    return party(who) if who.startswith(("+", "ext:", "nl:", "anon")) else who


def _speaker(config: Config, kind: str, own_id: str) -> str:
    """Who spoke to the caller, of those that are no telephone: a menu has a name of its own."""
    book = directory(config)
    owner = book.by_id.get(f"user:{own_id}") or book.by_id.get(f"line:{own_id}")
    if kind == VOICEMAIL and owner is not None:
        return _("Voicemail van %(name)s", name=label(owner))
    return _("Voicemail")


def _legs(row: Document) -> list[Document]:
    """What was tried, of the caller's own call and of those that the media server made for it."""
    parts = row.get("parts", {}).values()
    tried = [*row.get("legs", ()), *(leg for part in parts for leg in part.get("legs", ()))]
    return sorted(tried, key=lambda leg: leg["from"])


def _leg(config: Config, row: Document, leg: Document) -> Reply:
    stages = (*row.get("stages", ()), *row.get("later", {}).values())
    stage = next((s for s in stages if s["id"] == leg["stage"]), None)
    who = stage["who"] if stage else []
    names = [_named(config, each) for each in who]
    if any(each.partition(":")[0] in (*SPEAKERS, "menu", "group") for each in who):
        sentence = _("%(who)s kwam niet aan het woord: er was geen antwoord.", who=", ".join(names))
        return _tried(leg, names, sentence)
    return _tried(leg, names, _sentence(", ".join(names) or "–", str(leg["result"])))


def _tried(leg: Document, names: list[str], sentence: str) -> Reply:
    return {
        "who": names,
        "result": leg["result"],
        "from": leg["from"].isoformat(),
        "until": leg["until"].isoformat(),
        "sentence": sentence,
    }


def _sentence(who: str, result: str) -> str:
    sentences: dict[str, Any] = {
        "time": _("%(who)s ging over en nam niet op.", who=who),
        "gone": _("%(who)s was niet aangemeld.", who=who),
        "486": _("%(who)s was in gesprek.", who=who),
        "600": _("%(who)s was in gesprek.", who=who),
        "603": _("%(who)s weigerde het gesprek.", who=who),
        "487": _("%(who)s ging over tot de beller ophing.", who=who),
    }
    return str(sentences.get(result) or _("%(who)s gaf antwoord %(code)s.", who=who, code=result))
