"""An ID of a command is its caller's: nobody else's command is answered, refused or claimed with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from msgspec.structs import replace

from shared import commands, tenancy
from shared.acting import Acting
from shared.errors import USED, Conflict, from_wire
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = "publish-2026-11-22"
OURS, THEIRS = "a" * 32, "b" * 32
ANNA = Acting(kind="user", scope="customer", customer_id=OURS, user_id="1" * 32)
STAFF = Acting(kind="staff", scope="operator", customer_id="0" * 32, user_id="5" * 32)
OTHERS = {
    "another customer's": replace(ANNA, customer_id=THEIRS, user_id="2" * 32),
    "a colleague's": replace(ANNA, user_id="3" * 32),
    "staff who look along": replace(ANNA, user_id=STAFF.user_id),
    "staff": STAFF,
    "other staff": replace(STAFF, user_id="6" * 32),
    "a partner's staff": replace(STAFF, scope="customer", customer_id=OURS, user_id="7" * 32),
    "the command line's": Acting(kind="staff", scope="operator", username="cron"),
    "a service's": Acting(kind="service", issuer="cdr"),
    "nobody's": None,
}


@pytest.fixture
def db() -> Any:
    return cast(Any, Database(Server()))


def run(db: Any, acting: Acting | None, asked: str = "publish", key: str = KEY) -> Any:
    """What the command answers: how many have run."""

    def work(session: Any) -> dict[str, Any]:
        db["effects"].insert_one({"_id": db["effects"].count_documents({}), "by": asked}, session=session)
        return {"count": db["effects"].count_documents({}, session=session)}

    with tenancy.only_for(acting):
        return commands.once(db, key, (asked, acting and acting.customer_id), NOW, work)["count"]


@pytest.mark.parametrize("name", OTHERS)
def test_an_id_is_its_callers(db: Any, name: str) -> None:
    assert run(db, ANNA) == 1
    assert run(db, OTHERS[name]) == 2
    assert run(db, OTHERS[name]) == 2
    assert run(db, ANNA) == 1


def test_nobody_claims_it_ahead_for_another(db: Any) -> None:
    run(db, OTHERS["another customer's"], "something else")
    assert run(db, ANNA) == 2


@pytest.mark.parametrize("acting", [ANNA, STAFF, None])
def test_of_ones_own_it_is_for_one_thing(db: Any, acting: Acting | None) -> None:
    run(db, acting)
    with pytest.raises(Conflict) as refused:
        run(db, acting, "roll back")
    assert from_wire(refused.value.to_wire()).details["command"] == USED


def before_the_update(db: Any, acting: Acting, asked: str = "publish") -> None:
    """As releases kept it that knew IDs only."""
    run(db, None, asked)
    (row,) = db["commands"].find({})
    db["commands"].delete_one({"_id": row["_id"]})
    whose = acting.customer_id if acting.kind == "user" else None
    digest = commands.digest_of((asked, acting.customer_id))
    db["commands"].insert_one(row | {"_id": KEY, "customer_id": whose, "request": digest})


@pytest.mark.parametrize("acting", [ANNA, STAFF])
def test_what_ran_before_the_update_does_not_run_again(db: Any, acting: Acting) -> None:
    before_the_update(db, acting)
    assert run(db, acting) == 1


@pytest.mark.parametrize("acting", [ANNA, STAFF])
def test_what_others_asked_before_the_update_stands_in_nobodys_way(db: Any, acting: Acting) -> None:
    before_the_update(db, OTHERS["another customer's"], "something else")
    assert run(db, acting) == 2


def test_a_call_within_a_call_is_of_its_own_caller() -> None:
    with tenancy.only_for(ANNA):
        named = tenancy.caller()
        with tenancy.only_for(STAFF):
            assert tenancy.caller() not in ("", named)
        with tenancy.only_for(None):
            assert tenancy.caller() == ""
        assert tenancy.caller() == named
    assert tenancy.caller() == ""
