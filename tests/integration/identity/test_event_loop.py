"""Hashing takes tens of milliseconds of a core; the service's event loop turns meanwhile."""

from __future__ import annotations

import subprocess

from tests.support.processes import ROOT, python

TICKS_DURING_A_HASH = """
from shared.process import eventlet
from services.identity.entrypoints import open_passwords

passwords, ticks = open_passwords(), 0

def tick():
    global ticks
    while True:
        ticks += 1
        eventlet.sleep(0.001)

eventlet.spawn(tick)
passwords.matches("vlierbessensap", passwords.hash("vlierbessensap"))
print(ticks)
"""


def test_the_loop_turns_while_a_password_is_hashed() -> None:
    done = subprocess.run(
        python("-c", TICKS_DURING_A_HASH), cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    # Hashing on the loop itself would leave it no turn at all.
    assert int(done.stdout) > 5
