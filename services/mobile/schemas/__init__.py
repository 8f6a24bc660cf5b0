"""What comes in by RPC and from carriers, and what goes out. Days are Amsterdam days, as 2026-12-01."""

from typing import Any

Reply = dict[str, Any]
