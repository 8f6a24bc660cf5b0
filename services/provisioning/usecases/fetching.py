"""A phone asks for a file: who may have it, and what is said to everybody else.

What is wrong (no such phone, another's, disabled, another vendor, a wrong password) is never told apart, in
no status, header or text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from services.provisioning.domain import rendering
from services.provisioning.domain.authentication import (
    Basic,
    Digest,
    Nonces,
    challenges,
    is_right,
    read,
)
from services.provisioning.domain.device import PASSWORD, Device, Fetched
from services.provisioning.domain.files import DIRECTORY, POINTER, FileName, Names, Wanted
from services.provisioning.domain.lockout import FIRST_LOCK
from services.provisioning.domain.profiles import Profile
from services.provisioning.domain.templates import Template
from services.provisioning.domain.values import FILE_NAMES
from services.provisioning.store import Desk
from services.provisioning.usecases.workshop import Clock, Workshop
from shared.logging import get_logger

log = get_logger(__name__)

MARK_SECONDS = 600
"""How old the mark of the last fetch may be before the same file marks it again."""
LONGEST_AGENT = 200
TEXT = "text/plain; charset=utf-8"


class Request(NamedTuple):
    """``target`` is the request line's as sent, ``name`` the file's in it, ``source`` the phone's address."""

    method: str
    target: str
    name: str
    source: str
    authorization: str = ""
    if_none_match: str = ""
    agent: str = ""


class Answer(NamedTuple):
    """``why`` is for our metrics and log; a phone never sees it."""

    status: int
    body: bytes = b""
    media_type: str = TEXT
    headers: tuple[tuple[str, str], ...] = ()
    why: str = "ok"


NOT_FOUND = Answer(404, b"Not found\n", why="no such file")
TOO_OFTEN = b"Too many tries\n"


