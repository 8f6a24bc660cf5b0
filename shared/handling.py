"""One piece of work of a process that is not on the bus: a correlation ID for its log lines, and a span.

Services on the bus and the portal have this from shared/bus and from their request log. Plain processes
(workers, listeners, the bridge) call :func:`begin` first, and wrap what others made them do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from shared import stacks, telemetry
from shared.logging import correlated, setup_logging

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def begin(process: str) -> None:
    """Log and, where it is wanted, trace under this name; before the process opens its database, and in its
    main thread."""
    setup_logging(process)
    telemetry.start(process)
    stacks.tell_on_signal()


@contextmanager
def handling(
    name: str, kind: str = telemetry.CONSUMER, parent: object = None, correlation_id: str | None = None
) -> Iterator[None]:
    """The block is what somebody else made us do: ``parent`` is the header of who did (see
    :mod:`shared.telemetry`), ``correlation_id`` theirs; without them both begin here."""
    with correlated(correlation_id) as chosen, telemetry.doing(name, kind, parent, chosen):
        try:
            yield
        except Exception as problem:
            telemetry.note(error=type(problem).__name__)
            raise


def traced(app: Wsgi, name: str) -> Wsgi:
    """A small WSGI application whose requests are such work. Whoever asks chooses neither ID."""

    def handled(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with handling(f"{environ['REQUEST_METHOD']} {name}", telemetry.SERVER):
            return app(environ, start_response)

    return handled
