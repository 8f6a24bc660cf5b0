"""The menu at the left of *Telefoon* and *Telefooncentrale*: elements, and the parts of the open one."""

from __future__ import annotations

from dataclasses import dataclass, replace

MOST_LISTED = 20
"""Elements in the menu of who has more; the others are looked for."""


@dataclass(frozen=True)
class MenuPart:
    """A page of the open element. ``mark`` stands at its right: a count or a word; ``warning`` says in words
    why the part needs attention."""

    label: str
    href: str
    mark: str = ""
    warning: str = ""
    current: bool = False


@dataclass(frozen=True)
class Entry:
    """An element: ``small`` is its number and extension, ``warning`` why it cannot work. The open one
    unfolds its ``parts``."""

    name: str
    href: str
    small: str = ""
    warning: str = ""
    current: bool = False
    parts: tuple[MenuPart, ...] = ()

    @property
    def open(self) -> bool:
        return self.current or any(part.current for part in self.parts)


@dataclass(frozen=True)
class NewLink:
    """The button below the menu."""

    label: str
    href: str


@dataclass(frozen=True)
class SideMenu:
    """``label`` names it for who does not see it. ``find``: what the search box above it looks for; None
    where there is none, which is right for a short list."""

    label: str
    entries: tuple[Entry, ...]
    new: NewLink | None = None
    find: str | None = None
    find_label: str = ""

    @property
    def listed(self) -> tuple[Entry, ...]:
        """What the menu shows at once: the open one, and so many others."""
        return tuple(one for index, one in enumerate(self.entries) if index < MOST_LISTED or one.open)

    @property
    def more(self) -> int:
        """How many are found by searching only."""
        return len(self.entries) - len(self.listed)

    def found(self, query: str) -> SideMenu:
        """With only the elements whose name or number has what was typed, and the open one."""
        words = query.casefold().replace(" ", "").replace("-", "")
        kept = tuple(one for one in self.entries if one.open or words in _searched(one))
        return replace(self, entries=kept, find=query)


def _searched(entry: Entry) -> str:
    return f"{entry.name}|{entry.small}".casefold().replace(" ", "").replace("-", "")
