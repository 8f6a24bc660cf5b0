"""Which file a request is for: by its name only, never by who seems to ask (a prefix or User-Agent lies)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

MAC = r"(?P<mac>[0-9A-Fa-f]{12})"
MODEL = r"(?P<model>[A-Za-z0-9-]{1,24})"
_PLACES = {"{mac}": MAC, "{mac_upper}": MAC, "{model}": MODEL, "{digits}": "[0-9]{2,4}"}
CONFIG, OPEN, POINTER, DIRECTORY = "config", "open", "pointer", "directory"
ROLES = frozenset((CONFIG, OPEN, POINTER, DIRECTORY))
SCHEMES = frozenset(("digest", "basic"))
LONGEST_NAME = 80


class Named(Protocol):
    """What a profile says of a file."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def challenge(self) -> tuple[str, ...]: ...
    @property
    def body(self) -> str: ...


class FileName(NamedTuple):
    """A kind of file. ``pattern`` takes its MAC address in either case: some phones change it between
    versions."""

    family: str
    role: str
    challenge: tuple[str, ...]
    body: str
    source: str
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, family: str, spec: Named) -> FileName:
        """Raises ValueError for what cannot be."""
        secret = spec.role != OPEN
        if spec.role not in ROLES or not SCHEMES.issuperset(spec.challenge):
            raise ValueError(f"{spec.name!r} has a role or challenge that there is not")
        if secret != bool(spec.challenge) or secret != ("{mac" in spec.name):
            raise ValueError(f"{spec.name!r}: what is for one phone has its MAC address and a challenge")
        source = re.escape(spec.name).replace(r"\{", "{").replace(r"\}", "}").replace(r"\_", "_")
        for place, pattern in _PLACES.items():
            source = source.replace(place, pattern)
        return cls(family, spec.role, spec.challenge, spec.body, source, re.compile(source, re.IGNORECASE))


class Wanted(NamedTuple):
    """What a name may stand for. ``kinds``: the file of each family that has such a name; they share the
    challenge, so that it tells nothing about the phone."""

    mac: str
    model: str
    kinds: Mapping[str, FileName]

    @property
    def challenge(self) -> tuple[str, ...]:
        return self.first.challenge

    @property
    def first(self) -> FileName:
        return next(iter(self.kinds.values()))

    @property
    def is_open(self) -> bool:
        return self.first.role == OPEN


class Names:
    """All names of files that we know."""

    def __init__(self, files: Iterable[FileName]) -> None:
        """Raises ValueError when two families would challenge one name in different ways."""
        self._kinds: dict[str, dict[str, FileName]] = {}
        for file in files:
            kinds = self._kinds.setdefault(file.source, {})
            kinds.setdefault(file.family, file)
            if len({(kind.challenge, kind.role == OPEN) for kind in kinds.values()}) > 1:
                raise ValueError(f"{file.family}: {file.source} is challenged in another way elsewhere")
        self._ordered = sorted(self._kinds, key=lambda source: ("(?P<model>" in source, "(?P" in source))

    def find(self, name: str) -> Wanted | None:
        """What a name stands for; the first of its patterns, exact names before those with places."""
        if len(name) > LONGEST_NAME:
            return None
        for source in self._ordered:
            kinds = self._kinds[source]
            found = next(iter(kinds.values())).pattern.fullmatch(name)
            if found:
                groups = found.groupdict()
                return Wanted((groups.get("mac") or "").lower(), groups.get("model") or "", kinds)
        return None
