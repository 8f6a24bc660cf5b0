"""Python's garbage collector in processes that make many small objects per request."""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 200_000, 20, 100


def settle() -> None:
    """Once all modules are there: they are never looked at again, and what a request makes is looked at in
    larger portions. Else a full collection, tens of milliseconds of it, falls into one request in ten."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
