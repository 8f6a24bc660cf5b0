"""A repeated command is the same command only with the same secret, which is not kept to tell that by."""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from services.pbx.domain.secrets import PASSWORD
from services.pbx.store import Store
from services.pbx.usecases import own_secrets
from shared.acting import Acting
from shared.commands import digest_of
from shared.sealing import Sealer

pytestmark = pytest.mark.feature("PBX-06")

SEALER = Sealer.of({"1": b64encode(os.urandom(32)).decode()})
ANNA = Acting(kind="user", scope="customer", customer_id="c" * 32, user_id="1" * 32, roles=("settings",))


class Asked:
    """A store that answers what the command was said to ask."""

    def once(self, command_id: str, request: tuple[object, ...], *_rest: Any) -> dict[str, Any]:
        return {"request": request}


def request(kind: str, value: str, user: str = "2") -> tuple[object, ...]:
    store = cast(Store, Asked())
    asked = {"user_id": user, "kind": kind, "value": value, "command_id": "1"}
    answer = own_secrets.set_secret(store, SEALER, lambda: datetime.now(UTC), ANNA, **asked)
    return cast(tuple[object, ...], answer["request"])


@pytest.mark.parametrize(
    ("kind", "one", "other"), [(PASSWORD, "kruis-2-bes", "kruis-3-bes"), ("pincode", "1235", "1236")]
)
def test_another_secret_is_another_command(kind: str, one: str, other: str) -> None:
    assert digest_of(request(kind, one)) == digest_of(request(kind, one))
    assert digest_of(request(kind, one)) != digest_of(request(kind, other))


def test_a_pincode_cannot_be_tried_against_what_is_kept() -> None:
    kept = request("pincode", "1235")
    assert "1235" not in repr(kept)
    assert hashlib.sha256(b"1235").hexdigest() not in repr(kept)
    assert kept[-1] != request("pincode", "1235", user="3")[-1]
