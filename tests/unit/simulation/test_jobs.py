"""A job's work is done once, by whichever processes, however often they die, stop or lose the database."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from pymongo.client_session import ClientSession

from shared.job_runner import Runner, Running
from shared.jobs import JobStore, Outcome
from shared.mongo import transact
from tests.unit.simulation.conftest import Event
from tests.unit.simulation.processes import real, turning
from tests.unit.simulation.world import Process, World

pytestmark = pytest.mark.feature("GW-05")

STEPS, RUNNERS, LEASE = 4, 2, timedelta(seconds=20)


class Jobs:
    """Two runners, two jobs of some steps; each step adds one to an account in its own transaction."""

    def __init__(self, world: World) -> None:
        self.world, self.db = world, world.database()
        self.store = JobStore(real(self.db), world.moment, LEASE)
        self.jobs = [self.store.add("count", {"account": name}, total=STEPS) for name in ("a", "b")]
        self.endings = itertools.count()
        for n in range(RUNNERS):
            world.process(f"runner {n}", self.run)

    def run(self, process: Process) -> None:
        runner = Runner(self.store, {"count": self.count})
        turning(process, lambda: runner.run_once(real(Event())))

    def count(self, running: Running) -> Outcome:
        account = running.job.parameters["account"]
        for step in range(running.job.checkpoint.get("next", 0), STEPS):
            self.world.sleep(self.world.dice.choice([0.0, 1.0, 30.0]))
            transact(real(self.db), partial(self._one, running, account, step))
        name = f"{account}:{next(self.endings)}"
        return Outcome(also=lambda session: self.db["told"].insert_one({"_id": name}, session=real(session)))

    def _one(self, running: Running, account: str, step: int, session: ClientSession) -> None:
        one_more = {"$inc": {"sum": 1}}
        self.db["accounts"].update_one({"_id": account}, one_more, upsert=True, session=real(session))
        running.progress(step + 1, STEPS, {"next": step + 1}, session)

    def settled(self) -> bool:
        return not self.db["jobs"].count_documents({"state": {"$in": ["queued", "running"]}})

    def check(self) -> None:
        for asked in self.jobs:
            job = self.store.get(asked.id)
            assert job is not None and (job.state, job.done) == ("done", STEPS)
            account = job.parameters["account"]
            assert self.db["accounts"].find_one({"_id": account}) == {"_id": account, "sum": STEPS}
            assert [row["_id"][0] for row in self.db["told"].find()].count(account) == 1


def test_every_step_of_a_job_is_done_once(worlds: Callable[..., None]) -> None:
    worlds(Jobs, 500)
