"""Every process: state, process ID, age, ready or why not, port.

Exit code 0 when everything is ready, 1 when something is not, or nothing runs.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from cli import house as houses
from cli import processes, readiness
from cli.house import House
from cli.state import State
from cli.supervise import Supervisor


@click.command(help=__doc__)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(as_json: bool) -> None:
    state = State.from_environment()
    known = Supervisor(state).processes()
    house = houses.current(state) if known and state.house.exists() else None
    rows = _rows(known, house)
    ready = bool(rows) and all(row["ready"] for row in rows)
    if as_json:
        address = house.address if house else None
        click.echo(
            json.dumps({"running": bool(known), "ready": ready, "address": address, "processes": rows})
        )
    elif not known:
        click.echo("Tikker is not running: start it with  ./tikker up")
    else:
        _print_table(rows, house)
    sys.exit(0 if ready else 1)


def _rows(known: dict[str, dict[str, Any]], house: House | None) -> list[dict[str, Any]]:
    ports = _ports(house) if house else {}
    stores = {name: ports[name] for name in readiness.STORES_WITH_PORTS if name in known and name in ports}
    reasons = {**readiness.of_stores(stores), **readiness.of_processes(house)} if house else {}
    ours = (*processes.PROCESSES, *processes.SIP_PROCESSES)
    order = [*readiness.STORES_WITH_PORTS, *(p.name for p in ours)]
    return [
        _row(known[name], ports.get(name), reasons.get(name, "is starting"))
        for name in order
        if name in known
    ]


def _row(info: dict[str, Any], port: int | None, why: str) -> dict[str, Any]:
    runs = info["statename"] in ("STARTING", "RUNNING")
    return {
        "name": info["name"],
        "state": info["statename"].lower(),
        "pid": info["pid"] or None,
        "uptime": max(0, info["now"] - info["start"]) if runs else 0,
        "ready": runs and not why,
        "reason": why if runs else "does not run",
        "port": port,
    }


def _ports(house: House) -> dict[str, int]:
    """Where each can be reached: stores by their protocol, processes by their health port."""
    ports = house.ports
    stores = {"broker": ports.broker, "mongod": ports.mongo, "epmd": ports.epmd}
    return stores | {p.name: processes.health_port(p.name, house) for p in processes.of(house)}


def _print_table(rows: list[dict[str, Any]], house: House | None) -> None:
    click.echo(house.address if house else "Tikker is starting.")
    click.echo(f"{'name':<21} {'state':<9} {'pid':>7} {'uptime':>9} {'port':>6}  ready")
    for row in rows:
        minutes, seconds = divmod(row["uptime"], 60)
        uptime = f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        line = (
            f"{row['name']:<21} {row['state']:<9} {row['pid'] or '–':>7} {uptime:>9} {row['port'] or '–':>6}"
        )
        click.echo(f"{line}  {'yes' if row['ready'] else 'no: ' + row['reason']}")
