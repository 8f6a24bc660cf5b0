"""The main tabs, in the manual's order. A tab whose page one may not see is absent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gateway.access import rule_of
from gateway.models.account import Account
from gateway.words import lazy_gettext as _l


@dataclass(frozen=True)
class Tab:
    """``endpoint`` is the page it opens; it is the current one in its own area and in those of
    ``also``. ``apart`` stands at the right: it is about the person, not the company."""

    endpoint: str
    label: Any
    also: Iterable[str] = ()
    apart: bool = False

    def holds(self, area: str | None) -> bool:
        """Whether a page of this blueprint is within the tab."""
        return area in (self.endpoint.partition(".")[0], *self.also)


TABS = (
    Tab("usage.totals", _l("Gespreksdetails")),
    Tab("people.listing", _l("Gebruikers"), also=("person",)),
    Tab("own.show", _l("Mijn gegevens"), apart=True),
)


def tabs_for(account: Account | None) -> list[Tab]:
    """The tabs this person sees: those whose page's own rule lets them in."""
    rules = ((tab, rule_of(tab.endpoint)) for tab in TABS)
    return [tab for tab, rule in rules if account and rule and rule.allows(account)]
