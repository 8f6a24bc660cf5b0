"""Which faults a seed deals, and in which order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is done. ``KILL`` is kill -9, ``FREEZE`` is SIGSTOP for some seconds and then SIGCONT."""

    KILL = "kill"
    FREEZE = "freeze"
    STEP_DOWN = "step down"
    FILL = "fill the disk under"
    ROLL = "restart in turn"


BROKER, DATABASE, EVERYTHING = "broker", "database", "everything"
DATABASE_FAULTS = (Kind.KILL, Kind.STEP_DOWN, Kind.FREEZE, Kind.FILL)
BROKER_FAULTS = (Kind.KILL, Kind.FREEZE)
KILLS = 4
ROLL_EVERY = 5
"""Each process stopped and started again takes a minute, so every fifth seed does that instead of kills."""


@dataclass(frozen=True)
class Fault:
    """``target`` is a process of ours, BROKER, DATABASE (its primary) or EVERYTHING."""

    kind: Kind
    target: str

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


def faults(seed: int, processes: Sequence[str]) -> list[Fault]:
    """The faults of a seed. Twenty seeds in a row deal every fault there is (:func:`every`)."""
    dealt = [
        Fault(DATABASE_FAULTS[seed % len(DATABASE_FAULTS)], DATABASE),
        Fault(BROKER_FAULTS[seed % len(BROKER_FAULTS)], BROKER),
    ]
    if seed % ROLL_EVERY == 0:
        dealt.append(Fault(Kind.ROLL, EVERYTHING))
    else:
        turn = seed - seed // ROLL_EVERY  # counts the seeds that come here
        dealt += [Fault(Kind.KILL, processes[(turn * KILLS + n) % len(processes)]) for n in range(KILLS)]
        dealt.append(Fault(Kind.FREEZE, processes[turn % len(processes)]))
    random.Random(seed).shuffle(dealt)
    return dealt


def every(processes: Sequence[str]) -> set[Fault]:
    """All faults."""
    return {
        *(Fault(kind, DATABASE) for kind in DATABASE_FAULTS),
        *(Fault(kind, BROKER) for kind in BROKER_FAULTS),
        *(Fault(kind, name) for kind in (Kind.KILL, Kind.FREEZE) for name in processes),
        Fault(Kind.ROLL, EVERYTHING),
    }
