"""The API's OpenAPI document is golden: programs are written against it, so a change of it is meant."""

from __future__ import annotations

import pytest

from tests.contract.api_document import COMMAND, GOLDEN, document

pytestmark = pytest.mark.feature("GW-06")


def test_the_document_is_the_golden_one() -> None:
    assert document() == GOLDEN.read_text("utf-8"), (
        f"The API has changed. What programs use today must stay; if it does: {COMMAND}"
    )
