"""A worker whose master was killed is gone as well, at once: its port is free for the next master."""

from __future__ import annotations

import signal
import subprocess
import sys

MASTER = """
import os, time
from shared.orphans import die_with
master = os.getpid()
if os.fork() == 0:
    die_with(master)
    print("bound", flush=True)
time.sleep(60)
"""
ALREADY_GONE = """
import os
from shared.orphans import die_with
die_with(os.getppid() + 1)
print("still here")
"""


def test_a_child_is_gone_when_its_parent_was_killed() -> None:
    master = subprocess.Popen([sys.executable, "-c", MASTER], stdout=subprocess.PIPE, text=True)
    assert master.stdout is not None
    assert master.stdout.readline() == "bound\n"

    master.send_signal(signal.SIGKILL)
    master.wait(10)

    assert master.stdout.read() == "", "the end of the pipe that both hold: nobody is left"
    master.stdout.close()


def test_a_child_whose_parent_went_before_it_could_say_so_ends_itself() -> None:
    done = subprocess.run([sys.executable, "-c", ALREADY_GONE], capture_output=True, text=True, timeout=30)

    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "")


def test_a_process_that_binds_itself_to_its_parent_lives_on() -> None:
    code = "import os; from shared.orphans import die_with; die_with(os.getppid()); print('alive')"

    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "alive\n"
