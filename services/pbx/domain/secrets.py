"""Secrets of PBX users: which there are, and what each is bound to when it is sealed."""

from __future__ import annotations

PASSWORD, PINCODE = "password", "pincode"
SECRETS = (PASSWORD, PINCODE)


def about(user_id: str, kind: str) -> str:
    """What a sealed secret is bound to."""
    return f"user_secrets|{user_id}|{kind}"
