"""Those who use the system while it is hurt: a carrier, people in the portal, telephones, staff's commands.

Each lane goes on whatever happens, notes when something of it went well, and counts what did not.
"""

from __future__ import annotations

import asyncio
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from urllib.error import HTTPError

import amqp
from amqp.exceptions import AMQPError
from pymongo.errors import PyMongoError

from bench.phones import Line, Phone, fetch
from bench.portal import Browser, logged_in
from chaos.bed import Bed
from chaos.scene import CARRIER
from chaos.traffic import Body, Traffic
from cli.problems import Problem
from shared.errors import DependencyDown
from shared.publisher import Message, Publisher, open_connection

TICK_SECONDS = 0.2
CONFIRM_SECONDS = 5.0
AGAIN_SECONDS = 0.1
GIVE_UP_SECONDS = 120.0
THINK_SECONDS = 0.4
PHONE_SECONDS = 0.4
LOGIN_SECONDS = 60.0
LOOK_SECONDS = 0.25
PAGE_SECONDS = 12.0
"""A browser gives up; the gateway answers within ten seconds."""
TOO_BIG = 20_000_000
PAGES = (
    "/overzicht",
    "/gespreksdetails/totalen",
    "/gespreksdetails/details",
    "/facturen",
    "/mobiel",
    "/mijn-gegevens",
)


