"""docker-compose.yml for real: built, started, used by operator, carrier and customer, and stopped.

Only with ``./tikker test --docker``, on a Docker engine. Images stay behind under the tag e2e, so that the
next run builds only what has changed; containers, networks and volumes go.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_docker.plugin import Services

from cli import processes, topology
from cli.state import REPOSITORY
from tests.e2e.compose import COMPOSE_FILE, Portal, Project, find_command, image_python
from tests.e2e.compose_telephone import Telephone
from tests.support.processes import free_port, until

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker")]

TAG = "e2e"
HEALTHY_SECONDS = 150
NUMBER = "+31850001611"
USERNAME, PASSWORD = "sanne.dewit", "juist paard batterij niet"
PLAN = "services/cdr/demo/rate_plan_2026.csv"
OURS = {process.name for process in processes.PROCESSES} - processes.DEVELOPMENT_ONLY
EDGE = [process.name for process in processes.SIP_PROCESSES]


@pytest.fixture(autouse=True)
def no_complaints() -> None:
    """The other stories' browser is not used here."""


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A name, settings and secrets of its own; nothing runs yet."""
    command = find_command()
    if command is None:
        pytest.fail(
            "--docker needs a running Docker engine and docker compose: neither is here", pytrace=False
        )
    env_file = tmp_path_factory.mktemp("compose") / ".env"
    port, phones, sip = (free_port() for _ in range(3))
    env_file.write_text(
        f"TIKKER_PORT={port}\nTIKKER_TAG={TAG}\nTIKKER_PHONES_PORT={phones}\nSIP_PORT={sip}\n"
        f"PHONES_URL=http://127.0.0.1:{phones}\n"
    )
    subprocess.run([sys.executable, "-m", "cli", "compose-env", str(env_file)], check=True, cwd=REPOSITORY)
    made = Project(command, f"tikker-test-{port}", env_file)
    with pytest.MonkeyPatch.context() as patch:
        for name in made.settings:
            patch.delenv(name, raising=False)  # the environment would go before the file
        yield made


@pytest.fixture(scope="session")
def docker_compose_command(project: Project) -> str:
    return f"{' '.join(project.command)} --env-file {project.env_file}"


@pytest.fixture(scope="session")
def docker_compose_file() -> str:
    return str(COMPOSE_FILE)


@pytest.fixture(scope="session")
def docker_compose_project_name(project: Project) -> str:
    return project.name


@pytest.fixture(scope="session")
def docker_setup() -> list[str]:
    return ["build", "up --detach"]


@pytest.fixture(scope="session")
def docker_cleanup() -> list[str]:
    return []  # the fixture below does it, also when the set-up fails


@pytest.fixture(scope="session")
def system(project: Project, request: pytest.FixtureRequest) -> Iterator[Project]:
    """The whole system, all of it healthy."""
    try:
        services: Services = request.getfixturevalue("docker_services")
        try:
            services.wait_until_responsive(lambda: not project.unhealthy(), HEALTHY_SECONDS, 1)
        except Exception:
            ill = project.unhealthy()
            pytest.fail(f"not healthy: {', '.join(ill)}\n{project.last_words(ill)}", pytrace=False)
        yield project
    finally:
        project.compose("down", "--volumes", "--remove-orphans")


@pytest.fixture(scope="session")
def customer(system: Project) -> int:
    """A customer with a user, a number and a rate plan, made by the operator. Its number."""
    number = system.cli("customer", "create", "Bakkerij Voorbeeld B.V.", "--product", "voip").split()[0]
    system.cli("user", "create", number, USERNAME, "--password", PASSWORD, "--first-name", "Sanne")
    system.cli("number", "range", "add", "+31850001600", "+31850001699")
    system.cli("number", "assign", number, NUMBER, "--from", "2020-01-01")
    system.cli("plan", "import", PLAN, "--name", "default", "--from", "2020-01-01")
    system.cli("plan", "assign", "default", "default")
    return int(number)


@pytest.fixture
def portal(system: Project, customer: int) -> Portal:
    """A browser in which the customer's user is logged in."""
    opened = Portal(f"http://127.0.0.1:{system.settings['TIKKER_PORT']}")
    assert "Bakkerij Voorbeeld B.V." in opened.log_in(USERNAME, PASSWORD).text
    return opened


