"""The addresses of the API, by what they are about."""

from gateway.api.resources import (
    audit,
    customers,
    devices,
    exports,
    invoices,
    me,
    mobile,
    numbers,
    pbx,
    pbx_plans,
    quarantine,
    settings,
    usage,
    users,
)

ALL_RESOURCES = (
    *(me.pages, usage.pages, exports.pages, invoices.pages, users.pages, pbx.pages, pbx_plans.pages),
    *(devices.pages, mobile.pages, settings.pages, audit.pages, customers.pages, numbers.pages),
    quarantine.pages,
)

__all__ = ["ALL_RESOURCES"]
