"""What comes in by RPC."""

from typing import Any

Reply = dict[str, Any]
