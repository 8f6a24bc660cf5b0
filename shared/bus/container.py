"""The container that runs a service's workers under the correlation ID of what they handle, and in the
language of who asked."""

from __future__ import annotations

from typing import Any

from nameko.containers import ServiceContainer

from shared import telemetry, tenancy
from shared.acting import Acting
from shared.logging import correlated
from shared.words import OWN, speaking


class CorrelatedContainer(ServiceContainer):
    """Each worker is a green thread with a context of its own, so both are bound inside it."""

    def _run_worker(self, worker_ctx: Any, handle_result: Any) -> None:
        data = worker_ctx.data
        entrypoint = worker_ctx.entrypoint
        kind = getattr(entrypoint, "traced_as", telemetry.SERVER)
        acting = next((one for one in worker_ctx.args if isinstance(one, Acting)), None)
        with (
            tenancy.only_for(acting),
            correlated(data.get("correlation_id")) as chosen,
            speaking(data.get("language", OWN)),
            telemetry.doing(f"{self.service_name}.{entrypoint.method_name}", kind, data.get("trace"), chosen),
        ):
            super()._run_worker(worker_ctx, handle_result)

    def _handle_thread_exited(self, gt: Any) -> None:
        try:
            super()._handle_thread_exited(gt)
        except BaseException as problem:  # as eventlet's time limits are: its message would never be settled
            error = RuntimeError(f"a worker ended by {problem!r}")
            self.kill((type(error), error, problem.__traceback__))
