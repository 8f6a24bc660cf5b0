"""Who plays in the demo: a partner, three customers of its own, their users, numbers and subscriptions."""

from __future__ import annotations

from dataclasses import dataclass

PARTNER = "Verzonnen ICT-partner"

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


@dataclass(frozen=True)
class Customer:
    """``code`` names it in this package; ``size`` is its share of all usage."""

    code: str
    name: str
    products: tuple[str, ...]
    size: float
    numbers: tuple[str, ...]
    subscriptions: tuple[Subscription, ...]
    users: tuple[User, ...]


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
)

CUSTOMERS = (BAKERY, INSTALLER, FOUNDATION)
