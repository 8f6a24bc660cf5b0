"""Publishes to a broker that hangs, in a process that is patched for eventlet.

Says on standard output ``ready`` when connected; after a line on standard input publishes far more than
the socket's buffers hold, and prints the error's class, the seconds it took, and the most seconds for
which the rest of the process stood still meanwhile.
"""

from __future__ import annotations

import json
import sys
import time

import eventlet

from shared.publisher import Message, Publisher

SECONDS = 1.0


def main(uri: str) -> None:
    publisher = Publisher(uri, seconds=SECONDS)
    message = Message("amq.topic", "nowhere", b"x" * 1_000_000)
    publisher.send(message)
    print("ready", flush=True)
    sys.stdin.readline()
    gaps = [0.0]

    def tick() -> None:
        last = time.monotonic()
        while True:
            eventlet.sleep(0.01)
            gaps.append(time.monotonic() - last)
            last = time.monotonic()

    eventlet.spawn(tick)
    started = time.monotonic()
    try:
        publisher.publish([message] * 30)
        error = "none"
    except Exception as problem:
        error = type(problem).__name__
    print(json.dumps({"error": error, "seconds": time.monotonic() - started, "still": max(gaps)}), flush=True)
