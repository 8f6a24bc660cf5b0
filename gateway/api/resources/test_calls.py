"""Saved test calls."""

from __future__ import annotations

from typing import Any

from gateway.access import customers
from gateway.api.frame import DONE, Done, changes, reads, resource
from gateway.api.requests import TestCallBody
from gateway.clients.pbx_plans import Attempt
from gateway.models.pbx_tests import TestCall
from gateway.pages.acting import acting
from gateway.parts import parts

pages = resource("test_calls", "Saved test calls, tried again on the settings as they stand.")
holder = customers(role="settings", product="pbx")
ONE = "/pbx/test-calls/<id:test_id>"


@reads(pages, "/pbx/test-calls", list[TestCall], holder)
def listing() -> list[TestCall]:
    """All of them, just tried: `holds` tells whether each still goes where it should."""
    return parts().pbx_plans.test_calls(acting())


@changes(pages, "POST", "/pbx/test-calls", holder, TestCallBody, status=201)
def add(key: str, body: dict[str, Any]) -> Done:
    """Keep a call."""
    return _save(key, None, body)


@changes(pages, "PUT", ONE, holder, TestCallBody)
def change(key: str, body: dict[str, Any], test_id: str) -> Done:
    """Put another in its place."""
    return _save(key, test_id, body)


@changes(pages, "DELETE", ONE, holder)
def remove(key: str, test_id: str) -> Done:
    """Keep it no longer."""
    parts().pbx_plans.remove_test_call(acting(), key, test_id)
    return DONE


def _save(key: str, test_id: str | None, body: dict[str, Any]) -> Done:
    name, expect = body.pop("name"), body.pop("expect")
    parts().pbx_plans.save_test_call(acting(), key, test_id, name, Attempt(**body), expect)
    return DONE
