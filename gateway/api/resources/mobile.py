"""Mobile subscriptions: use, labels, limits and blocks."""

from __future__ import annotations

from typing import Any

from gateway.access import customers
from gateway.api.frame import DONE, Done, changes, reads, resource, value
from gateway.api.requests import LabelBody, LimitBody, MobileQuery, SimBlockBody
from gateway.models.mobile import Blocks, Limits, Overview, Subscription
from gateway.pages.acting import acting
from gateway.parts import parts

pages = resource("mobile", "Mobile subscriptions. Data is in bytes, voice in seconds, money in euro ex VAT.")
reader = customers(role="mobile_access", product="mobile")
limiter = customers(role="mobile_limits", product="mobile")
blocker = customers(role="mobile_blocks", product="mobile")
sim_blocker = customers(role="mobile_sim_block", product="mobile")
ONE = "/mobile/subscriptions/<id:subscription_id>"


@reads(pages, "/mobile", Overview, reader, MobileQuery)
def overview(query: dict[str, Any]) -> Overview:
    """This month's use, and the subscriptions by number, 50 at a time."""
    return parts().mobile.overview(acting(), query["ended"], query["query"], query["after"])


@changes(pages, "PUT", "/mobile/limit", limiter, LimitBody)
def set_customer_limit(key: str, body: dict[str, Any]) -> Done:
    """Warn at this amount of all subscriptions together."""
    parts().mobile.set_customer_limit(acting(), key, body["value"])
    return DONE


@reads(pages, ONE, Subscription, reader)
def show(subscription_id: str) -> Subscription:
    """One subscription."""
    return parts().mobile.subscription(acting(), subscription_id)


@changes(pages, "PUT", f"{ONE}/label", reader, LabelBody)
def change_label(key: str, body: dict[str, Any], subscription_id: str) -> Done:
    """Call it something else; `revision` is that of the subscription as it was read."""
    parts().mobile.change_label(acting(), key, subscription_id, body["label"], body["revision"])
    return DONE


@reads(pages, f"{ONE}/limits", Limits, reader)
def limits(subscription_id: str) -> Limits:
    """Its limits, and how much of each is used."""
    return value(parts().mobile.with_limits(acting(), subscription_id)[1])


@changes(pages, "PUT", f"{ONE}/limits/<string(maxlength=40):code>", limiter, LimitBody)
def set_limit(key: str, body: dict[str, Any], subscription_id: str, code: str) -> Done:
    """Set one of its limits."""
    parts().mobile.set_limit(acting(), key, subscription_id, code, body["value"])
    return DONE


@reads(pages, f"{ONE}/blocks", Blocks, blocker)
def blocks(subscription_id: str) -> Blocks:
    """What is blocked, and how it stands with its SIM card."""
    return value(parts().mobile.with_blocks(acting(), subscription_id)[1])


@changes(pages, "POST", f"{ONE}/sim-block", sim_blocker, SimBlockBody, status=202)
def block_sim(key: str, body: dict[str, Any], subscription_id: str) -> Done:
    """Ask the network to block the SIM card, or to end that. It may cost something: see `blocks`."""
    parts().mobile.request_sim_block(acting(), key, subscription_id, body["block"])
    return DONE
