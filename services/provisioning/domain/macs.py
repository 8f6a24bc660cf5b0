"""MAC addresses in any notation."""

from __future__ import annotations

import re

from shared.words import gettext as _

LENGTH = 12
_SEPARATORS = re.compile(r"[\s:.\-_/]+")
_HEX = re.compile(r"[0-9a-f]*", re.ASCII)


def read_mac(text: str) -> str:
    """The 12 lower-case hexadecimal characters of ``00:1A-2b3c.4D5E``; raises ValueError with a sentence."""
    characters = _SEPARATORS.sub("", text.strip()).lower()
    strange = sorted({c for c in characters if not _HEX.fullmatch(c)})
    if strange:
        raise ValueError(
            _(
                "Een MAC-adres bestaat uit cijfers en de letters a tot en met f. Hierin staat ook: %(what)s.",
                what=" ".join(c if c.isprintable() else "?" for c in strange[:5]),
            )
        )
    if len(characters) != LENGTH:
        raise ValueError(
            _(
                "Een MAC-adres heeft 12 tekens, zoals 00:1a:2b:3c:4d:5e. Dit zijn er %(count)s.",
                count=len(characters),
            )
        )
    if characters in ("0" * LENGTH, "f" * LENGTH) or int(characters[1], 16) % 2:
        raise ValueError(
            _("Dit adres is van geen enkel toestel. Neem het over van het label onder op het toestel.")
        )
    return characters


def written(mac: str) -> str:
    """With colons, as labels have it."""
    return ":".join(mac[at : at + 2] for at in range(0, len(mac), 2)).upper()
