"""A customer's users, as those see them who manage them, and as they see themselves."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.models.account import Account, Customer, User


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a person; all but the address may be empty."""

    email: str = ""
    title: str = ""
    initials: str = ""
    first_name: str = ""
    infix: str = ""
    last_name: str = ""
    gender: str = ""

    @property
    def details(self) -> dict[str, Any]:
        """These fields alone."""
        return {name: getattr(self, name) for name in Details.__struct_fields__}


class UserRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of *Lijst van gebruikers*; ``number`` is the ID that people use."""

    id: str
    number: int
    username: str
    email: str = ""
    first_name: str = ""
    infix: str = ""
    last_name: str = ""
    blocked: bool = False
    is_self: bool = False

    @property
    def family_name(self) -> str:
        """``Wit, de``: by which one looks in a list."""
        return ", ".join(name for name in (self.last_name, self.infix) if name)


class Users(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list, which counts from 1, and how many users were found in all."""

    rows: tuple[UserRow, ...] = ()
    total: int = 0
    page: int = 1
    size: int = 25

    @property
    def first(self) -> int:
        """The place of the page's first row, from 1."""
        return (self.page - 1) * self.size + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def has_more(self) -> bool:
        return self.last < self.total


class UserDetails(Details, frozen=True, kw_only=True):
    """A user of the same customer. ``welcome`` is none, sent, expired or used."""

    id: str
    number: int
    username: str
    customer_id: str = ""
    roles: tuple[str, ...] = ()
    registrations: tuple[str, ...] = ()
    blocked: bool = False
    is_self: bool = False
    second_step: bool = False
    welcome: str = "none"

    @property
    def full_name(self) -> str:
        """First name, infix and last name; the username for who has none."""
        names = (self.first_name, self.infix, self.last_name)
        return " ".join(name for name in names if name) or self.username


class OwnUser(Details, frozen=True, kw_only=True):
    """The signed-in user, with what only their own page shows."""

    id: str
    username: str
    epoch: int
    roles: tuple[str, ...] = ()
    registrations: tuple[str, ...] = ()
    theme: str = "system"


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """identity's answer about the signed-in user, in full."""

    user: OwnUser
    customer: Customer | None = None
    scope: str = "customer"

    @property
    def account(self) -> Account:
        """As much of it as a session keeps."""
        user = msgspec.convert(msgspec.to_builtins(self.user), User)
        return Account(user=user, customer=self.customer, scope=self.scope)


class MailedLink(msgspec.Struct, frozen=True, kw_only=True):
    """Whose password a mailed link sets; ``purpose`` is reset or welcome."""

    purpose: str
    username: str
