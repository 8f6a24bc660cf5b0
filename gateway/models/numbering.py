"""What pages say of a PBX's numbers: which extensions are free, where a call can go, who cannot be called.

pbx judges what is saved; this only helps to fill it in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from gateway.models.pbx import Config, Pbx
from gateway.models.pbx_elements import Element, Group, Menu, PbxUser
from gateway.phone_numbers import party
from gateway.words import gettext as _

COMPANY_VOICEMAIL = "999"
LONGEST, SHORTEST = 4, 2
OFFERED = 10
FIRST_OF_THREE = "200"
"""Where the offer begins for who has no extension yet."""

# Short numbers of the public network (Nummerplan): an extension must never be in their way.
RESERVED = frozenset({"112", "113", "1233"})
RESERVED_BEGINNINGS = ("14", "18")


@dataclass(frozen=True)
class Target:
    """Where a call can go: what is dialled, and whose it is."""

    dialled: str
    name: str


def small(element: Element) -> str:
    """Number and extension below a name: ``085-000 16 11, 102``."""
    return ", ".join(party(one) if one.startswith("+") else one for one in _own(element))


def reachable(element: Element) -> bool:
    """Whether it has a number or an extension."""
    return bool(element.number or element.extension)


def unreachable_words(element: Element) -> str:
    """For the menu: why an element cannot work; empty when it can."""
    return "" if reachable(element) else _("geen nummer of extensie")


def targets(config: Config) -> list[Target]:
    """Groups and users that can be called inside, groups first, by name."""
    return [*_targets(config.groups), *_targets(config.users)]


def _targets(elements: Iterable[Element]) -> list[Target]:
    by_name = sorted(elements, key=lambda one: one.name.casefold())
    return [Target(_dialled(element), element.name) for element in by_name if reachable(element)]


def free_extensions(config: Config, near: str = "", count: int = OFFERED) -> list[str]:
    """Extensions that nothing has, as long as ``near`` and the first above it; then from below."""
    used = {element.extension for element in config.elements()}
    start = near if SHORTEST <= len(near) <= LONGEST and _digits(near) and near[0] != "0" else FIRST_OF_THREE
    lowest, end = 10 ** (len(start) - 1), 10 ** len(start)
    found: list[str] = []
    for number in (*range(int(start), end), *range(lowest, int(start))):
        extension = str(number)
        if extension not in used and not _reserved(extension):
            found.append(extension)
            if len(found) == count:
                break
    return found


def free_in(sentence: str, free: Collection[str], typed: str) -> list[tuple[str, bool]]:
    """A sentence in pieces, of which those that are a free extension (True) can be clicked."""
    return [
        (piece, piece in free and piece != typed) for piece in re.split(r"\b(\d{2,4})\b", sentence) if piece
    ]


def candidates(config: Config, group: Group) -> list[PbxUser]:
    """Users who can become a member: those who can be called, by name."""
    free = (user for user in config.users if user.id not in group.members and reachable(user))
    return sorted(free, key=lambda user: user.name.casefold())


def left_out(config: Config, group: Group) -> list[PbxUser]:
    """Users who cannot become a member, for want of a number or an extension."""
    return [user for user in config.users if user.id not in group.members and not reachable(user)]


def why_no_calls(it: Pbx, user: PbxUser) -> str:
    """Why a user cannot call, in a sentence; empty when they can."""
    if not reachable(user):
        return _("Er is geen telefoonnummer en geen extensie. Kies een van beide.")
    if not it.config.company.number:
        return _("Uw bedrijf heeft nog geen bedrijfsnummer. Kies dat bij Algemeen, Weergave.")
    return ""


def without_receptionist(menu: Menu) -> Collection[str]:
    """The sides (open, closed) that are set up, but where who presses nothing goes nowhere."""
    sides = {"open": menu.open, "closed": menu.closed}
    return [
        name
        for name, side in sides.items()
        if any(key.action != "none" for key in side.keys.values())
        and not any(key.action == "operator" for key in side.keys.values())
    ]


def _own(element: Element) -> list[str]:
    return [one for one in (element.number, element.extension) if one]


def _dialled(element: Element) -> str:
    return element.extension or party(element.number)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _reserved(extension: str) -> bool:
    return extension in RESERVED or len(extension) == LONGEST and extension.startswith(RESERVED_BEGINNINGS)
