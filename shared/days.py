"""Days as the Netherlands count them: when one begins, and on which one a moment falls."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")


def midnight(day: date) -> datetime:
    """The moment (UTC) at which a day begins in Amsterdam."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The day in Amsterdam on which a moment falls."""
    return moment.astimezone(ZONE).date()
