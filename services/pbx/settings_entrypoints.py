"""Calls of customers about their telephony settings. The service class in entrypoints.py takes them over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.pbx.schemas import Reply, requests
from services.pbx.sound import convert
from services.pbx.store import Store
from services.pbx.usecases import editing, night, own_secrets, publishing, sounds, trying
from services.pbx.usecases.common import customer_of
from services.pbx.views import planning
from services.pbx.views import settings as views
from services.pbx.views.planning import Run
from shared.acting import Acting
from shared.bus import rpc
from shared.sealing import Sealer


def clock() -> datetime:
    return datetime.now(UTC)


class SettingsCalls:
    """All are for users with the role for settings, and about their own customer."""

    store: Store
    sealer: Sealer
    run: Run

    @rpc(requests.OfWhich)
    def config(self, acting: Acting, which: str) -> Reply:
        return views.config(self.store, customer_of(acting), which, clock())

    @rpc(requests.Save)
    def save(self, acting: Acting, **fields: Any) -> Reply:
        return editing.save(self.store, clock, acting, **fields)

    @rpc(requests.Add)
    def add(self, acting: Acting, **fields: Any) -> Reply:
        return editing.add(self.store, clock, acting, **fields)

    @rpc(requests.Remove)
    def remove(self, acting: Acting, **fields: Any) -> Reply:
        return editing.remove(self.store, clock, acting, **fields)

    @rpc(requests.MoveMember)
    def move_member(self, acting: Acting, **fields: Any) -> Reply:
        return editing.move_member(self.store, clock, acting, **fields)

    @rpc(requests.SetNight)
    def set_night(self, acting: Acting, **fields: Any) -> Reply:
        return night.set_night(self.store, clock, acting, **fields)

    @rpc(requests.SetSecret)
    def set_secret(self, acting: Acting, **fields: Any) -> Reply:
        return own_secrets.set_secret(self.store, self.sealer, clock, acting, **fields)

    # The draft

    @rpc(requests.Publish)
    def publish(self, acting: Acting, **fields: Any) -> Reply:
        return publishing.publish(self.store, clock, acting, **fields)

    @rpc(requests.OfDraft)
    def discard(self, acting: Acting, **fields: Any) -> Reply:
        return publishing.discard(self.store, clock, acting, **fields)

    @rpc(requests.RollBack)
    def roll_back(self, acting: Acting, **fields: Any) -> Reply:
        return publishing.roll_back(self.store, clock, acting, **fields)

    @rpc()
    def history(self, acting: Acting) -> Reply:
        return views.history(self.store, customer_of(acting))

    # What the engine says

    @rpc(requests.OfWhich)
    def checks(self, acting: Acting, which: str) -> Reply:
        return planning.checks(self.store, self.run, customer_of(acting), which, clock())

    @rpc(requests.OfWhich)
    def checklist(self, acting: Acting, which: str) -> Reply:
        return planning.checklist(self.store, customer_of(acting), which, clock())

    @rpc(requests.Simulate)
    def simulate(self, acting: Acting, **fields: Any) -> Reply:
        return planning.simulate(self.store, customer_of(acting), clock(), **fields)

    @rpc(requests.Picture)
    def picture(self, acting: Acting, **fields: Any) -> Reply:
        return planning.picture(self.store, self.run, customer_of(acting), clock(), **fields)

    @rpc(requests.Week)
    def week(self, acting: Acting, **fields: Any) -> Reply:
        return planning.week(self.store, self.run, customer_of(acting), clock(), **fields)

    @rpc()
    def differences(self, acting: Acting) -> Reply:
        return planning.differences(self.store, self.run, customer_of(acting), clock())

    @rpc(requests.OfWhich)
    def test_calls(self, acting: Acting, which: str) -> Reply:
        return planning.test_calls(self.store, customer_of(acting), which, clock())

    @rpc(requests.SaveTestCall)
    def save_test_call(self, acting: Acting, **fields: Any) -> Reply:
        return trying.save_test_call(self.store, clock, acting, **fields)

    @rpc(requests.RemoveById)
    def remove_test_call(self, acting: Acting, **fields: Any) -> Reply:
        return trying.remove_test_call(self.store, clock, acting, **fields)

    # Sounds

    @rpc(requests.Upload)
    def upload(self, acting: Acting, **fields: Any) -> Reply:
        return sounds.upload(self.store, convert, clock, acting, **fields)

    @rpc()
    def files(self, acting: Acting) -> Reply:
        return {"rows": views.files(self.store, customer_of(acting))}

    @rpc(requests.FileChunk, kinds=("user", "service"))
    def file_chunk(self, acting: Acting, **fields: Any) -> Reply:
        return sounds.file_chunk(self.store, acting, **fields)

    @rpc(requests.RemoveFile)
    def remove_file(self, acting: Acting, **fields: Any) -> Reply:
        return sounds.remove_file(self.store, clock, acting, **fields)
