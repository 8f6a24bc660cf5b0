"""A process that does jobs of the kind ``count``: a step per transaction, and slowly when told so."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from typing import Any

from pymongo.client_session import ClientSession

from shared import mongo
from shared.job_runner import Runner, Running, Work
from shared.jobs import JobStore, Outcome

KIND = "count"


def counting(database: Any, pause: float = 0.0) -> Work:
    """Adds one row per step, each in one transaction with the checkpoint."""

    def work(running: Running) -> Outcome:
        total = running.job.parameters["steps"]
        for step in range(running.job.checkpoint.get("next", 0), total):

            def one(session: ClientSession, step: int = step) -> None:
                database["steps"].insert_one({"job": running.job.id, "step": step}, session=session)
                running.progress(step + 1, total, {"next": step + 1}, session)

            mongo.transact(database, one)
            running.progress(step + 1)
            threading.Event().wait(pause)
        return Outcome({"steps": total})

    return work


def main() -> None:
    database = mongo.connect()
    store = JobStore(database, lease=timedelta(seconds=float(sys.argv[1])))
    Runner(store, {KIND: counting(database, pause=float(sys.argv[2]))}).run(threading.Event())


if __name__ == "__main__":
    main()
