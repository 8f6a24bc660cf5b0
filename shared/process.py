"""Run one nameko service as a process: patched first, healthy in public, stopped in order.

Import this module before anything else: it patches the standard library for eventlet.
"""

from __future__ import annotations

import warnings

warnings.filterwarnings("ignore", message="\nEventlet is deprecated", category=Warning)

import eventlet

eventlet.monkey_patch()

import importlib
import os
import signal
import sys
import time
from functools import partial

from nameko.runners import ServiceRunner

from shared import collector, mongo, stacks, telemetry
from shared.abandoned import keep_aborting
from shared.bus.consumer import SafeQueueConsumer
from shared.bus.container import CorrelatedContainer
from shared.config import setting
from shared.health import Check, health_app, serve_health
from shared.logging import get_logger, setup_logging

DRAIN_SECONDS = 25
STALL_SECONDS = 5
ABANDONED_SECONDS = 4.0
"""A loop that is held up for a moment is no process that was killed."""
MAX_WORKERS = 10

log = get_logger(__name__)


class _Heart:
    """Ticks as long as the event loop turns."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        eventlet.spawn(self._tick)

    def _tick(self) -> None:
        while True:
            self._last = time.monotonic()
            eventlet.sleep(1)

    def check(self) -> None:
        age = time.monotonic() - self._last
        if age > STALL_SECONDS:
            raise RuntimeError(f"the event loop has not turned for {age:.1f} s")


def run(service: str) -> None:
    """Run ``module:Class`` until SIGTERM or SIGINT; the exit code is 0 after a graceful stop."""
    module, _, name = service.partition(":")
    setup_logging(os.environ.get("TIKKER_ISSUER", module))
    telemetry.start(os.environ.get("TIKKER_ISSUER", module))
    config = {
        "AMQP_URI": setting("AMQP_URI"),
        "TIKKER_PUBLIC_KEYS": setting("TIKKER_PUBLIC_KEYS"),
        "max_workers": int(setting("MAX_WORKERS", str(MAX_WORKERS))),
    }
    cls = getattr(importlib.import_module(module), name)
    collector.settle()
    database = mongo.connect()
    keep_aborting(database, ABANDONED_SECONDS)
    runner = ServiceRunner(config)
    runner.container_cls = CorrelatedContainer
    runner.add_service(cls)
    container = next(iter(runner.containers))

    def consuming() -> None:
        consumers = [x for x in container.subextensions if isinstance(x, SafeQueueConsumer)]
        if not consumers or not all(c.connected for c in consumers):
            raise RuntimeError("not connected to the broker")

    ready: dict[str, Check] = {"broker": consuming, "database": partial(mongo.ping, database)}
    serve_health(health_app({"loop": _Heart().check}, ready))
    stacks.tell_on_signal()
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn(_stop, runner))
    signal.signal(signal.SIGINT, lambda *_: eventlet.spawn(_stop, runner))
    try:
        runner.start()
        log.info("started", service=container.service_name)
        runner.wait()
    except Exception:
        log.exception("the service died")
        sys.stderr.flush()
        os._exit(1)  # a killed container can keep green threads alive; the supervisor starts us again
    telemetry.stop()
    log.info("stopped", service=container.service_name)
    sys.stderr.flush()
    os._exit(0)


def _stop(runner: ServiceRunner) -> None:
    # A real thread: it must fire even when the loop is stuck.
    deadline = eventlet.patcher.original("threading").Timer(DRAIN_SECONDS, os._exit, args=(0,))
    deadline.daemon = True
    deadline.start()
    log.info("draining", limit_s=DRAIN_SECONDS)
    runner.stop()
