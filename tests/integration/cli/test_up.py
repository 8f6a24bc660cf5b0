"""``./tikker`` as a user meets it: what it says when the machine is not as it should be."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from amqp.exceptions import AccessRefused
from pymongo import MongoClient

from cli import lifecycle, stores, uris
from cli import secrets as all_secrets
from cli.house import House
from cli.ports import Ports, accepts, unused_base
from cli.state import REPOSITORY, State
from cli.supervise import MARK
from cli.testbed import Testbed
from shared.publisher import Message, Publisher, open_connection

GIVEN = ("AMQP_URI", "MONGO_URI", "RABBITMQ_MANAGEMENT_URI")
Tikker = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    made = State(tmp_path / "state")
    yield made
    lifecycle.kill_leftovers(made)


@pytest.fixture
def tikker(state: State, tmp_path: Path) -> Tikker:
    """``tikker("up", TIKKER_PORT="9000")`` runs the command in another folder, with its own state."""

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        inherited = {k: v for k, v in os.environ.items() if k not in GIVEN}
        environment = {**inherited, "TIKKER_STATE": str(state.root), **settings}
        command = [str(REPOSITORY / "tikker"), *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100
        )

    return run


def marked(state: State) -> list[str]:
    """Names of the processes that were started from this state folder and still run."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(state.root):
                found.append(process.name())
        except psutil.Error:
            continue
    return found


def one_sentence(answer: subprocess.CompletedProcess[str]) -> str:
    lines = answer.stderr.strip().splitlines()
    assert len(lines) == 1, answer.stderr
    assert lines[0].startswith("tikker: ")
    assert answer.stdout == ""
    return lines[0]


def test_a_taken_port_is_named_with_its_holder_and_what_to_set(tikker: Tikker, state: State) -> None:
    base = unused_base()
    with socket.create_server(("127.0.0.1", Ports(base).mongo)):
        answer = tikker("up", TIKKER_PORT=str(base))
    assert answer.returncode == 4
    sentence = one_sentence(answer)
    assert f"port {base + 11} (mongod) is taken by" in sentence
    assert f"(process {os.getpid()})" in sentence
    assert "TIKKER_PORT=" in sentence
    assert marked(state) == []


def test_a_port_that_is_no_number_is_refused(tikker: Tikker) -> None:
    answer = tikker("up", TIKKER_PORT="http")
    assert answer.returncode == 1
    assert "TIKKER_PORT is 'http'" in one_sentence(answer)


def test_a_broken_data_folder_is_named_with_its_log_and_nothing_stays_behind(
    tikker: Tikker, state: State
) -> None:
    data = state.mongo / "data"
    data.mkdir(parents=True)
    (data / "WiredTiger").write_text("rubbish\n")
    (data / "WiredTiger.turtle").write_text("rubbish\n")
    answer = tikker("up", TIKKER_PORT=str(unused_base()))
    assert answer.returncode == 5
    sentence = one_sentence(answer)
    assert str(data) in sentence
    assert str(state.logs / "mongod.log") in sentence
    assert (state.logs / "mongod.log").stat().st_size > 0
    assert marked(state) == []


def test_a_given_database_that_is_away_is_named(tikker: Tikker, state: State) -> None:
    uri = f"mongodb://admin:secret@127.0.0.1:{unused_base()}/?replicaSet=tikker"
    answer = tikker("up", TIKKER_PORT=str(unused_base()), MONGO_URI=uri)
    assert answer.returncode == 1
    sentence = one_sentence(answer)
    assert "the database in MONGO_URI" in sentence
    assert "secret" not in sentence
    assert marked(state) == []


def test_status_down_and_logs_when_nothing_runs(tikker: Tikker) -> None:
    status = tikker("status", "--json")
    assert status.returncode == 1
    assert json.loads(status.stdout) == {"running": False, "ready": False, "address": None, "processes": []}
    assert tikker("down").stdout == "Nothing was running.\n"
    assert "there is no log" in one_sentence(tikker("logs", "cdr"))


def test_own_broker_and_database_keep_their_data_when_all_ports_move(state: State, testbed: Testbed) -> None:
    """Two starts at different ports; each is stopped without a trace but the data, and bothers no other."""
    state.create()
    first = unused_base()
    neighbour = open_connection(testbed.amqp_uri)
    for base, before in ((first, 0), (first + 1, 1)):
        house = started(state, base)
        channel = open_connection(house.ingest_uri("cdr-ingester")).channel()
        assert channel.queue_declare("usage", passive=True).message_count == before
        with MongoClient[dict[str, Any]](house.mongo_uri("cdr")) as client:
            rows = client.get_default_database().rows
            assert rows.count_documents({}) == before
            rows.insert_one({})
        Publisher(house.ingest_uri("vasco")).publish([Message("carrier.vasco", "", b"{}")])
        with pytest.raises(AccessRefused):
            open_connection(uris.amqp(house.amqp_host, "guest", "guest", "/ingest"))
        assert lifecycle.stop(state)
        assert marked(state) == []
    assert neighbour.channel().queue_declare("", exclusive=True).queue


def started(state: State, base: int) -> House:
    """Broker and database of our own, set up as ``./tikker up`` does."""
    ours = stores.own_or_given(state, Ports(base), all_secrets.load(state.secrets, {}))
    ours.wait(lifecycle.launch(state, ours.programs(), dies_with_us=True))
    stores.set_up(ours)
    return stores.house(ours, Ports(base))


def test_up_says_ready_when_it_is_and_ctrl_c_leaves_nothing_running(tikker: Tikker, state: State) -> None:
    base = unused_base()
    environment = {k: v for k, v in os.environ.items() if k not in GIVEN}
    environment |= {"TIKKER_STATE": str(state.root), "TIKKER_PORT": str(base)}
    command = [str(REPOSITORY / "tikker"), "up", "--no-demo"]
    up = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert up.stdout is not None
        assert up.stdout.readline() == f"Tikker is ready: http://127.0.0.1:{base}\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{base}/inloggen", timeout=10) as page:
            assert page.status == 200
        status = json.loads(tikker("status", "--json").stdout)
        assert status["ready"], status
        assert {row["name"] for row in status["processes"]} >= {"broker", "mongod", "gateway", "cdr-ingester"}
        again = tikker("up", TIKKER_PORT=str(base))
        assert again.returncode == 0
        assert "already running" in again.stdout
        assert f"http://127.0.0.1:{base}" in again.stdout
        up.send_signal(signal.SIGINT)
        assert up.wait(60) == 0
    finally:
        up.kill()
    assert marked(state) == []
    assert not accepts(Ports(base).portal)
