"""Attachments: fetched piece by piece from the service that made the file, and checked."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, cast

import pytest

from services.identity.mail.files import LARGEST, NO_FILES, PIECE, FileAway, FileGone, FilesOfServices
from shared.acting import Acting
from shared.errors import NotFound, TikkerError, Unavailable
from shared.rpc_client import RpcClient

pytestmark = pytest.mark.feature("CDR-07")

CONTENT = bytes(range(256)) * 4096 + b"the last piece"


class FakeRpc:
    """Answers ``file_chunk`` from ``content``; ``error`` comes instead of the piece with that number."""

    def __init__(self, content: bytes = CONTENT, errors: dict[int, TikkerError] | None = None) -> None:
        self.content = content
        self.errors = errors or {}
        self.asked: list[tuple[str, str, int]] = []
        self.acting: Acting | None = None

    def call(self, service: str, method: str, acting: Acting, file_id: str, index: int) -> Any:
        self.asked.append((f"{service}.{method}", file_id, index))
        self.acting = acting
        if index in self.errors:
            raise self.errors[index]
        return {"data": base64.b64encode(self.content[index * PIECE : (index + 1) * PIECE]).decode()}


def reference(content: bytes = CONTENT, **fields: Any) -> dict[str, Any]:
    known = {
        "service": "cdr",
        "id": "f1",
        "name": "gespreksdetails-2026-11.zip",
        "media_type": "application/zip",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return known | fields


def files(rpc: FakeRpc) -> FilesOfServices:
    return FilesOfServices(cast(RpcClient, rpc))


def test_a_file_comes_in_pieces_as_the_service_identity() -> None:
    rpc = FakeRpc()
    fetched = files(rpc).fetch("c1", reference())
    assert (fetched.name, fetched.media_type) == ("gespreksdetails-2026-11.zip", "application/zip")
    assert fetched.content == CONTENT
    assert rpc.asked == [("cdr.file_chunk", "f1", index) for index in range(3)]
    assert rpc.acting == Acting(kind="service", customer_id="c1")


def test_another_file_than_was_promised_is_not_sent() -> None:
    with pytest.raises(FileGone, match="not what was promised"):
        files(FakeRpc(CONTENT[::-1])).fetch("c1", reference())


def test_a_file_that_is_too_large_is_not_even_fetched() -> None:
    rpc = FakeRpc()
    with pytest.raises(FileGone, match="a mail takes 5000000"):
        files(rpc).fetch("c1", reference(size=LARGEST + 1))
    assert rpc.asked == []


def test_an_expired_file_is_gone_and_a_service_that_is_away_may_come_back() -> None:
    with pytest.raises(FileGone, match="NotFound"):
        files(FakeRpc(errors={1: NotFound()})).fetch("c1", reference())
    with pytest.raises(FileAway, match="cdr"):
        files(FakeRpc(errors={2: Unavailable()})).fetch("c1", reference())


def test_without_a_way_to_other_services_nothing_is_attached() -> None:
    with pytest.raises(FileGone):
        NO_FILES.fetch("c1", reference())
