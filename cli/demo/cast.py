"""Who plays in the demo: operator and partner staff, three customers (two of them the partner's), their
users, numbers and subscriptions. Names, addresses and numbers in registers are made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PARTNER = "Verzonnen ICT-partner"
OPERATOR_NUMBER = 10_000

ALL_ROLES = (
    "user_management",
    "invoices",
    "settings",
    "mobile_access",
    "mobile_limits",
    "mobile_blocks",
    "mobile_sim_block",
)

RANGES = (("+31850001600", "+31850001899"),)
"""First and last number of what the demo's fixed carrier has given out."""


@dataclass(frozen=True)
class User:
    """Somebody who can log in; the password is a demo's, made to be printed."""

    username: str
    password: str
    first_name: str
    infix: str
    last_name: str
    roles: tuple[str, ...]
    what: str

    @property
    def email(self) -> str:
        return f"{self.username}@example.nl"


OPERATOR_STAFF = User(
    "beheer", "demo-beheer-operator", "Robin", "", "Beheer", ("user_management",), "operator staff: /beheer"
)
PARTNER_STAFF = User(
    "ictpartner", "demo-ict-partner", "Pim", "", "Partner", ("user_management",), "partner staff: /beheer"
)


@dataclass(frozen=True)
class Facts:
    """What identity keeps of a company, as its RPC methods take it."""

    kvk: str
    vat_number: str
    street: str
    house_number: str
    postcode: str
    city: str
    contact: str
    phone: str
    post_box: str = ""

    def told(self) -> dict[str, Any]:
        """Bills go to the post box where there is one."""
        address = {
            "street": self.street,
            "house_number": self.house_number,
            "postcode": self.postcode,
            "city": self.city,
            "country": "NL",
        }
        box = {**address, "street": "Postbus", "house_number": self.post_box}
        return {
            "kvk": self.kvk,
            "vat_number": self.vat_number,
            "address": address,
            "invoice_address": box if self.post_box else None,
            "contact": {"name": self.contact, "email": "administratie@example.nl", "phone": self.phone},
        }


PARTNER_FACTS = Facts(
    kvk="00001500",
    vat_number="NL000015000B01",
    street="Verzinselplein",
    house_number="1",
    postcode="9999 ZZ",
    city="Voorbeeldstad",
    contact="Pim Partner",
    phone="085-000 15 00",
)


@dataclass(frozen=True)
class Subscription:
    """A mobile subscription by its number (E.164); the SIM number is no real card's."""

    number: str
    product: str
    label: str

    @property
    def is_tablet(self) -> bool:
        """Without calls."""
        return self.product == "data_only"

    @property
    def sim_number(self) -> str:
        return f"8931000000{self.number[-9:]}"

    @property
    def puk(self) -> str:
        return f"0{self.number[-7:]}"


@dataclass(frozen=True)
class Customer:
    """``code`` names it in this package; ``size`` is its share of all usage; ``partners``: whether it is
    the partner's customer, or the operator's own."""

    code: str
    name: str
    products: tuple[str, ...]
    size: float
    numbers: tuple[str, ...]
    subscriptions: tuple[Subscription, ...]
    users: tuple[User, ...]
    facts: Facts
    partners: bool = True


def _fixed(first: int, count: int) -> tuple[str, ...]:
    """085-000 16 00 is ``_fixed(1600, 1)``."""
    return tuple(f"+3185000{number:04d}" for number in range(first, first + count))


def _mobile(first: int, product: str, *labels: str) -> tuple[Subscription, ...]:
    """06-00 16 00 01 and on."""
    return tuple(
        Subscription(f"+31600{first + index:06d}", product, label) for index, label in enumerate(labels)
    )


BAKERY = Customer(
    code="bakkerij",
    name="Bakkerij Voorbeeld B.V.",
    products=("voip", "mobile"),
    size=0.26,
    numbers=("+31850001600", *_fixed(1610, 11)),
    subscriptions=_mobile(160001, "zakelijk_mobiel", "Sanne", "Bezorgbus 1", "Bezorgbus 2"),
    users=(
        User("bakkerij", "demo-bakkerij", "Bram", "van", "Voorbeeld", ALL_ROLES, "all roles"),
        User("sanne.dewit", "demo-sanne-wit", "Sanne", "de", "Wit", ("invoices",), "invoices only"),
    ),
    facts=Facts(
        kvk="00001600",
        vat_number="NL000016000B01",
        street="Voorbeeldstraat",
        house_number="16",
        postcode="9999 AA",
        city="Voorbeeldstad",
        contact="Bram van Voorbeeld",
        phone="085-000 16 00",
        post_box="1600",
    ),
)

INSTALLER = Customer(
    code="installatie",
    name="Fictief Installatietechniek B.V.",
    products=("voip", "pbx", "mobile"),
    size=0.62,
    numbers=_fixed(1700, 24),
    subscriptions=(
        *_mobile(170001, "zakelijk_mobiel", *(f"Monteur {n}" for n in range(1, 11))),
        *_mobile(170021, "mobiel_onbeperkt", "Directie", "Planning"),
        *_mobile(170031, "data_only", "Tablet werkplaats"),
    ),
    users=(
        User("installatie", "demo-installatie", "Iris", "", "Fictief", ALL_ROLES, "all roles"),
        User(
            "kees.heuvel",
            "demo-kees-heuvel",
            "Kees",
            "van de",
            "Heuvel",
            ("mobile_access", "mobile_blocks"),
            "mobile, may block",
        ),
    ),
    facts=Facts(
        kvk="00001700",
        vat_number="NL000017000B01",
        street="Fictieweg",
        house_number="17 a",
        postcode="9999 BB",
        city="Voorbeeldstad",
        contact="Iris Fictief",
        phone="085-000 17 00",
    ),
)

FOUNDATION = Customer(
    code="stichting",
    name="Stichting Denkbeeldig",
    products=("voip",),
    size=0.12,
    numbers=_fixed(1800, 5),
    subscriptions=(),
    users=(
        User("stichting", "demo-stichting", "Dewi", "", "Denkbeeld", ALL_ROLES, "all roles"),
        User("noor.bakker", "demo-noor-bakker", "Noor", "", "Bakker", (), "no roles"),
    ),
    facts=Facts(
        kvk="00001800",
        vat_number="",
        street="Denkbeeldplein",
        house_number="18",
        postcode="9999 CC",
        city="Voorbeeldstad",
        contact="Dewi Denkbeeld",
        phone="085-000 18 00",
    ),
    partners=False,
)

CUSTOMERS = (BAKERY, INSTALLER, FOUNDATION)
