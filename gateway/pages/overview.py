"""*Overzicht*: what this period costs so far, where it goes, and what asks for attention."""

from __future__ import annotations

from flask import Blueprint, render_template

from gateway.access import customers
from gateway.models.account import Account
from gateway.models.overview import Overview
from gateway.pages.acting import acting, viewer
from gateway.pages.invoices import RULE as INVOICES
from gateway.pages.overview_charts import charts_of
from gateway.pages.settings import RULE as SETTINGS
from gateway.parts import parts

pages = Blueprint("overview", __name__, url_prefix="/overzicht")


@pages.get("")
@customers()
def show() -> str:
    """The dashboard. Each part that cdr does not answer says so itself; the page is always there."""
    account = viewer()
    overview = _overview(account)
    return render_template(
        "pages/overview.html", overview=overview, charts=charts_of(overview, with_limit=_one_product(account))
    )


def _overview(account: Account) -> Overview:
    assert account.customer is not None
    now, today, last_known = parts().clock(), parts().today(), parts().last_known
    found = parts().overview.parts(
        acting(), guarded=SETTINGS.allows(account), billed=INVOICES.allows(account)
    )
    known = {n: last_known.follow(account.customer.id, n, part, now) for n, part in found.items()}
    return Overview.of(today, known)


def _one_product(account: Account) -> bool:
    """Whether the limit, which is about telephony, may stand in a chart of all that is used."""
    return account.customer is not None and "mobile" not in account.customer.products
