"""The number plan of the manual's example (6.1 and 6.2), with fictional numbers.

A menu on the company's number; sales (101), reached through the menu only; support (102), with a number of
its own; the reception (209); and the company's voicemail (999), which only plays a text, at night.
"""

from __future__ import annotations

from services.pbx.domain.config import (
    Action,
    AfterGreeting,
    Company,
    Config,
    Forward,
    Forwards,
    Group,
    Key,
    Menu,
    MenuSide,
    NameOrder,
    Night,
    NightState,
    PbxUser,
    Policy,
    Schedule,
    ScheduleKind,
    Slot,
    Voicemail,
)
from services.pbx.domain.schedules import public_holidays

COMPANY_NUMBER = "+31850001600"
SUPPORT_NUMBER = "+31850001611"
KEES_NUMBER = "+31850001615"
NUMBERS = (COMPANY_NUMBER, SUPPORT_NUMBER, KEES_NUMBER)


def _user(first: str, last: str, extension: str, **more: object) -> PbxUser:
    name = f"{first} {last}".lower().replace(" ", ".")
    values: dict[str, object] = {"device": f"device-{extension}", **more}
    return PbxUser(
        id=f"user-{extension}",
        username=f"{name}@voorbeeld.example",
        first_name=first,
        last_name=last,
        extension=extension,
        **values,  # type: ignore[arg-type]
    )


HOURS = Schedule(
    id="hours", name="Werktijden", slots=(Slot(days=(0, 1, 2, 3, 4), start="08:30", end="17:30"),)
)


def example(years: tuple[int, ...] = (2026, 2027)) -> Config:
    """The configuration; ``years``: whose public holidays are filled in."""
    holiday = Schedule(
        id="holidays", name="Vakantiedagen NL", kind=ScheduleKind.HOLIDAY, dates=public_holidays(years)
    )
    return Config(
        revision=1,
        company=Company(name="Bakkerij Voorbeeld B.V.", number=COMPANY_NUMBER, show_name=True),
        night=Night(state=NightState.AUTO, hours=HOURS.id, holidays=holiday.id),
        schedules=(HOURS, holiday),
        users=_users(),
        groups=_groups(),
        menus=(_menu(),),
    )


def _users() -> tuple[PbxUser, ...]:
    to_kees = Forwards(offline=Forward(on=True, to="+31600000013"))
    text_only = Voicemail(on=True, always=True, email="info@voorbeeld.example", after=AfterGreeting.HANG_UP)
    mailed = Voicemail(on=True, email="receptie@voorbeeld.example")
    return (
        _user("Tom", "de Mooi", "201"),
        _user("Monique", "Verlaat", "202"),
        _user("Jan", "Jansen", "211"),
        _user("Kees", "van de Heuvel", "213", number=KEES_NUMBER, forwards=to_kees),
        _user("Sandra", "Achterberg", "212"),
        _user("Receptie", "", "209", voicemail=mailed),
        _user("Voicemail", "Bedrijf", "999", device=None, voicemail=text_only),
    )


def _groups() -> tuple[Group, ...]:
    return (
        Group(
            id="sales",
            name="Verkoop",
            first_name="Belgroep",
            last_name="Verkoop",
            extension="101",
            members=("user-201", "user-202"),
            policy=Policy.CIRCULAR,
            next_rings=4,
            wait_on=True,
            wait_seconds=60,
            overflow_to="999",
            offline_on=True,
            offline_to="209",
        ),
        Group(
            id="support",
            name="Support",
            first_name="Belgroep",
            last_name="Support",
            number=SUPPORT_NUMBER,
            extension="102",
            members=("user-211", "user-213", "user-212"),
            next_rings=4,
            wait_on=True,
            wait_seconds=80,
            overflow_to="209",
            offline_on=True,
            offline_to="209",
        ),
    )


def _menu() -> Menu:
    keys = {
        "0": Key(action=Action.REPEAT),
        "1": Key(action=Action.TRANSFER, to="101", description="Verkoop"),
        "2": Key(action=Action.TRANSFER_ANNOUNCED, to="102", description="Support"),
        "9": Key(action=Action.OPERATOR, to="209", description="Receptie"),
    }
    return Menu(
        id="menu",
        name="Hoofdmenu",
        first_name="Keuze",
        last_name="menu",
        number=COMPANY_NUMBER,
        extension="555",
        name_order=NameOrder.LAST_FIRST,
        hours=HOURS.id,
        holidays="holidays",
        open=MenuSide(keys=keys),
        closed=MenuSide(keys={"9": Key(action=Action.OPERATOR, to="999")}),
    )
