"""The addresses of the API, by what they are about."""

from gateway.api.resources import (
    audit,
    billing,
    customers,
    devices,
    exports,
    invoices,
    me,
    mobile,
    mobile_staff,
    numbers,
    operations,
    pbx,
    pbx_plans,
    plans,
    quarantine,
    rerating,
    settings,
    sounds,
    telephony,
    test_calls,
    usage,
    users,
)

ALL_RESOURCES = (
    *(me.pages, usage.pages, exports.pages, invoices.pages, users.pages, pbx.pages, pbx_plans.pages),
    *(devices.pages, mobile.pages, settings.pages, audit.pages, customers.pages, numbers.pages),
    *(users.console_pages, sounds.pages, test_calls.pages, telephony.pages, mobile_staff.pages, plans.pages),
    *(rerating.pages, quarantine.pages, operations.pages, billing.pages),
)

__all__ = ["ALL_RESOURCES"]
