"""Server-side sessions: Flask-Session drives them, :mod:`gateway.store` keeps them.

The browser has a random token, the store only its SHA-256. A session ends after 30 minutes without a
request or 12 hours after login, with *Onthouden?* after 30 days. Expiry is decided here by the
clock; the store's own deletion only tidies up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec
from flask import Flask, Request, current_app, session
from flask.wrappers import Response
from flask_session.base import ServerSideSession, ServerSideSessionInterface

from gateway.models.account import Account, Customer
from gateway.parts import Clock
from gateway.store import SessionStore
from shared.errors import Unavailable

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
REMEMBERED = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=1)
"""A request writes the time it was seen at most this often."""

CONFIRMED = timedelta(minutes=5)
"""For so long after a password was given, what is sensitive asks for it no more."""

CONFIRMED_AT = "confirmed_at"

VIEWING = "viewing"
"""In the session of staff who look along: the customer."""

TOKEN_BYTES = 32
SESSIONLESS = ("/static/", "/livez", "/readyz", "/api/")
"""Paths that are answered without reading a session."""


class PortalSession(ServerSideSession):  # type: ignore[misc]
    """``stored``: the store has it. ``expired``: it follows a signed-in one that has ended by the clock.
    ``problem``: the store could not be asked."""

    stored = False
    expired = False
    problem: Unavailable | None = None


class _Packed:
    """Session data as msgpack. Flask-Session's own falls back to pickle, which runs what it reads."""

    def encode(self, data: ServerSideSession) -> bytes:
        return msgspec.msgpack.encode(dict(data))

    def decode(self, data: bytes) -> dict[str, Any]:
        return msgspec.msgpack.decode(data, type=dict[str, Any])


class PortalSessions(ServerSideSessionInterface):  # type: ignore[misc]
    """Flask's session interface on a :class:`SessionStore`."""

    session_class = PortalSession

    def __init__(self, app: Flask, store: SessionStore, clock: Clock) -> None:
        super().__init__(app, key_prefix="", permanent=False, sid_length=TOKEN_BYTES)
        self.serializer = _Packed()
        self._store = store
        self._clock = clock

    def open_session(self, app: Flask, request: Request) -> PortalSession:
        blank = PortalSession(sid=self._generate_sid(self.sid_length))
        token = request.cookies.get(self.get_cookie_name(app))
        if not token or request.path.startswith(SESSIONLESS):
            return blank
        try:
            data = self._retrieve_session_data(self._get_store_id(token))
        except Unavailable as problem:
            blank.problem = problem
            return blank
        if data is None:
            return blank
        now = self._clock()
        if expiry(data, now) <= now:
            blank.expired = True
            return blank
        found = PortalSession(data, sid=token)
        found.stored = True
        return found

    def save_session(self, app: Flask, session: PortalSession, response: Response) -> None:
        if session.problem is not None:
            return
        try:
            if session:
                super().save_session(app, session, response)
            elif session.stored:
                self._end(app, session, response)
        except Unavailable as problem:
            session.problem = problem  # the error page that follows must not try again
            raise

    def _end(self, app: Flask, session: PortalSession, response: Response) -> None:
        self._delete_session(self._get_store_id(session.sid))
        # Flask-Session deletes without Secure, and a browser refuses that for a __Host- cookie.
        secure = self.get_cookie_secure(app)
        response.delete_cookie(
            self.get_cookie_name(app), path="/", secure=secure, httponly=True, samesite="Lax"
        )

    def regenerate(self, session: PortalSession) -> None:
        """Give the session a new token; the old one opens nothing any more."""
        self._delete_session(self._get_store_id(session.sid))
        session.sid = self._generate_sid(self.sid_length)
        session.stored = False
        session.modified = True

    def _get_store_id(self, sid: str) -> str:
        return hashlib.sha256(sid.encode()).hexdigest()

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        value = self._store.load(store_id)
        return self.serializer.decode(value) if value is not None else None

    def _delete_session(self, store_id: str) -> None:
        self._store.delete(store_id)

    def _upsert_session(self, _lifetime: timedelta, session: PortalSession, store_id: str) -> None:
        value, expires = self.serializer.encode(session), expiry(session, self._clock())
        if session.stored:
            self._store.replace(store_id, value, expires)
        else:
            self._store.insert(store_id, value, expires)


def expiry(data: dict[str, Any], now: datetime) -> datetime:
    """When a session ends by the clock; one without a login lives as long as an idle one."""
    if "signed_in_at" not in data:
        return now + IDLE
    signed_in_at = datetime.fromtimestamp(data["signed_in_at"], UTC)
    if data["remember"]:
        return signed_in_at + REMEMBERED
    return min(datetime.fromtimestamp(data["seen_at"], UTC) + IDLE, signed_in_at + LONGEST)


def sign_in(account: Account, remember: bool, now: datetime) -> None:
    """Begin a signed-in session under a new token."""
    _new_token()
    session.clear()
    session.permanent = remember  # with a lifetime of REMEMBERED for the cookie
    session["account"] = msgspec.to_builtins(account)
    session["remember"] = remember
    session["signed_in_at"] = session["seen_at"] = session[CONFIRMED_AT] = int(now.timestamp())


def confirm(now: datetime) -> None:
    """The signed-in person has just shown again that it is them; from here on under a new token."""
    _new_token()
    session[CONFIRMED_AT] = int(now.timestamp())


def recently_confirmed(now: datetime) -> bool:
    """Whether the signed-in person gave their password (and second step) in the last minutes."""
    at = session.get(CONFIRMED_AT)
    return isinstance(at, int) and timedelta(0) <= now - datetime.fromtimestamp(at, UTC) <= CONFIRMED


def renew(account: Account) -> None:
    """Go on with this account, as long as before, under a new token: a stolen one is worth nothing."""
    _new_token()
    session["account"] = msgspec.to_builtins(account)


def keep(account: Account) -> None:
    """Go on with this account, of the same person with the same rights, under the same token."""
    session["account"] = msgspec.to_builtins(account)


def begin_view(customer: Customer) -> None:
    """From here on staff see the portal as this customer does, under a new token."""
    _new_token()
    session[VIEWING] = msgspec.to_builtins(customer)


def end_view() -> None:
    """Back to one's own pages, under a new token."""
    _new_token()
    session.pop(VIEWING, None)


def sign_out() -> None:
    """End the session: the token, what is stored under it, and the cookie."""
    session.clear()


def _new_token() -> None:
    cast(PortalSessions, current_app.session_interface).regenerate(cast(PortalSession, session))


def account_of(data: dict[str, Any]) -> Account | None:
    """Who is signed in; None for nobody, or for what an earlier release stored otherwise."""
    try:
        return msgspec.convert(data["account"], Account)
    except (KeyError, msgspec.ValidationError):
        return None


def viewed_in(data: Mapping[str, Any]) -> Customer | None:
    """As which customer the staff member looks along; None for who does not."""
    try:
        return msgspec.convert(data[VIEWING], Customer)
    except (KeyError, msgspec.ValidationError):
        return None


def touch(now: datetime) -> None:
    """Note that the session is in use."""
    if now - datetime.fromtimestamp(session["seen_at"], UTC) >= SEEN_EVERY:
        session["seen_at"] = int(now.timestamp())
