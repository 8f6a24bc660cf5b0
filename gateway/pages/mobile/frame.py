"""What the pages of *Mobiel* share."""

from __future__ import annotations

from flask import Blueprint, render_template

from gateway.access import Rule, customers
from gateway.forms.form import Form
from gateway.pages.acting import viewer

pages = Blueprint("mobile", __name__, url_prefix="/mobiel")

PRODUCT = "mobile"
LIMITS, BLOCKS, SIM = "mobile_limits", "mobile_blocks", "mobile_sim_block"
holders = customers(role="mobile_access", product=PRODUCT)
limit_setters = customers(role=LIMITS, product=PRODUCT)
block_viewers = customers(role=BLOCKS, product=PRODUCT)
sim_blockers = customers(role=SIM, product=PRODUCT)

Page = tuple[str, int, dict[str, str]]


def may(role: str) -> bool:
    """Whether the signed-in user may also do what this role of *Mobiel* is for."""
    return Rule(signed_in=True, role=role).missing_role(viewer()) is None


def page(template: str, sent: Form | None = None, status: int = 200, **values: object) -> Page:
    """A page; ``sent`` is the form that was sent, whose status and headers the answer has."""
    rights = {"limits": may(LIMITS), "blocks": may(BLOCKS), "sim": may(SIM)}
    html = render_template(template, rights=rights, **values)
    return (html, sent.status, sent.headers) if sent else (html, status, {})
