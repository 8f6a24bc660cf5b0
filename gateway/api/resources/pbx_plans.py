"""What the PBX makes of its number plan: checks, tried calls, publishing; and calls that were."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.access import customers
from gateway.api.frame import DONE, Done, changes, reads, resource
from gateway.api.requests import (
    AttemptBody,
    DraftQuery,
    ExplainQuery,
    PbxCallsQuery,
    PictureQuery,
    PublishBody,
    WeekQuery,
)
from gateway.clients.pbx_plans import Attempt
from gateway.models.pbx_calls import Calls, Explained
from gateway.models.pbx_checklist import Checklist
from gateway.models.pbx_plans import Checks, Difference, Picture, Tried, Version
from gateway.models.pbx_week import Week
from gateway.pages.acting import acting
from gateway.parts import parts

pages = resource("number_plan", "The number plan: checks, tried calls, publishing; and calls that were.")
holder = customers(role="settings", product="pbx")
of_calls = customers(role="settings", product="pbx", or_product="voip")


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """The draft holds from now on; ``changed_tests`` are the saved tests that now go elsewhere."""

    changed_tests: tuple[str, ...] = ()


@reads(pages, "/pbx/checks", Checks, holder)
def checks() -> Checks:
    """What cannot work in the draft, and what may not be meant; errors first."""
    return parts().pbx_plans.checks(acting())


@reads(pages, "/pbx/checklist", Checklist, holder)
def checklist() -> Checklist:
    """What is done of all that sets up a PBX."""
    return parts().pbx_plans.checklist(acting())


@reads(pages, "/pbx/differences", list[Difference], holder)
def differences() -> list[Difference]:
    """What changes for callers when the draft is published."""
    return parts().pbx_plans.differences(acting())


@reads(pages, "/pbx/history", list[Version], holder)
def history() -> list[Version]:
    """Versions that were published, newest first."""
    return parts().pbx_plans.history(acting())


@changes(pages, "POST", "/pbx/publish", holder, PublishBody, Published)
def publish(key: str, body: dict[str, Any]) -> Published:
    """Have the draft hold from now on; refused when something in it cannot work."""
    return Published(changed_tests=tuple(parts().pbx_plans.publish(acting(), key, **body)))


@changes(pages, "POST", "/pbx/discard", holder, query=DraftQuery)
def discard(key: str, query: dict[str, Any]) -> Done:
    """Throw the draft away."""
    parts().pbx.discard(acting(), key, **query)
    return DONE


@changes(pages, "POST", "/pbx/history/<int:revision>/roll-back", holder)
def roll_back(key: str, revision: int) -> Done:
    """Have an earlier version hold again; refused while there is a draft."""
    parts().pbx_plans.roll_back(acting(), key, revision)
    return DONE


@changes(pages, "POST", "/pbx/simulate", holder, AttemptBody, Tried)
def simulate(key: str, body: dict[str, Any]) -> Tried:
    """Try a call on the draft: who rings, and why."""
    return parts().pbx_plans.tried(acting(), Attempt(**body))


@reads(pages, "/pbx/picture", Picture, holder, PictureQuery)
def picture(query: dict[str, Any]) -> Picture:
    """The number plan as a graph: what can lead where, at a moment, in working hours or at night."""
    return parts().pbx_plans.picture(acting(), query["mode"], query["at"])


@reads(pages, "/pbx/week", Week, holder, WeekQuery)
def week(query: dict[str, Any]) -> Week:
    """Who rings when a number is called, hour by hour of a week, holidays too."""
    return parts().pbx_plans.week(acting(), query["number"], query["first"])


@reads(pages, "/pbx/calls", Calls, of_calls, PbxCallsQuery)
def calls(query: dict[str, Any]) -> Calls:
    """Calls that were, newest first, 50 at a time."""
    return parts().calls.calls(acting(), query["user_id"], query["number"], query["after"] or "")


@reads(pages, "/pbx/calls/<string(maxlength=200):call_id>", Explained, of_calls, ExplainQuery)
def call(query: dict[str, Any], call_id: str) -> Explained:
    """What happened to a call; with `user_id`, why that telephone rang or did not."""
    return parts().calls.explained(acting(), call_id, query["user_id"])
