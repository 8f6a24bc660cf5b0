"""How many keys belong to one go: what a caller presses at one invitation, as the engine takes it."""

from __future__ import annotations

from services.pbx.domain.config import Config, Menu
from services.pbx.domain.routing.directory import directory
from services.pbx.domain.routing.values import Prompt

BETWEEN_MS = 3000
"""After a pause of so long between keys the go is over."""
LONGEST_EXTENSION = 4
LONGEST_NAME = 20
END = "#"


def more(config: Config, step: Prompt, typed: str) -> int:
    """How many keys may follow the first one; 0 when the go is over."""
    if typed.endswith(END):
        return 0
    match step.expects:
        case "name":
            return max(LONGEST_NAME - len(typed), 0)
        case "extension":
            return _of_extension(config, typed, LONGEST_EXTENSION)
        case "key":
            menu = directory(config).by_id.get(f"menu:{step.menu}")
            at_once = isinstance(menu, Menu) and menu.extension_dialling
            return _of_extension(config, typed, 0) if at_once else 0
        case _:
            return 0


def _of_extension(config: Config, typed: str, otherwise: int) -> int:
    """As long as a longer extension begins so; ``otherwise``: how many keys an extension has that is none."""
    lengths = [
        len(element.extension)
        for element in config.elements()
        if element.extension and element.extension.startswith(typed)
    ]
    longest = min(max(lengths, default=otherwise), LONGEST_EXTENSION)
    return max(longest - len(typed), 0)


def go(step: Prompt, typed: str) -> str:
    """The go as the engine takes it: '#' only closes it, unless it is a key of the menu."""
    return typed if step.expects == "key" and len(typed) == 1 else typed.removesuffix(END)
