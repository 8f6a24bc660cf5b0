"""Logging in in two steps, as identity answers it."""

from __future__ import annotations

from datetime import datetime

import msgspec

MOST_RECOVERY_CODES = 10
FEW_RECOVERY_CODES = 3


class SecondStep(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it is on (``since`` when) and how many recovery codes are left; ``duty``: the company asks it
    of everybody; ``lacking``: how many users have none, for who manages users."""

    on: bool
    since: datetime | None = None
    recovery_left: int = 0
    duty: bool = False
    lacking: int | None = None

    @property
    def codes_run_out(self) -> bool:
        return self.on and self.recovery_left <= FEW_RECOVERY_CODES


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What an authenticator app needs: ``uri`` for the QR code, ``secret`` to type over."""

    secret: str
    uri: str

    @property
    def groups(self) -> str:
        """The secret in groups of four: it is typed by hand."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


class Codes(msgspec.Struct, frozen=True, kw_only=True):
    """Recovery codes, shown this once (none when a form was sent twice), and the epoch of the sessions
    that go on."""

    recovery_codes: tuple[str, ...]
    epoch: int


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """It is off; ``epoch`` is that of the sessions that go on."""

    epoch: int
