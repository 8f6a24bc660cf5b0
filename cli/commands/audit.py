"""Prove that nobody touched the audit log, and write down its heads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cli.connection import Call, calls_to
from cli.problems import Problem

PAGE = 100


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.option("--customer", "number", type=int, help="Only this customer's log; default: everybody's.")
@click.option(
    "--heads",
    "kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of `audit heads`: what stood then must still stand.",
)
def verify(number: int | None, kept: Path | None) -> None:
    """Check every entry, and name the first broken one of each log. Exit code 1 when there is one."""
    known = _read(kept) if kept else {}
    broken = 0
    with calls_to("identity") as call:
        wanted = [_customer(call, number)] if number is not None else _logs(call, known)
        for customer_id in wanted:
            broken += _verify(call, customer_id, known.get(customer_id))
    if broken:
        raise Problem(f"{broken} of the logs {'is' if broken == 1 else 'are'} not what was written.")


@command.command()
def heads() -> None:
    """Print the head of every log, a JSON object per line: keep it where nobody here can write."""
    with calls_to("identity") as call:
        for row in _heads(call):
            click.echo(json.dumps(row))


def _verify(call: Call, customer_id: str | None, known: dict[str, Any] | None) -> bool:
    """Whether the log is broken; says how it is."""
    asked = {"seq": known["seq"], "hash": known["hash"]} if known else {}
    after: int | None = 0
    answer: dict[str, Any] = {}
    while after is not None:
        answer = call("audit_verify", customer_id=customer_id, after=after, **asked)
        after = answer["next"]
    state = f"broken at entry {answer['first_broken']}" if answer["first_broken"] else "whole"
    click.echo(f"{customer_id or 'house':<32} {answer['head']['seq']:>8} entries  {state}")
    return answer["first_broken"] is not None


def _logs(call: Call, known: dict[str | None, Any]) -> list[str | None]:
    """All that are there, and those that were there when the heads were written down."""
    return list(dict.fromkeys([*(row["customer_id"] for row in _heads(call)), *known]))


def _heads(call: Call) -> Iterator[dict[str, Any]]:
    after: str | None = ""
    while after is not None:
        page = call("audit_heads", after=after, limit=PAGE)
        yield from page["rows"]
        after = page["next"]


def _customer(call: Call, number: int) -> str:
    rows = call("customers", number=number)["rows"]
    if not rows:
        raise Problem(f"there is no customer {number}.")
    return str(rows[0]["id"])


def _read(path: Path) -> dict[str | None, Any]:
    try:
        rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        return {row["customer_id"]: {"seq": row["seq"], "hash": row["hash"]} for row in rows}
    except (ValueError, KeyError, TypeError):
        raise Problem(f"{path} is not what `./tikker audit heads` printed.") from None
