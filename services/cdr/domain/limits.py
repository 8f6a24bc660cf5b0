"""When the use of telephony passes a customer's warning limit (CDR-09, manual 8.1).

A limit is millionths of a euro ex VAT per billing period; 0 means none. A pass is remembered with the
limit that was passed: once per period, whatever is corrected, repeated or late, unless the customer
raised the limit meanwhile and the use passes the new one as well.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from services.cdr.domain.periods import bounds, period_of, preceding


def is_passed(limit: int, used: int, passed: Collection[int]) -> bool:
    """Whether to warn now; ``passed`` are the limits of which this period's passing has been told."""
    return limit > 0 and used > limit and all(limit > before for before in passed)


def periods_to_watch(now: datetime, set_at: datetime, closed: Collection[int]) -> list[int]:
    """The periods that usage may still be booked in and that the limit is for: the current one, and the
    one before while that is open, if the limit was there then."""
    current = period_of(now)
    before = preceding(current)
    watched = [current]
    if before not in closed and set_at < bounds(before)[1]:
        watched.append(before)
    return [period for period in watched if period not in closed]
