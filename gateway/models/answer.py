"""What stands above a form when a service did not do what it asked."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.formatters import wait
from gateway.words import gettext as _
from shared.errors import Conflict, Fault, Invalid, TikkerError, TooMany, Unavailable


@dataclass(frozen=True)
class Answer:
    """``serious`` is red, else yellow: not the user's doing. ``retry_after`` is in seconds."""

    title: str
    sentence: str
    status: int
    serious: bool = True
    retry_after: int = 0


REFUSALS = (Invalid, Conflict, TooMany, Unavailable, Fault)
"""Errors that are answered in the form; all others are pages of their own."""


def answer_to(error: TikkerError) -> Answer:
    """What is said above the form about one of :data:`REFUSALS`."""
    if isinstance(error, TooMany):
        sentence = _("Probeer het over %(time)s opnieuw.", time=wait(error.retry_after))
        return Answer(_("Te veel pogingen."), sentence, 429, retry_after=error.retry_after)
    if isinstance(error, (Unavailable, Fault)):
        sentence = _("Wat u hebt ingevuld, staat er nog. Probeer het over een minuut opnieuw.")
        return Answer(_("Dit lukt nu even niet."), sentence, 503, serious=False)
    status = 409 if isinstance(error, Conflict) else 422
    return Answer(_("Dit kan niet."), str(error), status)
