"""identity's answers about companies, believable and in their contract's form."""

from __future__ import annotations

from typing import Any

from gateway.models.operations import SERVICES
from shared.errors import NotFound
from tests.gateway import builders, people

OURS = people.CUSTOMER
"""The ID of a customer that the staff member may see."""
PARTNER = "b" * 32
LAST_PARTNER = "7" * 32
OPERATOR = {"id": "e" * 32, "number": 10000, "name": "Operator Voorbeeld", "products": []}
MAIL = "d" * 24
STAFF_ID = "5" * 32

ADDRESS = {
    "street": "Ovenstraat",
    "house_number": "12",
    "postcode": "1234 AB",
    "city": "Voorbeeldstad",
    "country": "NL",
}
CONTACT = {"name": "Sanne de Wit", "email": "sanne@bakkerij.example", "phone": "085-000 16 11"}


def company(**more: Any) -> dict[str, Any]:
    """A customer of the operator's, in full."""
    return {
        "id": OURS,
        "number": 10427,
        "name": "Bakkerij Voorbeeld B.V.",
        "kind": "customer",
        "parent_id": OPERATOR["id"],
        "parent_name": OPERATOR["name"],
        "products": ["voip", "pbx", "mobile"],
        "kvk": "00000000",
        "vat_number": "NL000000000B01",
        "address": ADDRESS,
        "invoice_address": None,
        "contact": CONTACT,
        "revision": 3,
        "users": 2,
    } | more


def partner(**more: Any) -> dict[str, Any]:
    base = {"id": PARTNER, "number": 10007, "name": "ICT Voorbeeld", "kind": "partner", "products": []}
    return company(**(base | more))


def many_partners(kind: str = "", after: int = 0, limit: int = 100, **search: Any) -> dict[str, Any]:
    """``identity.customers`` of a house with 51 partners, the last of whom is :data:`LAST_PARTNER`."""
    ids = [*(f"{n:032x}" for n in range(50)), LAST_PARTNER]
    rows = [partner(id=one, number=11000 + n, name=f"Partner {n}") for n, one in enumerate(ids)]
    found = [row for row in rows if row["number"] > after]
    return {"rows": found[:limit], "next": found[limit - 1]["number"] if len(found) > limit else None}


def by_id(customer_id: str) -> dict[str, Any]:
    """``identity.customer``: knows a customer, a partner and the operator, and nobody else."""
    if customer_id == PARTNER:
        return partner()
    if customer_id == OPERATOR["id"]:
        return company(**OPERATOR, kind="operator", parent_id=None, parent_name=None)
    return company() if customer_id == OURS else _gone()


def changed(customer_id: str, **fields: Any) -> dict[str, Any]:
    """``identity.change_customer``."""
    known = by_id(customer_id)
    kept = {name: value for name, value in fields.items() if name in known}
    return known | kept | {"revision": known["revision"] + 1}


def viewed(customer_id: str, **fields: Any) -> dict[str, Any]:
    found = by_id(customer_id)
    return {"customer": {name: found[name] for name in ("id", "number", "name", "products")}}


def staff(scope: str = "operator", **user: Any) -> dict[str, Any]:
    """``identity.account`` of staff: of the operator, or of a partner."""
    known = partner()
    of_partner = {name: known[name] for name in ("id", "number", "name", "products")}
    who = {"id": STAFF_ID, "username": "r.bakker", "first_name": "Robin", "infix": "", "last_name": "Bakker"}
    account = builders.account(scope=scope, **(who | user))
    return account | {"customer": of_partner if scope == "partner" else OPERATOR}


def mail(**more: Any) -> dict[str, Any]:
    """A line of *Berichten*: one that the mail server refused."""
    return {
        "id": MAIL,
        "template": "welcome",
        "language": "nl",
        "to": "p.jonker@bakkerij.example",
        "customer_id": OURS,
        "user_id": people.PIET,
        "state": "failed",
        "tries": 1,
        "created_at": "2026-11-22T14:02:00Z",
        "next_try": None,
        "error": "550 5.1.1 no such user",
    } | more


def dead_queue(service: str, **more: Any) -> dict[str, Any]:
    """A queue with two messages that could not be handled."""
    sample = {
        "reason": "ValueError: no such customer",
        "headers": {},
        "body": '{"name":"pbx.number.changed.v1"}',
        "died_at": "2026-11-22T15:02:00+00:00",
    }
    base = {"queue": f"{service}.on_changed", "messages": 2, "can_retry": True, "samples": [sample, sample]}
    return base | more


def job(**more: Any) -> dict[str, Any]:
    """Long work of cdr, half done."""
    return {
        "id": "1" * 32,
        "kind": "export",
        "customer_id": OURS,
        "user_id": people.PIET,
        "state": "running",
        "done": 600,
        "total": 1200,
        "percentage": 50,
        "created_at": "2026-11-22T15:30:00Z",
        "started_at": "2026-11-22T15:30:01Z",
        "ended_at": None,
        "parameters": {},
        "result": {},
        "error": None,
    } | more


def answers() -> dict[tuple[str, str], Any]:
    """Every method on a quiet day."""
    return {
        ("identity", "customers"): {"rows": [company()], "next": None},
        ("identity", "customer"): by_id,
        ("identity", "create_customer"): company(revision=1, users=0),
        ("identity", "change_customer"): changed,
        ("identity", "view_as"): viewed,
        ("identity", "end_view"): {},
        ("identity", "mails"): {"rows": [mail()], "next": None},
        ("identity", "retry_mail"): {"id": MAIL},
        ("cdr", "jobs"): [job()],
        **{(service, "dead_letters"): [dead_queue(service, messages=0, samples=[])] for service in SERVICES},
        **{(service, "retry_dead_letters"): {"moved": 2} for service in SERVICES},
        ("identity", "role_givers"): {"names": ["Sanne de Wit"]},
    }


def _gone() -> Any:
    raise NotFound()
