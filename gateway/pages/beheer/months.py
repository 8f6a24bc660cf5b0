"""The billing months that staff choose from."""

from __future__ import annotations

from datetime import date, timedelta

from gateway.formatters import month

MONTHS = 24


def months(today: date) -> dict[str, str]:
    """``2026-11`` → ``november 2026``: this month and the two years before it."""
    day, found = today.replace(day=1), {}
    for _n in range(MONTHS):
        found[f"{day:%Y-%m}"] = month(day)
        day = (day - timedelta(days=1)).replace(day=1)
    return found
