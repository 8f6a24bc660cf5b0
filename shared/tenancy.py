"""What a customer's person gets is that customer's own: every command to the database names the customer.

Services take the customer from the signed context and put it into each query: themselves, or by :func:`own`
where the same query serves staff and events. This is the net below that: while a call of a customer's person
is being answered, each command must name that customer, or that very person, in what it selects or adds.
Where one does not, the call fails (:class:`Unscoped`) and its answer is withheld; a transaction ends without
effect. Collections that belong to nobody in particular are declared (:func:`common`), with the reason beside
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from shared.acting import Acting
from shared.logging import get_logger

log = get_logger(__name__)

_SELECTS = {
    "find": "filter",
    "aggregate": "pipeline",
    "count": "query",
    "distinct": "query",
    "findAndModify": "query",
}
_STATEMENTS = {"insert": ("documents", ""), "update": ("updates", "q"), "delete": ("deletes", "q")}
"""Where a command has its statements, and where each of them says what it is about."""
_COMMON: set[str] = {"leases", "outbox"}
"""Who does a job, and what is to be told to others: neither is ever read for a customer."""


class Unscoped(Exception):
    """A call of a customer's person reached for data without naming the customer: a mistake of ours."""


class _Call:
    """One call that is being answered, and what it did that it may not do."""

    def __init__(self, customer_id: str, user_id: str | None) -> None:
        self.customer_id = customer_id
        self.names = (customer_id, user_id) if user_id else (customer_id,)
        self.wrong: str | None = None


_call: ContextVar[_Call | None] = ContextVar("tenant", default=None)
_caller: ContextVar[str] = ContextVar("caller", default="")


def common(*collections: str) -> None:
    """These collections hold nothing that is one customer's."""
    _COMMON.update(collections)


@contextmanager
def only_for(acting: Acting | None) -> Iterator[None]:
    """Within the block commands name the customer of ``acting``, if a customer's person acts."""
    bound = acting is not None and acting.kind == "user" and acting.scope == "customer"
    call = _Call(acting.customer_id, acting.user_id) if bound and acting and acting.customer_id else None
    token, named = _call.set(call), _caller.set(_named(acting) if acting else "")
    try:
        yield
    finally:
        _caller.reset(named)
        _call.reset(token)


def bound() -> str | None:
    """The customer of whose person this call is; None when anybody else acts."""
    call = _call.get()
    return call.customer_id if call else None


def caller() -> str:
    """Whose call is being answered: no two have the same, and it stays the same from call to call. Empty
    while nobody's is."""
    return _caller.get()


def _named(acting: Acting) -> str:
    who = acting.user_id or acting.username or acting.issuer
    return f"{acting.kind}:{acting.customer_id or ''}:{who}"


def own(wanted: Mapping[str, Any], field: str = "customer_id") -> dict[str, Any]:
    """What is ``wanted``, of that customer only when a customer's person acts."""
    customer_id = bound()
    return {**wanted, field: customer_id} if customer_id else dict(wanted)


def check() -> None:
    """Raise :class:`Unscoped` when a command since the block began did not name the customer."""
    call = _call.get()
    if call is not None and call.wrong:
        raise Unscoped(call.wrong)


class TenantListener(CommandListener):
    """Looks at each command before it is sent. A listener cannot stop one, so what it finds is kept for
    :func:`check`."""

    def started(self, event: CommandStartedEvent) -> None:
        call = _call.get()
        if call is None or call.wrong:
            return
        collection = event.command.get(event.command_name)
        if collection in _COMMON or names(event.command_name, event.command, call.names):
            return
        call.wrong = f"{event.command_name} {collection}"
        log.error("a command does not name the customer", command=event.command_name, collection=collection)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass


def names(command: str, body: Mapping[str, Any], who: tuple[str, ...]) -> bool:
    """Whether each part of a command that selects or adds documents names one of these; commands that do
    neither (``getMore`` of a cursor that was checked, ``commitTransaction``) are fine."""
    if command in _SELECTS:
        return _mentions(body.get(_SELECTS[command]), who)
    if command in _STATEMENTS:
        listed, about = _STATEMENTS[command]
        return all(_mentions(one[about] if about else one, who) for one in body.get(listed, ()))
    return True


def _mentions(value: Any, who: tuple[str, ...]) -> bool:
    """As a value or a part of a composed one (``CUSTOMER:2026-07``), or of a key (``customers.CUSTOMER``)."""
    if isinstance(value, str):
        return any(name in value for name in who)
    if isinstance(value, Mapping):
        return any(_mentions(key, who) or _mentions(one, who) for key, one in value.items())
    if isinstance(value, list | tuple):
        return any(_mentions(one, who) for one in value)
    return False
