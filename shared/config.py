"""Settings come from the environment only; what is missing is named, once, at the start."""

from __future__ import annotations

import os


class MissingSetting(SystemExit):
    """Ends the process with one clear sentence (exit code 78, EX_CONFIG of sysexits.h)."""

    def __init__(self, sentence: str) -> None:
        super().__init__(78)
        self.sentence = sentence


def setting(name: str, default: str | None = None) -> str:
    """The setting's value; without one and without a default the process says so and ends."""
    value = os.environ.get(name, default)
    if value is None or value == "":
        sentence = f"The setting {name} is missing: give it in the environment of this process."
        print(sentence, flush=True)
        raise MissingSetting(sentence)
    return value


def is_production() -> bool:
    return setting("TIKKER_ENV", "production") == "production"
