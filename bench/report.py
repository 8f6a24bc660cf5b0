"""The answer of every benchmark: figures, and whether each promise holds."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Promise:
    """``value`` must be at least (``least``) or at most ``limit``."""

    name: str
    value: float
    limit: float
    least: bool = True

    @property
    def holds(self) -> bool:
        return self.value >= self.limit if self.least else self.value <= self.limit


@dataclass
class Report:
    bench: str
    figures: dict[str, float | int] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return all(promise.holds for promise in self.promises)

    def to_json(self) -> str:
        document: dict[str, Any] = {
            "bench": self.bench,
            "machine": {
                "cores": os.cpu_count(),
                "python": platform.python_version(),
                "system": platform.platform(),
            },
            "figures": self.figures,
            "promises": [
                {k: v for k, v in asdict(p).items() if k != "least"} | {"holds": p.holds}
                for p in self.promises
            ],
        }
        return json.dumps(document, indent=2)

    def to_text(self) -> str:
        width = max(len(name) for name in self.figures)
        lines = [f"{name:<{width}}  {value:,}" for name, value in self.figures.items()]
        for promise in self.promises:
            word = "at least" if promise.least else "at most"
            verdict = "holds" if promise.holds else "DOES NOT HOLD"
            lines.append(f"{verdict}: {promise.name} is {promise.value:,}, promised {word} {promise.limit:,}")
        return "\n".join(lines)
