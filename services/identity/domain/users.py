"""Users and what they may do (ID-03 to ID-08)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.errors import Conflict, Invalid
from shared.events import UserChanged
from shared.words import gettext, lazy_gettext

FIRST_NUMBER = 1001
THEMES = ("system", "light", "dark")
"""How the portal looks to a user; ``system``: as their device does."""

WELCOME_FOR = timedelta(days=7)
"""How long the link of a welcome mail can be used (ID-07)."""

LAST_MANAGER = lazy_gettext("Dit is de laatste gebruikersbeheerder. Geef die rol eerst aan iemand anders.")


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


class Registration(StrEnum):
    """What a user can be registered for to get by mail, in the manual's order (chapter 9.1)."""

    VOIP_HIGH_USAGE = "voip_high_usage"
    MOBILE_HIGH_USAGE = "mobile_high_usage"
    INVOICES_BY_MAIL = "invoices_by_mail"
    SIM_BLOCK_CONFIRMATION = "sim_block_confirmation"


class Gender(StrEnum):
    """*Geslacht*; nobody needs to tell."""

    UNTOLD = ""
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Welcome(StrEnum):
    """What became of a user's welcome mail. An expired one can be sent again."""

    NONE = "none"
    SENT = "sent"
    EXPIRED = "expired"
    USED = "used"


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a user can change about themselves; all but the address may be empty."""

    email: str = ""
    title: str = ""
    initials: str = ""
    first_name: str = ""
    infix: str = ""
    last_name: str = ""
    gender: Gender = Gender.UNTOLD


@dataclass(frozen=True, kw_only=True)
class User(Details):
    """A person of one customer. Sessions of an older ``epoch`` are over.

    ``password_hash`` is empty as long as the welcome mail of ``invited_at`` has not been used;
    ``password_epoch`` grows with each new password, so that links sent before it are void.
    """

    id: str
    number: int
    customer_id: str
    username: str
    password_hash: str = field(repr=False)
    roles: tuple[Role, ...] = ()
    registrations: tuple[Registration, ...] = ()
    language: str = "nl"
    theme: str = "system"
    blocked: bool = False
    invited_at: datetime | None = None
    password_epoch: int = 1
    epoch: int = 1
    revision: int = 1

    @property
    def name(self) -> str:
        """First name, infix and last name; the username for who has told none."""
        return (
            " ".join(part for part in (self.first_name, self.infix, self.last_name) if part) or self.username
        )

    @property
    def details(self) -> Details:
        return Details(**{f.name: getattr(self, f.name) for f in fields(Details)})

    @property
    def awaits_first_password(self) -> bool:
        return not self.password_hash


def roles_of(codes: Iterable[str]) -> tuple[Role, ...]:
    """Each role once, in the manual's order; :class:`Invalid` when one lacks what it needs."""
    wanted = set(codes)
    if wanted & NEED_MOBILE_ACCESS and Role.MOBILE_ACCESS not in wanted:
        raise Invalid(fields={"roles": [gettext("Deze rol kan alleen samen met Toegang mobiel.")]})
    return tuple(role for role in Role if role in wanted)


def registrations_of(codes: Iterable[str]) -> tuple[Registration, ...]:
    """Each registration once, in the manual's order."""
    wanted = set(codes)
    return tuple(registration for registration in Registration if registration in wanted)


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
    return user if roles == user.roles else _other_rights(replace(user, roles=roles))


def with_block(user: User, blocked: bool, *, other_managers: int | None) -> User:
    """The user, blocked or not. The last user manager stays, unless staff decide (``None``)."""
    if blocked:
        check_can_go(user, other_managers=other_managers)
    return user if blocked == user.blocked else _other_rights(replace(user, blocked=blocked))


def check_can_go(user: User, *, other_managers: int | None) -> None:
    """Raise :class:`Conflict` for the last user manager, unless staff decide (``None``)."""
    if is_manager(user) and other_managers == 0:
        raise Conflict(LAST_MANAGER)


def with_registrations(user: User, codes: Iterable[str]) -> User:
    return _changed(user, replace(user, registrations=registrations_of(codes)))


def with_details(user: User, details: Details) -> User:
    return _changed(user, replace(user, **asdict(details)))


def with_username(user: User, username: str) -> User:
    return _changed(user, replace(user, username=username))


def with_password(user: User, password_hash: str) -> User:
    """The user with a new password: all sessions and all links of before are over."""
    return _other_rights(replace(user, password_hash=password_hash, password_epoch=user.password_epoch + 1))


def with_preferences(user: User, language: str | None, theme: str | None) -> User:
    """The user, who reads this language and sees this theme from now on; None: as before."""
    return _changed(user, replace(user, language=language or user.language, theme=theme or user.theme))


def logged_out(user: User) -> User:
    """The user, whose sessions are over."""
    return _other_rights(user)


def heard_of(user: User) -> User:
    """The user, of whom others shall hear again: something beside their rights has changed."""
    return replace(user, revision=user.revision + 1)


def invited(user: User, at: datetime) -> User:
    """The user, whom a welcome mail has been promised."""
    return _changed(user, replace(user, invited_at=at))


def welcome_of(user: User, now: datetime) -> Welcome:
    """What became of the welcome mail."""
    if user.invited_at is None:
        return Welcome.NONE
    if not user.awaits_first_password:
        return Welcome.USED
    return Welcome.SENT if now < user.invited_at + WELCOME_FOR else Welcome.EXPIRED


def is_manager(user: User) -> bool:
    """Whether the user can manage the customer's users now."""
    return Role.USER_MANAGEMENT in user.roles and not user.blocked


def changed(user: User) -> UserChanged:
    """The event that tells of this state of the user."""
    return UserChanged(
        user_id=user.id, revision=user.revision, epoch=user.epoch, roles=user.roles, blocked=user.blocked
    )


def deleted(user: User) -> UserChanged:
    """The event that tells that the user is gone: also who looks only at the block keeps them out."""
    return UserChanged(
        user_id=user.id,
        revision=user.revision + 1,
        epoch=user.epoch + 1,
        roles=(),
        blocked=True,
        deleted=True,
    )


def _changed(before: User, after: User) -> User:
    return before if after == before else replace(after, revision=before.revision + 1)


def _other_rights(user: User) -> User:
    return replace(user, epoch=user.epoch + 1, revision=user.revision + 1)
