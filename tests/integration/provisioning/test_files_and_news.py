"""A file that is made while news of a colleague comes: what is kept has the news."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from prometheus_client import REGISTRY

from services.provisioning.domain.device import Device, Person
from services.provisioning.domain.profiles import profiles
from services.provisioning.store import Changes, Store
from services.provisioning.store.indexes import prepare
from services.provisioning.usecases.following import refresh_due, user_changed
from services.provisioning.usecases.workshop import Workshop
from shared import mongo
from shared.events import PbxUserChanged, wrap
from shared.ids import new_id
from shared.sealing import Sealer
from tests.conftest import address_of
from tests.integration.provisioning.conftest import setting
from tests.unit.provisioning.parts import DEVICE, SITE, device

pytestmark = pytest.mark.feature("PRV-05")

WORKSHOP = Workshop(profiles(), SITE, Sealer.of({"1": b64encode(os.urandom(32)).decode()}))
LATER = timedelta(seconds=5)
SALES = PbxUserChanged(user_id=new_id(), revision=1, username="x", display_name="Verkoop 1", extension="201")


@pytest.fixture
def store(mongo_admin: Any) -> Iterator[Store]:
    name = f"t_files_{new_id()[:12]}"
    database = mongo.connect(address_of(name))
    prepare(database)
    yield Store(database)
    database.client.close()
    mongo_admin.drop_database(name)


def names(each: str) -> dict[str, str]:
    """Of one of more devices of a customer."""
    return {name: each * 32 for name in ("id", "config_user", "sip_user", "book")} | {"mac": each * 12}


def key_of(store: Store, made: Device) -> str:
    """Whom the second key of a phone calls, by the file that is kept."""
    kept = store.device(made.customer_id, made.id)
    assert kept is not None
    text = WORKSHOP.kept(kept)
    assert text is not None
    return setting(text, "linekey.2.value")


def sales(revision: int, extension: str) -> PbxUserChanged:
    return msgspec.structs.replace(SALES, revision=revision, extension=extension)


def hear(store: Store, news: PbxUserChanged = SALES) -> None:
    """News of a colleague, and the files of that customer made anew after it."""
    envelope = wrap(news, DEVICE.customer_id)
    assert user_changed(store, WORKSHOP, envelope)
    refresh_due(store, WORKSHOP, lambda: envelope.occurred_at + LATER)
    assert store.due(envelope.occurred_at + LATER, 1) == []


def test_a_slow_command_does_not_keep_a_file_from_before_news_that_was_dealt_with(store: Store) -> None:
    new = device(model="yealink-t54w")
    tries = 0

    def work(changes: Changes) -> None:
        nonlocal tries
        tries += 1
        assert changes.device(new.customer_id, new.id) is None
        if tries == 1:
            hear(store)
        changes.add(WORKSHOP.with_file(new, changes.people(new.customer_id)))

    store.in_one(new.created_at, work)
    assert (key_of(store, new), tries) == ("201", 2)


def test_files_made_anew_take_no_news_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that is made while those of its customer are looked at keeps what it was made with; the others
    are looked at again."""
    first, second = (device(model="yealink-t54w", **names(each)) for each in "12")
    store.in_one(first.created_at, lambda changes: changes.add(WORKSHOP.with_file(first, [])))
    told, read = wrap(SALES, DEVICE.customer_id), store.people
    assert user_changed(store, WORKSHOP, told)

    def people(customer_id: str) -> list[Person]:
        before = read(customer_id)
        assert user_changed(store, WORKSHOP, wrap(sales(2, "202"), DEVICE.customer_id))
        with_news = WORKSHOP.with_file(second, read(customer_id))
        store.in_one(second.created_at, lambda changes: changes.add(with_news))
        return before

    monkeypatch.setattr(store, "people", people)
    refresh_due(store, WORKSHOP, lambda: told.occurred_at + LATER)
    assert key_of(store, second) == "202"
    monkeypatch.setattr(store, "people", read)
    refresh_due(store, WORKSHOP, lambda: told.occurred_at + LATER)
    assert key_of(store, first) == "202"


@pytest.mark.parametrize("newer", ["203", "201"], ids=["another", "as it was"])
def test_who_was_overtaken_puts_no_older_file_over_a_newer_one(
    store: Store, monkeypatch: pytest.MonkeyPatch, newer: str
) -> None:
    """Making the files of many customers takes longer than a lease: another process has it then, and is done
    while the first goes on with what it read before."""
    made = device(model="yealink-t54w")
    store.in_one(made.created_at, lambda changes: changes.add(WORKSHOP.with_file(made, [])))
    hear(store)
    read = store.people

    def people(customer_id: str) -> list[Person]:
        monkeypatch.setattr(store, "people", read)
        before = read(customer_id)
        hear(store, sales(3, newer))
        return before

    told = wrap(sales(2, "202"), DEVICE.customer_id)
    assert user_changed(store, WORKSHOP, told)
    monkeypatch.setattr(store, "people", people)
    assert refresh_due(store, WORKSHOP, lambda: told.occurred_at + LATER) == 0
    assert key_of(store, made) == newer


def test_news_after_news_is_dealt_with_each_time(store: Store) -> None:
    hear(store)
    again = wrap(msgspec.structs.replace(SALES, revision=2, display_name="Inkoop"), DEVICE.customer_id)
    assert user_changed(store, WORKSHOP, again)
    due = [(DEVICE.customer_id, 2)]
    assert store.due(again.occurred_at, 1) == due
    store.refreshed(DEVICE.customer_id, 1)
    assert store.due(again.occurred_at, 1) == due
    store.refreshed(DEVICE.customer_id, 2)
    assert store.due(again.occurred_at + LATER, 1) == []


def test_a_process_without_work_is_seen_to_hold_the_job(store: Store) -> None:
    """The alert on a lease that nobody holds looks at what processes say of themselves."""
    assert refresh_due(store, WORKSHOP, lambda: datetime.now(UTC)) == 0
    assert REGISTRY.get_sample_value("tikker_lease_held", {"job": "refreshing"}) == 1
