"""Whom the demo's customers call: numbers that nobody can have, some of them far more often than others.

085-000 and 06-00 are given to nobody; +44 20 7946 0, +1 202-555-01, +33 1 99 00 and +61 2 5550 are
kept for fiction by the regulators of those countries; the others are numbers of zeros.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from cli.demo.cast import Customer

ZIPF = 1.05
ANSWERING_SERVICE = "+31850001999"


@dataclass(frozen=True)
class Pool:
    """Parties and the cumulative chances (up to 1) of each: the k-th is called 1/k as often as the first."""

    parties: tuple[str, ...]
    chances: tuple[float, ...]

    @classmethod
    def of(cls, parties: Sequence[str]) -> Pool:
        weights = [1 / (rank + 1) ** ZIPF for rank in range(len(parties))]
        total = sum(weights)
        return cls(tuple(parties), tuple(sum_so_far / total for sum_so_far in accumulate(weights)))

    def pick(self, chance: float) -> str:
        return self.parties[bisect(self.chances, chance, 0, len(self.parties) - 1)]


def _dutch(rng: Random) -> str:
    return f"+3185000{rng.randrange(2000, 10_000)}"


def _mobile(rng: Random) -> str:
    return f"+31600{rng.randrange(200_000, 1_000_000)}"


def _european(rng: Random) -> str:
    return rng.choice(
        [
            f"+322000{rng.randrange(10_000):04d}",
            f"+322000{rng.randrange(10_000):04d}",
            f"+4930000{rng.randrange(10_000):04d}",
            f"+331990{rng.randrange(10_000):05d}",
        ]
    )


def _overseas(rng: Random) -> str:
    return rng.choice(
        [
            f"+442079460{rng.randrange(1000):03d}",
            f"+120255501{rng.randrange(100):02d}",
            f"+6125550{rng.randrange(10_000):04d}",
        ]
    )


_MADE: dict[str, tuple[int, Callable[[Random], str]]] = {
    "national": (110, _dutch),
    "mobile": (160, _mobile),
    "eu": (24, _european),
    "world": (9, _overseas),
}

_GIVEN = {
    "far": ["+902120000012", "+5970000034", "+2125200000056"],
    "satellite": ["+870000000012"],
    "0800": [f"+31800000{digit}" for digit in range(6)],
    "0900": [f"+31900000{digit}" for digit in range(4)],
    "0906": ["+319060000"],
    "0909": ["+319090000", "+319090001"],
    "14": ["nl:14000", "nl:1400"],
    "18": ["nl:1800"],
    "shortcode": ["nl:9999", "nl:9990"],
    "internal": [f"ext:{extension}" for extension in range(201, 225)],
}


def pools(customer: Customer, seed: int) -> dict[str, Pool]:
    """The customer's contacts by pool; ``own`` is where its forwarded calls go."""
    rng = Random(f"{seed}/{customer.code}/contacts")
    made = {
        name: Pool.of(list(dict.fromkeys(make(rng) for _ in range(count))))
        for name, (count, make) in _MADE.items()
    }
    own = [handset.number for handset in customer.subscriptions if not handset.is_tablet]
    given = {name: Pool.of(parties) for name, parties in _GIVEN.items()}
    return {**made, **given, "own": Pool.of([ANSWERING_SERVICE, *(own or [_mobile(rng) for _ in range(3)])])}
