"""Calendar months in Amsterdam, written ``2026-11``: usage is summed by them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from shared.days import day_of, midnight


def month_of(moment: datetime) -> str:
    """The month in which a moment falls."""
    return f"{day_of(moment):%Y-%m}"


def bounds(month: str) -> tuple[datetime, datetime]:
    """(first moment, first moment after it) in UTC."""
    first = date.fromisoformat(f"{month}-01")
    return midnight(first), midnight((first + timedelta(days=31)).replace(day=1))


def preceding(month: str) -> str:
    """The month before: ``2027-01`` gives ``2026-12``."""
    return f"{date.fromisoformat(f'{month}-01') - timedelta(days=1):%Y-%m}"
