"""identity's answers about users, believable and in their contract's form."""

from __future__ import annotations

from typing import Any

from shared.errors import NotFound
from tests.gateway import builders

PIET = "a" * 32
"""The ID of a colleague of Sanne's."""
CUSTOMER = "c" * 32
"""The ID of their company, as staff use it."""
FOREIGN = "f" * 32
"""The ID of a user of another customer: identity says the same as of one who does not exist."""
MISSING = "0" * 32
TOKEN = "Zm9yLXRlc3RzLW9ubHktMDAwMDAwMDAwMDAwMDAwMDA"

DETAILS = {
    "email": "p.jonker@bakkerij.example",
    "title": "ing.",
    "initials": "P.",
    "first_name": "Piet",
    "infix": "",
    "last_name": "Jonker",
    "gender": "male",
}
OWN_DETAILS = {
    "email": "sanne@bakkerij.example",
    "title": "",
    "initials": "S.",
    "first_name": "Sanne",
    "infix": "de",
    "last_name": "Wit",
    "gender": "female",
}

STAFF_DETAILS = {"email": "r.bakker@operator.example", "title": "", "initials": "R.", "gender": ""}


def row(**more: Any) -> dict[str, Any]:
    """A line of the list: Piet's, unless said otherwise."""
    return {
        "id": PIET,
        "number": 1024,
        "username": "p.jonker",
        "email": "p.jonker@bakkerij.example",
        "last_name": "Jonker",
        "infix": "",
        "first_name": "Piet",
        "blocked": False,
        "is_self": False,
    } | more


def own_row() -> dict[str, Any]:
    return row(
        id=builders.USER["id"],
        number=1023,
        username="sanne.dewit",
        email="sanne@bakkerij.example",
        last_name="Wit",
        infix="de",
        first_name="Sanne",
        is_self=True,
    )


def users(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A page of the list."""
    return {"rows": list(rows), "total": len(rows), "page": 1, "size": 25} | more


def user(**more: Any) -> dict[str, Any]:
    """Piet, in full."""
    rights = {"roles": ["invoices"], "registrations": ["invoices_by_mail"]}
    base = {"id": PIET, "customer_id": CUSTOMER, "number": 1024, "username": "p.jonker", **DETAILS, **rights}
    return base | {"blocked": False, "is_self": False, "welcome": "none", "epoch": 1} | more


def by_id(**more: Any) -> Any:
    """``identity.user``: knows Piet and Sanne, and nobody else."""

    def answer(user_id: str) -> dict[str, Any]:
        if user_id == builders.USER["id"]:
            return user(**(own_row() | OWN_DETAILS | {"roles": ["user_management"]} | more))
        return user(**more) if user_id == PIET else _gone()

    return answer


def change(**more: Any) -> Any:
    """A change of a user: of Piet or Sanne, and of nobody else."""

    def answer(user_id: str, **fields: Any) -> dict[str, Any]:
        return user(**more) if user_id in (PIET, builders.USER["id"]) else _gone()

    return answer


def own_account(**changed: Any) -> dict[str, Any]:
    """``identity.account`` in full."""
    return builders.account(**(OWN_DETAILS | {"registrations": [], "roles": []} | changed))


def link(token: str) -> dict[str, Any]:
    """``identity.link``: knows one token."""
    return {"purpose": "reset", "username": "sanne.dewit"} if token == TOKEN else _gone()


def set_password(token: str, **fields: Any) -> dict[str, Any]:
    return {"username": "sanne.dewit"} if token == TOKEN else _gone()


BEGUN = {
    "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "uri": "otpauth://totp/Tikker:sanne.dewit?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Tikker",
}
RECOVERY_CODES = [f"k{number}pw-8mzq-3fjt-x6vd" for number in range(10)]


def second_step(**more: Any) -> dict[str, Any]:
    """``identity.second_step``: off, unless said otherwise."""
    off = {"on": False, "since": None, "recovery_left": 0, "duty": False, "lacking": None}
    return off | more


def second_step_on(**more: Any) -> dict[str, Any]:
    """``identity.second_step``: on since a while."""
    return second_step(on=True, since="2026-10-03T08:15:00Z", recovery_left=8, **more)


def answers() -> dict[tuple[str, str], Any]:
    """Every method on a quiet day."""
    return {
        ("identity", "account"): own_account(),
        ("identity", "request_reset"): {},
        ("identity", "link"): link,
        ("identity", "set_password"): set_password,
        ("identity", "users"): users(row(), own_row()),
        ("identity", "user"): by_id(),
        ("identity", "add_user"): user(),
        ("identity", "resend_welcome"): change(welcome="sent"),
        ("identity", "change_roles"): change(),
        ("identity", "change_registrations"): change(),
        ("identity", "change_user"): change(),
        ("identity", "block_user"): change(),
        ("identity", "delete_user"): change(),
        ("identity", "change_details"): own_account(),
        ("identity", "change_username"): own_account(),
        ("identity", "change_password"): {"epoch": 2},
        ("identity", "second_step"): second_step(),
        ("identity", "begin_second_step"): BEGUN,
        ("identity", "confirm_second_step"): {"recovery_codes": RECOVERY_CODES, "epoch": 2},
        ("identity", "new_recovery_codes"): {"recovery_codes": RECOVERY_CODES, "epoch": 1},
        ("identity", "end_second_step"): {"epoch": 2},
        ("identity", "second_step_duty"): {"on": True, "logged_out": 1},
        ("identity", "reset_second_step"): change(),
        ("identity", "set_preferences"): {},
        ("identity", "confirm_presence"): {"user_id": builders.USER["id"]},
    }


def _gone() -> Any:
    raise NotFound()
