"""Usage events in a test's own process."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from services.cdr.domain.usage import UsageEvent, decode


def usage_event(fields: dict[str, Any]) -> UsageEvent:
    """A good event, decoded from what a carrier would send."""
    (event,) = decode(json.dumps(fields).encode(), datetime.now(UTC))
    assert isinstance(event, UsageEvent), event
    return event
