"""identity's answers about tokens of programs."""

from __future__ import annotations

from typing import Any

from shared.errors import NotFound
from tests.gateway import builders

TOKEN = "7" * 32
SECRET = "tik_Zm9yLXRlc3RzLW9ubHktMDAwMDAwMDAwMDAwMDAwMDAwMDA"


def token(**more: Any) -> dict[str, Any]:
    return {
        "id": TOKEN,
        "name": "Boekhouding",
        "shown": "tik_Zm9y",
        "roles": [],
        "created_at": "2026-11-01T09:12:00Z",
        "expires_at": "2027-11-01T23:00:00Z",
        "used_at": "2026-11-22T14:02:11Z",
        "used_from": "192.0.2.7",
        "works": True,
    } | more


def made(name: str, roles: list[str], **fields: Any) -> dict[str, Any]:
    return token(id="8" * 32, name=name, roles=roles, used_at=None, used_from="", token=SECRET)


def revoked(token_id: str, **fields: Any) -> Any:
    return {"id": TOKEN, "name": "Boekhouding"} if token_id == TOKEN else NotFound()


def answers() -> dict[tuple[str, str], Any]:
    return {
        ("identity", "tokens"): {"rows": [token()], "roles": []},
        ("identity", "create_token"): made,
        ("identity", "revoke_token"): revoked,
        ("identity", "token_login"): builders.account(),
    }
