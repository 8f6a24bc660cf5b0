"""Greetings and music (PBX-05, PBX-07, PBX-09): uploaded in pieces, kept as the 8 kHz WAV we make of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from services.pbx.domain.settings import Settings
from services.pbx.domain.sound import LARGEST_UPLOAD, Recording
from services.pbx.domain.uses import refusal, used_where
from services.pbx.schemas import Reply
from services.pbx.store import Changes, Sound, Store
from services.pbx.store.sounds import PIECE
from services.pbx.usecases.common import Clock, customer_of
from services.pbx.usecases.voicemail import message_wav
from shared.acting import Acting
from shared.errors import Conflict, Invalid, NotFound, TikkerError
from shared.events.audit import Subject
from shared.words import gettext as _

MOST_FILES = 200
MOST_PIECES = 64
"""Of an upload; how many bytes they may be together is another matter."""
MOST_PIECES_WAITING = 100
"""Pieces of half a megabyte that one customer may have under way."""

Convert = Callable[[bytes], Recording]
"""An upload into a recording; raises Invalid (field ``file``) for what is no sound."""


def upload(
    store: Store,
    convert: Convert,
    clock: Clock,
    acting: Acting,
    *,
    upload_id: str,
    kind: str,
    name: str,
    index: int,
    pieces: int,
    data: str,
    last: bool,
) -> Reply:
    """A piece of an upload; with the last one it becomes a file. The same piece may come twice."""
    customer = customer_of(acting)
    if pieces > MOST_PIECES:
        raise _too_large()
    file_id = _file_id(customer, upload_id)
    known = store.sound(customer, file_id)
    if known is not None:
        return {"file": file_reply(known)}
    if store.pieces_waiting(customer) >= MOST_PIECES_WAITING:
        raise Conflict(
            _("Er loopt al een upload. Wacht tot die klaar is, of probeer het over een uur opnieuw.")
        )
    store.keep_piece(customer, upload_id, index, _bytes(data), clock())
    if not last:
        return {"received": index}
    try:
        recording = convert(_whole(store, customer, upload_id, pieces))
        added = _add(store, clock, acting, (customer, file_id, upload_id), kind, name, recording)
    except TikkerError:
        store.drop_upload(customer, upload_id)
        raise
    store.drop_upload(customer, upload_id)
    return {"file": file_reply(added)}


def _too_large() -> Invalid:
    return Invalid(fields={"file": [_("Een bestand mag ten hoogste 10 MB groot zijn.")]})


def _file_id(customer: str, upload_id: str) -> str:
    """The same upload always becomes the same file, and one customer's never another's."""
    return hashlib.sha256(f"{customer}|{upload_id}".encode()).hexdigest()[:32]


def _bytes(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:
        raise Invalid(
            fields={"file": [_("Het bestand is onderweg beschadigd. Probeer het opnieuw.")]}
        ) from None


def _whole(store: Store, customer: str, upload_id: str, pieces: int) -> bytes:
    found = store.pieces(customer, upload_id)
    if [index for index, _data in found] != list(range(pieces)):
        raise Invalid(fields={"file": [_("Niet alle delen zijn aangekomen. Probeer het opnieuw.")]})
    whole = b"".join(data for _index, data in found)
    if len(whole) > LARGEST_UPLOAD:
        raise _too_large()
    return whole


def _add(
    store: Store,
    clock: Clock,
    acting: Acting,
    ids: tuple[str, str, str],
    kind: str,
    name: str,
    recording: Recording,
) -> Sound:
    """The bytes go first; a file exists from the moment that its document does."""
    customer, file_id, upload_id = ids
    digest = store.store_bytes(file_id, recording.wav)
    now = clock()
    sound = Sound(file_id, customer, kind, name, recording.seconds, len(recording.wav), digest, now)

    def work(changes: Changes) -> Reply:
        changes.touch(customer)
        if len(changes.sound_ids(customer)) >= MOST_FILES:
            raise Conflict(
                _("Meer dan %(most)s geluiden bewaren kan niet. Verwijder er eerst een.", most=MOST_FILES)
            )
        changes.add_sound(sound)
        what = Subject(kind="sound", id=file_id, name=name)
        told = {"kind": kind, "seconds": recording.seconds, "sha256": digest}
        changes.record(acting, customer, "sound.uploaded", what, after=told)
        return {}

    try:
        store.once(f"upload-{file_id}", ("upload", customer, upload_id), now, work)
    except Conflict:
        store.drop_bytes(file_id)
        raise
    added = store.sound(customer, file_id)
    if added is None:  # this very upload was finished before, and its file removed since
        store.drop_bytes(file_id)
        raise Conflict(_("Deze upload was al klaar. Kies het bestand opnieuw."))
    return added


def remove_file(store: Store, clock: Clock, acting: Acting, *, file_id: str, command_id: str) -> Reply:
    """Conflict with where it is used, in the draft too; NotFound."""
    customer = customer_of(acting)

    def work(changes: Changes) -> Reply:
        found = changes.sound(customer, file_id)
        if found is None:
            raise NotFound()
        changes.touch(customer)  # who starts to use it at the same moment collides
        _refuse_used(changes.settings(customer), found)
        changes.remove_sound(customer, file_id)
        what = Subject(kind="sound", id=file_id, name=found.name)
        changes.record(acting, customer, "sound.removed", what, before={"kind": found.kind})
        return {"id": file_id}

    answer = store.once(command_id, ("remove_file", customer, file_id), clock(), work)
    store.drop_bytes(file_id)
    return answer


def _refuse_used(settings: Settings, sound: Sound) -> None:
    for config in (settings.draft, settings.published):
        uses = used_where(config, "file", sound.id) if config is not None else []
        if uses:
            raise Conflict(refusal(sound.name, uses))


def file_reply(sound: Sound) -> Reply:
    """A file without its bytes."""
    return {
        "id": sound.id,
        "kind": sound.kind,
        "name": sound.name,
        "seconds": sound.seconds,
        "size": sound.size,
        "pieces": sound.pieces,
        "sha256": sound.sha256,
        "at": sound.at.isoformat(),
    }


def file_chunk(store: Store, acting: Acting, *, file_id: str, index: int) -> Reply:
    """A piece of the WAV, in base64; for identity, which mails it, one of a message in a voicemail of the
    customer on whose behalf it asks. NotFound."""
    if acting.kind == "service":
        acting.require_service("identity")
        return _message_chunk(store, acting.customer_id, file_id, index)
    customer = customer_of(acting)
    sound = store.sound(customer, file_id)
    data = store.sound_piece(file_id, index) if sound is not None else None
    if sound is None or data is None:
        raise NotFound()
    encoded = base64.b64encode(data).decode()
    return {"data": encoded, "last": index == sound.pieces - 1, "size": sound.size, "sha256": sound.sha256}


def _message_chunk(store: Store, customer_id: str | None, message_id: str, index: int) -> Reply:
    wav = message_wav(store, customer_id, message_id) if customer_id else None
    piece = wav[index * PIECE : (index + 1) * PIECE] if wav is not None else b""
    if not wav or not piece:
        raise NotFound()
    last = (index + 1) * PIECE >= len(wav)
    digest = hashlib.sha256(wav).hexdigest()
    return {"data": base64.b64encode(piece).decode(), "last": last, "size": len(wav), "sha256": digest}
