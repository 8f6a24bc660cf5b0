"""What a customer's users change themselves: labels; and the PUK, which they may look at."""

from __future__ import annotations

from services.mobile.domain import subscriptions as domain
from services.mobile.domain.puk import about_puk
from services.mobile.schemas import Reply
from services.mobile.schemas.replies import subscription_reply
from services.mobile.store import Changes, Store
from services.mobile.usecases.common import Clock, asked, reached, record, subject_of
from shared.acting import Acting
from shared.errors import Conflict, NotFound
from shared.sealing import Sealer
from shared.words import gettext as _


def change_label(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    subscription_id: str,
    label: str,
    revision: int,
    command_id: str,
) -> Reply:
    """Another label; it is text, whatever it looks like. NotFound; Conflict at another revision."""
    now = clock()

    def work(changes: Changes) -> Reply:
        before = reached(changes.subscription(subscription_id), acting)
        changed = domain.rename(before, label.strip())
        if changed is before:
            return subscription_reply(before, now)
        if before.revision != revision:
            raise Conflict(_("Dit abonnement is intussen gewijzigd. Laad de pagina opnieuw."))
        changes.save(changed)
        record(changes, acting, "label_changed", before, changed)
        return subscription_reply(changed, now)

    what = ("change_label", subscription_id, label, revision)
    return store.once(command_id, asked(acting, *what), now, work)


def show_puk(
    store: Store, sealer: Sealer, clock: Clock, acting: Acting, *, subscription_id: str, command_id: str
) -> Reply:
    """The PUK of the card in use; that it was looked at is in the audit log. NotFound when nobody told it.

    What is kept of the command is which card it was, never the PUK.
    """

    def work(changes: Changes) -> Reply:
        found = reached(changes.subscription(subscription_id), acting)
        card = found.sim
        if card is None or not card.puk:
            raise NotFound(_("Van deze SIM-kaart kennen we geen PUK-code. Vraag hem aan uw leverancier."))
        subject = subject_of(found)
        changes.record(
            acting,
            found.customer_id,
            "subscription.puk_shown",
            subject,
            after={"sim_number": card.sim_number},
        )
        return {"sim_number": card.sim_number}

    what = ("show_puk", acting.user_id, subscription_id)
    shown = store.once(command_id, asked(acting, *what), clock(), work)["sim_number"]
    found = reached(store.subscription(subscription_id), acting)
    card = next((term for term in found.sims if term.sim_number == shown), None)
    if card is None or not card.puk:
        raise NotFound()
    return {"puk": sealer.open(card.puk, about_puk(subscription_id, shown))}
