"""The gateway's settings, from the environment only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.config import is_production, setting

SHORTEST_SECRET = 32
SHORTEST_PASSWORD = 6


@dataclass(frozen=True)
class Settings:
    """What the gateway is started with.

    ``proxies`` is the number of reverse proxies in front whose X-Forwarded headers are believed;
    ``hosts`` are the host names it answers to (empty: any, for development);
    ``api_rate`` and ``api_address_rate`` are how often a program may ask with one token, and from one address
    with whichever; ``api_counts_together``: in the database, for all workers, and not in each one's memory;
    ``shortest_password`` is how many characters pages say a password needs: identity decides it.
    """

    production: bool
    secret_key: str
    amqp_uri: str
    mongo_uri: str
    issuer: str
    signing_key: str
    proxies: int = 0
    hosts: tuple[str, ...] = ()
    health_token: str = ""
    shortest_password: int = SHORTEST_PASSWORD
    api_rate: str = "600/minute"
    api_address_rate: str = "3000/minute"
    api_counts_together: bool = True

    @classmethod
    def from_environment(cls) -> Settings:
        """Read and check the environment; ends the process with a sentence when something is missing."""
        settings = cls(
            production=is_production(),
            secret_key=setting("SECRET_KEY"),
            amqp_uri=setting("AMQP_URI"),
            mongo_uri=setting("MONGO_URI"),
            issuer=setting("TIKKER_ISSUER", "gateway"),
            signing_key=setting("TIKKER_SIGNING_KEY"),
            proxies=int(setting("GATEWAY_PROXIES", "0")),
            hosts=tuple(os.environ.get("GATEWAY_HOSTS", "").split()),
            shortest_password=int(setting("PASSWORD_MIN_LENGTH", str(SHORTEST_PASSWORD))),
            health_token=os.environ.get("GATEWAY_HEALTH_TOKEN", ""),
            api_rate=setting("API_RATE", cls.api_rate),
            api_address_rate=setting("API_ADDRESS_RATE", cls.api_address_rate),
        )
        settings.refuse_samples()
        return settings

    def refuse_samples(self) -> None:
        """In production, refuse secrets that are short or that everybody knows."""
        if not self.production:
            return
        if len(self.secret_key) < SHORTEST_SECRET:
            raise SystemExit(f"SECRET_KEY needs at least {SHORTEST_SECRET} characters in production.")
        if urlsplit(self.amqp_uri).username in (None, "guest"):
            raise SystemExit("AMQP_URI must name a user of the gateway's own, not guest.")
