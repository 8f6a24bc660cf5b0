"""Who is in the bed: the demo's people and telephones for all seeds, and customers of its own for each."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bench.phones import Phone
from chaos.bed import Bed
from chaos.traffic import PLAN
from cli.demo import handsets
from cli.demo.calendar import today
from cli.demo.cast import BAKERY, CUSTOMERS
from cli.demo.usage import CARRIERS
from cli.problems import Problem
from cli.seeding.billing import REGISTRATION, ensure_issuers, ensure_products
from cli.seeding.doors import Doors, open_doors
from cli.seeding.handsets import ensure_handsets
from cli.seeding.people import PLAN as DEFAULT
from cli.seeding.people import PLAN_FROM, ensure_people
from cli.seeding.telephony import ensure_telephony
from cli.waiting import wait_until

CARRIER = CARRIERS[0]
COMPANIES = 3
NUMBERS = 4
FIRST_NUMBER = 4000
"""085-000 40 00: each seed has the next dozen."""
KNOWN_SECONDS = 60
MAKES = {
    "yealink-t54w": ("/{mac}.cfg", "Yealink SIP-T54W 96.86.0.75 {mac}", False),
    "snom-d785": ("/snomD785-{MAC}.htm", "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 {MAC})", True),
    "poly-vvx450": ("/poly-{mac}.cfg", "FileTransport PolycomVVX-VVX_450-UA/5.9.1.0615", False),
    "fanvil-x5u": ("/{mac}.cfg", "Fanvil X5U-V2 2.12.16.17 {mac}", False),
}
"""Model → the file that it asks for, what it calls itself, and whether it proves itself by Basic."""


@dataclass(frozen=True)
class Company:
    """A customer of one seed."""

    id: str
    name: str
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """What a seed works with. ``month`` is over, so it can be invoiced."""

    companies: tuple[Company, ...]
    month: date

    @property
    def period(self) -> str:
        return f"{self.month:%Y-%m}"


def last_month() -> date:
    """The first day of the month before this one."""
    return (today(datetime.now(UTC)).replace(day=1) - timedelta(days=1)).replace(day=1)


@contextmanager
def doors_of(bed: Bed) -> Iterator[Doors]:
    """As the commands find a system: by its state folder."""
    before = os.environ.get("TIKKER_STATE")
    os.environ["TIKKER_STATE"] = str(bed.state.root)
    try:
        with open_doors() as doors:
            yield doors
    finally:
        os.environ.pop("TIKKER_STATE")
        if before is not None:
            os.environ["TIKKER_STATE"] = before


def prepare(bed: Bed) -> list[Phone]:
    """People, prices, an issuer and telephones for all seeds; answers the telephones."""
    with doors_of(bed) as doors:
        doors.staff("cdr", "import_plan", name=DEFAULT, valid_from=PLAN_FROM.isoformat(), csv=PLAN)
        doors.staff("cdr", "assign_plan", customer_id=DEFAULT, plan=DEFAULT)
        ids = ensure_people(doors, since=last_month())
        ensure_telephony(doors, ids, today(datetime.now(UTC)))
        ensure_handsets(doors, ids)
        ensure_issuers(doors, known=set())
        ensure_products(doors)
        rows = doors.staff("provisioning", "devices_of", customer_id=ids[handsets.CUSTOMER.code])["rows"]
    return [_phone(row) for row in rows if row["model"] in MAKES]


def _phone(row: dict[str, str]) -> Phone:
    path, agent, basic = MAKES[row["model"]]
    plain = row["mac"].replace(":", "").lower()
    names = {"mac": plain, "MAC": plain.upper()}
    user = row["config_user"]
    return Phone(path.format(**names), user, handsets.PASSWORD, agent.format(**names), basic)


def logins() -> Sequence[tuple[str, str]]:
    """Who walks through the portal."""
    return [(customer.users[0].username, customer.users[0].password) for customer in CUSTOMERS]


def companies_of(bed: Bed, seed: int, place: int) -> Scene:
    """Customers of this seed with numbers, a reader of invoices each, and a month to bill. ``place``
    counts the seeds of this bed. Returns when everybody has heard of them."""
    month = last_month()
    with doors_of(bed) as doors:
        first = FIRST_NUMBER + place * COMPANIES * NUMBERS
        numbers = [f"+3185000{first + n:04d}" for n in range(COMPANIES * NUMBERS)]
        doors.staff(
            "pbx",
            "add_range",
            first=numbers[0],
            last=numbers[-1],
            source=CARRIER,
            command_id=f"chaos-range-{place}",
        )
        made = tuple(
            _company(doors, seed, place, n, tuple(numbers[n * NUMBERS : (n + 1) * NUMBERS]), month)
            for n in range(COMPANIES)
        )
        _wait_until_known(bed, made)
        for company in made:
            doors.staff(
                "invoicing",
                "save_account",
                customer_id=company.id,
                revision=0,
                bills_from=month.isoformat(),
                command_id=f"chaos-account-{company.id}",
            )
    return Scene(made, month)


def _company(doors: Doors, seed: int, place: int, n: int, numbers: tuple[str, ...], month: date) -> Company:
    name, command = f"Voorbeeld {seed}-{n + 1} B.V.", f"{place}-{n}"
    wanted = {"name": name, "products": ("voip", "mobile"), "kind": "customer", "parent_id": None}
    kvk = f"0000{numbers[0][-4:]}"  # nobody's, and another one for each
    facts = {**BAKERY.facts.told(), "kvk": kvk, "vat_number": ""}
    made = doors.staff(
        "identity", "create_customer", command_id=f"chaos-company-{command}", **wanted, **facts
    )
    doors.staff(
        "pbx",
        "assign_numbers",
        customer_id=made["id"],
        numbers=list(numbers),
        valid_from=month.isoformat(),
        command_id=f"chaos-numbers-{command}",
    )
    _reader(doors, str(made["id"]), f"voorbeeld-{seed}-{n + 1}", command)
    return Company(str(made["id"]), name, numbers)


def _reader(doors: Doors, customer_id: str, username: str, command: str) -> None:
    """Somebody who gets the customer's invoices by mail."""
    user = doors.staff(
        "identity",
        "create_user",
        customer_id=customer_id,
        username=username,
        password=f"{username}-een-wachtwoord",
        email=f"{username}@example.nl",
        first_name="Vera",
        last_name="Voorbeeld",
        roles=("invoices",),
        command_id=f"chaos-user-{command}",
    )
    doors.staff(
        "identity",
        "change_registrations",
        user_id=user["id"],
        registrations=[REGISTRATION],
        command_id=f"chaos-registration-{command}",
    )


def _wait_until_known(bed: Bed, companies: Sequence[Company]) -> None:
    """Until cdr knows whose the numbers are, and invoicing who pays."""
    ids = [company.id for company in companies]

    def known() -> bool:
        owned = bed.database("cdr")["owners"].count_documents({"customer": {"$in": ids}})
        heard = bed.database("invoicing")["customers"].count_documents({"_id": {"$in": ids}})
        return bool(owned == COMPANIES * NUMBERS and heard == len(ids))

    if not wait_until(known, KNOWN_SECONDS):
        raise Problem("the services do not hear of new customers: see the logs of identity, pbx and cdr.")
    time.sleep(1)  # the ingester reads what is new every moment
