"""Addresses with an account in them, in the notations of AMQP and MongoDB."""

from __future__ import annotations

from urllib.parse import quote

REPLICA_SET = "tikker"


def amqp(host: str, user: str, password: str, vhost: str, scheme: str = "amqp") -> str:
    """``host``: name or address with port."""
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{host}/{quote(vhost, safe='')}"


def mongo(
    hosts: str, user: str, password: str, database: str, options: str = f"replicaSet={REPLICA_SET}"
) -> str:
    """``hosts``: one or more of name:port with commas between."""
    account = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return f"mongodb://{account}@{hosts}/{database}?{options}&authSource=admin"
