"""What a phone is told, in our own words; profiles say how each vendor writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from services.provisioning.domain.device import USER, Device, Person
from services.provisioning.domain.texts import clean

YES, NO = "yes", "no"
TRANSPORTS = ("udp", "tcp", "tls")
NAMES = frozenset(
    (
        *("enabled", "sip_user", "sip_password", "server", "port", "address", "transport", "realm"),
        *("display_name", "label", "extension", "call_waiting", "ntp", "web_user", "web_password"),
        *("base", "host", "config_user", "mac", "mac_upper", "book", "book_host", "language"),
    )
)
"""Values that a profile's settings may name; ``address`` is server:port, ``host`` base without its scheme."""
KEY_NAMES = frozenset(("n", "extension", "label", "server", "sip_user"))
"""Values of one key; ``n`` counts from the profile's ``first``."""
FILE_NAMES = frozenset(("base", "mac", "mac_upper", "model"))
"""Values of a file without secrets."""
ENTRY_NAMES = frozenset(("name", "extension"))
"""Values of a line of the phonebook."""
ADMIN = "admin"


class Site(NamedTuple):
    """What phones are told about us. ``base``: where they fetch, without a slash at the end."""

    base: str
    sip_host: str
    sip_port: int
    transport: str
    realm: str
    ntp: str

    @property
    def host(self) -> str:
        return self.base.partition("://")[2]


def values_of(
    site: Site, device: Device, person: Person | None, sip_password: str, web_password: str
) -> Mapping[str, str]:
    """All values of a device, by name; ``person`` is who uses it."""
    extension = person.extension if person else ""
    name = clean(person.name if person else device.label)
    book = f"/boek/{device.book}"
    return {
        "enabled": YES if device.may_register else NO,
        "sip_user": device.sip_user,
        "sip_password": sip_password,
        "server": site.sip_host,
        "port": str(site.sip_port),
        "address": f"{site.sip_host}:{site.sip_port}",
        "transport": site.transport,
        "realm": site.realm,
        "display_name": name,
        "label": clean(f"{extension} {name}"),
        "extension": extension,
        "call_waiting": YES if person is None or person.call_waiting else NO,
        "ntp": site.ntp,
        "web_user": ADMIN,
        "web_password": web_password,
        "base": site.base,
        "host": site.host,
        "config_user": device.config_user,
        "mac": device.mac,
        "mac_upper": device.mac.upper(),
        "book": f"{site.base}{book}/phonebook.xml",
        "book_host": f"{site.host}{book}",
        "language": "nl",
    }


def colleagues(people: Iterable[Person], own: str) -> list[Person]:
    """Who can be called inside, by extension; not the phone's own user (``own``) and not voicemail boxes."""
    found = [p for p in people if p.extension and p.id != own and not p.deleted and p.extension != VOICEMAIL]
    return sorted(found, key=lambda p: (len(p.extension), p.extension, p.id))


VOICEMAIL = "999"
"""The company's voicemail (manual 6.3) is nobody's telephone."""


def most_colleagues(people: Iterable[Person]) -> int:
    """How many there may have been at once, with who has left: so many keys may have had one. Of who has left
    is not known whether they had an extension; a line that is there and has none never had a key."""
    return sum(
        person.extension != VOICEMAIL and (person.kind == USER or bool(person.extension) or person.deleted)
        for person in people
    )


def key_values(
    site: Site, device: Device, people: Iterable[Person], first: int, apart: str
) -> list[Mapping[str, str]]:
    """The values of one key per colleague; what stands ``apart`` in a vendor's values is a comma in names."""
    return [
        {
            "n": str(first + place),
            "extension": person.extension,
            "label": _label(person, apart),
            "server": site.sip_host,
            "sip_user": device.sip_user,
        }
        for place, person in enumerate(people)
    ]


def _label(person: Person, apart: str) -> str:
    label = clean(person.name, 20) or person.extension
    return label.replace(apart, ",") if apart else label
