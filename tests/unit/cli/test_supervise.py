"""The configuration we write is the configuration supervisord reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from cli import processes, secrets
from cli.house import House
from cli.problems import Problem
from cli.program import SERVICES, Program
from cli.state import State
from cli.supervise import configuration


def read_back(state: State, programs: list[Program]) -> dict[str, ServerOptions]:
    """Program name → what supervisord made of it."""
    file = state.run / "supervisord.conf"
    file.write_text(configuration(state, programs))
    options = ServerOptions()
    options.realize(["-c", str(file)])
    return {p.name: p for group in options.process_group_configs for p in group.process_configs}


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "with a blank; here")
    made.create()
    return made


def test_values_with_signs_that_mean_something_arrive_as_they_are(state: State) -> None:
    environment = {
        "JSON": '{"a":["b","c"]}',
        "URI": "mongodb://u:p%40ss@h:1/db?x=y&z=%2F",
        "FLAGS": "-kernel x {127,0,0,1}",
    }
    read = read_back(state, [Program("one", ["/bin/echo", "50%", "a b", "c;d"], environment)])["one"]
    assert {name: read.environment[name] for name in environment} == environment
    assert read.command.endswith("-- /bin/echo 50% 'a b' 'c;d'")


def test_a_value_that_cannot_be_written_is_refused_and_not_cut(state: State) -> None:
    with pytest.raises(Problem, match="BAD"):
        configuration(state, [Program("one", ["x"], {"BAD": "\"'"})])


@pytest.mark.parametrize("name", ["a #b", "a ;b", "100%", "it's"])
def test_a_state_folder_whose_name_would_not_arrive_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be the state folder"):
        configuration(State(tmp_path / name), [])


def test_everything_is_started_again_and_given_time_to_end(state: State) -> None:
    read = read_back(state, [Program("store", ["x"], {}), Program("service", ["x"], {}, SERVICES)])
    assert all(p.autorestart.__name__ == "RestartUnconditionally" for p in read.values())
    assert all(p.stopwaitsecs == 35 and p.killasgroup for p in read.values())
    assert read["store"].autostart and not read["service"].autostart


def test_each_process_gets_its_own_account_only(tmp_path: Path) -> None:
    house = House(8080, "127.0.0.1:8090", "127.0.0.1:8091", str(tmp_path), secrets.fresh().values)
    by_name = {p.name: processes.environment(p, house) for p in processes.PROCESSES}
    assert by_name["cdr"]["AMQP_URI"].endswith("@127.0.0.1:8090/%2Fportal")
    assert "/cdr?replicaSet=tikker&authSource=admin" in by_name["cdr-worker"]["MONGO_URI"]
    assert "cdr-ingester:" in by_name["cdr-ingester"]["INGEST_AMQP_URI"]
    assert [n for n, e in by_name.items() if "INGEST_AMQP_URI" in e] == ["cdr-ingester"]
    assert [n for n, e in by_name.items() if "SECRET_KEY" in e] == ["gateway"]
    assert "AMQP_URI" not in by_name["smtp-sink"]
    for name, environment in by_name.items():
        others = [
            k
            for owner, k in ((o, house.keys.amqp(o)) for o in ("identity", "cdr", "pbx"))
            if owner not in name
        ]
        assert not any(secret in value for secret in others for value in environment.values())


def test_no_two_processes_share_a_health_port(tmp_path: Path) -> None:
    house = House(8080, "h:1", "h:2", str(tmp_path), secrets.fresh().values)
    ports = [processes.health_port(p.name, house) for p in processes.PROCESSES]
    assert ports == list(range(8100, 8100 + len(ports)))
