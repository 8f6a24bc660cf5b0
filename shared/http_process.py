"""Run a WSGI application as a process of its own: gunicorn with threads, health and metrics beside it.

For the small doors that speak HTTP and not RPC. The application is made in each worker, after the fork; the
master serves ``/livez``, ``/readyz`` and ``/metrics`` on HEALTH_PORT. Stops in order: what is being answered
is answered, for at most 25 s.
"""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile

# Before anything imports prometheus_client: it chooses its way of keeping values on import.
_METRICS = os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="tikker-http-"))

from collections.abc import Callable, Mapping  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from typing import Any  # noqa: E402

from gunicorn.app.base import BaseApplication  # noqa: E402
from gunicorn.glogging import Logger  # noqa: E402
from prometheus_client import CollectorRegistry, make_wsgi_app  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead  # noqa: E402

from shared.handling import begin, traced  # noqa: E402
from shared.health import Check, health_app, serve_health  # noqa: E402
from shared.logging import setup_logging  # noqa: E402
from shared.orphans import die_with  # noqa: E402

Wsgi = Callable[[dict[str, Any], Any], Any]

DRAIN_SECONDS = 25
BACKLOG = 4096
"""Connections that may wait while all phones of a town come back at once (the kernel may allow fewer)."""


@dataclass(frozen=True)
class Door:
    """``make`` gives the application, in each worker; ``ready`` is asked in the master.

    ``connections`` is how many may be open per worker: a waiting one costs no thread. ``niceness``: how far
    this process stands back for others of the machine that want a processor, as in nice(2).
    """

    name: str
    host: str
    port: int
    make: Callable[[], Wsgi]
    ready: Mapping[str, Check]
    workers: int = 2
    threads: int = 16
    connections: int = 4000
    keepalive: int = 15
    niceness: int = 0


class _Logger(Logger):  # type: ignore[misc]
    """gunicorn's own lines as JSON among ours. It logs no requests: they may hold names and proofs."""

    def setup(self, cfg: Any) -> None:
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True


class _Application(BaseApplication):  # type: ignore[misc]
    def __init__(self, door: Door) -> None:
        self._door = door
        self._health: Any = None
        super().__init__()

    def load_config(self) -> None:
        door = self._door
        settings: dict[str, Any] = {
            "bind": f"{door.host}:{door.port}",
            "worker_class": "gthread",
            "workers": door.workers,
            "threads": door.threads,
            "worker_connections": door.connections,
            "backlog": BACKLOG,
            "timeout": 60,
            "graceful_timeout": DRAIN_SECONDS,
            "keepalive": door.keepalive,
            "control_socket_disable": True,
            "proc_name": f"tikker {door.name}",
            "logger_class": _Logger,
            "when_ready": self._when_ready,
            "post_fork": self._post_fork,
            "child_exit": _child_exit,
            "on_exit": _on_exit,
        }
        for key, value in settings.items():
            self.cfg.set(key, value)

    def load(self) -> Wsgi:
        """In a worker, after the fork: a master's threads would not come along."""
        begin(self._door.name)
        return traced(self._door.make(), self._door.name)

    def _when_ready(self, server: Any) -> None:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]

        def has_workers() -> None:
            if not server.WORKERS:
                raise RuntimeError("no worker is running")

        app = health_app({"workers": has_workers}, self._door.ready, make_wsgi_app(registry))
        self._health = serve_health(app)

    def _post_fork(self, server: Any, worker: Any) -> None:
        """A worker must not hold a port when the master is gone: neither ours nor that of health."""
        die_with(server.pid)
        if self._health is not None:
            self._health.socket.close()


def _child_exit(server: Any, worker: Any) -> None:
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _on_exit(server: Any) -> None:
    shutil.rmtree(_METRICS, ignore_errors=True)


def run(door: str) -> None:
    """Serve what ``module:function`` gives (a :class:`Door`), until SIGTERM or SIGINT.

    By its name, so that this module has said where metrics are kept before anything makes one.
    """
    module, _, function = door.partition(":")
    os.makedirs(_METRICS, exist_ok=True)
    made: Door = getattr(importlib.import_module(module), function)()
    setup_logging(made.name)
    os.nice(made.niceness)
    _Application(made).run()
