"""A house per test worker on the test broker and database, with the real users, rights and topology."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from cli.house import House
from cli.testbed import Testbed


@pytest.fixture(scope="session")
def testbed() -> Testbed:
    found = Testbed.from_environment()
    if found is None:
        pytest.fail("TEST_AMQP_URI is not set: run the tests with ./tikker test", pytrace=False)
    return found


@pytest.fixture(scope="session")
def house(testbed: Testbed) -> Iterator[House]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    with testbed.house(f"cli-{worker}") as made:
        yield made
