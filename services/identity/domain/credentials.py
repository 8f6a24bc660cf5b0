"""What a username and a password must be like (ID-07)."""

from __future__ import annotations

import re
import unicodedata

from services.identity.domain.common_passwords import COMMON
from shared.errors import Invalid
from shared.words import gettext, lazy_gettext

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,98}[a-z0-9]", re.IGNORECASE | re.ASCII)
USERNAME_RULE = lazy_gettext(
    "Gebruik 3 tot en met 100 letters, cijfers en . _ - @ +, met een letter of cijfer voor- en achteraan."
)
SHORTEST_PASSWORD = 6  # manual 9.2; the setting PASSWORD_MIN_LENGTH raises it
LONGEST_PASSWORD = 128  # a hash takes as long for more, but a request need not carry it

_TAIL = re.compile(r"[0-9]{0,4}[!?.*]{0,2}\Z")


def username_key(username: str) -> str:
    """By which a username is unique and found: without case, and without how it was typed."""
    return unicodedata.normalize("NFKC", username.strip()).casefold()


def check_username(username: str) -> None:
    """Raise :class:`Invalid` unless it is 3 to 100 letters, digits and ``. _ - @ +`` (no accents:
    two names must not look alike)."""
    if not USERNAME.fullmatch(username):
        raise Invalid(fields={"username": [USERNAME_RULE]})


def check_password(password: str, *, username: str, shortest: int = SHORTEST_PASSWORD) -> None:
    """Raise :class:`Invalid` with every reason why this password will not do for this user."""
    reasons = [*_of_length(password, shortest), *_easily_guessed(password, username)]
    if reasons:
        raise Invalid(fields={"password": reasons})


def _of_length(password: str, shortest: int) -> list[str]:
    # Counted as it is hashed: an accent typed as two characters is one.
    length = len(unicodedata.normalize("NFC", password))
    if length < shortest:
        return [gettext("Gebruik ten minste %(shortest)s tekens.", shortest=shortest)]
    if length > LONGEST_PASSWORD:
        return [
            gettext("Gebruik niet meer dan %(longest_password)s tekens.", longest_password=LONGEST_PASSWORD)
        ]
    return []


def _easily_guessed(password: str, username: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", password).casefold()
    # Welkom2026! is as easy to guess as welkom.
    word = _TAIL.sub("", plain)
    if username_key(username) in (plain, word):
        return [gettext("Gebruik niet uw gebruikersnaam als wachtwoord.")]
    if plain in COMMON or word in COMMON or len(set(plain)) < 3:
        return [
            gettext("Dit wachtwoord raadt men snel. Kies een ander, bijvoorbeeld drie woorden achter elkaar.")
        ]
    return []
