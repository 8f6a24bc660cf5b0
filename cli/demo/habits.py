"""How each sort of line is used: what share of its usage goes where, how long it takes, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cli.demo.calendar import Rhythm

KILOBYTE = 1_000
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Size:
    """Log-normal, in seconds or bytes: half is below ``median``; ``spread`` is sigma; cut at ``longest``."""

    median: float
    spread: float
    longest: int


CHAT = Size(130, 1.05, 2 * 3600)
ORDER = Size(75, 0.8, 1800)
ABROAD = Size(240, 1.0, 2 * 3600)
QUEUE = Size(380, 0.75, 3600)
WAIT = Size(210, 0.8, 3600)
LOOKUP = Size(55, 0.4, 600)
LONG = Size(2900, 0.35, 3 * 3600)
SESSION = Size(1.6 * MEGABYTE, 1.9, 2_000 * MEGABYTE)
ROAMING_SESSION = Size(0.9 * MEGABYTE, 1.6, 400 * MEGABYTE)
COSTLY_SESSION = Size(150 * KILOBYTE, 1.3, 12 * MEGABYTE)


@dataclass(frozen=True)
class Habit:
    """A share of a line's usage (relative to its other habits): to whom (a pool of contacts) and how much.

    Without ``pool`` it is data; without ``size`` it is an SMS.
    """

    share: float
    pool: str = ""
    size: Size | None = None
    direction: str = "out"

    @property
    def kind(self) -> str:
        if not self.pool:
            return "data"
        return "voice" if self.size else "sms"


_SERVICES = (
    Habit(0.028, "0800", QUEUE),
    Habit(0.005, "0900", WAIT),
    Habit(0.0006, "0906", LOOKUP),
    Habit(0.0012, "0909", LOOKUP),
    Habit(0.014, "14", QUEUE),
    Habit(0.0025, "18", LOOKUP),
)

_FAR = (
    Habit(0.0005, "world", LONG),
    Habit(0.0008, "far", LONG),
    Habit(0.00012, "satellite", ORDER),
)

SHOP = (
    Habit(0.40, "mobile", ORDER),
    Habit(0.34, "national", CHAT),
    Habit(0.12, "mobile", CHAT, "forward"),
    Habit(0.045, "eu", ABROAD),
    Habit(0.010, "world", ABROAD),
    *_FAR,
    *_SERVICES,
)

OFFICE = (
    Habit(0.33, "mobile", CHAT),
    Habit(0.24, "national", CHAT),
    Habit(0.20, "internal", ORDER),
    Habit(0.10, "mobile", CHAT, "forward"),
    Habit(0.055, "eu", ABROAD),
    Habit(0.008, "world", ABROAD),
    *_FAR,
    *_SERVICES,
)

HELPLINE = (
    Habit(0.44, "mobile", CHAT),
    Habit(0.36, "national", Size(300, 1.0, 2 * 3600)),
    Habit(0.12, "mobile", CHAT, "forward"),
    Habit(0.006, "eu", ABROAD),
    *_FAR,
    *_SERVICES,
    Habit(0.03, "14", QUEUE),
)

HANDSET = (
    Habit(0.46, size=SESSION),
    Habit(0.27, "mobile", ORDER),
    Habit(0.12, "national", CHAT),
    Habit(0.12, "mobile"),
    Habit(0.010, "eu", ABROAD),
    Habit(0.002, "0900", WAIT),
    Habit(0.003, "shortcode"),
    Habit(0.002, "world", ABROAD),
)

TABLET = (Habit(1.0, size=SESSION),)

ABROAD_IN_EU = (
    Habit(0.50, size=ROAMING_SESSION),
    Habit(0.18, "mobile", ORDER),
    Habit(0.14, "mobile", CHAT, "in"),
    Habit(0.12, "mobile"),
    Habit(0.05, "eu", ORDER),
)

ABROAD_IN_WORLD = (
    Habit(0.25, size=COSTLY_SESSION),
    Habit(0.20, "mobile", ORDER),
    Habit(0.15, "mobile", ORDER, "in"),
    Habit(0.40, "mobile"),
)

TABLET_ABROAD = {"eu": (Habit(1.0, size=ROAMING_SESSION),), "world": (Habit(1.0, size=COSTLY_SESSION),)}
HANDSET_ABROAD = {"eu": ABROAD_IN_EU, "world": ABROAD_IN_WORLD}


class Journey(NamedTuple):
    """A stay abroad of a week; ``zone`` as rates know it, ``share`` of all journeys."""

    country: str
    network: str
    zone: str
    share: float


JOURNEYS = (
    Journey("BE", "206-99", "eu", 0.34),
    Journey("DE", "262-99", "eu", 0.28),
    Journey("FR", "208-99", "eu", 0.14),
    Journey("ES", "214-99", "eu", 0.12),
    Journey("GB", "234-99", "world", 0.05),
    Journey("CH", "228-99", "world", 0.03),
    Journey("US", "310-99", "world", 0.03),
    Journey("TR", "286-99", "world", 0.01),
)
JOURNEY_CHANCE = 0.05
SUMMER_JOURNEY_CHANCE = 0.22
SUMMER_WEEKS = range(28, 35)

_OFFICE_HOURS = (
    *(0.008, 0.005, 0.004, 0.004, 0.006, 0.015, 0.05, 0.20, 0.72, 0.95, 1.00, 0.93),
    *(0.58, 0.84, 1.12, 1.02, 0.86, 0.52, 0.22, 0.12, 0.09, 0.06, 0.03, 0.012),
)
_BAKERY_HOURS = (
    *(0.006, 0.004, 0.006, 0.02, 0.08, 0.18, 0.30, 0.48, 0.86, 0.98, 1.00, 0.90),
    *(0.60, 0.82, 1.08, 0.90, 0.70, 0.40, 0.12, 0.05, 0.03, 0.02, 0.01, 0.006),
)
_FOUNDATION_HOURS = (
    *(0.01, 0.008, 0.006, 0.006, 0.006, 0.01, 0.03, 0.12, 0.60, 0.90, 1.00, 0.92),
    *(0.58, 0.80, 1.06, 0.96, 0.78, 0.45, 0.34, 0.52, 0.50, 0.26, 0.08, 0.02),
)

RHYTHMS = {
    "bakkerij": Rhythm(
        week=(0.75, 0.95, 1.0, 1.05, 1.2, 0.62, 0.06),
        year=(0.9, 0.93, 0.98, 1.08, 1.0, 0.97, 0.86, 0.82, 0.97, 1.0, 1.08, 1.35),
        christmas=1.15,
        hours=_BAKERY_HOURS,
    ),
    "installatie": Rhythm(
        week=(1.08, 1.04, 1.0, 1.0, 0.9, 0.11, 0.05),
        year=(1.12, 1.06, 1.0, 0.97, 0.94, 0.98, 0.74, 0.68, 1.05, 1.12, 1.16, 1.05),
        christmas=0.35,
        hours=_OFFICE_HOURS,
    ),
    "stichting": Rhythm(
        week=(1.0, 1.05, 1.0, 1.1, 0.8, 0.14, 0.10),
        year=(1.05, 1.0, 1.0, 1.0, 0.95, 0.95, 0.8, 0.75, 1.1, 1.1, 1.1, 1.0),
        christmas=0.6,
        hours=_FOUNDATION_HOURS,
    ),
}

ON_DESKS = {"bakkerij": SHOP, "installatie": OFFICE, "stichting": HELPLINE}