def send_call(system: Project, record: str, seconds: int) -> None:
    """Hand over one call of this moment, as the carrier vasco does."""
    event = {
        "record": record,
        "kind": "voice",
        "charged": NUMBER,
        "from": NUMBER,
        "to": "+31600123456",
        "start": datetime.now(UTC).isoformat(),
        "duration": seconds,
    }
    door = system.amqp("vasco", "/ingest")
    system.cli("carrier", "send", "-", "--uri", door, given=json.dumps(event) + "\n")


def shown(portal: Portal, duration: str) -> list[str]:
    """The row of the call with this duration under Details, [] while it is not there."""
    rows = portal.page("/gespreksdetails/details").rows("tk-calls")
    return next((row for row in rows if duration in row), [])


@pytest.mark.feature("CDR-01", "CDR-06", "ID-01")
def test_a_carriers_call_is_on_the_customers_page(system: Project, portal: Portal) -> None:
    send_call(system, "compose-1", 252)
    row = until(lambda: shown(portal, "0:04:12"), 30, "the call under Details")
    assert isinstance(row, list)
    assert "085-000 16 11" in row[2]
    assert "06-00 12 34 56" in row[3]
    assert row[5] == "0,3293"  # 0.0395 to begin with and 252 s at 0.069 a minute


def test_every_process_of_the_house_is_there_and_has_no_rights(system: Project) -> None:
    containers = system.containers()
    assert set(containers) == OURS | {"rabbitmq", "mongo", "setup"}
    for name in OURS:
        host, config = containers[name]["HostConfig"], containers[name]["Config"]
        assert (host["ReadonlyRootfs"], host["CapDrop"], config["User"]) == (True, ["ALL"], "tikker"), name
        assert host["Memory"] > 0, name


def test_portal_and_phones_front_are_the_only_doors_and_open_to_this_machine_only(
    system: Project,
) -> None:
    doors = {
        (name, door["HostIp"], door["HostPort"])
        for name, container in system.containers().items()
        for published in container["NetworkSettings"]["Ports"].values()
        for door in published or []
    }
    ours = system.settings
    assert doors == {
        ("gateway", "127.0.0.1", ours["TIKKER_PORT"]),
        ("phones", "127.0.0.1", ours["TIKKER_PHONES_PORT"]),
    }


ENTER_BROKER = """
import json, os
from amqp.exceptions import AMQPError
from shared.publisher import open_connection

def answer(uri, queue):
    try:
        connection = open_connection(uri)
        message = connection.channel().basic_get(queue)
        connection.close()
        return "in"
    except AMQPError as problem:
        return type(problem).__name__

print(json.dumps([answer(*door) for door in json.loads(os.environ["DOORS"])]))
"""


def test_a_broker_user_reads_its_own_queue_and_no_other(system: Project) -> None:
    doors = {
        (system.amqp("cdr", "/portal"), "rpc-cdr"): "in",
        (system.amqp("cdr", "/portal"), "rpc-identity"): "AccessRefused",
        (system.amqp("cdr", "/ingest"), "usage"): "NotAllowed",
        (system.amqp("cdr-ingester", "/ingest"), "usage"): "in",
        (system.amqp("vasco", "/ingest"), "commands.vasco"): "in",
        (system.amqp("vasco", "/ingest"), "usage"): "AccessRefused",
        (system.amqp("vasco", "/portal"), "rpc-cdr"): "NotAllowed",
        (system.amqp("guest", "/", "guest"), "usage"): "AccessRefused",
        (system.amqp("guest", "/portal", "guest"), "rpc-cdr"): "AccessRefused",
    }
    answers = system.python(ENTER_BROKER, DOORS=json.dumps(list(doors)))
    assert dict(zip(doors, answers, strict=True)) == doors


LIST_BROKER_USERS = """
import json, os
from cli.broker import call_api
print(json.dumps([user["name"] for user in call_api(os.environ["API"], "GET", "/users")]))
"""


def test_the_broker_knows_our_users_and_no_guest(system: Project) -> None:
    password = system.settings["TIKKER_AMQP_PASSWORD_ADMIN"]
    users = system.python(LIST_BROKER_USERS, API=f"http://admin:{password}@rabbitmq:15672")
    assert set(users) == {"admin", *topology.broker_users()}


