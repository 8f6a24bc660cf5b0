"""Basic and Digest (RFC 7617, RFC 7616 with MD5, which is what phones know), from the server's side.

A nonce is signed and holds when it was given: nobody has to remember it. It is good for one minute and one
source address; which counts of it were used is the caller's to remember.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from typing import NamedTuple

REALM = "Tikker"
NONCE_SECONDS = 60
LONGEST_HEADER = 2_000
_PAIR = re.compile(r'([A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_NC = re.compile(r"[0-9a-fA-F]{8}", re.ASCII)


class Basic(NamedTuple):
    """What a phone sent in the clear (within TLS)."""

    user: str
    password: str


class Digest(NamedTuple):
    """What a phone sent as proof. ``nc`` and ``cnonce`` are empty in the old form without ``qop``."""

    user: str
    realm: str
    nonce: str
    uri: str
    response: str
    nc: str
    cnonce: str
    qop: str


class Nonces:
    """Makes and checks nonces with a key of 32 bytes that all listeners share."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, now: float, source: str) -> str:
        head = f"{int(now):x}.{secrets.token_hex(8)}"
        return f"{head}.{self._sign(head, source)}"

    def is_ours(self, nonce: str, source: str) -> bool:
        head, _, signature = nonce.rpartition(".")
        return hmac.compare_digest(signature.encode(), self._sign(head, source).encode())

    @staticmethod
    def is_fresh(nonce: str, now: float) -> bool:
        """Of a nonce that is ours."""
        return 0 <= now - int(nonce.partition(".")[0], 16) <= NONCE_SECONDS

    def _sign(self, head: str, source: str) -> str:
        return hmac.new(self._key, f"{head}|{source}".encode(), hashlib.sha256).hexdigest()[:32]


def challenges(schemes: tuple[str, ...], nonce: str, stale: bool = False) -> list[str]:
    """The values of WWW-Authenticate, the preferred one first."""
    more = ", stale=true" if stale else ""
    digest = f'Digest realm="{REALM}", qop="auth", algorithm=MD5, nonce="{nonce}"{more}'
    known = {"digest": digest, "basic": f'Basic realm="{REALM}", charset="UTF-8"'}
    return [known[scheme] for scheme in schemes]


def read(header: str) -> Basic | Digest | None:
    """An Authorization header; None for what is none of the two."""
    scheme, _, rest = header.strip().partition(" ")
    if len(header) > LONGEST_HEADER:
        return None
    if scheme.lower() == "basic":
        return _basic(rest.strip())
    return _digest(rest) if scheme.lower() == "digest" else None


def _basic(text: str) -> Basic | None:
    try:
        user, colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return Basic(user, password) if colon else None


def _digest(text: str) -> Digest | None:
    found = {
        m[1].lower(): m[3] if m[2] is None else re.sub(r"\\(.)", r"\1", m[2]) for m in _PAIR.finditer(text)
    }
    if not {"username", "realm", "nonce", "uri", "response"} <= found.keys():
        return None
    if found.get("algorithm", "MD5").upper() != "MD5" or found.get("qop", "auth") != "auth":
        return None
    if "qop" in found and not (_NC.fullmatch(found.get("nc", "")) and found.get("cnonce")):
        return None
    fields = ("username", "realm", "nonce", "uri", "response", "nc", "cnonce", "qop")
    return Digest(*(found.get(field, "") for field in fields))


def ha1(user: str, realm: str, password: str) -> str:
    return _md5(f"{user}:{realm}:{password}")


def is_right(given: Basic | Digest, password: str, method: str, target: str) -> bool:
    """Whether the proof fits the password, for this very request; in constant time."""
    if isinstance(given, Basic):
        return hmac.compare_digest(given.password.encode(), password.encode())
    middle = f"{given.nc}:{given.cnonce}:{given.qop}:" if given.qop else ""
    ha2 = _md5(f"{method}:{given.uri}")
    expected = _md5(f"{ha1(given.user, REALM, password)}:{given.nonce}:{middle}{ha2}")
    same_request = given.realm == REALM and _path(given.uri) == target
    return hmac.compare_digest(given.response.lower().encode(), expected.encode()) and same_request


def _path(uri: str) -> str:
    """The part that a request line has, where a phone gives a whole address."""
    scheme, separator, rest = uri.partition("://")
    if not separator or "/" in scheme:
        return uri
    slash = rest.find("/")
    return rest[slash:] if slash >= 0 else "/"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
