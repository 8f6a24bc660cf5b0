"""*Blokkeren* of one subscription: its SIM card, and what staff have blocked."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from gateway.models.mobile import Blocks, Subscription
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.mobile.frame import BLOCKS, Page, block_viewers, may, page, pages, sim_blockers
from gateway.parts import parts
from gateway.toasts import failed, toast
from gateway.words import gettext as _
from shared.errors import Invalid

BLOCK, UNBLOCK = "blokkeer", "deblokkeer"


@pages.get("/<id:subscription_id>/blokkeren")
@block_viewers
def blocks(subscription_id: str) -> Page:
    """What is blocked, and how far the carrier is with what was asked."""
    one, found = parts().mobile.with_blocks(acting(), subscription_id)
    return page("mobile/blocks.html", one=one, found=found)


@pages.get(f"/<id:subscription_id>/sim/<any('{BLOCK}', '{UNBLOCK}'):what>")
@sim_blockers
def ask_sim(subscription_id: str, what: str) -> Page | Response:
    """What it means and what it costs."""
    one, found = _known(subscription_id)
    if not found.sim.can_order:
        failed(_("Dit kan nu niet"), _("De vorige opdracht loopt nog, of dit abonnement is beëindigd."))
        return _back(subscription_id)
    return page("mobile/sim.html", one=one, sim=found.sim, block=what == BLOCK)


@pages.post(f"/<id:subscription_id>/sim/<any('{BLOCK}', '{UNBLOCK}'):what>")
@sim_blockers
def order_sim(subscription_id: str, what: str) -> Response:
    """Ask the carrier; its answer shows on the page."""
    block = what == BLOCK

    def work(command: str) -> None:
        try:
            parts().mobile.request_sim_block(acting(), command, subscription_id, block)
        except Invalid as error:
            sentences = [words for said in error.fields.values() for words in said]
            failed(_("Niet aangevraagd"), " ".join(sentences))
            return
        title = _("Blokkeren aangevraagd") if block else _("Deblokkeren aangevraagd")
        toast(title, _("De netwerkaanbieder voert het uit; hier ziet u wanneer."))

    return at_once(work, _("Niet aangevraagd"), _address(subscription_id))


def _known(subscription_id: str) -> tuple[Subscription, Blocks]:
    one, found = parts().mobile.with_blocks(acting(), subscription_id)
    if found.error:
        raise found.error
    assert found.value is not None
    return one, found.value


def _back(subscription_id: str) -> Response:
    return redirect(_address(subscription_id), 303)


def _address(subscription_id: str) -> str:
    """Where the card's state shows: *Blokkeren*, and *Algemeen* for who may block but not look there."""
    return url_for("mobile.blocks" if may(BLOCKS) else "mobile.show", subscription_id=subscription_id)
