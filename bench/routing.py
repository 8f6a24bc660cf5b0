"""How many calls per second the routing engine decides, and how that grows with the PBX.

A PBX of n users has a group of five for every ten of them, a menu, the company's voicemail, working hours and
a holiday schedule. The calls are the usual mix: through the menu, to a group, to a user with forwards, by a
user to the outside, at night. One process on one core; its own processor time counts, so that a busy
machine does not blur it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice

from bench.report import Promise, Report
from services.pbx.demo.example import HOURS
from services.pbx.domain.config import (
    Action,
    Company,
    Config,
    Forward,
    Forwards,
    Group,
    Key,
    Menu,
    MenuSide,
    Night,
    NightState,
    PbxUser,
    Policy,
    Schedule,
    ScheduleKind,
    Voicemail,
)
from services.pbx.domain.routing import Call, State, plan
from services.pbx.domain.routing.directory import everybody
from services.pbx.domain.routing.values import Direction
from services.pbx.domain.schedules import ZONE, public_holidays

SIZES = (10, 100, 1_000)
LEAST = 5_000
"""Plans per second and core that we promise at 100 users."""

DAY = datetime(2026, 11, 23, 14, 5, tzinfo=ZONE)
NIGHT = datetime(2026, 11, 23, 22, 5, tzinfo=ZONE)
POLICIES = tuple(Policy)


@dataclass(frozen=True)
class Question:
    """One call as the engine is asked about it."""

    call: Call
    now: datetime


def pbx(users: int) -> Config:
    """A PBX of this many users."""
    people = tuple(_user(place) for place in range(users))
    groups = tuple(_group(place, people) for place in range(users // 10))
    holidays = Schedule(
        id="holidays", name="Vakantiedagen", kind=ScheduleKind.HOLIDAY, dates=public_holidays([2026, 2027])
    )
    keys = {
        str(key): Key(action=Action.TRANSFER, to=f"+3185001{key:04}") for key in range(min(len(groups), 9))
    }
    menu = Menu(
        id="menu",
        name="Hoofdmenu",
        number="+31850001600",
        hours=HOURS.id,
        open=MenuSide(keys={**keys, "9": Key(action=Action.OPERATOR, to="2000")}),
    )
    box = PbxUser(id="box", username="box", extension="999", voicemail=Voicemail(on=True, always=True))
    return Config(
        company=Company(name="Bakkerij Voorbeeld B.V.", number="+31850001600"),
        night=Night(state=NightState.AUTO, hours=HOURS.id, holidays=holidays.id),
        schedules=(HOURS, holidays),
        users=(*people, box),
        groups=groups,
        menus=(menu,),
    )


def _user(place: int) -> PbxUser:
    return PbxUser(
        id=f"u{place}",
        username=f"u{place}",
        first_name="Gebruiker",
        last_name=str(place),
        extension=str(2000 + place),
        number=f"+3185002{place:04}",
        voicemail=Voicemail(on=True),
        forwards=Forwards(busy=Forward(on=True, to=str(2000 + place + 1))),
    )


def _group(place: int, people: tuple[PbxUser, ...]) -> Group:
    first = place * 10
    return Group(
        id=f"g{place}",
        name=f"Groep {place}",
        number=f"+3185001{place:04}",
        members=tuple(user.id for user in people[first : first + 5]),
        policy=POLICIES[place % len(POLICIES)],
        wait_on=True,
        wait_seconds=60,
        overflow_to="999",
    )


def questions(users: int) -> list[Question]:
    """The mix of calls, spread over all users and groups."""
    asked: list[Question] = []
    outside = "+31600000012"
    for place in range(0, users, max(users // 50, 1)):
        group = f"+3185001{place // 10:04}"
        asked += [
            Question(Call(caller=outside, called="+31850001600", key_presses=("0",)), DAY),
            Question(Call(caller=outside, called=group), DAY),
            Question(Call(caller=outside, called=f"+3185002{place:04}"), DAY),
            Question(Call(caller=f"user:u{place}", called="0201234567", direction=Direction.OUT), DAY),
            Question(Call(caller=outside, called=group), NIGHT),
        ]
    return asked


def measure(users: int, plans: int) -> float:
    """Plans per second of processor time."""
    config = pbx(users)
    registered = everybody(config).registered
    state = State(registered=registered, busy=frozenset(sorted(registered)[::4]))
    mix = questions(users)
    for question in mix:
        plan(config, question.call, question.now, state)
    begin = time.process_time()
    for question in islice(cycle(mix), plans):
        plan(config, question.call, question.now, state)
    return plans / (time.process_time() - begin)


def run(plans: int, say: Callable[[str], None]) -> Report:
    """Measures every size and says whether the promises hold."""
    report = Report("routing")
    rates: dict[int, float] = {}
    for users in SIZES:
        say(f"{plans:,} plans for a PBX of {users:,} users")
        rates[users] = round(measure(users, plans))
        report.figures[f"plans per second, {users:,} users"] = rates[users]
    growth = round(rates[SIZES[0]] / rates[SIZES[-1]], 2)
    report.figures["time per plan, 1,000 users against 10"] = growth
    report.promises = [
        Promise("plans per second at 100 users", rates[100], LEAST),
        Promise(
            "time per plan at 1,000 users, in times that at 10", growth, SIZES[-1] / SIZES[0], least=False
        ),
    ]
    return report