@dataclass(frozen=True)
class Fetching:
    """Everything that answering a phone needs."""

    desk: Desk
    workshop: Workshop
    names: Names
    nonces: Nonces
    clock: Clock

    def answer(self, request: Request) -> Answer:
        """The file, a challenge, or a refusal."""
        wanted = self.names.find(request.name)
        if wanted is None:
            return NOT_FOUND
        if wanted.is_open:
            return self._body(wanted.first, wanted.mac, wanted.model)
        given = read(request.authorization) if request.authorization else None
        if given is None:
            return self._challenge(wanted, request, "no credentials")
        if isinstance(given, Digest) and not self._is_usable(given, request):
            return self._challenge(wanted, request, "stale", stale=True)
        return self._judged(wanted, request, given)

    def book(self, token: str) -> Answer:
        """The phonebook of whose address somebody knows: it was in a configuration."""
        device = self.desk.by_book(token)
        if device is None or not device.enabled:
            return NOT_FOUND
        return self._directory(device)

    def _judged(self, wanted: Wanted, request: Request, given: Basic | Digest) -> Answer:
        now = self.clock()
        tries = self.desk.tries(wanted.mac, request.source)
        if tries is not None and (wait := tries.wait(now)):
            return self._locked(request, wait)
        device = self.desk.by_config_user(given.user)
        kind = self._kind(wanted, device)
        password = self.workshop.secret(device, PASSWORD) if device is not None else ""
        proven = is_right(given, password or "-", request.method, request.target)
        if device is None or kind is None or not (proven and password):
            known = tries is not None or (device is not None and device.mac == wanted.mac)
            return self._wrong(wanted, request, now, known)
        if isinstance(given, Digest) and not self.desk.use_nonce(given.nonce, given.nc, now):
            return self._challenge(wanted, request, "used nonce", stale=True)
        if tries is not None:
            self.desk.right(wanted.mac, request.source)
        return self._file(device, kind, request, now)

    def _kind(self, wanted: Wanted, device: Device | None) -> FileName | None:
        """The file as the device's family has it; None when it is not this device's."""
        if device is None or device.mac != wanted.mac or not device.enabled:
            return None
        return wanted.kinds.get(self.workshop.profile(device).family)

    def _wrong(self, wanted: Wanted, request: Request, now: datetime, known: bool) -> Answer:
        """``known``: this MAC address was tried from there before, or it is that of the device whose password
        was tried. Past a number of different ones from one address nothing else is counted: nobody fills the
        database with tries, and nobody guesses at a device of ours uncounted."""
        too_many = self.desk.tries_too_many(request.source)
        if too_many and not known:
            return LOCKED
        tries = self.desk.wrong(wanted.mac, request.source, now)
        log.info("a phone was refused", mac=wanted.mac, source=request.source, locked=tries.until is not None)
        if too_many:
            return LOCKED
        if wait := tries.wait(now):
            return _too_often(wait)
        return self._challenge(wanted, request, "wrong")

    def _locked(self, request: Request, wait: int) -> Answer:
        """Of an address that tried too many, what is counted is not told apart from what is not."""
        return LOCKED if self.desk.tries_too_many(request.source) else _too_often(wait)

    def _is_usable(self, given: Digest, request: Request) -> bool:
        ours = self.nonces.is_ours(given.nonce, request.source)
        return ours and self.nonces.is_fresh(given.nonce, self.clock().timestamp())

    def _challenge(self, wanted: Wanted, request: Request, why: str, stale: bool = False) -> Answer:
        nonce = self.nonces.make(self.clock().timestamp(), request.source)
        lines = challenges(wanted.challenge, nonce, stale)
        headers = tuple(("WWW-Authenticate", line) for line in lines)
        return Answer(401, b"Unauthorized\n", TEXT, headers, why)

    def _file(self, device: Device, kind: FileName, request: Request, now: datetime) -> Answer:
        if kind.role == POINTER:
            return self._body(kind, device.mac, "")
        if kind.role == DIRECTORY:
            return self._directory(device)
        text = self._text(device)
        self._mark(device, rendering.etag(text), request, now)
        if device.emptying:
            text = self._emptying(device, request)
        etag = rendering.etag(text)
        headers = (("ETag", f'"{etag}"'), ("Cache-Control", "private, no-cache"))
        if _matches(request.if_none_match, etag):
            return Answer(304, b"", TEXT, headers, "not modified")
        return Answer(
            200, text.encode(), rendering.media_type(self._profile(device)), headers, "configuration"
        )

    def _text(self, device: Device) -> str:
        """The file that is kept; made anew after a release or setting that makes it another."""
        kept = self.workshop.kept(device)
        if kept is not None:
            return kept
        people = self.desk.people(device.customer_id)
        fresh = self.workshop.rendered(device, people)
        if fresh is not None:
            self.desk.keep(device, fresh)
        return self.workshop.text(msgspec.structs.replace(device, emptying=False), people)

    def _emptying(self, device: Device, request: Request) -> str:
        """The file with what empties the keys, said until it was fetched once: what people put under them
        afterwards stays."""
        text = self.workshop.text(device, self.desk.people(device.customer_id))
        if request.method == "GET":
            self.desk.emptied(device)
        return text

    def _mark(self, device: Device, etag: str, request: Request, now: datetime) -> None:
        last = device.fetched
        if last is None or last.etag != etag or (now - last.at).total_seconds() > MARK_SECONDS:
            agent = "".join(c for c in request.agent if c.isprintable())[:LONGEST_AGENT]
            self.desk.fetched(device, Fetched(at=now, address=request.source, agent=agent, etag=etag))

    def _directory(self, device: Device) -> Answer:
        profile = self._profile(device)
        text = rendering.phonebook(profile, self.desk.people(device.customer_id))
        if not text:
            return NOT_FOUND
        return Answer(
            200, text.encode(), rendering.BOOK_MEDIA_TYPE, (("Cache-Control", "private"),), "phonebook"
        )

    def _body(self, kind: FileName, mac: str, model: str) -> Answer:
        values = {"base": self.workshop.site.base, "mac": mac, "mac_upper": mac.upper(), "model": model}
        text = Template(kind.body, FILE_NAMES, {}).fill(values)
        media = "text/xml; charset=utf-8" if text.startswith("<?xml") else TEXT
        return Answer(200, text.encode(), media, (), "open file")

    def _profile(self, device: Device) -> Profile:
        return self.workshop.profile(device)


def _too_often(wait: int) -> Answer:
    return Answer(429, TOO_OFTEN, TEXT, (("Retry-After", str(wait)),), "locked")


LOCKED = _too_often(int(FIRST_LOCK.total_seconds()))
"""For an address that tried too many MAC addresses."""


def _matches(header: str, etag: str) -> bool:
    tags = (tag.strip().removeprefix("W/").strip('"') for tag in header.split(","))
    return bool(header) and any(tag in (etag, "*") for tag in tags)
