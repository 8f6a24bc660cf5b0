"""The demo that the house of the stories is given."""

from __future__ import annotations

from datetime import UTC, datetime

from cli.demo.usage import Demo

NOW = datetime.now(UTC)
DEMO = Demo(events=6_000)  # enough for a selection that does not fit on a page
SEED = f"""
from datetime import datetime
from cli import seed
from cli.demo.usage import Demo
seed.seed(Demo({DEMO.events}), datetime.fromisoformat({NOW.isoformat()!r}))
"""
"""Makes the demo as it stands at NOW."""
