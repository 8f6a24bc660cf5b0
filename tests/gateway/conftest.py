"""The portal on fakes, and a browser that is signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.app import create_app
from gateway.config import Settings
from gateway.epochs import Epochs
from gateway.parts import Parts
from tests.gateway import builders
from tests.gateway.browser import Browser
from tests.gateway.fakes import Clock, FakeRpc, MemorySessions


def settings(production: bool = False, **more: object) -> Settings:
    return Settings(
        production=production,
        secret_key="a-secret-for-tests-only-000000000000",
        amqp_uri="amqp://gateway:unused@127.0.0.1:1/portal",
        mongo_uri="mongodb://127.0.0.1:1/gateway",
        issuer="gateway",
        signing_key="",
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def rpc() -> FakeRpc:
    """Services that answer as on a quiet day."""
    return FakeRpc(
        {
            ("identity", "login"): builders.logged_in(),
            ("identity", "account"): builders.account(),
            ("cdr", "periods"): builders.periods(),
            ("cdr", "totals"): builders.totals(),
            ("cdr", "details"): builders.details(builders.call()),
        }
    )


@pytest.fixture
def sessions() -> MemorySessions:
    return MemorySessions()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def epochs() -> Epochs:
    return Epochs()


@pytest.fixture
def app(rpc: FakeRpc, sessions: MemorySessions, clock: Clock, epochs: Epochs) -> Flask:
    return create_app(settings(), Parts(rpc, sessions, epochs, clock))


@pytest.fixture
def visitor(app: Flask) -> Iterator[Browser]:
    """A browser that is not signed in."""
    app.test_client_class = FlaskClient
    with app.test_client() as client:
        yield Browser(client)


@pytest.fixture
def browser(visitor: Browser) -> Browser:
    """A browser in which Sanne is signed in."""
    visitor.log_in()
    return visitor
