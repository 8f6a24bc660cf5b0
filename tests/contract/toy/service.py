"""A service for tests: it does what each message asks of it, and writes down that it did."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import eventlet
from marshmallow import fields
from pymongo.errors import ServerSelectionTimeoutError

from shared import mongo, outbox
from shared.acting import Acting
from shared.bus import Operations, OutboxRelay, Provide, listen, rpc
from shared.errors import Conflict, DependencyDown, Invalid, Permanent, Transient
from shared.events import Envelope, Event, wrap
from shared.logging import get_logger
from shared.schema import Base

log = get_logger(__name__)


class Rang(Event, frozen=True, kw_only=True):
    """Somebody rang the toy's bell; ``act`` is what the handler shall do."""

    name: ClassVar[str] = "toy.bell.rang.v1"

    id: str
    act: str = "nothing"


class Diary:
    """A folder with one file of what ran, and flags that the test sets."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def open(cls) -> Diary:
        return cls(Path(os.environ["TOY_FOLDER"]))

    def write(self, what: str, about: str) -> None:
        with (self._folder / "diary").open("a") as file:
            file.write(f"{what} {about}\n")

    def flagged(self, name: str) -> bool:
        return (self._folder / name).exists()

    def run(self, about: str, act: str) -> None:
        """Do ``act``; the diary gets a line before it and one when it ended well."""
        self.write("start", about)
        ACTS[act](self, about)
        self.write("end", about)


def _wait(diary: Diary, about: str) -> None:
    while not diary.flagged(f"go-{about}"):
        time.sleep(0.01)


def _raise(error: Exception) -> Callable[[Diary, str], None]:
    def act(_diary: Diary, _about: str) -> None:
        raise error

    return act


def _raise_until_up(error: Exception) -> Callable[[Diary, str], None]:
    def act(diary: Diary, about: str) -> None:
        if not diary.flagged(f"up-{about}"):
            raise error

    return act


def _exit(_diary: Diary, _about: str) -> None:
    sys.exit(3)


def _green_timeout(_diary: Diary, _about: str) -> None:
    """As eventlet's own time limits end things: by what is no Exception."""
    with eventlet.Timeout(0.01):
        eventlet.sleep(1)


def _log(_diary: Diary, about: str) -> None:
    log.info("acting", about=about)


ACTS: dict[str, Callable[[Diary, str], None]] = {
    "nothing": lambda _diary, _about: None,
    "log": _log,
    "wait": _wait,
    "fail": _raise(ValueError("the handler broke")),
    "never": _raise(Permanent("this can never be")),
    "exit": _exit,
    "green timeout": _green_timeout,
    "later": _raise(Transient("not just now")),
    "later, at length": _raise(Transient("not now " * 30_000)),
    "dependency": _raise_until_up(DependencyDown("the exchange of numbers is away")),
    "database": _raise_until_up(ServerSelectionTimeoutError("no servers found yet")),
    "conflict": _raise(Conflict("Dit nummer is al in gebruik.", number="+31850000001")),
    "invalid": _raise(Invalid(fields={"id": ["Vul iets anders in."]})),
}


class Asked(Base):
    """What a caller may ask; the key ``fault`` makes the schema itself fail."""

    id = fields.String(required=True)
    act = fields.String(load_default="nothing")

    def handle_error(self, error: Any, data: Any, **kwargs: Any) -> None:
        if "fault" in data:
            raise ZeroDivisionError("the schema broke")


class Toy(Operations):
    """Listens to its own bell, answers questions, and rings through its outbox."""

    name = "toy"

    diary: Diary = Provide(Diary.open)
    database: Any = Provide(mongo.connect)
    relay = OutboxRelay()

    @listen(Rang)
    def on_rang(self, envelope: Envelope[Rang]) -> None:
        self.diary.run(envelope.data.id, envelope.data.act)

    @rpc(Asked)
    def ask(self, acting: Acting, id: str, act: str) -> dict[str, Any]:
        self.diary.run(id, act)
        return {"id": id, "customer": acting.customer_id}

    @rpc(Asked, kinds=("staff",))
    def ask_as_staff(self, acting: Acting, id: str, act: str) -> dict[str, Any]:
        return self.ask(acting, id, act)

    @rpc()
    def unwritable(self, acting: Acting) -> object:
        """An answer that JSON has no form for."""
        return object()

    @rpc(Asked, kinds=("user", "staff"))
    def bells(self, acting: Acting, id: str, act: str) -> int:
        """How many there are: of the customer, or (``careless``) of everybody."""
        wanted = {} if act == "careless" else {"customer_id": acting.customer_id}
        return int(self.database["bells"].count_documents(wanted))

    @rpc(Asked)
    def ring(self, acting: Acting, id: str, act: str) -> None:
        """Store something and publish that it happened, in one transaction."""
        event = wrap(Rang(id=id, act=act), acting.customer_id)
        bell = {"_id": id} if act == "careless" else {"_id": id, "customer_id": acting.customer_id}

        def work(session: Any) -> None:
            self.database["bells"].insert_one(bell, session=session)
            outbox.add(self.database, session, event)

        mongo.transact(self.database, work)
