"""What a service last said, for when it says nothing: shown with its time beside the notice.

Each worker keeps its own, in memory and for a bounded number of customers: nothing of it is needed, and
a worker that knows nothing shows the notice alone.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from gateway.models.part import Part
from shared.errors import Fault, TikkerError, Unavailable

Value = TypeVar("Value")

MOST_VALUES = 4000


@dataclass(frozen=True)
class Known(Generic[Value]):
    """A part of a page. With an ``error`` the ``value`` is an older one, of ``at``, or None."""

    value: Value | None = None
    error: TikkerError | None = None
    at: datetime | None = None


class LastKnown:
    """Values by customer and part; the ones longest unused go first. Safe under threads."""

    def __init__(self, most: int = MOST_VALUES) -> None:
        self._most = most
        self._values: OrderedDict[tuple[str, str], tuple[Any, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def follow(self, customer_id: str, name: str, part: Part[Value], now: datetime) -> Known[Value]:
        """The part; keeps its value, or gives the kept one when the service did not answer.

        A refusal is an answer: who may no longer see something does not see what it was.
        """
        key = (customer_id, name)
        with self._lock:
            if part.error is None:
                self._values[key] = (part.value, now)
                self._values.move_to_end(key)
                while len(self._values) > self._most:
                    self._values.popitem(last=False)
                return Known(value=part.value)
            if not isinstance(part.error, (Unavailable, Fault)):
                self._values.pop(key, None)
            value, at = self._values.get(key, (None, None))
        return Known(cast("Value | None", value), part.error, at)
