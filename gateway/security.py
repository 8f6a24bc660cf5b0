"""What every request and answer goes through: session, origin, CSRF, access, and headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request, session
from flask.wrappers import Response
from flask_wtf.csrf import CSRFProtect
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)
from werkzeug.exceptions import Forbidden

from gateway.access import gate, rule_of
from gateway.api import door
from gateway.api.where import is_programs
from gateway.config import Settings
from gateway.parts import parts
from gateway.sessions import REMEMBERED, PortalSession, account_of, sign_out, touch
from gateway.viewing import fresh, seen_as
from gateway.words import gettext as _
from gateway.words import of, speak

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
YEAR_SECONDS = 365 * 24 * 3600
MOST_BYTES = 64 * 1024

View = TypeVar("View", bound=Callable[..., Any])

ENDED_EXPIRED = "verlopen"
ENDED_CHANGED = "gewijzigd"


def configure(app: Flask, settings: Settings) -> None:
    """Set the cookie's and Flask's limits and install the checks, in their order."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-tikker" if settings.production else "tikker",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=REMEMBERED,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        TRUSTED_HOSTS=list(settings.hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
        WTF_CSRF_SSL_STRICT=False,  # same_origin below checks more than the referrer
    )
    app.before_request(admit)
    app.before_request(same_origin)
    app.before_request(_let_files_in)
    CSRFProtect(app)
    app.before_request(gate)
    headers = policy(settings.production)

    @app.after_request
    def protect(response: Response) -> Response:
        headers.set_headers(response)
        if _hides_its_address():
            response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def admit() -> None:
    """Find out who asks; end a session whose user's rights have changed since.

    ``g.account`` is the own account, ``g.viewer`` what the pages are seen with: the same, but for staff
    who look along as a customer.
    """
    g.viewer = g.account = None
    if is_programs():
        return door.admit()
    current = cast(PortalSession, session)
    if current.problem is not None:
        raise current.problem
    if current.expired:
        g.ended = ENDED_EXPIRED
    account = account_of(current)
    if account is None:
        return
    if not parts().epochs.counts(account, parts().identity):
        sign_out()
        g.ended = ENDED_CHANGED
        return
    touch(parts().clock())
    g.account = fresh(account)
    g.viewer = seen_as(g.account)
    speak(of(account))


def same_origin() -> None:
    """Refuse what another site sends, whatever token it carries. Programs bring a token of their own that no
    browser sends by itself, and no cookie of theirs is looked at."""
    if request.method in SAFE_METHODS or is_programs():
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", request.host_url)
    if origin == "null" and _hides_its_address():
        origin = request.host_url  # what browsers say for a page without referrer; its token counts
    if site not in ("same-origin", "none") or urlsplit(origin)[:2] != urlsplit(request.host_url)[:2]:
        raise Forbidden(_("Dit verzoek kwam van een andere website en is niet uitgevoerd."))


def without_referrer(view: View) -> View:
    """The address of this page is a secret: it is told to nobody, not even to our own pages."""
    view.without_referrer = True  # type: ignore[attr-defined]
    return view


def takes_files(most_bytes: int) -> Callable[[View], View]:
    """The form of this page may bring files: together at most so many bytes, from who may see the page."""

    def mark(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def _let_files_in() -> None:
    """Before anybody reads the body."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "most_bytes", None)
    rule = rule_of(request.endpoint or "")
    if most and rule and rule.allows(g.viewer):
        request.max_content_length = most


def _hides_its_address() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "without_referrer", False)


def policy(production: bool) -> Secure:
    """The headers of every answer: nothing from elsewhere, nothing inline, nothing framed.

    The referrer goes to our own pages only. (``no-referrer`` would make browsers send the Origin
    ``null`` with our own forms, and :func:`same_origin` needs it.)
    """
    csp = ContentSecurityPolicy().default_src("'none'").script_src("'self'").style_src("'self'")
    csp = csp.img_src("'self'", "data:").font_src("'self'").connect_src("'self'").form_action("'self'")
    csp = csp.media_src("'self'").base_uri("'none'").frame_ancestors("'none'").object_src("'none'")
    hsts = StrictTransportSecurity().max_age(YEAR_SECONDS).include_subdomains() if production else None
    return Secure(
        csp=csp,
        hsts=hsts,
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        permissions=PermissionsPolicy().camera().microphone().geolocation().payment().usb(),
        referrer=ReferrerPolicy().same_origin(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
    )
