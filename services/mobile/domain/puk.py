"""PUK codes of SIM cards."""

from __future__ import annotations


def about_puk(subscription_id: str, sim_number: str) -> str:
    """What a sealed PUK is bound to."""
    return f"subscriptions|{subscription_id}|{sim_number}|puk"
