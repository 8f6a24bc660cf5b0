"""Codes of an authenticator app: RFC 6238 with SHA-1, 6 digits and 30 seconds, which every app knows."""

from __future__ import annotations

import base64
from datetime import datetime
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20  # RFC 4226, 4 R6: 160 bits
DRIFT_STEPS = 1
"""A code of the step before or after counts too: clocks differ, and people type slowly (RFC 6238, 5.2)."""

ISSUER = "Tikker"


def step_of(at: datetime) -> int:
    """The step, counted from 1970, in which a moment lies."""
    return int(at.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int) -> str:
    """The code that an app shows during a step."""
    return _totp(secret).generate(step * STEP_SECONDS).decode()


def matching_step(secret: bytes, code: str, at: datetime, after: int = 0) -> int | None:
    """The step of which this is the code, near ``at`` and later than ``after``; None when there is none.

    ``after`` is the step of the last code that was taken: a code that somebody has seen opens nothing
    (RFC 6238, 5.2). Of two that match, which happens once in a million, the earlier one is taken.
    """
    now = step_of(at)
    steps = range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1)
    right = [step for step in steps if compare_digest(code_at(secret, step).encode(), code.encode())]
    return next((step for step in right if step > after), None)


def in_letters(secret: bytes) -> str:
    """The secret as one types it into an app: base32."""
    return base64.b32encode(secret).decode()


def from_letters(letters: str) -> bytes:
    """The secret that :func:`in_letters` wrote."""
    return base64.b32decode(letters)


def uri(secret: bytes, username: str) -> str:
    """What the QR code says: ``otpauth://totp/Tikker:sanne?…``."""
    return _totp(secret).get_provisioning_uri(username, ISSUER)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)
