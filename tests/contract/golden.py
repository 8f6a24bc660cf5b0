"""``python -m tests.contract.golden``: write the golden file of each event that has none, or has changed.

A file that today's code would write differently is kept in ``older/``, where the tests see to it that
it can still be read: an event of that form may still lie in a queue, an outbox or a backup.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from shared.events import Envelope, encode
from tests.contract.event_examples import EXAMPLES

FOLDER = Path(__file__).parent / "events"
OLDER = FOLDER / "older"
COMMAND = "python -m tests.contract.golden"


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.json"


def written(envelope: Envelope[Any]) -> bytes:
    """The event as today's code writes it, laid out for people."""
    return msgspec.json.format(encode(envelope), indent=2) + b"\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, envelope in EXAMPLES.items():
        path, text = path_of(name), written(envelope)
        if path.exists():
            if path.read_bytes() == text:
                continue
            OLDER.mkdir(exist_ok=True)
            path.rename(OLDER / f"{name}.{len(list(OLDER.glob(f'{name}.*.json'))) + 1}.json")
        path.write_bytes(text)
        print(f"written: {path}")


if __name__ == "__main__":
    main()