ENTER_DATABASE = """
import json, os
from pymongo import MongoClient
from pymongo.errors import OperationFailure

def answer(uri, database):
    try:
        MongoClient(uri, serverSelectionTimeoutMS=5000)[database].users.find_one()
        return "in"
    except OperationFailure as problem:
        return problem.details["codeName"]

print(json.dumps([answer(*door) for door in json.loads(os.environ["DOORS"])]))
"""


def test_a_service_reads_its_own_database_and_no_other(system: Project) -> None:
    doors = {
        (system.mongo("cdr"), "cdr"): "in",
        (system.mongo("cdr"), "identity"): "Unauthorized",
        (system.mongo("identity"), "identity"): "in",
        (system.mongo("gateway"), "identity"): "Unauthorized",
        (system.mongo("gateway"), "admin"): "Unauthorized",
        ("mongodb://mongo:27017/?replicaSet=tikker", "identity"): "Unauthorized",
        ("mongodb://admin:admin@mongo:27017/?replicaSet=tikker", "identity"): "AuthenticationFailed",
    }
    answers = system.python(ENTER_DATABASE, DOORS=json.dumps(list(doors)))
    assert dict(zip(doors, answers, strict=True)) == doors


LOOK_INSIDE = """
import importlib.util, json, os
def names(folder):
    return sorted(set(os.listdir(folder)) - {"__init__.py", "__pycache__"}) if os.path.isdir(folder) else []
print(json.dumps({
    "rooms": names("/app"),
    "services": names("/app/services"),
    "for developers": [p for p in ("pytest", "pip", "uv", "supervisor") if importlib.util.find_spec(p)],
    "root": os.getuid() == 0,
    "writable": os.access("/app", os.W_OK),
}))
"""


@pytest.mark.parametrize(
    ("image", "rooms", "services"),
    [
        *((name, ["services", "shared"], [name]) for name in topology.SERVICES),
        ("gateway", ["gateway", "shared"], []),
        ("cli", ["cli", "services", "shared"], ["cdr"]),  # cdr's rules for checking a rate plan
    ],
)
@pytest.mark.usefixtures("system")
def test_an_image_holds_its_own_room_only(image: str, rooms: list[str], services: list[str]) -> None:
    assert image_python(f"tikker-{image}:{TAG}", LOOK_INSIDE) == {
        "rooms": rooms,
        "services": services,
        "for developers": [],
        "root": False,
        "writable": False,
    }


def test_without_settings_compose_says_what_to_run(project: Project, tmp_path: Path) -> None:
    project.compose("config", "--quiet")
    nothing = tmp_path / ".env"
    nothing.touch()
    with pytest.raises(AssertionError, match="run ./tikker compose-env"):
        project.compose("config", "--quiet", env_file=nothing)


@pytest.mark.feature("PRV-01", "PRV-02", "PRV-03")
def test_a_telephone_fetches_its_configuration_and_registers_through_the_composed_proxy(
    system: Project, customer: int, tmp_path: Path
) -> None:
    system.compose("--profile", "sip", "up", "--detach", "--build")
    until(lambda: not system.unhealthy(), HEALTHY_SECONDS, "health of the SIP edge")
    try:
        telephone = Telephone.of_line(system, customer, NUMBER)
        account = telephone.fetch()
        telephone.register(account, tmp_path)
        until(telephone.is_registered, 30, "the green tick")
    finally:  # compose without the profile does not know them
        system.compose("--profile", "sip", "rm", "--stop", "--force", *EDGE)


def test_new_containers_of_broker_and_database_find_their_data(system: Project, portal: Portal) -> None:
    send_call(system, "compose-2", 61)
    until(lambda: shown(portal, "0:01:01"), 30, "the call before")
    system.compose("up", "--detach", "--no-deps", "--force-recreate", "rabbitmq", "mongo")
    until(lambda: not system.unhealthy(), HEALTHY_SECONDS, "health")
    send_call(system, "compose-3", 62)
    until(lambda: shown(portal, "0:01:02"), 30, "the call after")
    assert shown(portal, "0:01:01")


def test_every_process_stops_in_order(system: Project) -> None:
    """Last, for nothing runs afterwards: SIGTERM, and each ends by itself."""
    system.compose("stop")
    ended = {name: system.containers()[name]["State"]["ExitCode"] for name in OURS}
    assert ended == dict.fromkeys(OURS, 0)
