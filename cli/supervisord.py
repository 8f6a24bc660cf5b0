"""supervisord with a patient back-off: it never gives up on a process and waits 30 s at most.

The stock one waits a second longer after each failure, without end, and gives up after so many.
"""

from __future__ import annotations

import time

from supervisor.process import Subprocess
from supervisor.states import ProcessStates
from supervisor.supervisord import main

LONGEST_PAUSE_SECONDS = 30

_change_state = Subprocess.change_state


def _with_a_limit(process: Subprocess, new_state: int, expected: bool = True) -> object:
    changed = _change_state(process, new_state, expected)
    if new_state == ProcessStates.BACKOFF:
        process.backoff = min(process.backoff, LONGEST_PAUSE_SECONDS)
        process.delay = min(process.delay, time.time() + LONGEST_PAUSE_SECONDS)
    return changed


if __name__ == "__main__":
    Subprocess.change_state = _with_a_limit
    main()
