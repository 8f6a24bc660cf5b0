"""What is to be supervised: a command, its environment, and the group it starts and stops with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cli.state import REPOSITORY

MAPPER, STORES, SERVICES = "mapper", "stores", "services"
"""Groups in the order in which they start; each stops when those after it are gone."""


@dataclass(frozen=True)
class Program:
    """One supervised process: always started again, sooner or later (1 to 30 s), until it is stopped."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    group: str = STORES
    start_seconds: int = 1
    stop_seconds: int = 35
    folder: str = field(default=str(REPOSITORY))
