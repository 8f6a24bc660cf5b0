"""A small PBX to route calls through, and what tests ask of a plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.pbx.domain.config import Company, Config, Forward, Forwards, Group, Line, PbxUser, Voicemail
from services.pbx.domain.routing import Call, Plan, State, plan
from services.pbx.domain.routing.directory import everybody
from services.pbx.domain.routing.values import Direction, Ring, Transfer
from services.pbx.domain.routing.values import Voicemail as VoicemailStep
from shared.days import ZONE

COMPANY = "+31850001600"
CALLER = "+31600000012"
MONDAY_AFTERNOON = datetime(2026, 11, 23, 14, 5, tzinfo=ZONE)
MAILED = Voicemail(on=True, email="post@voorbeeld.example")


def user(extension: str, **values: Any) -> PbxUser:
    return PbxUser(
        id=extension, username=f"u{extension}", first_name=f"U{extension}", extension=extension, **values
    )


def company_voicemail(**values: Any) -> PbxUser:
    return user("999", voicemail=Voicemail(on=True, email="post@voorbeeld.example", **values))


def line(number: str = "+31850001620", **values: Any) -> Line:
    return Line(id="line", number=number, **values)


def forwards(**to: Any) -> Forwards:
    """``forwards(busy="202", no_answer=("202", 3))``: each is on, with its rings where given."""
    made = {
        cause: Forward(on=True, to=value)
        if isinstance(value, str)
        else Forward(on=True, to=value[0], rings=value[1])
        for cause, value in to.items()
    }
    return Forwards(**made)


def group(*members: str, **values: Any) -> Group:
    return Group(**{"id": "g", "name": "Support", "extension": "102", "members": members, **values})


def pbx(*elements: Any, **values: Any) -> Config:
    """A configuration of these users, groups, menus and lines."""
    from services.pbx.domain.config import Menu

    def of(kind: type) -> tuple[Any, ...]:
        return tuple(element for element in elements if isinstance(element, kind))

    whole = {
        "company": Company(name="Bakkerij Voorbeeld B.V.", number=COMPANY),
        "users": of(PbxUser),
        "groups": of(Group),
        "menus": of(Menu),
        "lines": of(Line),
        **values,
    }
    return Config(**whole)


def state(config: Config, absent: tuple[str, ...] = (), busy: tuple[str, ...] = (), **values: Any) -> State:
    return State(registered=everybody(config).registered - set(absent), busy=frozenset(busy), **values)


def inside(config: Config, caller: str, called: str, **known: Any) -> Plan:
    """A call by somebody of the customer."""
    call = Call(caller=caller, called=called, direction=Direction.OUT)
    return plan(config, call, MONDAY_AFTERNOON, state(config, **known))


def outside(
    config: Config,
    called: str,
    *presses: str,
    caller: str = CALLER,
    now: datetime = MONDAY_AFTERNOON,
    **known: Any,
) -> Plan:
    """A call from the public network."""
    call = Call(caller=caller, called=called, key_presses=presses)
    return plan(config, call, now, state(config, **known))


def rung(found: Plan) -> list[tuple[str, int]]:
    """Who rings for how many seconds; telephones that ring together are joined by a +."""
    return [
        ("+".join(target.user or target.number or "" for target in step.targets), step.seconds)
        for step in found.steps
        if isinstance(step, Ring)
    ]


def ends(found: Plan) -> str:
    """How it ends: ``voicemail 201``, ``to +316…``, ``480``."""
    last = found.steps[-1]
    if isinstance(last, VoicemailStep):
        return f"voicemail {last.user}"
    if isinstance(last, Transfer):
        return f"to {last.to}"
    return str(found.code) if found.code != 200 else found.end.value


def told(found: Plan) -> str:
    """The whole story as one text."""
    return "\n".join(f"{line.what} {line.why}" for line in found.trace)
