"""``python -m tests.contract.api_document``: write the OpenAPI document of the API as it is now."""

from __future__ import annotations

import json
from pathlib import Path

from gateway.api.document import document as made
from gateway.app import create_app
from gateway.config import Settings
from gateway.epochs import Epochs
from gateway.parts import Parts
from tests.gateway.fakes import FakeRpc, MemorySessions

GOLDEN = Path(__file__).parent / "api" / "openapi.json"
COMMAND = "python -m tests.contract.api_document"


def document() -> str:
    """As the portal serves it, laid out for people."""
    settings = Settings(
        production=False,
        secret_key="a-secret-for-tests-only-000000000000",
        amqp_uri="",
        mongo_uri="",
        issuer="gateway",
        signing_key="",
        api_counts_together=False,
    )
    app = create_app(settings, Parts(FakeRpc(), MemorySessions(), Epochs()))
    with app.test_request_context("/api/v1/openapi.json"):
        return json.dumps(made(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(document(), "utf-8")
    print(f"written: {GOLDEN}")
