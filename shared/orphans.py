"""A child process that does not outlive its parent."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Have the kernel kill this process when ``parent``, whose main thread has forked it, is no more.

    gunicorn's workers notice that within a second, but then they end what is open on kept connections, for
    up to half a minute, and hold the port all the while: whoever takes the place of a master that was killed
    could not listen.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # it has gone before the kernel knew
        os.kill(os.getpid(), signal.SIGKILL)
