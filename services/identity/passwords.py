"""Password hashes: Argon2id, a few at a time, and as long for an account that does not exist."""

from __future__ import annotations

import os
import secrets
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

AT_ONCE = 2
"""Hashes under way in one process: each takes a core for about 30 ms and 19 MiB."""

SALT_BYTES = 16
HASH_BYTES = 32


@dataclass(frozen=True)
class Cost:
    """Argon2id's parameters (OWASP's choice of 2025 for 19 MiB); ``memory`` in KiB."""

    memory: int = 19 * 1024
    passes: int = 2
    lanes: int = 1

    @property
    def prefix(self) -> str:
        """How every encoded hash of this cost begins (the PHC string format)."""
        return f"$argon2id$v=19$m={self.memory},t={self.passes},p={self.lanes}$"


def _directly(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)


class Passwords:
    """Makes and checks hashes. ``run(function, *args)`` calls the function off the caller's event loop
    and returns its answer; without it the function is called directly."""

    def __init__(self, cost: Cost | None = None, run: Callable[..., Any] = _directly) -> None:
        self._cost = cost or Cost()
        self._run = run
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._nobodys = _hash(self._cost, secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """The password's hash with its salt and cost in it (PHC string)."""
        with self._turn:
            return str(self._run(_hash, self._cost, password))

    def matches(self, password: str, encoded: str | None) -> bool:
        """Whether the password is the one that was hashed; False, after as much work, for no hash (yet)."""
        with self._turn:
            right = bool(self._run(_matches, password, encoded or self._nobodys))
        return right and bool(encoded)

    def is_outdated(self, encoded: str) -> bool:
        """Whether the hash was made at another cost than is asked now."""
        return not encoded.startswith(self._cost.prefix)


def _hash(cost: Cost, password: str) -> str:
    argon = Argon2id(
        salt=os.urandom(SALT_BYTES),
        length=HASH_BYTES,
        iterations=cost.passes,
        lanes=cost.lanes,
        memory_cost=cost.memory,
    )
    return argon.derive_phc_encoded(_bytes(password))


def _matches(password: str, encoded: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(_bytes(password), encoded)
    except InvalidKey:
        return False
    return True


def _bytes(password: str) -> bytes:
    """The same bytes however the keyboard composes an accent."""
    return unicodedata.normalize("NFC", password).encode()
