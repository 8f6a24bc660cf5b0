"""Demo data for a first start, and the logins that come with it."""

from __future__ import annotations

from typing import NamedTuple


class Login(NamedTuple):
    """A demo account, as ``up`` prints it."""

    username: str
    password: str
    who: str


def seed_if_empty() -> bool:
    """Load the demo data into a system that has none; whether it did."""
    return False


def logins() -> list[Login]:
    """The accounts of the demo data."""
    return []
