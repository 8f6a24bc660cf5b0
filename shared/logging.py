"""JSON log lines on stderr, each with the correlation ID of the request or event it belongs to."""

from __future__ import annotations

import logging
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from shared import telemetry

_CONTEXT_KEY = "correlation_id"


def setup_logging(process: str) -> None:
    """Send structlog's and the standard library's records through one JSON renderer."""
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        *([telemetry.with_trace_id] if telemetry.wanted() else []),
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                lambda _logger, _name, event: {"process": process, **event},
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(os.environ.get("LOG_LEVEL", "INFO"))
    logging.getLogger("amqp").setLevel(logging.WARNING)
    # Above its warnings for expected errors, which our own extensions report in one line each.
    logging.getLogger("nameko").setLevel(logging.ERROR)
    logging.getLogger("pymongo").setLevel(logging.WARNING)


def get_logger(name: str) -> Any:
    return structlog.stdlib.get_logger(name)


def new_correlation_id() -> str:
    return uuid.uuid4().hex


def correlation_id() -> str:
    """The ID of what is being handled now; a new one when nothing has set it."""
    current = structlog.contextvars.get_contextvars().get(_CONTEXT_KEY)
    return str(current) if current else new_correlation_id()


@contextmanager
def correlated(value: str | None) -> Iterator[str]:
    """Give every log line and event made within the block this correlation ID."""
    chosen = value or new_correlation_id()
    tokens = structlog.contextvars.bind_contextvars(**{_CONTEXT_KEY: chosen})
    try:
        yield chosen
    finally:
        structlog.contextvars.reset_contextvars(**tokens)
