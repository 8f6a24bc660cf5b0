"""An event loop where the thread may have one already."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run(story: Coroutine[Any, Any, None]) -> None:
    """``asyncio.run`` in a thread of its own: a browser that was driven here before leaves its loop
    running in the main one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, story).result()
