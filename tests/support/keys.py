"""A key pair for every issuer of signed contexts, made for one test run."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.acting import Signer

KINDS = {
    "gateway": ["anonymous", "user", "staff"],
    "cli": ["staff"],
    **{name: ["service"] for name in ("identity", "cdr", "invoicing", "pbx", "mobile", "provisioning")},
}


@dataclass(frozen=True)
class Keyring:
    """All issuers' private keys, and the public ones and the sealing keys as every process gets them."""

    private: dict[str, str]
    public_json: str
    sealing: str

    def signer(self, issuer: str) -> Signer:
        return Signer.from_base64(issuer, self.private[issuer])

    def environment(self, issuer: str) -> dict[str, str]:
        return {
            "TIKKER_ENV": "development",
            "TIKKER_ISSUER": issuer,
            "TIKKER_SIGNING_KEY": self.private[issuer],
            "TIKKER_PUBLIC_KEYS": self.public_json,
            "TIKKER_SEALING_KEYS": self.sealing,
        }


def make_keyring() -> Keyring:
    private: dict[str, str] = {}
    public: dict[str, dict[str, object]] = {}
    for name, kinds in KINDS.items():
        key = Ed25519PrivateKey.generate()
        private[name] = base64.b64encode(key.private_bytes_raw()).decode()
        public[name] = {"key": base64.b64encode(key.public_key().public_bytes_raw()).decode(), "kinds": kinds}
    sealing = {"1": base64.b64encode(os.urandom(32)).decode()}
    return Keyring(private, json.dumps(public), json.dumps(sealing))
