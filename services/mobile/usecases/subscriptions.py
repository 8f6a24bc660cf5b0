"""What staff do with subscriptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from services.mobile.domain import subscriptions as domain
from services.mobile.domain.blocks import NEW, in_order
from services.mobile.domain.puk import about_puk
from services.mobile.domain.sim import state_in
from services.mobile.domain.subscriptions import NumberTerm, ProductTerm, SimTerm, Subscription
from services.mobile.schemas import Reply
from services.mobile.schemas.replies import subscription_reply
from services.mobile.store import Changes, Store
from services.mobile.usecases.common import Clock, asked, reached, record
from shared.acting import Acting
from shared.days import midnight
from shared.errors import Conflict, Invalid
from shared.ids import new_id
from shared.sealing import Sealer
from shared.words import gettext as _

PUBLISH_BATCH = 500

Change = Callable[[Subscription], Subscription]


def create_subscription(
    store: Store,
    sealer: Sealer,
    clock: Clock,
    acting: Acting,
    *,
    customer_id: str,
    product: str,
    number: str,
    active_from: date,
    sim_number: str,
    puk: str,
    label: str,
    modules: list[str],
    command_id: str,
) -> Reply:
    """A new subscription. Conflict when another has the number then, Invalid when one has the card, or for a
    module that the product does not have."""
    now, start = clock(), midnight(active_from)
    new_subscription = new_id()
    sealed = sealer.seal(puk, about_puk(new_subscription, sim_number)) if puk else ""
    if puk and not sim_number:
        raise Invalid(fields={"puk": [_("Vul ook het SIM-nummer in.")]})
    made = Subscription(
        id=new_subscription,
        customer_id=customer_id,
        active_from=start,
        numbers=(NumberTerm(number, start),),
        products=(ProductTerm(product, start),),
        sims=(SimTerm(sim_number, start, puk=sealed),) if sim_number else (),
        blocks=NEW,
        label=label.strip(),
    )
    for module in dict.fromkeys(modules):
        made = domain.add_module(made, module, start)
    made = replace(made, revision=1)

    def work(changes: Changes) -> Reply:
        state = state_in(changes.orders_of_sim(sim_number), sim_number, made.id)
        new = replace(made, sim_state=state)
        _save_with_number(changes, new, number)
        changes.hold_terms(customer_id)
        record(changes, acting, "created", None, new)
        return subscription_reply(new, now)

    what = (
        customer_id,
        product,
        number,
        active_from,
        sim_number,
        label,
        tuple(modules),
        _mark(sealer, puk, sim_number),
    )
    return store.once(command_id, asked(acting, "create_subscription", *what), now, work)


def change_number(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    subscription_id: str,
    number: str,
    valid_from: date,
    command_id: str,
) -> Reply:
    """Another number from a day on. NotFound, Conflict (taken then, ended by then), Invalid."""
    now = clock()

    def work(changes: Changes) -> Reply:
        before = reached(changes.subscription(subscription_id), acting)
        changed = domain.change_number(before, number, midnight(valid_from))
        _save_with_number(changes, changed, number)
        record(changes, acting, "number_changed", before, changed)
        return subscription_reply(changed, now)

    return store.once(
        command_id, asked(acting, "change_number", subscription_id, number, valid_from), now, work
    )


def end_subscription(
    store: Store, clock: Clock, acting: Acting, *, subscription_id: str, ended_at: date, command_id: str
) -> Reply:
    """End a subscription. NotFound, Conflict (has an end already), Invalid (before its start)."""
    what = ("end_subscription", subscription_id, ended_at)
    return _change(
        store, clock, acting, command_id, what, "ended", lambda s: domain.end(s, midnight(ended_at))
    )


def change_product(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    subscription_id: str,
    product: str,
    valid_from: date,
    command_id: str,
) -> Reply:
    """Another product from a day on. NotFound, Conflict (ended by then), Invalid."""
    what = ("change_product", subscription_id, product, valid_from)
    at = midnight(valid_from)
    return _change(
        store,
        clock,
        acting,
        command_id,
        what,
        "product_changed",
        lambda s: domain.change_product(s, product, at),
    )


def change_sim(
    store: Store,
    sealer: Sealer,
    clock: Clock,
    acting: Acting,
    *,
    subscription_id: str,
    sim_number: str,
    puk: str,
    command_id: str,
) -> Reply:
    """Another card, at once. NotFound, Conflict (ended), Invalid (it or another has the card)."""
    now = clock()
    sealed = sealer.seal(puk, about_puk(subscription_id, sim_number)) if puk else ""
    mark = _mark(sealer, puk, sim_number)

    def work(changes: Changes) -> Reply:
        before = reached(changes.subscription(subscription_id), acting)
        state = state_in(changes.orders_of_sim(sim_number), sim_number, subscription_id)
        changed = domain.change_sim(before, sim_number, sealed, state, now)
        _hold_sim(changes, changed)
        changes.save(changed)
        record(changes, acting, "sim_changed", before, changed)
        return subscription_reply(changed, now)

    return store.once(command_id, asked(acting, "change_sim", subscription_id, sim_number, mark), now, work)


def add_module(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    subscription_id: str,
    module: str,
    valid_from: date,
    command_id: str,
) -> Reply:
    """With a module from a day on. NotFound, Conflict (ended by then), Invalid."""
    what = ("add_module", subscription_id, module, valid_from)
    at = midnight(valid_from)
    return _change(
        store, clock, acting, command_id, what, "module_added", lambda s: domain.add_module(s, module, at)
    )


def end_module(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    subscription_id: str,
    module: str,
    valid_to: date,
    command_id: str,
) -> Reply:
    """Without a module from a day on. NotFound, Invalid."""
    what = ("end_module", subscription_id, module, valid_to)
    at = midnight(valid_to)
    return _change(
        store, clock, acting, command_id, what, "module_ended", lambda s: domain.end_module(s, module, at)
    )


def set_blocks(
    store: Store, clock: Clock, acting: Acting, *, subscription_id: str, codes: list[str], command_id: str
) -> Reply:
    """Which blocks the carrier has on, as staff know it. NotFound, Conflict (ended)."""
    now, wanted = clock(), in_order(codes)

    def work(changes: Changes) -> Reply:
        before = reached(changes.subscription(subscription_id), acting)
        if before.has_ended(now):
            raise Conflict(_("Dit abonnement is beëindigd."))
        changed = replace(before, blocks=wanted)
        changes.store(changed)
        record(changes, acting, "blocks_changed", before, changed)
        return subscription_reply(changed, now)

    return store.once(command_id, asked(acting, "set_blocks", subscription_id, wanted), now, work)


def republish(store: Store, clock: Clock, *, anew: bool) -> Reply:
    """Queue the state of every subscription again, so that a new consumer learns all of them.

    Revisions stay as they are: whoever knows them already sees nothing new. A change that runs at
    the same time may be told before an older state of it; its higher revision wins. ``anew``: under higher
    revisions, for when products or prices of this release are others than those that were told.
    """
    count, after = 0, ""

    def batch_of(changes: Changes) -> list[Subscription]:
        batch = changes.next_of(None, after, PUBLISH_BATCH)
        told = [domain.told_anew(each) if anew else each for each in batch]
        if anew and told:
            changes.store(*told)
        changes.tell_of(*told)
        return batch

    while batch := store.in_one(clock(), batch_of):
        count, after = count + len(batch), batch[-1].id
    return {"events": count}


def _change(
    store: Store,
    clock: Clock,
    acting: Acting,
    command_id: str,
    what: tuple[Any, ...],
    verb: str,
    change: Change,
) -> Reply:
    """Change the subscription that is asked about, tell of it and enter it in the audit log."""
    now: datetime = clock()

    def work(changes: Changes) -> Reply:
        before = reached(changes.subscription(str(what[1])), acting)
        changed = change(before)
        changes.save(changed)
        record(changes, acting, verb, before, changed)
        return subscription_reply(changed, now)

    return store.once(command_id, asked(acting, *what), now, work)


def _save_with_number(changes: Changes, subscription: Subscription, number: str) -> None:
    changes.hold(number)
    domain.refuse_taken(subscription, changes.with_number(number))
    _hold_sim(changes, subscription)
    changes.save(subscription)


def _hold_sim(changes: Changes, subscription: Subscription) -> None:
    if subscription.sim_number:
        changes.hold(f"sim:{subscription.sim_number}")
        domain.refuse_sim_in_use(subscription, changes.with_sim(subscription.sim_number))


def _mark(sealer: Sealer, puk: str, sim_number: str) -> str | bool:
    """What stands for the PUK in what a command asked; False when it has none."""
    return sealer.mark(puk, f"puk|{sim_number}") if puk else False
