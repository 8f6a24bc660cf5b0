"""Secrets at rest: AES-256-GCM under keys from the environment, bound to the record they belong to.

A sealed text reads ``v1.<key ID>.<nonce and ciphertext, base64url>``. What it is ``about`` (such as
``second_steps|<user ID>|secret``) is authenticated with it, so that a sealed text that is moved to another
record, or another field, does not open.

To rotate: put a new key in front, restart, :meth:`Sealer.reseal` what is kept, take the old key out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.config import is_production, setting

SETTING = "TIKKER_SEALING_KEYS"
VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2: the length that GCM is made for
FEWEST_DIFFERENT_BYTES = 16
"""A random key has fewer different bytes once in many billions; one that somebody typed has often."""

SAMPLE = re.compile(r"sample|example|test|demo|changeme", re.IGNORECASE)
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


MARKS = b"tikker marks"
"""What keys of marks are derived for (RFC 5869, 3.2): no key does two things."""


class Unreadable(Exception):
    """A sealed text does not open: another key, another record, or it was changed."""


@dataclass(frozen=True)
class Key:
    """One key of the setting: what seals, and what marks."""

    cipher: AESGCM
    marking: bytes = field(repr=False)

    @classmethod
    def of(cls, key: bytes) -> Key:
        """From 32 random bytes."""
        derived = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=MARKS).derive(key)
        return cls(AESGCM(key), derived)


@dataclass(frozen=True)
class Sealer:
    """Seals with the first of ``keys`` (by key ID, the newest first) and opens with any."""

    keys: Mapping[str, Key]

    @classmethod
    def from_environment(cls) -> Sealer:
        """Setting TIKKER_SEALING_KEYS: ``{"key ID": "base64 of 32 bytes", …}``, the newest first. Ends the
        process with a sentence when it cannot be read, or in production has a sample key."""
        try:
            return cls.of(json.loads(setting(SETTING)), strict=is_production())
        except ValueError as problem:
            raise SystemExit(f"{SETTING} will not do: {problem}.") from None

    @classmethod
    def of(cls, keys: Mapping[str, str], *, strict: bool = True) -> Sealer:
        """From keys in base64; ValueError, which never shows a key, for what is none. ``strict``: samples
        are refused."""
        if not isinstance(keys, Mapping) or not keys:
            raise ValueError("it needs at least one key")
        return cls({key_id: Key.of(_key(key_id, text, strict)) for key_id, text in keys.items()})

    def seal(self, plain: str, about: str) -> str:
        """The text sealed under the newest key."""
        key_id = self._newest
        nonce = os.urandom(NONCE_BYTES)
        box = nonce + self.keys[key_id].cipher.encrypt(nonce, plain.encode(), _bound(key_id, about))
        return f"{VERSION}.{key_id}.{base64.urlsafe_b64encode(box).decode()}"

    def open(self, sealed: str, about: str) -> str:
        """The text; raises :class:`Unreadable`."""
        version, _, rest = sealed.partition(".")
        key_id, _, text = rest.partition(".")
        if version != VERSION or key_id not in self.keys:
            raise Unreadable(f"{about}: sealed with a key that is not here ({version}.{key_id})")
        try:
            box = base64.b64decode(text, altchars=b"-_", validate=True)
            nonce, secret = box[:NONCE_BYTES], box[NONCE_BYTES:]
            return self.keys[key_id].cipher.decrypt(nonce, secret, _bound(key_id, about)).decode()
        except (InvalidTag, ValueError) as problem:
            raise Unreadable(f"{about}: does not open with key {key_id}") from problem

    def mark(self, plain: str, about: str) -> str:
        """The same for the same text about the same thing, under the same newest key: a repeated command is
        told from another one though its secret is not kept. Nobody without the key can try texts against it,
        which matters for a PIN of 4 digits (HMAC-SHA256, RFC 2104)."""
        marked = f"{about}|{plain}".encode()
        return hmac.new(self.keys[self._newest].marking, marked, hashlib.sha256).hexdigest()

    def is_outdated(self, sealed: str) -> bool:
        """Whether it was sealed under another key than the newest."""
        return not sealed.startswith(f"{VERSION}.{self._newest}.")

    def reseal(self, sealed: str, about: str) -> str:
        """The same secret under the newest key; what is under it already stays as it is."""
        return self.seal(self.open(sealed, about), about) if self.is_outdated(sealed) else sealed

    @property
    def _newest(self) -> str:
        return next(iter(self.keys))


def _bound(key_id: str, about: str) -> bytes:
    return f"{VERSION}|{key_id}|{about}".encode()


def _key(key_id: str, text: object, strict: bool) -> bytes:
    if not _KEY_ID.fullmatch(key_id):
        raise ValueError("a key ID has 1 to 32 letters, digits, - and _")
    try:
        key = base64.b64decode(str(text), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"key {key_id} is not the base64 of {KEY_BYTES} bytes")
    if strict and (SAMPLE.search(key_id) or len(set(key)) < FEWEST_DIFFERENT_BYTES):
        raise ValueError(f"key {key_id} is a sample; make one with: openssl rand -base64 {KEY_BYTES}")
    return key
