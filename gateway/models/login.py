"""What the login page says and draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.formatters import wait
from gateway.models.account import LoginAnswer
from gateway.models.answer import Answer
from gateway.words import gettext as _
from gateway.words import ngettext

BARS_PER_DAY = 96
# How a day at the office sounds, from quiet (0) to loud (100), by the hour.
LOUDNESS = (2, 2, 2, 2, 3, 5, 10, 22, 60, 94, 99, 88, 70, 78, 100, 92, 68, 40, 18, 12, 8, 6, 4, 2, 2)


@dataclass(frozen=True)
class Bar:
    """A quarter of an hour in the picture; ``when`` is past, now or later."""

    height: int
    when: str


def refused(answer: LoginAnswer) -> Answer:
    """The same words for a wrong password and a name that does not exist."""
    if answer.wait_seconds > 0:
        sentence = _("Probeer het over %(time)s opnieuw.", time=wait(answer.wait_seconds))
        return Answer(_("Te veel pogingen."), sentence, 429, retry_after=answer.wait_seconds)
    left = ngettext(
        "Na nog %(num)s poging moet u even wachten.",
        "Na nog %(num)s pogingen moet u even wachten.",
        answer.attempts_left,
    )
    sentence = _("Let op hoofdletters.") + (f" {left}" if answer.attempts_left else "")
    return Answer(_("Deze combinatie klopt niet."), sentence, 401)


def refused_code(answer: LoginAnswer) -> Answer:
    """The same words for a wrong code and one that was used before."""
    if answer.wait_seconds > 0:
        return refused(answer)
    left = ngettext(
        "Na nog %(num)s poging moet u even wachten.",
        "Na nog %(num)s pogingen moet u even wachten.",
        answer.attempts_left,
    )
    sentence = _("Elke code werkt één keer: wacht op de volgende.") + (
        f" {left}" if answer.attempts_left else ""
    )
    return Answer(_("Deze code klopt niet, of is al gebruikt."), sentence, 401)


def unavailable() -> Answer:
    """identity does not answer: it is not the user's fault, and nothing was counted as a try."""
    sentence = _("Dat ligt niet aan uw wachtwoord. Probeer het over een minuut opnieuw.")
    return Answer(_("Inloggen lukt nu even niet."), sentence, 503, serious=False)


def day_shape(now: datetime) -> Sequence[Bar]:
    """The picture beside the form: a working day in quarters of an hour, with now marked."""
    current = (now.hour * 60 + now.minute) * BARS_PER_DAY // (24 * 60)
    bars = []
    for index in range(BARS_PER_DAY):
        hour, quarter = divmod(index, 4)
        height = (LOUDNESS[hour] * (4 - quarter) + LOUDNESS[hour + 1] * quarter) // 4
        when = "past" if index < current else "now" if index == current else "later"
        bars.append(Bar(height, when))
    return bars
