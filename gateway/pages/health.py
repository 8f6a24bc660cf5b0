"""Whether this worker can do its work, for the load balancer; the reasons only for our own master."""

from __future__ import annotations

import hmac
from typing import Protocol, cast

from flask import Blueprint, current_app, jsonify, request
from flask.wrappers import Response

from gateway.access import anyone
from gateway.config import Settings
from gateway.parts import parts

TOKEN_HEADER = "X-Health-Token"


class Ready(Protocol):
    """A part that raises when it cannot do its work."""

    def ready(self) -> None: ...


pages = Blueprint("health", __name__)


@pages.get("/livez")
@anyone
def livez() -> Response:
    """This worker answers."""
    return jsonify(ok=True)


@pages.get("/readyz")
@anyone
def readyz() -> tuple[Response, int]:
    """Sessions can be kept, services can be called, changed rights will be heard of."""
    here = parts()
    standing: dict[str, Ready] = {"sessions": here.sessions, "broker": here.rpc, "epochs": here.epochs}
    reasons = {}
    for name, part in standing.items():
        try:
            part.ready()
            reasons[name] = "ok"
        except Exception as problem:
            reasons[name] = f"{type(problem).__name__}: {problem}"
    ok = all(reason == "ok" for reason in reasons.values())
    return jsonify(ok=ok, checks=reasons) if _is_master() else jsonify(ok=ok), 200 if ok else 503


def _is_master() -> bool:
    token = cast(Settings, current_app.extensions["settings"]).health_token
    return bool(token) and hmac.compare_digest(token, request.headers.get(TOKEN_HEADER, ""))
