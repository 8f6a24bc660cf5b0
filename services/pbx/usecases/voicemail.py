"""Messages in a voicemail (PBX-07, TEL-03): kept for 30 days, mailed once; and greetings that are spoken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from msgspec import structs

from services.pbx.domain import alaw, parts
from services.pbx.domain.config import Config, Line, PbxUser, Voicemail
from services.pbx.domain.edge.playing import Scene
from services.pbx.domain.parts import Part
from services.pbx.domain.routing.directory import directory, label
from services.pbx.domain.settings import Change, Settings, changed
from services.pbx.domain.uses import used_where
from services.pbx.store import Changes, Sound, Store
from services.pbx.store.messages import Message
from services.pbx.usecases.common import store as store_settings
from services.pbx.usecases.common import subject, told
from shared.acting import Acting
from shared.days import ZONE
from shared.events import FileReference
from shared.events.audit import Subject
from shared.events.notification import PbxNotificationRequested
from shared.phone_numbers import party
from shared.words import gettext as _

REASON = "1233"
Clock = Callable[[], datetime]

BY_TELEPHONE = Acting(kind="service", username="1233")
"""Who called 1233 from the line's own telephone: nobody knows who that was."""


@dataclass(frozen=True)
class Recording:
    """What was said in a call at a position, as A-law; its ID follows from where it was said."""

    call: str
    at: str
    sound: bytes

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.call}|{self.at}".encode()).hexdigest()[:32]


def keep_message(store: Store, clock: Clock, scene: Scene, owner_id: str, recording: Recording) -> None:
    """Keep a message and have it mailed; both happen once, whatever is told twice."""
    owner = _owner(scene.config, owner_id)
    kind = "line" if isinstance(owner, Line) else "user"
    now = clock()
    message = Message(
        id=recording.id,
        customer_id=scene.customer_id,
        owner=f"{kind}:{owner_id}",
        caller=scene.record.call.caller,
        at=now,
        seconds=ceil(alaw.seconds(recording.sound)),
    )

    def work(changes: Changes) -> bool:
        addresses = _addresses(owner.voicemail)
        new = changes.keep_message(message, recording.sound)
        if new and addresses:
            changes.tell(scene.customer_id, _mail(scene, owner, message, recording, addresses))
        return new

    store.in_one(now, work)


def _owner(config: Config, owner_id: str) -> PbxUser | Line:
    book = directory(config)
    found = book.by_id.get(f"user:{owner_id}") or book.by_id.get(f"line:{owner_id}")
    assert isinstance(found, PbxUser | Line)
    return found


def _addresses(box: Voicemail) -> tuple[str, ...]:
    """Each once."""
    return tuple(dict.fromkeys(each for each in (box.email, box.copy_email) if each))


def _mail(
    scene: Scene, owner: PbxUser | Line, message: Message, recording: Recording, addresses: tuple[str, ...]
) -> PbxNotificationRequested:
    wav = alaw.to_wav(recording.sound)
    named = f"voicemail-{message.at.astimezone(ZONE):%Y-%m-%d-%H%M}.wav"
    file = FileReference(
        service="pbx",
        id=message.id,
        name=named,
        media_type="audio/wav",
        size=len(wav),
        sha256=hashlib.sha256(wav).hexdigest(),
    )
    return PbxNotificationRequested(
        template="voicemail",
        dedupe_key=f"voicemail:{message.id}",
        addresses=addresses,
        parameters={
            "name": owner.name or label(owner),
            "owner": label(owner),
            "caller": _caller(scene, message.caller),
            "at": message.at.isoformat(),
            "seconds": message.seconds,
        },
        files=(file,),
    )


def _caller(scene: Scene, caller: str) -> str:
    """A colleague by name, others by their number; ``""`` for who hides it."""
    found, number = directory(scene.config).find(caller)
    if found is not None:
        return label(found)
    return party(number) if number.startswith("+") else ""


def message_wav(store: Store, customer_id: str, message_id: str) -> bytes | None:
    """A message as it is mailed."""
    sound = store.mailed_sound(customer_id, message_id)
    return alaw.to_wav(sound) if sound is not None else None


def remove_message(store: Store, clock: Clock, customer_id: str, message_id: str) -> None:
    """By who listens to it; again has no effect."""

    def work(changes: Changes) -> bool:
        found = changes.remove_message(customer_id, message_id)
        if found is not None:
            what = Subject(kind="voicemail_message", id=message_id, name=found.at.isoformat())
            known = {"at": found.at.isoformat(), "seconds": found.seconds, "caller": found.caller}
            changes.record(BY_TELEPHONE, customer_id, "voicemail.removed", what, before=known, reason=REASON)
        return found is not None

    store.in_one(clock(), work)


def keep_greeting(store: Store, clock: Clock, customer_id: str, line_id: str, recording_id: str) -> None:
    """What the owner of a line spoke is its greeting from now on, whatever the cause; again has no effect."""
    taken = store.taken_sound(customer_id, recording_id)
    if taken is None:
        return
    now, wav = clock(), alaw.to_wav(taken)
    source = hashlib.sha256(f"{customer_id}|{recording_id}".encode()).hexdigest()[:32]
    file_id, digest = store.store_bytes(source, wav)
    name = _("Ingesproken op %(at)s", at=f"{now.astimezone(ZONE):%d-%m-%Y %H:%M}")
    seconds = ceil(alaw.seconds(taken))
    sound = Sound(file_id, customer_id, "greeting", name, seconds, len(wav), digest, now, spoken=True)

    def work(changes: Changes) -> list[str] | None:
        if changes.sound(customer_id, file_id) is not None:  # this try was kept, though we were not told
            return []
        if not changes.take(customer_id, recording_id):
            return None
        return _put_greeting(changes, customer_id, line_id, sound)

    gone = store.in_one(now, work)
    if gone is None:  # another copy was first, and another greeting may be there by now
        store.drop_bytes(file_id)
        return
    store.keep_only(source, file_id)
    for each in gone:
        store.drop_bytes(each)


def _put_greeting(changes: Changes, customer_id: str, line_id: str, sound: Sound) -> list[str]:
    """The greetings that it comes in place of, which were spoken too and serve nobody any more."""
    place = (Part.LINE, line_id)
    old = changes.settings(customer_id)

    def edit(config: Config) -> Config:
        line = parts.element(config, *place)
        box = structs.replace(line.voicemail, greeting_busy=sound.id, greeting_no_answer=sound.id)
        return parts.replaced(config, *place, structs.replace(line, voicemail=box))

    new = changed(old, Change(parts.key_of(*place), edit, at_once=True), changes.at)
    changes.add_sound(sound)
    before, after = told(old.published, *place), told(new.published, *place)
    what = subject(new.published, *place)
    changes.record(BY_TELEPHONE, customer_id, "pbx_line.changed", what, before, after, REASON)
    store_settings(changes, BY_TELEPHONE, old, new)
    gone = _unused(changes, old, new, line_id)
    for each in gone:
        changes.remove_sound(customer_id, each)
    return gone


def _unused(changes: Changes, old: Settings, new: Settings, line_id: str) -> list[str]:
    box = parts.element(old.published, Part.LINE, line_id).voicemail
    configs = [config for config in (new.published, new.draft) if config is not None]
    former = sorted({each for each in (box.greeting_busy, box.greeting_no_answer) if each})
    found = [changes.sound(new.customer_id, each) for each in former]
    spoken = [sound.id for sound in found if sound is not None and sound.spoken]
    return [each for each in spoken if not any(used_where(config, "file", each) for config in configs)]
