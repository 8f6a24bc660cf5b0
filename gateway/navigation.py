"""The main tabs, in the manual's order. A tab whose page one may not see is absent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.access import rule_of
from gateway.models.account import Account
from gateway.words import lazy_gettext as _l


@dataclass(frozen=True)
class Tab:
    """``endpoint`` is the page it opens, ``blueprint`` the area in which it is the current one."""

    endpoint: str
    label: Any

    @property
    def blueprint(self) -> str:
        return self.endpoint.partition(".")[0]


TABS = (Tab("usage.totals", _l("Gespreksdetails")),)


def tabs_for(account: Account | None) -> list[Tab]:
    """The tabs this person sees: those whose page's own rule lets them in."""
    rules = ((tab, rule_of(tab.endpoint)) for tab in TABS)
    return [tab for tab, rule in rules if account and rule and rule.allows(account)]
