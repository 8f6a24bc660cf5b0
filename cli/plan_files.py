"""Rate plans between a file here and the service: in pieces, with a check that takes its time."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import Any

from cli.connection import Call
from cli.problems import Problem
from shared.ids import new_id

PIECE = 512 * 1024
LOOK_SECONDS = 0.3
MOST_SECONDS = 300.0


def uploaded(call: Call, file: str, data: bytes, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Hand over a file and wait until it is checked; the upload with its report. Raises Problem when the
    check breaks off."""
    draft = call("begin_import", file=file, size=len(data), command_id=new_id(), **plan)
    for index in range(max(1, -(-len(data) // PIECE))):
        piece = base64.b64encode(data[index * PIECE : (index + 1) * PIECE]).decode()
        call("import_chunk", draft_id=draft["id"], index=index, data=piece)
    until = time.monotonic() + MOST_SECONDS
    while time.monotonic() < until:
        found: dict[str, Any] = call("preview_import", draft_id=draft["id"], limit=500)
        if found["report"] is not None:
            return found
        if found["job"] and found["job"]["state"] in ("failed", "cancelled"):
            raise Problem(found["job"]["error"] or "The check was stopped.")
        time.sleep(LOOK_SECONDS)
    raise Problem("the check takes too long: ./tikker status says whether cdr-worker runs.")


def downloaded(call: Call, version: str) -> bytes:
    """The file a version was imported from."""
    pieces: list[bytes] = []
    last = False
    while not last:
        reply = call("plan_csv", version=version, index=len(pieces))
        pieces.append(base64.b64decode(reply["data"]))
        last = reply["last"]
    return b"".join(pieces)


def line_of(line: Mapping[str, Any]) -> str:
    """A line of a version as one of text."""
    prices = ", ".join(_price(step) for step in line["steps"])
    hours = f"{line['from']}-{line['to']}" if line["from"] else ""
    when = " ".join(part for part in (line["days"], hours) if part)
    what = f"{line['line']:>6}  {line['kind']:<5} {line['prefix']:<16} {line['destination']:<36}"
    return f"{what} {prices} {when}".rstrip()


def difference_of(row: Mapping[str, Any]) -> str:
    """A difference as one line of text."""
    line = row["after"] or row["before"]
    told = "" if row["percentage"] is None else f" ({row['percentage']} %)"
    if row["change"] != "changed":
        return f"{row['change']:<8} {line_of(line)}"
    return f"changed  {line_of(row['before'])}\n      -> {line_of(row['after'])}{told}"


def _price(step: Mapping[str, Any]) -> str:
    begin = f"from {step['offset']} " if step["offset"] else ""
    return f"{begin}{step['rate']}/{step['per']} by {step['increment']}"
