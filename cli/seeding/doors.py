"""The ways into a running system: operator staff's, and a carrier's."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from cli import connection, secrets
from cli import house as houses
from cli.demo.usage import CARRIERS
from cli.house import House
from cli.problems import Problem
from shared.acting import Acting, Signer
from shared.errors import DependencyDown, Invalid, TikkerError, Unavailable
from shared.publisher import Message, Publisher
from shared.rpc_client import RpcClient

ROUTING_KEY = "usage.v1"
GATEWAY = "gateway"
TRIES = 4
CALL_SECONDS = 15.0
CONFIRM_SECONDS = 15.0


def current_house() -> House:
    """The system that runs here; or, like :func:`connection.client`, the one that AMQP_URI leads to,
    with the other accounts' secrets in the environment under the names of :mod:`cli.secrets`."""
    uri = os.environ.get("AMQP_URI")
    if not (uri and os.environ.get("TIKKER_SIGNING_KEY")):
        return houses.current()
    parts = urlsplit(uri)
    given = dict(secrets.from_environment().values)
    host = f"{parts.hostname}:{parts.port or 5672}"
    return House(0, host, mongo_hosts="", mail="", secrets=given, amqp_scheme=parts.scheme)


class Doors:
    """One connection per door, opened when it is used; calls that get no answer are made again."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._staff = connection.client()
        self._users: RpcClient | None = None
        self._carriers = {
            name: Publisher(house.ingest_uri(name), seconds=CONFIRM_SECONDS) for name in CARRIERS
        }

    def staff(self, service: str, method: str, **fields: Any) -> Any:
        """A service's answer to operator staff."""
        return _patiently(self._staff, connection.staff(), service, method, fields)

    def user(self, acting: Acting, service: str, method: str, **fields: Any) -> Any:
        """A service's answer to a customer's user, for whom the gateway vouches."""
        if self._users is None:
            signer = Signer.from_base64(GATEWAY, self._house.keys.signing_key(GATEWAY))
            self._users = RpcClient(self._house.amqp_uri(GATEWAY), signer)
        return _patiently(self._users, acting, service, method, fields)

    def publish(self, carrier: str, bodies: Sequence[bytes]) -> None:
        """Publish messages as the carrier and return when the broker has them all.

        A message that may have got lost is sent again: usage counts once. Raises Problem.
        """
        messages = [Message(f"carrier.{carrier}", ROUTING_KEY, body) for body in bodies]
        for attempt in range(1, TRIES + 1):
            try:
                self._carriers[carrier].publish(messages)
                return
            except DependencyDown as problem:
                if attempt == TRIES:
                    raise Problem(f"the broker does not take {carrier}'s usage: {problem}.") from None
                time.sleep(attempt)

    def close(self) -> None:
        self._staff.close()
        if self._users is not None:
            self._users.close()
        for carrier in self._carriers.values():
            carrier.close()


def _patiently(client: RpcClient, acting: Acting, service: str, method: str, fields: dict[str, Any]) -> Any:
    for attempt in range(1, TRIES + 1):
        try:
            return client.call(service, method, acting, timeout=CALL_SECONDS, **fields)
        except Unavailable:
            if attempt == TRIES:
                raise Problem(f"{service} does not answer: ./tikker status says what is missing.") from None
            time.sleep(attempt)
    raise AssertionError("unreachable")


@contextmanager
def open_doors() -> Iterator[Doors]:
    """Raises Problem when nothing runs, and for whatever a service refuses within the block."""
    doors = Doors(current_house())
    try:
        yield doors
    except TikkerError as problem:
        details = problem.fields if isinstance(problem, Invalid) else ""
        raise Problem(f"a service refuses the demo data: {problem} {details or ''}".rstrip()) from problem
    finally:
        doors.close()
