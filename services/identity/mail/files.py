"""Files that go with mails: they stay with the service that made them until the mail is sent, and come
from there piece by piece."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from services.identity.mail.letters import Attachment
from shared.acting import Acting, Signer
from shared.config import setting
from shared.errors import Invalid, NotFound, TikkerError
from shared.rpc_client import RpcClient

PIECE = 512 * 1024
LARGEST = 5_000_000
"""Bytes; most mail servers take no more than ten million, and base64 adds a third."""


class FileGone(Exception):
    """It is there no more, is not what was promised, or is too large."""


class FileAway(Exception):
    """Its service does not answer now."""


class Files(Protocol):
    """Where attachments come from; ``reference`` has the fields of :class:`shared.events.FileReference`."""

    def fetch(self, customer_id: str | None, reference: Mapping[str, Any]) -> Attachment:
        """The whole file. Raises :class:`FileGone` or :class:`FileAway`."""
        ...


class _None:
    def fetch(self, customer_id: str | None, reference: Mapping[str, Any]) -> Attachment:
        raise FileGone(f"nobody fetches files here: {reference['name']}")


NO_FILES: Files = _None()


@dataclass(frozen=True)
class FilesOfServices:
    """Fetches by RPC, as the service identity."""

    rpc: RpcClient

    @classmethod
    def from_environment(cls) -> FilesOfServices:
        """Settings AMQP_URI, TIKKER_ISSUER and TIKKER_SIGNING_KEY; nothing connects yet."""
        signer = Signer.from_base64(setting("TIKKER_ISSUER", "identity"), setting("TIKKER_SIGNING_KEY"))
        return cls(RpcClient(setting("AMQP_URI"), signer))

    def fetch(self, customer_id: str | None, reference: Mapping[str, Any]) -> Attachment:
        if reference["size"] > LARGEST:
            raise FileGone(f"{reference['name']} has {reference['size']} bytes, a mail takes {LARGEST}")
        acting = Acting(kind="service", customer_id=customer_id)
        pieces = -(-reference["size"] // PIECE)
        content = b"".join(self._piece(acting, reference, index) for index in range(pieces))
        if hashlib.sha256(content).hexdigest() != reference["sha256"]:
            raise FileGone(f"{reference['name']} is not what was promised")
        return Attachment(reference["name"], reference["media_type"], content)

    def _piece(self, acting: Acting, reference: Mapping[str, Any], index: int) -> bytes:
        service, wanted = reference["service"], {"file_id": reference["id"], "index": index}
        try:
            return base64.b64decode(self.rpc.call(service, "file_chunk", acting, **wanted)["data"])
        except (NotFound, Invalid, KeyError, TypeError, binascii.Error) as problem:
            raise FileGone(f"{reference['name']}: {type(problem).__name__}: {problem}") from problem
        except TikkerError as problem:
            raise FileAway(f"{service}: {problem}") from problem
