"""The checklist as pbx fills it in."""

from __future__ import annotations

from gateway.models.pbx_plans import Ref
from gateway.models.pbx_settings import Value


class Item(Value, frozen=True, kw_only=True):
    """One line: ``ready`` of ``of`` elements have it, ``open`` are the first that do not. ``field`` of
    ``where`` is where it is done; ``heading`` what it is a part of."""

    code: str
    label: str
    optional: bool = False
    done: bool = False
    where: Ref | None = None
    field: str = ""
    ready: int = 0
    of: int = 0
    open: tuple[Ref, ...] = ()
    heading: str = ""

    @property
    def more_open(self) -> int:
        """How many others it is not done for."""
        return max(0, self.of - self.ready - len(self.open))


class Section(Value, frozen=True, kw_only=True):
    """``kind`` is company, user, device, group or menu; one that is not ``wanted`` does not count."""

    kind: str
    title: str
    items: tuple[Item, ...] = ()
    wanted: bool = True

    @property
    def required(self) -> list[Item]:
        return [item for item in self.items if not item.optional]

    @property
    def optional(self) -> list[Item]:
        return [item for item in self.items if item.optional]

    @property
    def done(self) -> int:
        """How many of the required ones."""
        return sum(item.done for item in self.required)


class Checklist(Value, frozen=True, kw_only=True):
    """``done`` of ``total`` required items."""

    sections: tuple[Section, ...]
    done: int = 0
    total: int = 0
