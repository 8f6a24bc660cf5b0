"""What a process is doing right now: on SIGUSR1 the stack of each thread and green thread goes to its log.

For a call that never ends: ``kill -USR1 PID``, then look for ``a stack`` in the log. It shows places in the
code, and no values.
"""

from __future__ import annotations

import gc
import signal
import sys
import threading
import traceback
from types import FrameType

from shared.logging import get_logger

log = get_logger(__name__)

DEEPEST = 60


def tell_on_signal() -> None:
    """From now on, in this process."""
    signal.signal(signal.SIGUSR1, lambda *_: tell())


def tell() -> None:
    """One log line per stack."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():
        _write(f"thread {names.get(ident, ident)}", frame)
    if "greenlet" not in sys.modules:
        return
    kind = sys.modules["greenlet"].greenlet
    for green in [one for one in gc.get_objects() if isinstance(one, kind)]:
        if green.gr_frame is not None:  # it has begun, has not ended, and is not the one that runs
            _write("green thread", green.gr_frame)


def _write(of: str, frame: FrameType) -> None:
    stack = traceback.extract_stack(frame, DEEPEST)
    log.warning("a stack", of=of, at=[f"{one.filename}:{one.lineno} {one.name}" for one in stack])
