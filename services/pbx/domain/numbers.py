"""Fixed numbers, the ranges they come in, and whose they are from when to when. No I/O, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.days import day_of
from shared.errors import Conflict, Invalid
from shared.events import PbxNumberChanged
from shared.words import gettext

LARGEST_RANGE = 10_000
NO_SUBJECT = "none"

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
# Numbers of the mobile service (06, but 066 is not mobile, and 097): it owns them, so that no number
# can have two owners. services/mobile/domain.py accepts exactly these.
_MOBILE = re.compile(r"\+31(6(?!6)[0-9]{8}|97[0-9]{9})", re.ASCII)


def fixed_number(text: str) -> str:
    """The E.164 form of ``085-000 16 11``, ``0031850001611`` or ``+31 85 0001611``.

    Raises ValueError with a Dutch sentence for what is no number, or is a mobile one.
    """
    digits = re.sub(r"[\s-]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("0"):
        digits = "+31" + digits[1:]
    if not _E164.fullmatch(digits):
        raise ValueError(
            gettext("Dit is geen telefoonnummer. Schrijf het als 085-000 16 11 of +31850001611.")
        )
    if _MOBILE.fullmatch(digits):
        raise ValueError(gettext("Dit is een mobiel nummer. Dat hoort bij een mobiel abonnement."))
    return digits


@dataclass(frozen=True)
class Range:
    """Consecutive numbers from ``first`` up to and including ``last``; ``source``: where they come from."""

    id: str
    first: str
    last: str
    source: str

    def __post_init__(self) -> None:
        if len(self.first) != len(self.last) or self.last < self.first:
            raise Invalid(
                fields={"last": [gettext("Het laatste nummer past niet bij het eerste of is lager.")]}
            )
        if self.size > LARGEST_RANGE:
            raise Invalid(fields={"last": [gettext("Een reeks heeft ten hoogste 10.000 nummers.")]})

    @property
    def size(self) -> int:
        return int(self.last) - int(self.first) + 1

    def numbers(self) -> Iterable[str]:
        return (f"+{number}" for number in range(int(self.first), int(self.last) + 1))


@dataclass(frozen=True)
class Term:
    """The stretch of time ``[start, end)`` in UTC; no end means until further notice.

    A term that ends where it starts is empty: it was taken back and never held.
    """

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise Invalid(fields={"valid_to": [gettext("Het einde ligt voor het begin.")]})

    def overlaps(self, other: Term) -> bool:
        ends = [end for end in (self.end, other.end) if end is not None]
        return not ends or max(self.start, other.start) < min(ends)


@dataclass(frozen=True)
class Assignment:
    """A number is the customer's during a term; ``subject`` is what it reaches (see PbxNumberChanged)."""

    id: str
    customer_id: str
    number: str
    term: Term
    subject: str = NO_SUBJECT
    revision: int = 1


def assign(history: Sequence[Assignment], new: Assignment) -> Assignment:
    """``new``, unless the number is taken then; ``history`` holds all other assignments of the number.

    Raises Conflict.
    """
    for other in history:
        if other.term.overlaps(new.term):
            raise Conflict(
                gettext("%(number)s is al toegewezen %(term)s.", number=new.number, term=in_words(other.term))
            )
    return new


def end(history: Sequence[Assignment], assignment: Assignment, at: datetime) -> Assignment:
    """The assignment ending at ``at``, one revision on; itself when it ends there already.

    An end may be moved, also to the start (the assignment never held), but not into another
    assignment of ``history``: then Conflict. Raises Invalid for an end before the start.
    """
    if assignment.term.end == at:
        return assignment
    ended = replace(assignment, term=Term(assignment.term.start, at), revision=assignment.revision + 1)
    return assign([other for other in history if other.id != assignment.id], ended)


def in_words(term: Term) -> str:
    """A term as people say it: ``van 01-12-2026 tot 01-02-2027``."""
    start = f"{day_of(term.start):%d-%m-%Y}"
    if term.end is None:
        return gettext("vanaf %(start)s", start=start)
    return gettext("van %(start)s tot %(end)s", start=start, end=f"{day_of(term.end):%d-%m-%Y}")


def changed(assignment: Assignment) -> PbxNumberChanged:
    """What others are told of an assignment."""
    return PbxNumberChanged(
        assignment_id=assignment.id,
        revision=assignment.revision,
        number=assignment.number,
        valid_from=assignment.term.start,
        valid_to=assignment.term.end,
        subject=assignment.subject,
    )
