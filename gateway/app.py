"""The portal as a Flask application. gunicorn makes one per worker: ``gateway.app:create_app()``."""

from __future__ import annotations

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway import addresses, assets, errors, requests_log, security, templating, words
from gateway.api import document as api
from gateway.api import limits as api_limits
from gateway.api import pages as api_pages
from gateway.config import Settings
from gateway.pages import ALL_PAGES
from gateway.parts import Parts, real_parts
from gateway.sessions import PortalSessions
from shared import telemetry


def create_app(settings: Settings | None = None, parts: Parts | None = None) -> Flask:
    """Put the portal together; without arguments, from the environment."""
    settings = settings or Settings.from_environment()
    telemetry.start("gateway")
    parts = parts or real_parts(settings)
    app = Flask("gateway", static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    app.extensions["tikker"] = parts
    app.extensions["settings"] = settings
    app.session_interface = PortalSessions(app, parts.sessions, parts.clock)
    requests_log.install(app)
    words.install(app)
    api_limits.install(app, settings)
    security.configure(app, settings)
    templating.configure(app)
    errors.install(app)
    addresses.configure(app)
    app.register_blueprint(assets.pages)
    for pages in ALL_PAGES:
        app.register_blueprint(pages)
    api.install(app)
    app.register_blueprint(api_pages.pages)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app
