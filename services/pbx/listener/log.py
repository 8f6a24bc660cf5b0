"""gunicorn's own lines as JSON."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from shared.logging import setup_logging


class JsonLogger(Logger):  # type: ignore[misc]
    """What happens to the process; calls have their own metrics."""

    def setup(self, cfg: Any) -> None:
        setup_logging("pbx-listener")
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True
