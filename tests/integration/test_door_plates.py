"""The services that are there without a task yet: healthy, honest about it, and stopped in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.acting import Acting
from shared.rpc_client import RpcClient
from tests.support.keys import Keyring
from tests.support.processes import Process


@pytest.mark.parametrize(("name", "owns"), [("invoicing", "invoices"), ("provisioning", "devices")])
def test_a_service_without_a_task_says_so(
    name: str,
    owns: str,
    keyring: Keyring,
    vhost: str,
    mongo_uri: Callable[[str], str],
    service_process: Callable[..., Process],
) -> None:
    process = service_process(name, {"AMQP_URI": vhost, "MONGO_URI": mongo_uri(name)}).wait_ready()
    assert process.page("/livez")[0] == 200
    client = RpcClient(vhost, keyring.signer("cli"))
    answer: dict[str, Any] = client.call(name, "about", Acting(kind="staff", scope="operator"))
    client.close()
    assert (answer["service"], answer["ready"]) == (name, False)
    assert owns in answer["will_own"]
    assert process.terminate() == 0
