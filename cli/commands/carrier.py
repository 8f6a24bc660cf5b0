"""Be a carrier: hand over usage, answer orders, by docs/carriers.md and nothing more."""

from __future__ import annotations

import gzip
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

import click

from cli import house, topology
from cli.carrier_file import BadLine, read_events
from cli.problems import Problem
from shared.errors import DependencyDown
from shared.publisher import Message, Publisher, Unroutable

ROUTING_KEY = "usage.v1"
SIM_CARRIER = "mobi"
MOST_EVENTS = 1000
MESSAGE_BYTES = 900_000  # the broker takes 1 MiB
UNCONFIRMED_MESSAGES = 500
UNCONFIRMED_BYTES = 4_000_000
CONFIRM_SECONDS = 30.0
GZIP_LEVEL = 6


@dataclass
class Delivery:
    """What has been handed over and confirmed so far, and how many lines held no event."""

    events: int = 0
    messages: int = 0
    bad_lines: int = 0


@click.group(help=__doc__)
def command() -> None:
    pass


@command.command()
@click.argument("file", type=click.File("rb"))
@click.option("--carrier", help="Whose usage it is (default: the user in --uri, else vasco).")
@click.option(
    "--pack", type=click.IntRange(1, MOST_EVENTS), default=200, show_default=True, help="Events per message."
)
@click.option("--gzip", "packed", is_flag=True, help="Pack each message with gzip.")
@click.option("--uri", metavar="AMQP_URI", help="The broker (default: of the system that runs here).")
def send(file: BinaryIO, carrier: str | None, pack: int, packed: bool, uri: str | None) -> None:
    """Publish the usage events in FILE (- for stdin) and wait until the broker has them.

    FILE is JSON lines, or CSV whose first line names the columns: record, revision, carrier, kind,
    direction, charged, from, to, start, duration, volume, messages, roaming_country, roaming_network.

    A line that holds no event is named and not sent; the exit code is then 1. Sending a file again
    is safe: an event counts once.
    """
    carrier, uri = _door(carrier, uri)
    publisher = Publisher(uri, CONFIRM_SECONDS)
    delivery = Delivery()
    started = time.monotonic()
    try:
        deliver(read_events(file), publisher.publish, f"carrier.{carrier}", pack, packed, delivery)
    except (DependencyDown, Unroutable) as problem:
        raise Problem(
            f"{_reason(problem, uri)}. Confirmed before that: {delivery.events} events. "
            "Send the whole file again: what has arrived counts once."
        ) from None
    finally:
        publisher.close()
    _report(delivery, carrier, time.monotonic() - started)
    sys.exit(1 if delivery.bad_lines else 0)


@command.command("simulate")
@click.option("--carrier", help="Who answers (default: mobi, or the user in --uri).")
@click.option("--refuse", default="", metavar="TEXT", help="Refuse every order, for this reason.")
@click.option("--silent", is_flag=True, help="Take orders and never answer.")
@click.option("--delay", default=0.0, show_default=True, type=click.FloatRange(0, 3600), help="Seconds.")
@click.option("--uri", metavar="AMQP_URI", help="The broker (default: of the system that runs here).")
def simulate_(carrier: str | None, refuse: str, silent: bool, delay: float, uri: str | None) -> None:
    """Answer orders about SIM cards until Ctrl-C, as a carrier would.

    ./tikker up runs one of these for the demo's carriers; two at once share the orders between them.
    Cards that end in 99 are refused and those that end in 98 get no answer, whatever the options.
    """
    from cli.carrier_simulator import Manner, simulate

    carrier, uri = _door(carrier or (None if uri else SIM_CARRIER), uri)
    click.echo(f"{carrier} answers; Ctrl-C stops it.")
    stopping = threading.Event()
    simulate({carrier: uri}, Manner(refuse, silent, delay), stopping)
    try:
        stopping.wait()
    except KeyboardInterrupt:
        stopping.set()


def deliver(
    lines: Iterable[bytes | BadLine],
    publish: Callable[[list[Message]], None],
    exchange: str,
    pack: int,
    packed: bool,
    delivery: Delivery,
) -> None:
    """Pack events into messages and publish these, a few hundred between two waits for the broker.

    Reads no further ahead than that, so any length of file takes the same memory.
    """
    messages = (_message(pile, exchange, packed) for pile in piles(_good(lines, delivery), pack))
    for window in windows(messages):
        publish([message for message, _ in window])
        delivery.messages += len(window)
        delivery.events += sum(events for _, events in window)


def _good(lines: Iterable[bytes | BadLine], delivery: Delivery) -> Iterator[bytes]:
    """The events; says of each bad line what is wrong with it."""
    for line in lines:
        if isinstance(line, BadLine):
            delivery.bad_lines += 1
            click.echo(f"line {line.number}: {line.reason}", err=True)
        else:
            yield line


def piles(events: Iterable[bytes], pack: int) -> Iterator[list[bytes]]:
    """What goes into one message: so many events, or fewer when these are large."""
    pile: list[bytes] = []
    size = 0
    for event in events:
        if pile and (len(pile) == pack or size + len(event) > MESSAGE_BYTES):
            yield pile
            pile, size = [], 0
        pile.append(event)
        size += len(event) + 1
    if pile:
        yield pile


def _message(pile: list[bytes], exchange: str, packed: bool) -> tuple[Message, int]:
    body = pile[0] if len(pile) == 1 else b'{"events":[' + b",".join(pile) + b"]}"
    if packed:
        body = gzip.compress(body, GZIP_LEVEL)
    properties = {"content_encoding": "gzip"} if packed else {}
    return Message(exchange, ROUTING_KEY, body, properties=properties), len(pile)


def windows(messages: Iterable[tuple[Message, int]]) -> Iterator[list[tuple[Message, int]]]:
    """Messages that are under way together before their confirms are waited for."""
    window: list[tuple[Message, int]] = []
    size = 0
    for message in messages:
        window.append(message)
        size += len(message[0].body)
        if len(window) == UNCONFIRMED_MESSAGES or size > UNCONFIRMED_BYTES:
            yield window
            window, size = [], 0
    if window:
        yield window


def _door(carrier: str | None, uri: str | None) -> tuple[str, str]:
    """The carrier and the address of its virtual host."""
    if uri is not None:
        parts = urlsplit(uri)
        if parts.scheme not in ("amqp", "amqps") or not parts.hostname:
            raise Problem(f"--uri {uri!r} is no address such as amqp://vasco:password@host:5672/%2Fingest.")
        return carrier or unquote(parts.username or "") or topology.DEMO_CARRIERS[0], uri
    chosen = carrier or topology.carriers()[0]
    if chosen not in topology.carriers():
        raise Problem(f"there is no carrier {chosen}; there is: {', '.join(topology.carriers())}.")
    return chosen, house.current().ingest_uri(chosen)


def _reason(problem: Exception, uri: str) -> str:
    if isinstance(problem, Unroutable):
        return "the broker has no queue for this: it is not set up to take usage"
    parts = urlsplit(uri)
    return f"the broker at {parts.hostname}:{parts.port or 5672} did not take it ({problem})"


def _report(delivery: Delivery, carrier: str, seconds: float) -> None:
    rate = delivery.events / seconds if seconds > 0 else 0
    click.echo(
        f"{delivery.events} events in {delivery.messages} messages handed over to carrier.{carrier}"
        f" in {seconds:.1f} s ({rate:.0f} per second)"
    )
    if delivery.bad_lines:
        click.echo(f"{delivery.bad_lines} lines hold no event and were not sent.", err=True)
