"""The container that runs a service's workers under the correlation ID of what they handle."""

from __future__ import annotations

from typing import Any

from nameko.containers import ServiceContainer

from shared.logging import correlated


class CorrelatedContainer(ServiceContainer):
    """Each worker is a green thread with a context of its own, so the ID is bound inside it."""

    def _run_worker(self, worker_ctx: Any, handle_result: Any) -> None:
        with correlated(worker_ctx.data.get("correlation_id")):
            super()._run_worker(worker_ctx, handle_result)

    def _handle_thread_exited(self, gt: Any) -> None:
        try:
            super()._handle_thread_exited(gt)
        except BaseException as problem:  # as eventlet's time limits are: its message would never be settled
            error = RuntimeError(f"a worker ended by {problem!r}")
            self.kill((type(error), error, problem.__traceback__))
