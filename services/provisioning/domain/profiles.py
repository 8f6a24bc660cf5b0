"""Profiles: what each model asks for and how it wants its settings, as data in ``profiles/<family>``.

``family.yaml`` ← ``series-<name>.yaml`` ← ``<model>.yaml``: the later one adds and replaces (maps merge,
lists and texts replace, null takes away). Read and checked once, at the start: a profile that does not fit
ends the process with a sentence that names its file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from services.provisioning.domain.emitters import EMITTERS
from services.provisioning.domain.files import FileName
from services.provisioning.domain.templates import Parameter, Template, parameter
from services.provisioning.domain.values import ENTRY_NAMES, FILE_NAMES, KEY_NAMES, NAMES, NO, TRANSPORTS, YES

FOLDER = Path(__file__).resolve().parents[1] / "profiles"
FAMILY = "family"
SERIES = "series-"


class FileSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that the family's phones ask for. ``role``: config; open (``body``, without secrets, for
    everybody); pointer (``body``, for who may have the configuration); directory (the phonebook)."""

    name: str
    role: str = "config"
    challenge: tuple[str, ...] = ()
    body: str = ""


class KeySpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of a model: how many colleagues it has room for, and the number of the first. ``empty``: what
    a key without a colleague is told, where it would else keep the one before; ``spare``: what becomes of
    keys that never had one. ``apart``: what stands between the parts of a value, and so in no label."""

    count: int = 0
    first: int = 1
    settings: dict[str, str] = {}
    empty: dict[str, str] = {}
    spare: Literal["kept", "emptied"] = "kept"
    apart: str = ""


class BookSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The phonebook's XML: elements around it, the element of an entry, and its fields by path."""

    root: str
    entry: str
    fields: dict[str, str]
    head: dict[str, str] = {}


class Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model's profile as its files say it, put together. ``name`` is the model as people call it,
    ``resync`` the SIP event that makes it fetch again, ``agent`` what its User-Agent has in it, ``url`` what
    is to be typed into it."""

    vendor: str
    name: str
    emitter: str = ""
    head: dict[str, str] = {}
    files: tuple[FileSpec, ...] = ()
    url: str = "{base}/"
    agent: str = ""
    resync: str = ""
    tables: dict[str, dict[str, str]] = {}
    settings: dict[str, str] = {}
    keys: KeySpec = KeySpec()
    phonebook: BookSpec | None = None


class Profile:
    """A model, ready for use. ``digest`` changes with anything in its files."""

    def __init__(self, model: str, family: str, spec: Spec) -> None:
        """Raises ValueError with what does not fit."""
        self.model, self.family, self.spec = model, family, spec
        if spec.emitter and spec.emitter not in EMITTERS:
            raise ValueError(f"there is no emitter {spec.emitter!r}")
        _check_tables(spec)
        self.files = tuple(FileName.of(family, file) for file in spec.files)
        for file in spec.files:
            Template(file.body, FILE_NAMES, {})
        self.parameters = tuple(_parameters(spec.settings, NAMES, spec))
        self.key_parameters = tuple(_parameters(spec.keys.settings, KEY_NAMES, spec))
        self.empty_key = tuple(_parameters(spec.keys.empty, frozenset("n"), spec))
        self.url = Template(spec.url, FILE_NAMES, {})
        self.entry = {path: Template(text, ENTRY_NAMES, {}) for path, text in _entry_fields(spec).items()}
        self.digest = hashlib.sha256(msgspec.json.encode(spec, order="deterministic")).hexdigest()[:16]

    @property
    def fetches(self) -> bool:
        """Whether such a phone gets its configuration from us; else people type it in."""
        return bool(self.spec.files)

    def of_family(self, agent: str) -> bool:
        """Whether a User-Agent may be such a phone's; an empty one says nothing."""
        return not agent or re.search(self.spec.agent, agent, re.IGNORECASE) is not None


def _check_tables(spec: Spec) -> None:
    for name, table in spec.tables.items():
        needed = TRANSPORTS if name.startswith("transport") else (YES, NO)
        if missing := [key for key in needed if key not in table]:
            raise ValueError(f"the table {name!r} says nothing for {', '.join(missing)}")


def _parameters(settings: Mapping[str, str], names: frozenset[str], spec: Spec) -> Iterator[Parameter]:
    for name, value in settings.items():
        yield parameter(name, value, names, spec.tables)


def _entry_fields(spec: Spec) -> Mapping[str, str]:
    return spec.phonebook.fields if spec.phonebook else {}


def load(folder: Path = FOLDER) -> Mapping[str, Profile]:
    """All models, by their ID (``yealink-t54w``). Raises ValueError that names the file."""
    found: dict[str, Profile] = {}
    for family in sorted(path for path in folder.iterdir() if path.is_dir()):
        base = _read(family / f"{FAMILY}.yaml")
        for path in sorted(family.glob("*.yaml")):
            if path.stem == FAMILY or path.stem.startswith(SERIES):
                continue
            model = family.name if path.stem == family.name else f"{family.name}-{path.stem}"
            found[model] = _profile(model, family, base, path)
    return found


@cache
def profiles() -> Mapping[str, Profile]:
    """The models of this installation, read once."""
    return load()


def _profile(model: str, family: Path, base: Mapping[str, Any], path: Path) -> Profile:
    own = dict(_read(path))
    series = own.pop("series", None)
    try:
        between = _read(family / f"{SERIES}{series}.yaml") if series else {}
        merged = _merged(_merged(base, between), own)
        return Profile(model, family.name, msgspec.convert(merged, Spec))
    except (ValueError, msgspec.ValidationError) as problem:
        raise ValueError(f"{path.parent.name}/{path.name}: {problem}") from problem


def _read(path: Path) -> Mapping[str, Any]:
    try:
        found = yaml.load(path.read_text(), Loader=_Texts)
    except (OSError, yaml.YAMLError) as problem:
        raise ValueError(f"{path.parent.name}/{path.name} cannot be read: {problem}") from problem
    if not isinstance(found, dict):
        raise ValueError(f"{path.parent.name}/{path.name} is no map")
    return found


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(old)
    for key, value in new.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = _merged(result[key], value)
        else:
            result[key] = value
    return result


class _Texts(yaml.SafeLoader):
    """YAML in which ``yes``, ``on`` and ``010`` are the texts they look like; whole numbers only as
    counts."""


_Texts.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag.endswith((":null", ":int"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
