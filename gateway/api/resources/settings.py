"""The VoIP limit and the fraud watch."""

from __future__ import annotations

from typing import Any

from gateway.access import customers
from gateway.api.frame import DONE, Done, changes, reads, resource, value
from gateway.api.requests import FraudWatchBody, ReasonBody, VoipLimitBody
from gateway.models.limits import FraudWatch, VoipLimit
from gateway.pages.acting import acting
from gateway.parts import parts

pages = resource("settings", "The VoIP limit and the fraud watch.")
holder = customers(role="settings", product="voip")


@reads(pages, "/voip-limit", VoipLimit, holder)
def limit() -> VoipLimit:
    """At which amount a warning goes out, and what is used of it in this period."""
    return value(parts().limits.both(acting())[0])


@changes(pages, "PUT", "/voip-limit", holder, VoipLimitBody)
def set_limit(key: str, body: dict[str, Any]) -> Done:
    """Warn at another amount, or never."""
    parts().limits.set_limit(acting(), key, body["limit"])
    return DONE


@reads(pages, "/fraud-watch", FraudWatch, holder)
def watch() -> FraudWatch:
    """Whether suspicious calls are blocked, and what was found suspicious."""
    return parts().limits.watch(acting())


@changes(pages, "PUT", "/fraud-watch", holder, FraudWatchBody)
def set_watch(key: str, body: dict[str, Any]) -> Done:
    """Have suspicious calls blocked, or only told of."""
    parts().limits.set_watch(acting(), key, body["block"])
    return DONE


@changes(pages, "POST", "/fraud-watch/alerts/<id:alert_id>/lift", holder, ReasonBody)
def lift(key: str, body: dict[str, Any], alert_id: str) -> Done:
    """Let the calls of an alert through again."""
    parts().limits.lift(acting(), key, alert_id, body["reason"])
    return DONE
