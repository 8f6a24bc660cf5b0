"""How documents that an earlier release has written are read now: the readers of the services' stores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from services.cdr.store import bundles, periods, reference, watch
from services.identity.store import mails, rows, second_steps, tokens
from services.invoicing.domain.charges import Product
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.parties import Account, Customer, Issuer
from services.invoicing.store.base import value_of
from services.mobile.store import orders, terms, usage
from services.mobile.store import rows as subscriptions
from services.pbx.store import abroad, numbers, settings, sounds
from services.provisioning.store import rows as devices

READERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "identity.customers": rows.customer_of,
    "identity.users": rows.user_of,
    "identity.tokens": tokens._token,
    "identity.second_steps": second_steps._second_step,
    "identity.mails": mails._queued,
    "cdr.owners": reference._ownership,
    "cdr.plan_assignments": lambda row: reference._terms({"lines": [], **row}),
    "cdr.subscriptions": bundles._subscription,
    "cdr.periods": periods._closed,
    "cdr.alerts": watch._alert,
    "invoicing.customers": lambda row: value_of(row, Customer),
    "invoicing.accounts": lambda row: value_of(row, Account, "customer_id"),
    "invoicing.products": lambda row: value_of(row, Product, "code"),
    "invoicing.issuers": lambda row: value_of(row, Issuer),
    "invoicing.invoices": lambda row: msgspec.json.decode(row["document"], type=Invoice),
    "pbx.settings": lambda row: settings._settings(row["_id"], row),
    "pbx.versions": settings._publication,
    "pbx.assignments": numbers._assignment,
    "pbx.sound_files": sounds._sound,
    "pbx.calls_abroad": lambda row: abroad._abroad(row["_id"], row),
    "mobile.subscriptions": subscriptions.subscription,
    "mobile.terms": terms._terms,
    "mobile.subscription_months": usage._subscription_month,
    "mobile.customer_months": usage._customer_month,
    "mobile.orders": orders._order,
    "provisioning.devices": devices.device_of,
    "provisioning.people": devices.person_of,
}
"""By service and collection. Usage rows are read as they are: they are only ever added to."""
