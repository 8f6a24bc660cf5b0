"""Users and lines get other IDs: those of one customer mean nobody at another."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from msgspec import structs

from services.pbx.domain.config import Config
from services.pbx.domain.everywhere import mapped
from services.pbx.domain.renumbering import DESTINATIONS


def people_of(config: Config) -> frozenset[str]:
    """The IDs of its users and lines."""
    return frozenset((*(user.id for user in config.users), *(line.id for line in config.lines)))


def own_id(customer_id: str, known: str) -> str:
    """The ID at this customer of who has the ID ``known`` in a file: nobody's but this customer's, and the
    same each time that file is read in."""
    return hashlib.sha256(f"{customer_id}:{known}".encode()).hexdigest()[:32]


def renamed(config: Config, ids: Mapping[str, str]) -> Config:
    """The configuration with these IDs of users and lines replaced wherever they stand."""

    def led(to: str) -> str:
        kind, colon, known = to.partition(":")
        return f"{kind}:{ids[known]}" if colon and known in ids else to

    found: Config = mapped(config, DESTINATIONS, led)
    return structs.replace(
        found,
        users=tuple(
            structs.replace(user, id=ids[user.id]) if user.id in ids else user for user in found.users
        ),
        lines=tuple(structs.replace(line, id=ids.get(line.id, line.id)) for line in found.lines),
        groups=tuple(
            structs.replace(group, members=tuple(ids.get(member, member) for member in group.members))
            for group in found.groups
        ),
    )
