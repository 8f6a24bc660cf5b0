"""Short ways to write subscriptions and what they used, in tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.cdr.domain.bundles import Key, Share, Subscription, Used, share
from services.cdr.domain.reference import FOREVER

MB, MINUTE = 1_000_000, 60
NOVEMBER, DECEMBER = 202611, 202612
GROUP = "zakelijk_mobiel"
GROUP_DATA, GROUP_VOICE = Key("data", group=GROUP), Key("voice", group=GROUP)


def day(text: str) -> datetime:
    """Noon (UTC) of a day, which is that day in Amsterdam."""
    return datetime.fromisoformat(f"{text}T12:00:00").replace(tzinfo=UTC)


def data(megabytes: int, **more: Any) -> Share:
    """A share of the group's data, above which a MB costs nothing, unless ``more`` says otherwise."""
    return _share("data", megabytes * MB, {"types": ("data_national",), "unit": MB, **more})


def voice(minutes: int, **more: Any) -> Share:
    return _share("voice", minutes * MINUTE, {"types": ("national", "mobile"), "unit": MINUTE, **more})


def sms(messages: int, **more: Any) -> Share:
    return _share("sms", messages, {"types": ("sms",), "unit": 1, **more})


def _share(kind: str, volume: int, more: dict[str, Any]) -> Share:
    begin, end = more.pop("begin", "2026-01-01"), more.pop("end", None)
    fields = {"group": GROUP, "module": "", "rate": "0", **more}
    return share(
        kind=kind, volume=volume, valid_from=day(begin), valid_to=day(end) if end else None, **fields
    )


def subscription(
    name: str, *shares: Share, begin: str = "2026-01-01", end: str | None = None
) -> Subscription:
    last = int(day(end).timestamp()) if end else FOREVER
    return Subscription(name, f"label of {name}", int(day(begin).timestamp()), last, shares)


def used(seconds: int = 0, volume: int = 0, messages: int = 0, amount: int = 0, waived: int = 0) -> Used:
    return (1, seconds, volume, messages, amount, waived)
