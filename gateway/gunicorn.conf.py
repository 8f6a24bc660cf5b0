"""gunicorn for the portal: ``gunicorn -c gateway/gunicorn.conf.py "gateway.app:create_app()"``.

Two workers of eight threads. The master itself serves health and metrics on HEALTH_PORT: it asks a
worker over the portal's own port, and adds up the workers' metrics.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile

# Before anything imports prometheus_client: it chooses its way of keeping values on import.
_METRICS = os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="tikker-gateway-"))
os.environ.setdefault("GATEWAY_HEALTH_TOKEN", secrets.token_hex(16))

import json  # noqa: E402
import urllib.error  # noqa: E402
import urllib.request  # noqa: E402
from typing import Any  # noqa: E402

from gunicorn.glogging import Logger  # noqa: E402
from prometheus_client import CollectorRegistry, make_wsgi_app  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead  # noqa: E402

from shared.health import health_app, serve_health  # noqa: E402
from shared.logging import setup_logging  # noqa: E402
from shared.orphans import die_with  # noqa: E402
from shared.stacks import tell_on_signal  # noqa: E402

PORT = int(os.environ.get("GATEWAY_PORT", "8000"))
BIND = os.environ.get("GATEWAY_BIND", "127.0.0.1")
PROBE_SECONDS = 2.0

bind = f"{BIND}:{PORT}"
worker_class = "gthread"
workers = 2
threads = 8
timeout = 30
graceful_timeout = 25
keepalive = 5
control_socket_disable = True
proc_name = "tikker gateway"


class JsonLogger(Logger):  # type: ignore[misc]
    """gunicorn's own lines as JSON among ours; requests are logged by the portal itself."""

    def setup(self, cfg: Any) -> None:
        setup_logging("gateway")
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True


logger_class = JsonLogger

_health: Any = None


def on_starting(server: Any) -> None:
    """Begin with empty metrics."""
    shutil.rmtree(_METRICS, ignore_errors=True)
    os.makedirs(_METRICS, exist_ok=True)


def when_ready(server: Any) -> None:
    """The portal's port is open: serve health and metrics beside it."""
    global _health
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]

    def has_workers() -> None:
        if not server.WORKERS:
            raise RuntimeError("no worker is running")

    app = health_app({"workers": has_workers}, {"portal": _ask_portal}, make_wsgi_app(registry))
    _health = serve_health(app)


def post_fork(server: Any, worker: Any) -> None:
    """A worker must not hold a port when the master is gone: neither the portal's nor that of health."""
    die_with(server.pid)
    if _health is not None:
        _health.socket.close()


def post_worker_init(worker: Any) -> None:
    """Compile the templates now: the first visitor does not wait for it, and a broken one is loud. And have
    SIGUSR1, which the master hands on, write stacks: there is no log file to open again."""
    tell_on_signal()
    environment = worker.wsgi.jinja_env
    for name in environment.list_templates():
        environment.get_template(name)


def worker_exit(server: Any, worker: Any) -> None:
    """Say goodbye to the broker."""
    parts = getattr(worker.wsgi, "extensions", {}).get("tikker") if worker.wsgi else None
    if parts is not None:
        parts.close()


def child_exit(server: Any, worker: Any) -> None:
    """Forget a dead worker's gauges."""
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    """Tidy up."""
    shutil.rmtree(_METRICS, ignore_errors=True)


def _ask_portal() -> None:
    """Raise what a worker says it lacks; it tells reasons to us only."""
    host = "127.0.0.1" if BIND in ("0.0.0.0", "[::]") else BIND
    headers = {"X-Health-Token": os.environ["GATEWAY_HEALTH_TOKEN"]}
    if names := os.environ.get("GATEWAY_HOSTS", "").split():
        headers["Host"] = names[0]  # it answers to no other
    request = urllib.request.Request(f"http://{host}:{PORT}/readyz", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PROBE_SECONDS):
            return
    except urllib.error.HTTPError as answer:
        checks = json.load(answer).get("checks", {})
        lacking = [f"{name}: {reason}" for name, reason in checks.items() if reason != "ok"]
        raise RuntimeError("; ".join(lacking) or f"answers {answer.code}") from None
