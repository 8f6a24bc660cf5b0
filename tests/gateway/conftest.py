"""The portal on fakes, and a browser that is signed in."""

from __future__ import annotations

from functools import partial

import pytest
from flask import Flask
from flask_babel import Babel
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from gateway.app import create_app
from gateway.config import Settings
from gateway.epochs import Epochs
from gateway.parts import Parts
from gateway.sessions import PortalSessions
from tests.gateway import (
    audit,
    billing,
    builders,
    companies,
    handsets,
    number_plans,
    people,
    plans,
    rates,
    spending,
    staff_mobile,
    staff_telephony,
    subscriptions,
    telephony,
    tokens,
)
from tests.gateway.browser import Browser
from tests.gateway.fakes import Answer, Clock, FakeRpc, MemorySessions


def settings(production: bool = False, **more: object) -> Settings:
    return Settings(
        production=production,
        secret_key="a-secret-for-tests-only-000000000000",
        amqp_uri="amqp://gateway:unused@127.0.0.1:1/portal",
        mongo_uri="mongodb://127.0.0.1:1/gateway",
        issuer="gateway",
        signing_key="",
        api_counts_together=False,
        **{"api_rate": "1000000/minute", "api_address_rate": "1000000/minute"} | more,  # type: ignore[arg-type]
    )


def quiet_day() -> dict[tuple[str, str], Answer]:
    """What services answer on a quiet day."""
    return {
        ("identity", "login"): builders.logged_in(),
        **people.answers(),
        **audit.answers(),
        **companies.answers(),
        **spending.answers(),
        **rates.answers(),
        **plans.answers(),
        **billing.answers(),
        **telephony.answers(),
        **subscriptions.answers(),
        **staff_mobile.answers(),
        **number_plans.answers(),
        **staff_telephony.answers(),
        **staff_telephony.answers(),
        **handsets.answers(),
        **tokens.answers(),
        ("cdr", "periods"): builders.periods(),
        ("cdr", "totals"): builders.totals(),
        ("cdr", "counting"): None,
        ("cdr", "details"): builders.details(builders.call()),
    }


@pytest.fixture
def rpc() -> FakeRpc:
    made = FakeRpc(quiet_day())
    made.answers["cdr", "figures"] = partial(spending.figures, made)
    return made


@pytest.fixture
def sessions() -> MemorySessions:
    return MemorySessions()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def epochs() -> Epochs:
    return Epochs()


class CompiledTemplates(BytecodeCache):
    """Templates are compiled once for all tests."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()


@pytest.fixture(scope="session")
def words() -> Flask:
    """A Flask app with our language and nothing else, for what needs only that."""
    app = Flask("words")
    Babel(app, default_locale="nl", default_timezone="Europe/Amsterdam")
    return app


@pytest.fixture(scope="session")
def one_app() -> Flask:
    """Putting the portal together takes longer than most tests: they share one app, each with own parts."""
    return _put_together(Parts(FakeRpc(), MemorySessions(), Epochs(), Clock()))


@pytest.fixture
def app(one_app: Flask, rpc: FakeRpc, sessions: MemorySessions, clock: Clock, epochs: Epochs) -> Flask:
    """The portal on this test's fakes. Nothing of another test is left: all that it keeps is in its parts."""
    one_app.extensions["tikker"] = Parts(rpc, sessions, epochs, clock)
    one_app.session_interface = PortalSessions(one_app, sessions, clock)
    return one_app


@pytest.fixture
def app_of_its_own(rpc: FakeRpc, sessions: MemorySessions, clock: Clock, epochs: Epochs) -> Flask:
    """A portal that a test may add routes to."""
    return _put_together(Parts(rpc, sessions, epochs, clock))


def _put_together(parts: Parts) -> Flask:
    made = create_app(settings(), parts)
    made.jinja_env.bytecode_cache = COMPILED
    return made


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """A browser that is not signed in."""
    return Browser(app.test_client())


@pytest.fixture
def sanne(visitor: Browser) -> Browser:
    """The browser of Sanne, who is signed in."""
    visitor.log_in()
    return visitor


@pytest.fixture
def manager(visitor: Browser, rpc: FakeRpc) -> Browser:
    """The browser of Sanne, who manages users."""
    rpc.answers["identity", "login"] = builders.logged_in(roles=["user_management"])
    rpc.answers["identity", "account"] = people.own_account(roles=["user_management"])
    visitor.log_in()
    return visitor


@pytest.fixture
def planner(visitor: Browser, rpc: FakeRpc) -> Browser:
    """The browser of Sanne, who may change settings."""
    rpc.answers["identity", "login"] = builders.logged_in(roles=["settings"])
    visitor.log_in()
    return visitor


@pytest.fixture
def operator(visitor: Browser, rpc: FakeRpc) -> Browser:
    """The browser of Robin, who works for the operator."""
    return _staff(visitor, rpc, "operator")


@pytest.fixture
def partner(visitor: Browser, rpc: FakeRpc) -> Browser:
    """The browser of Robin, who works for an ICT partner."""
    return _staff(visitor, rpc, "partner")


def _staff(visitor: Browser, rpc: FakeRpc, scope: str) -> Browser:
    rpc.answers["identity", "login"] = {"ok": True, **companies.staff(scope)}
    rpc.answers["identity", "account"] = companies.staff(scope, **people.STAFF_DETAILS)
    visitor.log_in()
    return visitor
