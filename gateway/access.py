"""Who may see a route. Deny by default: a route that declares nothing is refused.

Every view carries one of the decorators of this module. The tabs (:mod:`gateway.navigation`) read
the same declarations, so a tab and its page can never disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, g, redirect, request, url_for
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from gateway.api.where import is_programs
from gateway.models.account import Account
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l
from shared.errors import Forbidden
from shared.logging import get_logger

log = get_logger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

ROLE_NAMES = {
    "user_management": _l("Gebruikersmanagement"),
    "invoices": _l("Inzicht in facturen"),
    "settings": _l("Instellingen wijzigen"),
    "mobile_access": _l("Toegang mobiel"),
    "mobile_limits": _l("Limieten mobiel wijzigen"),
    "mobile_blocks": _l("Blokkeringen mobiel inzien"),
    "mobile_sim_block": _l("Mobiel abonnement (SIM kaart) blokkeren"),
}
NEEDS_MOBILE_ACCESS = frozenset({"mobile_limits", "mobile_blocks", "mobile_sim_block"})


CUSTOMER, STAFF = "customer", "staff"


@dataclass(frozen=True)
class Rule:
    """What a route asks of who wants to see it. ``scope`` is customer or staff, None for both; staff are
    the operator's people, with ``partners`` those of ICT partners too. ``product`` or ``or_product`` will do.
    A ``personal`` page is about one's own account: staff who look along as a customer do not see it.
    ``before_second_step``: it is for who has to set up a second step as well, who sees no other page."""

    signed_in: bool
    role: str | None = None
    product: str | None = None
    or_product: str | None = None
    scope: str | None = CUSTOMER
    partners: bool = False
    personal: bool = False
    before_second_step: bool = False

    def missing_role(self, account: Account) -> str | None:
        """The first role that the account lacks for this route."""
        needed = ["mobile_access"] if self.role in NEEDS_MOBILE_ACCESS else []
        needed += [self.role] if self.role else []
        return next((role for role in needed if role not in account.user.roles), None)

    @property
    def products(self) -> tuple[str, ...]:
        """One of these is needed; none when it is empty."""
        return tuple(one for one in (self.product, self.or_product) if one)

    def allows(self, account: Account | None) -> bool:
        """Whether this person may see the route."""
        if not self.signed_in:
            return True
        return account is not None and self.refusal(account) is None

    def refusal(self, account: Account) -> Forbidden | None:
        """Why a signed-in person may not see the route; None when they may."""
        if self.personal and account.viewed_by:
            return Forbidden(_("Deze pagina gaat over een eigen account. Stop eerst met meekijken."))
        if self.scope == STAFF:
            return self._refusal_of_staff(account)
        return self._refusal_of_customer(account) if self.scope == CUSTOMER else None

    def _refusal_of_staff(self, account: Account) -> Forbidden | None:
        if account.viewed_by:
            return Forbidden(_("U kijkt mee als klant. Stop eerst met meekijken."))
        if account.scope == "operator" or self.partners and account.scope == "partner":
            return None
        return Forbidden(_("Deze pagina is voor medewerkers van de beheerder."))

    def _refusal_of_customer(self, account: Account) -> Forbidden | None:
        if account.scope != "customer" or account.customer is None:
            return Forbidden(_("Deze pagina hoort bij een klant. U bent niet als klant ingelogd."))
        if self.products and not set(self.products) & set(account.customer.products):
            return Forbidden(_("Uw bedrijf heeft dit onderdeel niet."))
        role = self.missing_role(account)
        return Forbidden(role=role) if role else None


def _declare(rule: Rule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def anyone(view: View) -> View:
    """The route is open to people who are not signed in."""
    return _declare(Rule(signed_in=False))(view)


def customers(
    role: str | None = None, product: str | None = None, or_product: str | None = None
) -> Callable[[View], View]:
    """The route is for a customer's signed-in users, with this role and (one of) these products if named."""
    return _declare(Rule(signed_in=True, role=role, product=product, or_product=or_product))


def staff(partners: bool = False) -> Callable[[View], View]:
    """The route is for the operator's people, with ``partners`` also for those of ICT partners, who see
    their own customers only (identity and the other services see to that)."""
    return _declare(Rule(signed_in=True, scope=STAFF, partners=partners))


def members(personal: bool = False, before_second_step: bool = False) -> Callable[[View], View]:
    """The route is for everybody who is signed in: customers' users and staff. See :class:`Rule`."""
    rule = Rule(signed_in=True, scope=None, personal=personal, before_second_step=before_second_step)
    return _declare(rule)


def rule_of(endpoint: str) -> Rule | None:
    """What the route's view declared; None when it declared nothing."""
    return getattr(current_app.view_functions.get(endpoint), "access_rule", None)


def gate() -> Response | None:
    """Before each request: let through, send to the login page, or raise :class:`Forbidden`."""
    if request.endpoint is None:
        return None  # no such route: the answer is 404, whoever asks
    rule = rule_of(request.endpoint)
    if rule is None:
        log.error("a route without an access rule was asked for", endpoint=request.endpoint)
        raise Forbidden()
    if not rule.signed_in:
        return None
    if is_programs():
        check_program(g.viewer)
    elif g.viewer is None:
        return to_login()
    if g.viewer.user.must_set_up_second_step and not rule.before_second_step:
        return redirect(url_for("second_step.show"), 303)
    refusal = rule.refusal(g.viewer)
    if refusal:
        raise refusal
    return None


def check_program(account: Account | None) -> None:
    """Raise for a program without a token that works, or whose user has to set up a second step first."""
    if account is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "tikker"}))
    if account.user.must_set_up_second_step:
        raise Forbidden(_("Uw bedrijf vraagt inloggen in twee stappen. Stel dat eerst in de portal in."))


def to_login() -> Response:
    """To the login page, and back to where one was when that was a page."""
    back = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
    return redirect(url_for("login.form", volgende=back, melding=g.get("ended")), 303)
