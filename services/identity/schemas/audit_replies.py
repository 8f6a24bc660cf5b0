"""What is answered about the audit log."""

from __future__ import annotations

from typing import Any

from services.identity.schemas.replies import Reply
from shared.acting import Acting

_ACTOR = {"scope": "none", "user_id": None, "username": None, "address": "", "viewed_by": ""}


def entry_reply(entry: dict[str, Any], acting: Acting) -> Reply:
    """An entry. Customers are told who of the staff it was, not from where these people work."""
    actor = {**_ACTOR, **entry["actor"]}
    of_staff = actor["kind"] == "staff" or actor["viewed_by"]
    if of_staff and acting.kind == "user" and not acting.viewed_by:
        actor["address"] = ""
    return {
        "id": entry["_id"],
        "seq": entry["seq"],
        "at": entry["at"],
        "service": entry["service"],
        "action": entry["action"],
        "actor": actor,
        "subject": entry["subject"],
        "before": entry["before"],
        "after": entry["after"],
        "reason": entry["reason"],
    }


def key_reply(entry: dict[str, Any]) -> str:
    """The place of an entry in the list, as :class:`services.identity.schemas.audit.PageKey` reads it."""
    return f"{int(entry['at'].timestamp() * 1000)}-{entry['seq']}"
