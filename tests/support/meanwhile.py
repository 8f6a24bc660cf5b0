"""What happens while something else does: see :class:`Meanwhile`."""

from __future__ import annotations

from collections.abc import Callable


class Meanwhile:
    """The ``step`` of a MongoDB in memory, which has something else happen once, before an operation."""

    def __init__(self) -> None:
        self._operation = ""
        self._work: Callable[[], object] | None = None

    def before(self, operation: str, work: Callable[[], object]) -> None:
        """``work`` before the next operation of that name (``update numbers``)."""
        self._operation, self._work = operation, work

    @property
    def has_happened(self) -> bool:
        return self._work is None

    def __call__(self, operation: str) -> None:
        if operation == self._operation and self._work is not None:
            work, self._work = self._work, None
            work()
