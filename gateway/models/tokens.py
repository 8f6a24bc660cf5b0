"""Tokens of one's own programs, as identity answers them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from gateway.formatters import local


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """``shown`` is how it begins; ``works`` is False once it has expired or its owner's password has changed.
    ``roles`` are those that it has now."""

    id: str
    name: str
    shown: str
    roles: tuple[str, ...] = ()
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_from: str = ""
    works: bool = True

    @property
    def last_day(self) -> date:
        """The last day on which it works."""
        return local(self.expires_at - timedelta(microseconds=1)).date()


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """One's own, newest first, and the roles that a new one may have."""

    rows: tuple[Token, ...] = ()
    roles: tuple[str, ...] = ()


class NewToken(Token, frozen=True, kw_only=True):
    """``token`` is what the program sends: told once, None when it has been told."""

    token: str | None = None
