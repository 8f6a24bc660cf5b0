"""Blocking a SIM card, and usage that reaches limits, with broker, database, worker and carrier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from services.mobile.domain.months import month_of
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.events import BundleUse, SubscriptionUse
from shared.ids import new_id
from tests.integration.mobile.scene import Scene, running
from tests.integration.pbx.at_once import at_once
from tests.support.processes import until

MONTH = month_of(datetime.now(UTC))
MB = 1_000_000

pytestmark = pytest.mark.xdist_group("mobile")


@pytest.fixture(scope="module")
def scene(mongo_admin: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with running(mongo_admin, tmp_path_factory.mktemp("mobile")) as made:
        yield made


def ask(scene: Scene, customer: str, subscription: str, block: bool = True) -> Any:
    return scene.user(
        customer, "request_sim_block", subscription_id=subscription, block=block, command_id=new_id()
    )


@pytest.mark.feature("MOB-07")
def test_a_block_is_ordered_once_charged_once_and_confirmed_by_mail(scene: Scene) -> None:
    customer = new_id()
    subscription = scene.subscribe(customer, "+31600000401", "8931000000000000401")
    clicks = at_once([partial(ask, scene, customer, subscription)] * 3)
    orders = {click["id"] for click in clicks if isinstance(click, dict)}
    assert len(orders) == 1  # a click that came after the answer hears that it is blocked already
    sim = scene.sim_state(customer, subscription, "blocked")
    assert (sim["blocked"], sim["by"], sim["cost"]) == (True, "bram", "0.00")

    scene.answer("mobi", command_id=orders.pop(), result="done")  # again
    scene.answer("vasco", command_id=new_id(), result="done")
    until(lambda: scene.staff("sim_commands")["strays"], what="a stray answer")
    (charge,) = scene.told("mobile.charge.requested.v1", customer)
    assert (charge["amount"], charge["description"]) == ("7.50", "SIM-kaart van 06-00 00 04 01 geblokkeerd")
    (mail,) = [mail for mail in scene.mails(customer) if mail[0] == "sim_block_confirmation"]
    assert (mail[1]["number"], mail[1]["blocked"]) == ("06-00 00 04 01", True)

    with pytest.raises(Conflict, match="al geblokkeerd"):
        ask(scene, customer, subscription)
    ask(scene, customer, subscription, block=False)
    scene.sim_state(customer, subscription, "active")
    assert len(scene.told("mobile.charge.requested.v1", customer)) == 1  # ending a block costs nothing
    actions = [each["action"] for each in scene.told("mobile.audit.recorded.v1", customer)]
    assert actions.count("sim_block.requested") == actions.count("sim_block.confirmed") == 1


@pytest.mark.feature("MOB-07")
def test_a_refusal_is_shown_and_costs_nothing(scene: Scene) -> None:
    customer = new_id()
    subscription = scene.subscribe(customer, "+31600000402", "8931000000000000499")
    ask(scene, customer, subscription)
    sim = scene.sim_state(customer, subscription, "refused")
    assert (sim["blocked"], sim["reason"]) == (False, "Deze kaart is bij ons niet bekend.")
    assert scene.told("mobile.charge.requested.v1", customer) == []
    ((letter, told),) = scene.mails(customer)
    assert (letter, told["refused"], told["reason"]) == ("sim_block_failed", True, sim["reason"])


@pytest.mark.feature("MOB-07")
def test_an_answer_that_comes_after_the_time_is_up_still_counts(scene: Scene) -> None:
    customer = new_id()
    subscription = scene.subscribe(customer, "+31600000403", "8931000000000000498")
    first = ask(scene, customer, subscription)
    with pytest.raises(Conflict, match="loopt nog"):
        ask(scene, customer, subscription, block=False)
    scene.sim_state(customer, subscription, "timed_out")
    second = ask(scene, customer, subscription)
    for order in (second, first):
        scene.answer("mobi", command_id=order["id"], result="done")
    until(
        lambda: len([m for m in scene.mails(customer) if m[0] == "sim_block_confirmation"]) == 2,
        what="both answers",
    )
    assert scene.sim_state(customer, subscription, "blocked")["blocked"]
    assert len(scene.told("mobile.charge.requested.v1", customer)) == 1


@pytest.mark.feature("MOB-07", "ID-05")
def test_who_may_block_and_what_can_be_blocked(scene: Scene) -> None:
    customer = new_id()
    bare = scene.subscribe(customer, "+31600000404")
    with pytest.raises(Invalid) as without:
        ask(scene, customer, bare)
    assert without.value.fields == {"block": ["Van dit abonnement kennen we geen SIM-kaart."]}
    scene.staff("end_subscription", subscription_id=bare, ended_at="2026-02-01", command_id=new_id())
    with pytest.raises(Invalid) as ended:
        ask(scene, customer, bare)
    assert ended.value.fields == {"block": ["Dit abonnement is beëindigd op 01-02-2026."]}
    with pytest.raises(NotFound):
        ask(scene, new_id(), bare)
    for roles in ((), ("mobile_sim_block",), ("mobile_access", "mobile_blocks")):
        fields = {"subscription_id": bare, "block": True, "command_id": new_id()}
        with pytest.raises(Forbidden):
            scene.user(customer, "request_sim_block", roles=roles, **fields)


@pytest.mark.feature("MOB-04")
def test_a_puk_is_kept_sealed_and_looking_at_it_is_in_the_audit_log(scene: Scene) -> None:
    customer = new_id()
    subscription = scene.subscribe(customer, "+31600000405", "8931000000000000405", puk="12345678")
    command = new_id()
    for _ in range(2):
        shown = scene.user(customer, "show_puk", subscription_id=subscription, command_id=command)
        assert shown == {"puk": "12345678"}
    looked = [
        each
        for each in scene.told("mobile.audit.recorded.v1", customer)
        if each["action"] == "subscription.puk_shown"
    ]
    assert len(looked) == 1
    for name in ("subscriptions", "commands", "outbox"):
        assert "12345678" not in str(list(scene.database[name].find()))
    changed = {"subscription_id": subscription, "sim_number": "8931000000000000406", "command_id": new_id()}
    scene.staff("change_sim", **changed)
    with pytest.raises(NotFound, match="geen PUK-code"):
        scene.user(customer, "show_puk", subscription_id=subscription, command_id=new_id())
    resealed = scene.staff("reseal", after="")
    assert resealed["seen"] and not resealed["changed"], "all is under the newest key"


def use(customer: str, subscription: str, type: str, **measures: Any) -> SubscriptionUse:
    amounts = {"events": 1, "seconds": 0, "bytes": 0, "messages": 0, "amount": "0.000000", **measures}
    return SubscriptionUse(
        customer_id=customer, subscription_id=subscription, month=MONTH, type=type, **amounts
    )


def group(customer: str, kind: str, used: int, allowance: int, amount: str = "0.000000") -> BundleUse:
    over = max(0, used - allowance)
    return BundleUse(
        customer_id=customer,
        month=MONTH,
        kind=kind,
        used=used,
        allowance=allowance,
        over=over,
        amount=amount,
        group="zakelijk_mobiel",
    )


@pytest.mark.feature("MOB-01", "MOB-02", "MOB-03", "MOB-06")
def test_the_manuals_example_and_the_mails_that_it_leads_to(scene: Scene) -> None:
    customer = new_id()
    first = scene.subscribe(customer, "+31600000411", label="=1+1")
    second = scene.subscribe(customer, "+31600000412", label="<b>Bus</b>")
    before = scene.user(customer, "overview")
    assert [(b["used"], b["allowance"]) for b in before["bundles"]] == [(0, 1000 * MB), (0, 300 * 60)]
    scene.user(customer, "set_customer_limit", amount="0.35", command_id=new_id())

    lines = (
        use(customer, first, "data_national", bytes=965_500_000),
        use(customer, first, "national", seconds=600),
        use(customer, second, "data_national", bytes=37_500_000),
        use(customer, second, "mobile", seconds=1740),
        use(customer, second, "data_world", bytes=875_000, amount="0.350000"),
        group(customer, "data", 1003 * MB, 1000 * MB),
        group(customer, "voice", 39 * 60, 300 * 60),
    )
    scene.usage_rated(7, *lines)
    scene.usage_rated(7, *lines)
    scene.usage_rated(3, use(customer, first, "data_national", bytes=1), group(customer, "data", 1, 1))
    until(lambda: scene.user(customer, "overview")["cost"] == "0.35", what="the usage")
    until(lambda: scene.house and len(scene.mails(customer)) == 2, what="two warnings")

    seen = scene.user(customer, "overview")
    data, voice = seen["bundles"]
    assert (data["name"], data["over"], data["left"]) == ("Zakelijk Mobiel Bundel", 3 * MB, 0)
    assert (voice["used"], voice["allowance"], voice["left"]) == (39 * 60, 300 * 60, 261 * 60)
    assert [(row["data"]["used"], row["data"]["state"]) for row in seen["rows"]] == [
        (965_500_000, "above_group"),
        (37_500_000, "inside"),
    ]
    assert [(row["voice"]["used"] // 60, row["voice"]["allowance"] // 60) for row in seen["rows"]] == [
        (10, 150),
        (29, 150),
    ]
    assert [row["cost"] for row in seen["rows"]] == ["0.00", "0.35"]
    assert seen["counts"] == {"active": 2, "ended": 0}
    assert {(told["limit"], told["percentage"]) for _, told in scene.mails(customer)} == {
        ("customer_total", 100),
        ("group_data", 100),
    }
    assert scene.told("mobile.notification.requested.v1", customer)[0]["registration"] == "mobile_high_usage"


@pytest.mark.feature("MOB-05", "MOB-06")
def test_a_limit_warns_at_once_when_it_is_reached_already_and_again_when_raised(scene: Scene) -> None:
    customer = new_id()
    subscription = scene.subscribe(customer, "+31600000421", modules=["mobiel_internet_eu"])
    scene.usage_rated(
        1,
        use(customer, subscription, "data_eu", bytes=400 * MB),
        use(customer, subscription, "data_world", bytes=30_000 * MB),
    )

    def set_to(value: str | None) -> Any:
        fields = {"subscription_id": subscription, "code": "mobiel_internet_eu", "value": value}
        return scene.user(customer, "set_limit", command_id=new_id(), **fields)

    def limit() -> Any:
        found = scene.user(customer, "limits", subscription_id=subscription)["limits"]
        return next(each for each in found if each["code"] == "mobiel_internet_eu")

    until(lambda: limit()["used"] == "400", what="the usage")
    with pytest.raises(Invalid) as wrong:
        set_to("300")
    assert wrong.value.fields == {"value": ["Kies een veelvoud van 250, zoals 250 of 500."]}
    set_to("250")
    assert len(scene.mails(customer)) == 1
    assert limit()["reached_at"]
    set_to("500")
    assert limit()["reached_at"] is None
    scene.usage_rated(2, use(customer, subscription, "data_eu", bytes=500 * MB))
    until(lambda: len(scene.mails(customer)) == 2, what="a second warning")
    with pytest.raises(Forbidden):
        fields = {"subscription_id": subscription, "code": "total", "value": "10", "command_id": new_id()}
        scene.user(customer, "set_limit", roles=("mobile_access",), **fields)


@pytest.mark.feature("MOB-01")
def test_terms_reach_everybody_who_follows_subscriptions(scene: Scene) -> None:
    customer = new_id()
    scene.subscribe(customer, "+31600000431")
    free = [{"bundle": "zakelijk_mobiel.data", "rate": "0"}]
    scene.staff("set_terms", customer_id=customer, month="2026-03", bundles=free, command_id=new_id())
    told = until(
        lambda: len(found := scene.told("mobile.subscription.changed.v1", customer)) == 2 and found,
        what="the subscription told anew",
    )
    assert isinstance(told, list)
    newest = max(told, key=lambda each: int(each["revision"]))  # two processes told, in the same second
    rates = [(b["valid_from"][:10], b["rate"]) for b in newest["bundles"] if b["kind"] == "data"]
    assert (newest["revision"], rates) == (2, [("2025-12-31", "0.0250"), ("2026-02-28", "0")])


@pytest.mark.feature("MOB-01")
def test_a_customer_without_a_limit_of_its_own_has_its_partners(scene: Scene) -> None:
    partner, customer = new_id(), new_id()
    scene.subscribe(customer, "+31600000441")
    scene.customer_changed(customer, partner)
    limits = {"limits": {"customer_total": "100"}, "command_id": new_id()}
    scene.staff("set_partner_defaults", partner_id=partner, **limits)

    def limit() -> Any:
        return scene.user(customer, "overview")["limit"]

    until(lambda: limit()["source"] == "default", what="the partner's default")
    assert (limit()["amount"], limit()["default"]) == ("100.00", "100.00")
    scene.user(customer, "set_customer_limit", amount=None, command_id=new_id())
    assert (limit()["amount"], limit()["source"], limit()["default"]) == (None, "own", "100.00")
    scene.user(customer, "set_customer_limit", amount="default", command_id=new_id())
    assert limit()["source"] == "default"
    with pytest.raises(Invalid) as wrong:
        scene.user(customer, "set_customer_limit", amount="tien", command_id=new_id())
    assert list(wrong.value.fields) == ["amount"]


@pytest.mark.feature("MOB-03", "MOB-04")
def test_staff_see_and_change_the_subscriptions_of_their_own_customers_only(scene: Scene) -> None:
    customer = new_id()
    subscription = scene.subscribe(customer, "+31600000451", "8931000000000000451")
    mine, theirs = scene.bound_staff(customer), scene.bound_staff(new_id())
    module = {"module": "zakelijk_mobiel_naar_eu", "valid_from": "2026-05-01", "command_id": new_id()}
    assert mine("add_module", subscription_id=subscription, **module)["modules"][0]["valid_to"] is None
    for method, fields in (
        ("subscription", {}),
        ("add_module", {**module, "command_id": new_id()}),
        ("set_blocks", {"codes": [], "command_id": new_id()}),
        ("show_puk", {"command_id": new_id()}),
    ):
        with pytest.raises(NotFound):
            theirs(method, subscription_id=subscription, **fields)
    with pytest.raises(NotFound):  # another's answer is not given to who knows its command ID
        theirs("add_module", subscription_id=subscription, **module)
    with pytest.raises(Forbidden):
        theirs("overview", customer_id=customer)
    moved = {"number": "+31600000452", "valid_from": "2026-05-01", "command_id": new_id()}
    with pytest.raises(Forbidden):
        mine("change_number", subscription_id=subscription, **moved)
    other = {"product": "mobiel_onbeperkt", "valid_from": "2026-05-15", "command_id": new_id()}
    moved = scene.staff("change_product", subscription_id=subscription, **other)
    assert [term["valid_to"] for term in moved["modules"]] == ["2026-05-15"]
    label = {"label": "<script>1</script>", "revision": moved["revision"], "command_id": new_id()}
    changed = scene.user(customer, "change_label", subscription_id=subscription, **label)
    assert changed["label"] == "<script>1</script>"
    with pytest.raises(Conflict):
        again = {**label, "label": "Anders", "command_id": new_id()}
        scene.user(customer, "change_label", subscription_id=subscription, **again)
    seen = scene.user(customer, "overview", query="06-00 00 04 51")
    assert [row["label"] for row in seen["rows"]] == ["<script>1</script>"]
    scene.staff("end_subscription", subscription_id=subscription, ended_at="2026-06-01", command_id=new_id())
    assert scene.user(customer, "overview")["rows"] == []
    assert [row["id"] for row in scene.user(customer, "overview", ended=True)["rows"]] == [subscription]
