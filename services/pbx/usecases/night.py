"""The night mode by hand: it acts at once, and may end by itself (PBX-03, PBX-14)."""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from services.pbx.domain import parts
from services.pbx.domain.config import Config, NightState
from services.pbx.domain.parts import Part
from services.pbx.domain.settings import Change, changed
from services.pbx.schemas import Reply
from services.pbx.store import Changes, Store
from services.pbx.usecases.common import Clock, customer_of, judge, store, subject, told
from shared.acting import Acting
from shared.errors import Invalid, NotFound
from shared.words import gettext as _


def set_night(
    store_: Store,
    clock: Clock,
    acting: Acting,
    *,
    state: str,
    command_id: str,
    until: datetime | None = None,
    destination: str | None = None,
) -> Reply:
    """On, off or automatic from now on; with ``until`` it then goes back to what it was before somebody set
    it by hand. Invalid without a destination, or for an end that has passed."""
    customer, place = customer_of(acting), (Part.NIGHT, None)

    def edit(config: Config, changes: Changes) -> Config:
        night = config.night
        # A state with an end was set by hand, also when that has passed: it is not what to go back to.
        back = night.state if night.until is None else night.then
        new = structs.replace(
            night,
            state=NightState(state),
            until=until,
            then=back if until is not None else night.then,
            destination=night.destination if destination is None else destination,
        )
        edited = structs.replace(config, night=new)
        asked = {"state": state} | ({} if destination is None else {"destination": destination})
        judge(changes, customer, place, config, edited, asked)
        return edited

    def work(changes: Changes) -> Reply:
        if until is not None and until <= changes.at:
            raise Invalid(fields={"until": [_("Kies een moment dat nog komt.")]})
        old = changes.settings(customer)
        if not old.enabled:
            raise NotFound()
        change = Change(parts.key_of(*place), lambda config: edit(config, changes), at_once=True)
        new = changed(old, change, changes.at)
        if new != old:
            before, after = told(old.published, *place), told(new.published, *place)
            who = subject(new.published, *place)
            changes.record(acting, customer, "pbx_night.set", who, before, after)
            store(changes, acting, old, new)
        return {"revision": new.revision, "value": told(new.published, *place)}

    return store_.once(command_id, ("set_night", customer, state, until, destination), clock(), work)
