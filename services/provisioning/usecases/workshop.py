"""What a configuration is made with: the profiles, what phones are told of us, and the keys to secrets."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.provisioning.domain import rendering
from services.provisioning.domain.device import BODY, SIP, WEB, Device, Person, Rendered, about
from services.provisioning.domain.profiles import Profile, profiles
from services.provisioning.domain.values import TRANSPORTS, Site
from shared.config import setting
from shared.sealing import Sealer

Clock = Callable[[], datetime]
DEFAULT_REALM = "tikker"
BY_HAND = "generic"


def site_from_environment() -> Site:
    """Settings PHONES_URL, SIP_HOST, SIP_PORT, SIP_TRANSPORT, SIP_REALM, NTP_HOST. Ends the process with a
    sentence when one cannot be."""
    transport = setting("SIP_TRANSPORT", "udp").lower()
    if transport not in TRANSPORTS:
        raise SystemExit(f"SIP_TRANSPORT is {transport!r}: it must be udp, tcp or tls.")
    return Site(
        base=setting("PHONES_URL").rstrip("/"),
        sip_host=setting("SIP_HOST"),
        sip_port=int(setting("SIP_PORT", "5060")),
        transport=transport,
        realm=os.environ.get("SIP_REALM") or DEFAULT_REALM,
        ntp=setting("NTP_HOST", "nl.pool.ntp.org"),
    )


@dataclass(frozen=True)
class Workshop:
    """Makes files and opens secrets."""

    profiles: Mapping[str, Profile]
    site: Site
    sealer: Sealer

    @classmethod
    def from_environment(cls) -> Workshop:
        """Ends the process with a sentence when a profile or setting will not do."""
        try:
            return cls(profiles(), site_from_environment(), Sealer.from_environment())
        except ValueError as problem:
            raise SystemExit(f"a profile will not do: {problem}") from None

    def profile(self, device: Device) -> Profile:
        """The device's model; for one that is no longer known that of what people set up by hand."""
        return self.profiles.get(device.model) or self.profiles[BY_HAND]

    def secret(self, device: Device, name: str) -> str:
        """The secret of this name; "" when the device has none."""
        sealed = device.secrets.get(name)
        return self.sealer.open(sealed, about(device.id, name)) if sealed else ""

    def seal(self, device_id: str, name: str, value: str) -> str:
        return self.sealer.seal(value, about(device_id, name))

    def text(self, device: Device, people: Sequence[Person]) -> str:
        """The configuration as it is now."""
        sip, web = self.secret(device, SIP), self.secret(device, WEB)
        return rendering.configuration(self.profile(device), self.site, device, people, sip, web)

    def rendered(self, device: Device, people: Sequence[Person]) -> Rendered | None:
        """The file to keep: the one that is kept when it would be the same, None for a phone that fetches
        nothing. What empties keys is in none: it is said once, when it is asked for."""
        profile = self.profile(device)
        if not profile.fetches:
            return None
        kept = msgspec.structs.replace(device, emptying=False)
        text, made_from = self.text(kept, people), rendering.made_from(profile, self.site)
        etag, old = rendering.etag(text), device.rendered
        if old is not None and (old.etag, old.made_from) == (etag, made_from):
            return old
        return Rendered(body=self.seal(device.id, BODY, text), etag=etag, made_from=made_from)

    def with_file(self, device: Device, people: Sequence[Person]) -> Device:
        """The device with the file that fits it."""
        return msgspec.structs.replace(device, rendered=self.rendered(device, people))

    def kept(self, device: Device) -> str | None:
        """The file that is kept, opened; None when it was made from something else than we have now."""
        kept = device.rendered
        if kept is None or kept.made_from != rendering.made_from(self.profile(device), self.site):
            return None
        return self.sealer.open(kept.body, about(device.id, BODY))


def is_another(old: Device, new: Device) -> bool:
    """Whether the phone would get another file."""
    return (old.rendered.etag if old.rendered else "") != (new.rendered.etag if new.rendered else "")
