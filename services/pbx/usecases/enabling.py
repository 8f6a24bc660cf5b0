"""A customer gets a PBX, loses it, or gets it back."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from services.pbx.domain import settings
from services.pbx.domain.config import COMPANY_VOICEMAIL, AfterGreeting, Config, Line, PbxUser, Voicemail
from services.pbx.domain.everywhere import mapped, without_sounds
from services.pbx.domain.held import OWN_NUMBERS
from services.pbx.domain.renumbering import put_back
from services.pbx.domain.rules import problems
from services.pbx.domain.settings import Settings
from services.pbx.schemas import Reply
from services.pbx.store import Changes, Store
from services.pbx.usecases.common import Clock, store
from shared.acting import Acting
from shared.errors import Conflict, NotFound
from shared.events.audit import Subject
from shared.ids import new_id
from shared.phone_numbers import party
from shared.words import ngettext

_MOST_NAMED = 5


def enable_pbx(
    store_: Store, clock: Clock, acting: Acting, *, customer_id: str, command_id: str, reason: str
) -> Reply:
    """Give the customer a PBX, with a company voicemail on 999 that only speaks (PBX-10); or the one that
    was taken away, as it was, but for numbers and sounds that are no longer theirs and what led to lines that
    have gone. Conflict when a line has got an extension or number of it meanwhile."""

    def work(changes: Changes) -> Reply:
        old = changes.settings(customer_id)
        if old.enabled:
            return {"revision": old.revision}
        config = old.published if old.put_away is None else _returned(changes, old)
        if not any(user.extension == COMPANY_VOICEMAIL for user in config.users):
            config = structs.replace(config, users=(*config.users, _company_voicemail()))
        new = settings.stamped(replace(old, enabled=True, published=config, put_away=None), old)
        changes.record(
            acting, customer_id, "pbx.enabled", whole_pbx(customer_id), {}, _counts(config), reason
        )
        store(changes, acting, old, new)
        return {"revision": new.revision}

    return store_.once(command_id, ("enable_pbx", customer_id, reason), clock(), work)


def disable_pbx(
    store_: Store, clock: Clock, acting: Acting, *, customer_id: str, command_id: str, reason: str
) -> Reply:
    """Take the PBX away: its telephones stop, its draft is gone, and all else is put away for
    :func:`enable_pbx`. Conflict while a number still leads to it, for calls to that would break. NotFound
    when there is none."""

    def work(changes: Changes) -> Reply:
        old = changes.settings(customer_id)
        if not old.enabled:
            raise NotFound()
        _refuse_called(changes, old)
        new = settings.without_pbx(old)
        before = _counts(old.published)
        changes.record(acting, customer_id, "pbx.disabled", whole_pbx(customer_id), before, {}, reason)
        store(changes, acting, old, new)
        return {"revision": new.revision}

    return store_.once(command_id, ("disable_pbx", customer_id, reason), clock(), work)


def _returned(changes: Changes, old: Settings) -> Config:
    """The PBX that was put away, as it can be now. Lines are staff's: who has the same extension or number as
    one is for them to mend. What leads to a line that has gone is the customer's, as no number leads there
    yet, and nothing is published before it is mended."""
    owned, sounds = changes.numbers_held(old.customer_id), changes.sound_ids(old.customer_id)
    found, lines = settings.given_back(old), old.published.lines
    found = mapped(structs.replace(found, lines=()), OWN_NUMBERS, lambda n: n if n in owned else None)
    found = put_back(structs.replace(found, lines=lines), old.put_away or Config())
    found = without_sounds(found, sounds)
    wrong = [p for p in problems(found, owned) if p.blocking and p.field in ("extension", "number")]
    if wrong:
        raise Conflict(wrong[0].sentence)
    return found


def _refuse_called(changes: Changes, old: Settings) -> None:
    """Raise Conflict with the numbers that lead to the PBX, and to whom."""
    owned = changes.numbers_held(old.customer_id)
    elements = (one for one in old.published.elements() if not isinstance(one, Line))
    led = [element for element in elements if element.number in owned]
    if led:
        places = ", ".join(f"{party(e.number)} ({e.name})" for e in led[:_MOST_NAMED])
        raise Conflict(
            ngettext(
                "%(num)s nummer komt nog in de telefooncentrale uit: %(places)s. "
                "Haal het daar eerst weg, dan breekt er geen gesprek af.",
                "%(num)s nummers komen nog in de telefooncentrale uit: %(places)s. "
                "Haal ze daar eerst weg, dan breekt er geen gesprek af.",
                len(led),
                places=places,
            )
        )


def _counts(config: Config) -> dict[str, int]:
    """What a PBX holds, for the audit log."""
    return {"users": len(config.users), "groups": len(config.groups), "menus": len(config.menus)}


def whole_pbx(customer_id: str) -> Subject:
    """The PBX as the audit log names it."""
    return Subject(kind="pbx", id=customer_id, name="telefooncentrale")


def _company_voicemail() -> PbxUser:
    box = Voicemail(on=True, always=True, after=AfterGreeting.HANG_UP)
    return PbxUser(
        id=new_id(),
        username="bedrijfsvoicemail",
        first_name="Bedrijf",
        last_name="Voicemail",
        extension=COMPANY_VOICEMAIL,
        voicemail=box,
    )
