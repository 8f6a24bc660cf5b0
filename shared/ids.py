"""IDs that others see: random, 128 bit, so that guessing one is hopeless."""

from __future__ import annotations

import secrets


def new_id() -> str:
    return secrets.token_hex(16)
