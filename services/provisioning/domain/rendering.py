"""From a device to the bytes of its file. The same device gives the same bytes: Yealink compares them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from services.provisioning.domain.device import Device, Person
from services.provisioning.domain.emitters import EMITTERS, MEDIA_TYPES, Entry
from services.provisioning.domain.emitters.markup import DECLARATION, escaped
from services.provisioning.domain.profiles import KeySpec, Profile
from services.provisioning.domain.templates import Parameter
from services.provisioning.domain.texts import clean
from services.provisioning.domain.values import Site, colleagues, key_values, most_colleagues, values_of

MAKE = "2"
"""Raised when the code here or an emitter gives other bytes for the same: then all files are made anew."""
BOOK_MEDIA_TYPE = "text/xml; charset=utf-8"


def configuration(
    profile: Profile,
    site: Site,
    device: Device,
    people: Sequence[Person],
    sip_password: str,
    web_password: str,
) -> str:
    """The file's text; ``people`` are all users of the customer's PBX."""
    person = next((p for p in people if p.id == device.owner_id and not p.deleted), None)
    values = values_of(site, device, person, sip_password, web_password)
    entries = [*_entries(profile.parameters, values), *_keys(profile, site, device, people)]
    head = {**profile.spec.head, "mac": device.mac}
    return EMITTERS[profile.spec.emitter](entries, head)


def media_type(profile: Profile) -> str:
    return MEDIA_TYPES[profile.spec.emitter]


def etag(text: str) -> str:
    """The same for the same bytes, and nobody who lacks them can guess it."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def made_from(profile: Profile, site: Site) -> str:
    """What a kept file was made from, beside the device and its people: when it is another, make it anew."""
    return hashlib.sha256(repr((MAKE, profile.digest, site)).encode()).hexdigest()[:16]


def phonebook(profile: Profile, people: Sequence[Person]) -> str:
    """The colleagues as the phone reads them; "" for one that reads none."""
    book = profile.spec.phonebook
    if book is None:
        return ""
    rows = []
    for person in colleagues(people, ""):
        values = {"name": clean(person.name) or person.extension, "extension": person.extension}
        fields = [(path.split("/"), template.fill(values)) for path, template in profile.entry.items()]
        rows.append(f"<{book.entry}>{_fields(fields)}</{book.entry}>\n")
    roots = book.root.split("/")
    head = "".join(f"<{name}>{escaped(text)}</{name}>\n" for name, text in book.head.items())
    start = "".join(f"<{name}>\n" for name in roots) + head
    return DECLARATION + start + "".join(rows) + "".join(f"</{name}>\n" for name in reversed(roots))


def _fields(fields: Sequence[tuple[Sequence[str], str]]) -> str:
    text = ""
    for place, (path, value) in enumerate(fields):
        before = fields[place - 1][0] if place else ()
        after = fields[place + 1][0] if place + 1 < len(fields) else ()
        opened = "".join(f"<{name}>" for name in path[_shared(before, path) :])
        closed = "".join(f"</{name}>" for name in reversed(path[_shared(after, path) :]))
        text += f"{opened}{escaped(value)}{closed}"
    return text


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many elements around two fields are the same; a field itself is never shared."""
    count = 0
    for left, right in zip(one[:-1], other[:-1], strict=False):
        if left != right:
            break
        count += 1
    return count


def _entries(parameters: Sequence[Parameter], values: Mapping[str, str]) -> Iterator[Entry]:
    for wanted in parameters:
        value = wanted.value.fill(values)
        if value or not wanted.optional:
            attributes = tuple((key, template.fill(values)) for key, template in wanted.attributes)
            yield Entry(wanted.name.fill(values), value, attributes)


def _keys(profile: Profile, site: Site, device: Device, people: Sequence[Person]) -> Iterator[Entry]:
    spec = profile.spec.keys
    shown = colleagues(people, device.owner_id)[: spec.count] if device.keys else []
    for values in key_values(site, device, shown, spec.first, spec.apart):
        yield from _entries(profile.key_parameters, values)
    for place in range(len(shown), _ours(spec, device, people)):
        yield from _entries(profile.empty_key, {"n": str(spec.first + place)})


def _ours(spec: KeySpec, device: Device, people: Sequence[Person]) -> int:
    """How many keys are ours to fill or to empty: of a telephone whose spare keys are kept, those that may
    have had a colleague, so that what somebody put under the others stays."""
    if device.keys and spec.spare == "emptied":
        return spec.count
    return min(spec.count, most_colleagues(people)) if device.keys or device.emptying else 0
