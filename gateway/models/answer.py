"""What stands above a form when a service did not do what it asked."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.formatters import wait
from gateway.words import gettext as _
from shared.errors import USED, Conflict, Fault, Invalid, TikkerError, TooMany, Unavailable


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
    if was_done_before(error):
        sentence = _("U vulde toen iets anders in. Wilt u dit alsnog? Verstuur het dan nog een keer.")
        return Answer(_("Dit formulier was al verwerkt."), sentence, 409, serious=False)
    status = 409 if isinstance(error, Conflict) else 422
    return Answer(_("Dit kan niet."), str(error), status)


def was_done_before(error: TikkerError) -> bool:
    """Whether the form that was sent had done something already, with other values: an answer that was lost,
    or a page that one went back to. Under its command's ID it never does anything else."""
    return error.details.get("command") == USED
