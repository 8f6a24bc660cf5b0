"""Users and what they may do (ID-03, ID-04, ID-05)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from shared.errors import Conflict, Invalid
from shared.events import UserChanged

FIRST_NUMBER = 1001

LAST_MANAGER = "Dit is de laatste gebruikersbeheerder. Geef die rol eerst aan iemand anders."


class Role(StrEnum):
    """The seven roles, in the manual's order (chapter 9.1)."""

    USER_MANAGEMENT = "user_management"
    INVOICES = "invoices"
    SETTINGS = "settings"
    MOBILE_ACCESS = "mobile_access"
    MOBILE_LIMITS = "mobile_limits"
    MOBILE_BLOCKS = "mobile_blocks"
    MOBILE_SIM_BLOCK = "mobile_sim_block"


NEED_MOBILE_ACCESS = frozenset({Role.MOBILE_LIMITS, Role.MOBILE_BLOCKS, Role.MOBILE_SIM_BLOCK})


@dataclass(frozen=True, kw_only=True)
class User:
    """A person of one customer. Sessions of an older ``epoch`` are over."""

    id: str
    number: int
    customer_id: str
    username: str
    password_hash: str = field(repr=False)
    email: str = ""
    first_name: str = ""
    infix: str = ""
    last_name: str = ""
    roles: tuple[Role, ...] = ()
    language: str = "nl"
    theme: str = "system"
    blocked: bool = False
    epoch: int = 1
    revision: int = 1


def roles_of(codes: Iterable[str]) -> tuple[Role, ...]:
    """Each role once, in the manual's order; :class:`Invalid` when one lacks what it needs."""
    wanted = set(codes)
    if wanted & NEED_MOBILE_ACCESS and Role.MOBILE_ACCESS not in wanted:
        raise Invalid(fields={"roles": ["Deze rol kan alleen samen met Toegang mobiel."]})
    return tuple(role for role in Role if role in wanted)


def with_roles(user: User, codes: Iterable[str], *, other_managers: int) -> User:
    """The user with these roles. Taking *Toegang mobiel* away takes away what needs it.

    ``other_managers``: how many others of the customer are user managers and not blocked; with none,
    the last one cannot lose that role.
    """
    wanted = set(codes)
    if Role.MOBILE_ACCESS in user.roles and Role.MOBILE_ACCESS not in wanted:
        wanted -= NEED_MOBILE_ACCESS
    roles = roles_of(wanted)
    if Role.USER_MANAGEMENT in user.roles and Role.USER_MANAGEMENT not in roles and not other_managers:
        raise Conflict(LAST_MANAGER)
    return user if roles == user.roles else _next(replace(user, roles=roles))


def with_block(user: User, blocked: bool, *, other_managers: int | None) -> User:
    """The user, blocked or not. The last user manager stays, unless staff decide (``None``)."""
    if blocked and is_manager(user) and other_managers == 0:
        raise Conflict(LAST_MANAGER)
    return user if blocked == user.blocked else _next(replace(user, blocked=blocked))


def is_manager(user: User) -> bool:
    """Whether the user can manage the customer's users now."""
    return Role.USER_MANAGEMENT in user.roles and not user.blocked


def changed(user: User) -> UserChanged:
    """The event that tells of this state of the user."""
    return UserChanged(
        user_id=user.id, revision=user.revision, epoch=user.epoch, roles=user.roles, blocked=user.blocked
    )


def _next(user: User) -> User:
    return replace(user, epoch=user.epoch + 1, revision=user.revision + 1)
