"""Errors, files, theme, health and settings."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
import structlog
from flask import Flask

from gateway.app import create_app
from gateway.assets import assets
from gateway.config import Settings
from gateway.epochs import Epochs
from gateway.parts import Parts
from shared.errors import Conflict, Invalid, NotFound, TooMany
from tests.gateway import builders
from tests.gateway.browser import Browser, Page
from tests.gateway.conftest import settings
from tests.gateway.fakes import Clock, FakeRpc, MemorySessions

FILE = "/gespreksdetails/details.csv"


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (NotFound(), 404, "Deze pagina bestaat niet"),
        (Conflict(), 409, "Dit is intussen gewijzigd"),
        (TooMany(retry_after=30), 429, "Even wachten"),
        (Invalid("Dat kan niet."), 422, "Dit verzoek klopt niet"),
        (ZeroDivisionError(), 500, "Deze pagina laden lukt niet"),
    ],
)
def test_every_error_is_a_page_in_dutch(
    sanne: Browser, rpc: FakeRpc, error: Exception, status: int, title: str
) -> None:
    rpc.answers["cdr", "details"] = error
    response = sanne.get(FILE)
    page = Page(response.text)
    assert response.status_code == status
    assert page.one("h1").text == title
    assert response.headers.get("Retry-After") == ("30" if status == 429 else None)
    assert ("Kenmerk" in page.text) is (status == 500)
    assert "ZeroDivisionError" not in response.text


def test_the_reference_on_the_page_is_the_one_in_the_log_and_at_the_services(
    sanne: Browser, rpc: FakeRpc
) -> None:
    rpc.answers["cdr", "details"] = ZeroDivisionError()
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        response = sanne.get(FILE)
    reference = response.headers["X-Correlation-ID"]
    assert Page(response.text).one("code").text == reference
    assert rpc.last("details").acting.correlation_id == reference
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["correlation_id"], line["status"], line["path"]) == (reference, 500, FILE)


@pytest.mark.feature("GW-04")
def test_the_log_holds_no_telephone_numbers(sanne: Browser) -> None:
    with structlog.testing.capture_logs() as lines:
        sanne.get("/gespreksdetails/details?zender=0850001611")
    assert lines and "0850001611" not in repr(lines)


def test_a_browser_cannot_choose_the_correlation_id(sanne: Browser) -> None:
    sent = "a" * 32
    assert sanne.get("/livez", headers={"X-Correlation-ID": sent}).headers["X-Correlation-ID"] != sent


def test_a_page_that_does_not_exist(visitor: Browser) -> None:
    page = visitor.page("/bestaat-niet", status=404)
    assert page.link("Naar inloggen") == "/inloggen"


def test_only_the_listed_files_can_be_reached(visitor: Browser) -> None:
    assert sorted(assets()) == [
        "bootstrap.css",
        "dark.css",
        "favicon.svg",
        "htmx.js",
        "icons.svg",
        "logo.svg",
        "tikker.css",
        "tikker.js",
    ]
    for name in ("bootstrap.js", "..%2fapp.py", "css%2froles.css", "roles.css"):
        assert visitor.get(f"/static/x/{name}").status_code == 404


def test_files_are_kept_for_ever_under_the_hash_of_their_content(visitor: Browser) -> None:
    digest = assets()["tikker.css"].digest
    kept = visitor.get(f"/static/{digest}/tikker.css", headers={"Accept-Encoding": "gzip"})
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert kept.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(kept.data) == assets()["tikker.css"].content
    plain = visitor.get("/static/of-an-earlier-release/tikker.css", headers={"Accept-Encoding": "identity"})
    assert plain.headers["Cache-Control"] == "no-cache"
    assert plain.data == assets()["tikker.css"].content


def test_files_name_no_other_host() -> None:
    for name, asset in assets().items():
        found = re.findall(rb"(?:url\(|href=|@import|src=)[\"']?((?:https?:)?//[^\"')\s]+)", asset.content)
        assert found == [], name


def test_every_template_compiles_and_every_icon_in_it_exists(app: Flask) -> None:
    known = set(re.findall(rb'id="([^"]+)"', assets()["icons.svg"].content))
    folder = Path(app.root_path) / "templates"
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
        used = re.findall(r'icon\("([a-z0-9-]+)"\)', (folder / name).read_text())
        assert {icon.encode() for icon in used} <= known, name


@pytest.mark.feature("GW-01")
@pytest.mark.parametrize(
    ("choice", "sheets"),
    [
        ("light", []),
        ("dark", ["screen"]),
        ("auto", ["screen and (prefers-color-scheme: dark)"]),
    ],
)
def test_light_or_dark_is_the_users_choice(sanne: Browser, choice: str, sheets: list[str]) -> None:
    response = sanne.post("/weergave", {"weergave": choice, "terug": "/gespreksdetails/details?zender=06"})
    assert response.headers["Location"] == "/gespreksdetails/details?zender=06"
    page = sanne.page("/gespreksdetails/details")
    assert page.one("html").attrs["data-bs-theme"] == choice
    assert [e.attrs["media"] for e in page.all("link") if "dark.css" in e.attrs["href"]] == sheets
    pressed = [b.attrs["value"] for b in page.all("button", name="weergave", **{"aria-pressed": "true"})]
    assert pressed == [choice]


def test_the_profile_decides_on_a_computer_where_nothing_was_chosen(visitor: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "login"] = builders.logged_in(theme="dark")
    visitor.log_in()
    assert visitor.page("/gespreksdetails/details").one("html").attrs["data-bs-theme"] == "dark"


def test_an_invented_theme_is_refused(sanne: Browser) -> None:
    assert sanne.post("/weergave", {"weergave": "roze"}).status_code == 400


@pytest.mark.feature("GW-04")
def test_health_tells_strangers_only_yes_or_no(rpc: FakeRpc, sessions: MemorySessions, clock: Clock) -> None:
    app = create_app(settings(health_token="known-to-the-master"), Parts(rpc, sessions, Epochs(), clock))
    client = app.test_client()
    assert client.get("/livez").json == {"ok": True}
    assert client.get("/readyz").json == {"ok": True}
    sessions.broken = True
    stranger = client.get("/readyz")
    assert (stranger.status_code, stranger.json) == (503, {"ok": False})
    master = client.get("/readyz", headers={"X-Health-Token": "known-to-the-master"}).json
    assert master["checks"]["broker"] == "ok"
    assert master["checks"]["sessions"].startswith("Unavailable")
    assert client.get("/readyz", headers={"X-Health-Token": "guessed"}).json == {"ok": False}


ENVIRONMENT = {
    "TIKKER_ENV": "production",
    "SECRET_KEY": "k" * 40,
    "AMQP_URI": "amqp://gateway:pw@broker/portal",
    "MONGO_URI": "mongodb://gateway:pw@db/gateway",
    "TIKKER_SIGNING_KEY": "key",
    "GATEWAY_PROXIES": "1",
    "GATEWAY_HOSTS": "mijn.voorbeeld.nl www.voorbeeld.nl",
}


def from_environment(monkeypatch: pytest.MonkeyPatch, **changed: str) -> Settings:
    for name, value in (ENVIRONMENT | changed).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("TIKKER_ISSUER", raising=False)
    return Settings.from_environment()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    read = from_environment(monkeypatch)
    assert (read.production, read.issuer, read.proxies) == (True, "gateway", 1)
    assert read.hosts == ("mijn.voorbeeld.nl", "www.voorbeeld.nl")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY needs at least 32 characters"),
        ({"AMQP_URI": "amqp://guest:guest@broker/portal"}, "not guest"),
    ],
)
def test_production_refuses_sample_secrets(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], said: str
) -> None:
    with pytest.raises(SystemExit, match=said):
        from_environment(monkeypatch, **changed)
    from_environment(monkeypatch, **changed, TIKKER_ENV="development")


def test_a_missing_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        from_environment(monkeypatch, MONGO_URI="")
    assert "MONGO_URI is missing" in capsys.readouterr().out


def test_metrics_count_pages_by_their_name(sanne: Browser) -> None:
    from prometheus_client import generate_latest

    sanne.get("/gespreksdetails/details?zender=0612345678")
    text = generate_latest().decode()
    assert 'gateway_requests_total{endpoint="usage.details",method="GET",status="200"}' in text
    assert "0612345678" not in text