class Lane(threading.Thread, ABC):
    """``well``: the moments at which something went well; ``problems``: what did not, and when."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.well: list[float] = []
        self.began: list[float] = []
        """When that which went well was begun, one for each."""
        self.problems: list[tuple[float, str]] = []
        self.stopping = threading.Event()
        self.crash: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.stopping.wait(self.step())
        except BaseException as problem:
            self.crash = problem
            raise

    @abstractmethod
    def step(self) -> float:
        """Do one thing; how many seconds to wait before the next."""

    def note(self, began: float) -> None:
        self.began.append(began)
        self.well.append(time.monotonic())

    def complain(self, what: str) -> None:
        self.problems.append((time.monotonic(), what))


class Carrier(Lane):
    """Hands over its usage, and sends again whatever was not confirmed."""

    def __init__(self, bed: Bed, traffic: Traffic) -> None:
        super().__init__("carrier")
        self._uri = bed.house.ingest_uri(CARRIER)
        self._publisher = Publisher(self._uri, seconds=CONFIRM_SECONDS)
        self._traffic = traffic
        self.refused_at_the_door = False
        self.confirmed = 0

    def step(self) -> float:
        began = time.monotonic()
        self.hand_over(self._traffic.tick())
        return max(0.0, began + TICK_SECONDS - time.monotonic())

    def hand_over(self, bodies: Sequence[Body]) -> None:
        """Until the broker has them; what it has not confirmed after two minutes is given up, and so lost."""
        messages = [self._message(body, packed) for body, packed in bodies]
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while messages and time.monotonic() < deadline:
            began = time.monotonic()
            try:
                self._publisher.publish(messages)
            except DependencyDown as problem:
                self.complain(type(problem).__name__)
                time.sleep(AGAIN_SECONDS)
                continue
            self.confirmed += len(messages)
            self.note(began)
            return

    def try_too_big(self) -> None:
        """A message of 20 MB, which the broker must refuse, and which must harm nobody."""
        connection = None
        try:
            connection = open_connection(self._uri, 20)
            channel = connection.channel()
            channel.confirm_select()
            message = amqp.Message(b" " * TOO_BIG, delivery_mode=2)
            channel.basic_publish_confirm(message, exchange=f"carrier.{CARRIER}", routing_key="usage.v1")
        except (AMQPError, OSError):
            self.refused_at_the_door = True
        finally:
            if connection is not None:
                with suppress(AMQPError, OSError):
                    connection.collect()

    def close(self) -> None:
        self._publisher.close()

    @staticmethod
    def _message(body: bytes, packed: bool) -> Message:
        properties = {"content_encoding": "gzip"} if packed else {}
        return Message(f"carrier.{CARRIER}", "usage.v1", body, properties=properties)


class Booked(Lane):
    """Looks whether usage is booked: it is when there are other rows than before."""

    def __init__(self, bed: Bed) -> None:
        super().__init__("usage")
        self._rows = bed.database("cdr")["usage"]
        self._seen = 0

    def step(self) -> float:
        began = time.monotonic()
        with suppress(PyMongoError):
            rows = self._rows.estimated_document_count(maxTimeMS=1000)
            if rows != self._seen:
                self._seen = rows
                self.note(began)
        return LOOK_SECONDS


class Walker(Lane):
    """Somebody who goes from page to page."""

    def __init__(self, bed: Bed, login: tuple[str, str]) -> None:
        super().__init__("portal")
        self._portal = bed.house.address
        self._browser = _patiently_logged_in(self._portal, login)
        self._turn = 0

    def step(self) -> float:
        page = PAGES[self._turn % len(PAGES)]
        self._turn += 1
        began = time.monotonic()
        try:
            with self._browser.open(self._portal + page, timeout=PAGE_SECONDS) as answer:
                answer.read()
                landed = answer.url
        except HTTPError as answer:
            if answer.code in (403, 404):  # not of this customer: an answer like any other
                self.note(began)
            else:
                self.complain(str(answer.code))
        except OSError as problem:
            self.complain("no answer" if "timed out" in str(problem) else "no connection")
        else:
            if landed.endswith("/inloggen"):
                self.complain("logged out")
            else:
                self.note(began)
        return THINK_SECONDS


def _patiently_logged_in(portal: str, login: tuple[str, str]) -> Browser:
    """Raises Problem when the portal does not let somebody in before anything was hurt in this seed."""
    deadline = time.monotonic() + LOGIN_SECONDS
    while True:
        try:
            return logged_in(portal, *login)
        except (OSError, RuntimeError) as problem:
            if time.monotonic() > deadline:
                raise Problem(f"the portal lets nobody in before it is hurt: {problem}") from problem
        time.sleep(1)


class Phones(Lane):
    """Telephones that fetch their file one after the other: a challenge, then the file."""

    def __init__(self, bed: Bed, phones: Sequence[Phone]) -> None:
        super().__init__("phones")
        self._port = bed.house.ports.phones
        self._phones = phones
        self._turn = 0

    def step(self) -> float:
        phone = self._phones[self._turn % len(self._phones)]
        self._turn += 1
        began = time.monotonic()
        try:
            status, size = asyncio.run(asyncio.wait_for(self._fetch(phone), PAGE_SECONDS))
        except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError) as problem:
            self.complain("no answer" if isinstance(problem, TimeoutError) else "no connection")
        else:
            if status == 200 and size:
                self.note(began)
            else:
                self.complain(str(status))
        return PHONE_SECONDS

    async def _fetch(self, phone: Phone) -> tuple[int, int]:
        line = Line(*await asyncio.open_connection("127.0.0.1", self._port))
        try:
            return await fetch(line, phone)
        finally:
            line.writer.close()


def longest_gap(moments: Sequence[float], begin: float, end: float) -> float:
    """The longest time without any of them between two moments, in seconds."""
    within = [begin, *(at for at in sorted(moments) if begin < at < end), end]
    return max(later - earlier for earlier, later in zip(within, within[1:], strict=False))


def first_begun(lane: Lane, since: float) -> float | None:
    """When the first thing that was begun since then went well; None if none has."""
    for began, well in zip(list(lane.began), list(lane.well), strict=False):
        if began >= since:
            return well
    return None


def counted(lanes: Sequence[Lane], begin: float, end: float) -> Mapping[str, int]:
    """What did not go well between two moments, by lane and kind."""
    return Counter(
        f"{lane.name}: {what}" for lane in lanes for at, what in list(lane.problems) if begin <= at < end
    )
