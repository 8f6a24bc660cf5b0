"""Start everything on this machine and print where the portal is.

First start: makes broker, database, users, rights and demo data. Ctrl-C stops everything.
AMQP_URI and MONGO_URI, each with an administrator's account, use a broker or database that is there
already; TIKKER_PORT moves all ports (default 8080 for the portal).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click
from pymongo.errors import PyMongoError

from cli import house as houses
from cli import packages, processes, readiness, secrets, seed, stores
from cli.house import House
from cli.lifecycle import launch, only_one, signals_interrupt, stop
from cli.ports import Ports, require_free
from cli.problems import Problem
from cli.program import SERVICES
from cli.state import State
from cli.supervise import Supervisor

READY_SECONDS = 240  # a busy machine needs more than two minutes for eighteen processes
ENDING_SECONDS = 20  # by then a process that can not run has been started half a dozen times
POLL_SECONDS = 0.2
INTERRUPTED = 130


@click.command(help=__doc__)
@click.option("--detach", is_flag=True, help="Return when the portal answers; ./tikker down stops it.")
@click.option("--sip", is_flag=True, help="The SIP proxy as well: telephones register and calls are routed.")
@click.option("--demo/--no-demo", default=True, help="Load demo data into a system without customers.")
def command(detach: bool, sip: bool, demo: bool) -> None:
    state = State.from_environment()
    supervisor = Supervisor(state)
    with signals_interrupt():
        with only_one(state):
            if supervisor.pid() is not None:
                _already_running(state, supervisor)
                return
            with _stopped_when_interrupted(state, INTERRUPTED):
                house = _start(state, detach, sip, demo)
        if detach:
            _announce(house)  # what runs goes on, also when nobody reads this to its end
        else:
            with _stopped_when_interrupted(state, 0):
                _announce(house)
                click.echo("Ctrl-C stops everything.")
                _wait_for_the_end(supervisor)


@contextmanager
def _stopped_when_interrupted(state: State, code: int) -> Iterator[None]:
    """Ctrl-C within the block stops what we have started and ends with ``code``; so does what goes wrong."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Stopping…", err=True)
        stop(state)
        click.echo("Stopped.", err=True)
        sys.exit(code)
    except PyMongoError as problem:
        stop(state)
        raise Problem(f"the database could not be set up: {str(problem)[:200]}") from None
    except Exception:
        stop(state)
        raise


def _start(state: State, detach: bool, sip: bool, demo: bool) -> House:
    ports = Ports.from_environment()
    kept = secrets.load(state.secrets)
    ours = stores.own_or_given(state, ports, kept)
    ours.check_given()
    ours.install()
    if sip:
        packages.ensure_kamailio(state)
    house = replace(stores.house(ours, ports), sip=sip)
    services = processes.programs(house)
    own = {"portal": ports.portal, "mail": ports.smtp, **_sip_ports(house)}
    require_free({**own, **ours.ports(), **_health_ports(house)})
    supervisor = launch(state, [*ours.programs(), *services], dies_with_us=not detach)
    ours.wait(supervisor)
    stores.set_up(ours)
    supervisor.start_group(SERVICES)
    house.save(state.house)
    _wait_until_ready(house, state, supervisor)
    if demo:
        seed.seed_if_empty()
    return house


def _health_ports(house: House) -> dict[str, int]:
    return {f"health of {p.name}": processes.health_port(p.name, house) for p in processes.of(house)}


def _sip_ports(house: House) -> dict[str, int]:
    return {"calls to route": house.ports.route, "SIP": house.ports.sip} if house.sip else {}


def _wait_until_ready(house: House, state: State, supervisor: Supervisor) -> None:
    started = time.monotonic()
    while True:
        waiting = {name: why for name, why in readiness.of_processes(house).items() if why}
        if not waiting and readiness.portal_answers(house):
            return
        seconds = int(time.monotonic() - started)
        if seconds > ENDING_SECONDS:
            _refuse_what_keeps_ending(state, supervisor)
        if seconds > READY_SECONDS:
            name, why = next(iter(waiting.items()), ("gateway", "/inloggen does not answer 200"))
            raise Problem(f"{name} is not ready after {seconds} s ({why}): see {state.logs / name}.log")
        time.sleep(POLL_SECONDS)


def _refuse_what_keeps_ending(state: State, supervisor: Supervisor) -> None:
    for name, info in supervisor.processes().items():
        if info["statename"] == "BACKOFF":
            raise Problem(f"{name} ends as soon as it has started: see {state.logs / name}.log")


def _announce(house: House) -> None:
    click.echo(f"Tikker is ready: {house.address}")
    for login in seed.logins():
        click.echo(f"  {login.username:<12} {login.password:<20} {login.who}")
    if house.sip:
        sip = house.ports.sip
        click.echo(f"Telephones register at 127.0.0.1:{sip} (UDP, TCP); docs/sip.md tells the rest.")


def _already_running(state: State, supervisor: Supervisor) -> None:
    house = houses.current(state)
    click.echo(f"Tikker is already running (process {supervisor.pid()}).")
    if readiness.portal_answers(house):
        _announce(house)
    else:
        click.echo("The portal does not answer yet: ./tikker status says what is missing.")


def _wait_for_the_end(supervisor: Supervisor) -> None:
    """Until somebody stops us or the process manager (./tikker down in another window)."""
    while supervisor.pid() is not None:
        time.sleep(1)
    click.echo("Tikker was stopped.")
