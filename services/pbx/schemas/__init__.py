"""What comes in by RPC, and what goes out."""

from typing import Any

Reply = dict[str, Any]
