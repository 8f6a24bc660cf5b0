"""The pages for staff under /beheer, one blueprint per area. A new one is named ``beheer_<area>`` and
has its line here, its tab in ``navigation.STAFF_TABS`` and its rule ``@staff()``."""

from gateway.pages.beheer import (
    customers,
    jobs,
    mails,
    plan_customers,
    plan_imports,
    plans,
    prices,
    quarantine,
    rerating,
    undelivered,
    viewing,
)

BEHEER_PAGES = (
    customers.pages,
    customers.customers,
    customers.partners,
    jobs.pages,
    mails.pages,
    undelivered.pages,
    viewing.pages,
    rerating.pages,
    quarantine.pages,
    prices.pages,
    plans.pages,
    plan_imports.pages,
    plan_customers.pages,
)
