"""Who can give a role that is missing: named on the page that refuses, when identity can be asked."""

from __future__ import annotations

from flask import g

from gateway.pages.acting import acting
from gateway.parts import parts
from gateway.words import gettext as _
from shared.errors import TikkerError
from shared.logging import get_logger

log = get_logger(__name__)


def givers_of(role: str) -> list[str]:
    """Names, nobody when they cannot be known: the page stands without them."""
    viewer = g.get("viewer")
    if viewer is None or viewer.customer is None or viewer.scope != "customer" or viewer.viewed_by:
        return []
    try:
        return parts().identity.role_givers(acting(), role)
    except TikkerError as problem:
        log.warning("who can give a role is not known", role=role, reason=str(problem))
        return []


def in_words(names: list[str]) -> str:
    """``Sanne de Wit, Piet Jonker of Ada Bakker``."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s of %(last)s", names=", ".join(names[:-1]), last=names[-1])
