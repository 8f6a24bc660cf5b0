"""Services of a house on the test broker and database, with the command line and callers of each kind."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli import processes
from cli.house import House
from cli.state import State
from cli.testbed import Testbed
from shared.acting import Acting, Signer
from shared.publisher import Message, Publisher
from shared.rpc_client import RpcClient
from tests.support.command_line import run_here
from tests.support.processes import Process, python

READY_SECONDS, RUN_SECONDS = 240, 1200
"""How long the last of a dozen processes and the whole demo may take on a busy machine."""


class System:
    """What a test does from outside; ``environment`` is what ./tikker runs with."""

    def __init__(self, house: House, environment: dict[str, str]) -> None:
        self._house = house
        self._environment = environment
        self._clients = {
            issuer: RpcClient(
                house.amqp_uri(issuer), Signer.from_base64(issuer, house.keys.signing_key(issuer))
            )
            for issuer in ("cli", "gateway")
        }

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            python(*arguments), env=self._environment, capture_output=True, text=True, timeout=RUN_SECONDS
        )

    def tikker(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """``./tikker …`` in this process; ``python("-m", "cli", …)`` is one of its own."""
        return run_here(self._environment, *arguments)

    def staff(self, service: str, method: str, **fields: Any) -> Any:
        return self._clients["cli"].call(service, method, Acting(kind="staff", scope="operator"), **fields)

    def user(self, customer_id: str, service: str, method: str, **fields: Any) -> Any:
        acting = Acting(kind="user", scope="customer", customer_id=customer_id)
        return self._clients["gateway"].call(service, method, acting, **fields)

    def login(self, username: str, password: str) -> Any:
        fields = {"username": username, "password": password, "address": "192.0.2.1"}
        return self._clients["gateway"].call("identity", "login", Acting(kind="anonymous"), **fields)

    def publish(self, carrier: str, body: bytes) -> None:
        publisher = Publisher(self._house.ingest_uri(carrier))
        publisher.publish([Message(f"carrier.{carrier}", "usage.v1", body)])
        publisher.close()

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


@contextmanager
def running_system(testbed: Testbed, name: str, services: Sequence[str], folder: Path) -> Iterator[System]:
    """A house of its own with these processes in it, ready; killed afterwards."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    with testbed.house(f"{name}-{worker}") as house:
        state = State(folder / "state")
        state.create()
        house.save(state.house)
        system = System(house, {**os.environ, "TIKKER_STATE": str(state.root)})
        running = [
            Process(p.command, processes.environment(p, house), folder / f"{p.name}.log")
            for p in processes.PROCESSES
            if p.name in services
        ]
        try:
            for process in running:
                process.wait_ready(READY_SECONDS)
            yield system
        finally:
            system.close()
            for process in running:
                process.kill()
