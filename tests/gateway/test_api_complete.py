"""Whatever the portal's pages ask of the services, programs can ask as well (GW-06)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.parts import Parts

GATEWAY = Path(__file__).parents[2] / "gateway"

OWN_ACCOUNT = "one's own account is changed by who is signed in, so that a token never gets more than it has"
SECRET = "shows a secret, for which the password is asked again"
HOUSE_ACCOUNT = "says on which bank account money comes in, for which the password is asked again"
BY_ANOTHER_WAY = "programs read or change the same in one call of another kind"
ONLY_PAGES = "is about the page itself"

NOT_FOR_PROGRAMS = {
    **dict.fromkeys(
        (
            *("identity.login", "identity.link", "identity.request_reset", "identity.set_password"),
            *("identity.own", "identity.account", "identity.change_details", "identity.change_username"),
            *("identity.change_password", "identity.confirm", "identity.set_preferences"),
            *("second_step.login", "second_step.begin", "second_step.confirm", "second_step.end"),
            *("second_step.renew_codes", "tokens.own", "tokens.create", "tokens.revoke"),
        ),
        OWN_ACCOUNT,
    ),
    **dict.fromkeys(("devices.passwords", "mobile.puk"), SECRET),
    "billing.save_issuer": HOUSE_ACCOUNT,
    **dict.fromkeys(
        (
            *(
                "audit.every",
                "mobile.all_rows",
                "plans.differences",
                "cdr.details",
                "cdr.summary",
                "cdr.totals",
            ),
            *("overview.parts", "pbx.move_member", "devices.proposal"),
            *("companies.names", "companies.partners"),
        ),
        BY_ANOTHER_WAY,
    ),
    **dict.fromkeys(("cdr.counting", "companies.view_as", "companies.end_view"), ONLY_PAGES),
}
"""What pages ask and programs do not, and why."""


def asked(folder: Path) -> set[str]:
    """``client.method`` of all that the files of a folder ask of ``parts()``."""
    return {found for file in folder.rglob("*.py") for found in asked_in(ast.parse(file.read_text("utf-8")))}


def asked_in(tree: ast.AST) -> Iterator[str]:
    """``client.method`` of all that this code asks of ``parts()``."""
    named = {name: client for name, value in _assigned(tree) if (client := _client(value))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            value = node.value
            client = _client(value) or (named.get(value.id) if isinstance(value, ast.Name) else None)
            if client:
                yield f"{client}.{node.attr}"


def _assigned(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names of variables with what they are given, also several at once."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                several = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                pairs = zip(target.elts, node.value.elts, strict=True) if several else [(target, node.value)]
                yield from ((name.id, value) for name, value in pairs if isinstance(name, ast.Name))


def _client(value: ast.expr) -> str | None:
    """``parts().<client>``, where that is a client of a service."""
    if not (isinstance(value, ast.Attribute) and isinstance(value.value, ast.Call)):
        return None
    function = value.value.func
    is_parts = isinstance(function, ast.Name) and function.id == "parts"
    return value.attr if is_parts and isinstance(getattr(Parts, value.attr, None), property) else None


@pytest.mark.feature("GW-06")
def test_programs_can_ask_whatever_pages_ask() -> None:
    pages, programs = asked(GATEWAY / "pages"), asked(GATEWAY / "api")
    assert len(pages) > 100
    assert pages - programs - set(NOT_FOR_PROGRAMS) == set()


def test_what_is_not_for_programs_is_asked_by_none() -> None:
    assert asked(GATEWAY / "api") & set(NOT_FOR_PROGRAMS) == set()
