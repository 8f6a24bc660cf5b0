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
    Tab("overview.show", _l("Overzicht")),
    Tab("usage.totals", _l("Gespreksdetails"), also=("exports",)),
    Tab("invoices.listing", _l("Facturen")),
    Tab("phone.general", _l("Telefoon")),
    Tab("pbx.display", _l("Telefooncentrale")),
    Tab("mobile.listing", _l("Mobiel")),
    Tab("settings.show", _l("Instellingen")),
    Tab("people.listing", _l("Gebruikers"), also=("person", "audit")),
    Tab("own.show", _l("Mijn gegevens"), also=("second_step",), apart=True),
)

STAFF_CUSTOMER_PAGES = (
    "beheer_prices",
    "beheer_plan_customers",
    "beheer_billing",
    "beheer_customer_numbers",
    "beheer_telephony",
    "beheer_mobile",
    "beheer_mobile_subscription",
)
STAFF_TABS = (
    Tab("beheer_customers.listing", _l("Klanten"), also=STAFF_CUSTOMER_PAGES),
    Tab("beheer_partners.listing", _l("Partners")),
    Tab("beheer_numbers.listing", _l("Nummers")),
    Tab("beheer_devices.listing", _l("Toestellen")),
    Tab("beheer_mobile_setup.show", _l("Mobiel")),
    Tab(
        "beheer_invoices.listing",
        _l("Facturen"),
        also=("beheer_invoice_runs", "beheer_billing_setup"),
    ),
    Tab("beheer_plans.listing", _l("Tarieven"), also=("beheer_plan_imports",)),
    Tab("beheer_quarantine.listing", _l("Quarantaine")),
    Tab("beheer_rerating.listing", _l("Herberekenen")),
    Tab("beheer_mails.listing", _l("Berichten")),
    Tab("beheer_jobs.listing", _l("Taken")),
    Tab("beheer_undelivered.listing", _l("Onbezorgd")),
    Tab("beheer_audit.listing", _l("Logboek")),
    Tab("own.show", _l("Mijn gegevens"), also=("second_step",), apart=True),
)
"""The tabs of /beheer. One whose page is not there (yet) is absent."""


def tabs_for(account: Account | None) -> list[Tab]:
    """The tabs this person sees: those whose page's own rule lets them in."""
    if account and account.user.must_set_up_second_step:
        return []
    tabs = STAFF_TABS if account and account.is_staff else TABS
    rules = ((tab, rule_of(tab.endpoint)) for tab in tabs)
    return [tab for tab, rule in rules if account and rule and rule.allows(account)]
