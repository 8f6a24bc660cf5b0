"""Small nameko extensions that every service uses: things handed in, and our publisher."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nameko.extensions import DependencyProvider, SharedExtension

from shared.publisher import Publisher


class Provide(DependencyProvider):
    """Hands what ``make()`` returns to every worker; made once, when the service starts."""

    def __init__(self, make: Callable[[], Any]) -> None:
        super().__init__()
        self._make = make
        self.value: Any = None

    def setup(self) -> None:
        self.value = self._make()

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self.value


class SharedPublisher(SharedExtension):
    """The process's publisher for answers, delays and dead letters."""

    def __init__(self) -> None:
        super().__init__()
        self.publisher: Publisher

    def setup(self) -> None:
        self.publisher = Publisher(self.container.config["AMQP_URI"])

    def stop(self) -> None:
        self.publisher.close()
        super().stop()
