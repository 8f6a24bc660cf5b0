"""A configuration without the numbers that are not the customer's now.

A number that is taken away stays in the settings, and a check turns red (docs/decisions, 18). Calls may be
neither billed to it nor shown as it: it may be another customer's by now. Pages say of calls what calls do.
"""

from __future__ import annotations

from collections.abc import Collection

from services.pbx.domain.config import Company, Config, Group, Line, Menu, PbxUser
from services.pbx.domain.everywhere import Fields, mapped

OWN_NUMBERS: Fields = {kind: ("number",) for kind in (Company, PbxUser, Group, Menu, Line)}
"""The fields that say which of the customer's numbers something has."""


def with_held(config: Config, held: Collection[str]) -> Config:
    """The configuration in which numbers that are not ``held`` (E.164) are empty; itself where all are."""
    gone = numbers_in(config).difference(held)
    if not gone:
        return config
    found: Config = mapped(config, OWN_NUMBERS, lambda number: "" if number in gone else number)
    return found


def numbers_in(config: Config) -> set[str]:
    """All that the configuration says are the customer's numbers."""
    used = {config.company.number, *(element.number for element in config.elements())}
    return {number for number in used if number}
