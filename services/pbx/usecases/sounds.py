"""Greetings and music (PBX-05, PBX-07, PBX-09): uploaded in pieces, kept as the 8 kHz WAV we make of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from services.pbx.domain.settings import Settings
from services.pbx.domain.sound import LARGEST_UPLOAD, Recording
from services.pbx.domain.uses import refusal, used_where
from services.pbx.schemas import Reply
from services.pbx.store import Changes, Sound, Store
from services.pbx.store.sounds import PIECE
from services.pbx.usecases.common import Clock, customer_of
from services.pbx.usecases.voicemail import message_wav
from shared.acting import Acting
from shared.errors import USED, Conflict, Invalid, NotFound, TikkerError
from shared.events.audit import Subject
from shared.words import gettext as _

MOST_FILES = 200
MOST_PIECES = 64
"""Of an upload; how many bytes they may be together is another matter."""
MOST_PIECES_WAITING = 100
"""Pieces of half a megabyte that one customer may have under way."""

Convert = Callable[[bytes], Recording]
"""An upload into a recording; raises Invalid (field ``file``) for what is no sound."""


@dataclass(frozen=True)
class Upload:
    """What is asked; ``id`` is of the caller's choice."""

    customer: str
    id: str
    kind: str
    name: str

    @property
    def source(self) -> str:
        """Its name, under which no other customer's is."""
        return hashlib.sha256(f"{self.customer}|{self.id}".encode()).hexdigest()[:32]


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
    """A piece of an upload; with the last one it becomes a file. The same piece may come twice. Conflict when
    the upload was something else."""
    customer = customer_of(acting)
    if pieces > MOST_PIECES:
        raise _too_large()
    asked, piece = Upload(customer, upload_id, kind, name), _bytes(data)
    known = store.uploaded(customer, asked.source)
    if known is not None:
        _require_same(known, asked, index, pieces, piece)
        return {"file": file_reply(known)}
    if store.pieces_waiting(customer) >= MOST_PIECES_WAITING:
        raise Conflict(
            _("Er loopt al een upload. Wacht tot die klaar is, of probeer het over een uur opnieuw.")
        )
    store.keep_piece(customer, upload_id, index, piece, clock())
    if not last:
        return {"received": index}
    try:
        came = _came(store, asked, pieces)
        added = _add(store, clock, acting, asked, _digests(came), convert(b"".join(came)))
    except TikkerError:
        store.drop_upload(customer, upload_id)
        raise
    store.drop_upload(customer, upload_id)
    return {"file": file_reply(added)}


def _require_same(known: Sound, asked: Upload, index: int, pieces: int, piece: bytes) -> None:
    """Raise Conflict when what comes again is not what came before. Of sounds of earlier releases the pieces
    are not known."""
    again = (len(known.came), known.came[index : index + 1]) == (pieces, _digests([piece]))
    if (known.kind, known.name) != (asked.kind, asked.name) or (known.came and not again):
        raise Conflict(_("Deze opdracht is al gebruikt voor iets anders."), command=USED)


def _digests(came: list[bytes]) -> tuple[str, ...]:
    return tuple(hashlib.sha256(piece).hexdigest() for piece in came)


def _too_large() -> Invalid:
    return Invalid(fields={"file": [_("Een bestand mag ten hoogste 10 MB groot zijn.")]})


def _bytes(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:
        raise Invalid(
            fields={"file": [_("Het bestand is onderweg beschadigd. Probeer het opnieuw.")]}
        ) from None


def _came(store: Store, asked: Upload, pieces: int) -> list[bytes]:
    found = store.pieces(asked.customer, asked.id)
    if [index for index, _data in found] != list(range(pieces)):
        raise Invalid(fields={"file": [_("Niet alle delen zijn aangekomen. Probeer het opnieuw.")]})
    came = [data for _index, data in found]
    if sum(map(len, came)) > LARGEST_UPLOAD:
        raise _too_large()
    return came


def _add(
    store: Store, clock: Clock, acting: Acting, asked: Upload, came: tuple[str, ...], recording: Recording
) -> Sound:
    """The bytes go first; a file exists from the moment that its document does. Of two copies of one upload
    the first to end makes the file."""
    customer, source, kind, name = asked.customer, asked.source, asked.kind, asked.name
    file_id, digest = store.store_bytes(source, recording.wav)
    now, size, seconds = clock(), len(recording.wav), recording.seconds
    sound = Sound(file_id, customer, kind, name, seconds, size, digest, now, upload=source, came=came)

    def work(changes: Changes) -> Reply:
        changes.touch(customer)
        if len(changes.sound_ids(customer)) >= MOST_FILES:
            raise Conflict(
                _("Meer dan %(most)s geluiden bewaren kan niet. Verwijder er eerst een.", most=MOST_FILES)
            )
        changes.add_sound(sound)
        what = Subject(kind="sound", id=file_id, name=name)
        told = {"kind": kind, "seconds": seconds, "sha256": digest}
        changes.record(acting, customer, "sound.uploaded", what, after=told)
        return {}

    try:
        store.once(f"upload-{source}", ("upload", customer, asked.id, kind, name, came), now, work)
        added = store.uploaded(customer, source)
        if added is None:  # this very upload was finished before, and its file removed since
            raise Conflict(_("Deze upload was al klaar. Kies het bestand opnieuw."), command=USED)
    except Conflict:
        store.drop_bytes(file_id)
        raise
    store.keep_only(source, added.id)
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
