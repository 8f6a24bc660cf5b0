"""Calls at the media server, with what is stored of them: any copy of the listener answers, once is once."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
from msgspec import structs

from services.identity.domain.mails import WAITS
from services.pbx.domain import alaw
from services.pbx.domain.config import Config, Voicemail
from services.pbx.domain.edge.position import position
from services.pbx.domain.edge.records import Called
from services.pbx.domain.edge.scripts import Act, Heard
from services.pbx.domain.edge.stages import Leg, Order
from services.pbx.domain.settings import Settings
from services.pbx.store import Store
from services.pbx.store.settings import _row
from services.pbx.usecases.live_calls import LiveCalls, NotYet
from services.pbx.usecases.play_calls import Player
from services.pbx.usecases.played import Sounds
from services.pbx.usecases.route_calls import BUSY, Keep, Question, Router
from services.pbx.usecases.sip_records import record
from services.pbx.usecases.sounds import file_chunk
from services.pbx.views.calls import calls, explain_call
from shared.acting import Acting
from shared.errors import NotFound
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server
from tests.unit.pbx.plans import CALLER, group, line, pbx, user
from tests.unit.pbx.test_routing_menus import KEYS, NUMBER, with_menu

pytestmark = pytest.mark.feature("PBX-16")

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
CUSTOMER = "bakery"
SAID = bytes([alaw.code(8000), alaw.code(-8000)]) * 4000 * 3
"""Three seconds that nobody takes for silence."""


@dataclass
class Copy:
    """One process of the listener, with a memory of its own."""

    store: Store
    now: Callable[[], datetime]
    keep: Keep

    def __post_init__(self) -> None:
        live = LiveCalls(self.store)
        self.router = Router(self.store, self.now, self.keep, live)
        self.player = Player(self.store, self.now, self.keep, live, self.router)


@dataclass
class Desk:
    """A customer's PBX, and two copies of the listener: the first is asked where a call goes, the second what
    is played. ``slow``: what is stored beside an answer waits in ``late`` for :meth:`catch_up`."""

    db: Any = field(default_factory=lambda: Database(Server()))
    now: datetime = NOON
    slow: bool = False
    late: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = Store(self.db)
        self.first, self.second = (Copy(self.store, lambda: self.now, self._keep) for _ in range(2))

    def _keep(
        self, call_id: str, fields: Mapping[str, Any], at: datetime, people: Collection[str] = ()
    ) -> None:
        self.late.append(partial(self.store.keep_decision, call_id, fields, at, people))
        if not self.slow:
            self.catch_up()

    def catch_up(self) -> None:
        while self.late:
            self.late.pop(0)()

    def publish(self, config: Config) -> None:
        row = _row(Settings(CUSTOMER, revision=1, enabled=True, published=config))
        self.db["settings"].replace_one({"_id": CUSTOMER}, row, upsert=True)
        numbers = {config.company.number, *(element.number for element in config.elements())}
        for number in numbers - {None, ""}:
            term = {"number": number, "customer_id": CUSTOMER, "valid_from": NOON, "valid_to": None}
            self.db["assignments"].insert_one({"_id": number, **term})
        for each in (*config.users, *config.lines):
            self.phone(each.id, "line" if each in config.lines else "user")

    def phone(self, owner: str, kind: str = "user") -> None:
        row = {"customer_id": CUSTOMER, "owner": f"{kind}:{owner}", "state": "registered"}
        self.db["phones"].insert_one({"_id": f"sip{owner}", **row, "expires_at": NOON})

    def incoming(self, called: str = NUMBER) -> Order:
        return self.first.router.route(Question("trunk", CALLER, called))

    def tell(self, order: str, event: str, leg: Leg | None = None, at: int = 0) -> None:
        """What the proxy says of a call."""
        moments = f"{NOON.timestamp() + at}"
        body = {
            "id": "m",
            "at": moments,
            "event": event,
            "call": order,
            "call_id": "x",
            "source": "trunk",
            "from": CALLER,
            "to": NUMBER,
            "began": f"{NOON.timestamp()}",
        }
        if leg is not None:
            body |= {"leg": msgspec.json.encode(leg).decode(), "answered": f"{NOON.timestamp() + at // 2}"}
        record(self.store, lambda: NOON, [msgspec.convert(body, Called)])


@pytest.fixture
def desk() -> Iterator[Desk]:
    yield Desk()


def begun(desk: Desk, order: Order) -> Act:
    """The media server takes the call of an order's first stage."""
    (branch,) = order.stages[0].targets
    assert branch.kind == "media"
    act = desk.second.player.next(Heard(call=order.call, script=branch.to))
    assert act is not None
    return act


def on(desk: Desk, order: Order, act: Act, event: str = "played", **more: Any) -> Act:
    found = desk.second.player.next(Heard(call=order.call, script="", at=act.at, event=event, **more))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_another_copy_answers_and_the_same_question_has_the_same_answer(desk: Desk) -> None:
    desk.publish(with_menu())
    order = desk.incoming()
    act = begun(desk, order)
    assert act == begun(desk, order)
    pressed = on(desk, order, act, "key", keys="1")
    assert pressed == on(desk, order, act, "key", keys="1")
    assert pressed.then == "transfer"


def test_a_copy_that_is_asked_before_the_decision_is_stored_is_asked_again() -> None:
    """The answer to the proxy does not wait for the database: the media server may ask another copy first."""
    desk = Desk(slow=True)
    desk.publish(with_menu())
    order = desk.incoming()
    with pytest.raises(NotYet):
        begun(desk, order)
    with pytest.raises(NotYet):
        desk.second.router.onward(order.call, position("0-1-t-0---0-1_"))
    desk.catch_up()
    assert begun(desk, order).play == ("nl.welkom",)


def test_stages_of_one_call_have_names_of_their_own_whichever_copy_orders_them(desk: Desk) -> None:
    desk.publish(with_menu())
    order = desk.incoming()
    names = [stage.id for stage in order.stages]
    for copy in (desk.first, desk.second, desk.first):
        onward = copy.router.onward(order.call, position("0-1-t-0---0-1_"))
        names += [stage.id for stage in onward.stages]
    assert len(names) == len(set(names)) == len(order.stages) + 3


def test_who_is_connected_is_one_order_more_and_one_call_all_the_same(desk: Desk) -> None:
    desk.publish(with_menu())
    order = desk.incoming()
    pressed = on(desk, order, begun(desk, order), "key", keys="1")
    onward = desk.first.router.onward(order.call, position(pressed.target))
    assert onward is not None
    assert [[branch.to for branch in stage.targets] for stage in onward.stages] == [["sip211"]]
    assert (onward.call.partition(".")[0], onward.code) == (order.call, 480)
    (menu,), (jan,) = order.stages[0].targets, onward.stages[0].targets

    desk.tell(order.call, "answered", menu.leg)
    desk.tell(onward.call, "answered", jan.leg, at=10)
    assert desk.store.busy_people(CUSTOMER, NOON) == {"user:211"}
    desk.tell(order.call, "ended", menu.leg, at=60)
    desk.tell(onward.call, "ended", jan.leg, at=60)
    desk.tell(onward.call, "ended", jan.leg, at=99)
    assert desk.store.busy_people(CUSTOMER, NOON) == frozenset()
    (row,) = calls(desk.store, CUSTOMER, user_id="211", number=None, after=None, limit=9)["rows"]
    assert (row["answered_by"], row["outcome"], row["duration"]) == ("Jan Jansen (211)", "answered", 30)
    story = explain_call(desk.store, CUSTOMER, call_id=order.call, user_id=None)["story"]
    assert any(line.startswith("Toets 1, Jan Jansen (211)") for line in story)


def test_a_call_that_nobody_was_connected_with_was_answered_by_the_menu(desk: Desk) -> None:
    desk.publish(with_menu())
    order = desk.incoming()
    (menu,) = order.stages[0].targets
    desk.tell(order.call, "answered", menu.leg)
    desk.tell(order.call, "ended", menu.leg, at=20)
    (row,) = calls(desk.store, CUSTOMER, user_id=None, number=None, after=None, limit=9)["rows"]
    assert row["answered_by"] == "keuzemenu Hoofdmenu"


def test_busy_after_a_menu_takes_the_way_of_busy(desk: Desk) -> None:
    """Whoever is connected says busy: the voicemail for that greets, as the engine plans it. Any copy may be
    told so, and asked what comes then, however late other things are stored."""
    config = with_menu()
    box = Voicemail(on=True, busy=True, email="jan@voorbeeld.example")
    users = tuple(structs.replace(u, voicemail=box) if u.id == "211" else u for u in config.users)
    desk.publish(structs.replace(config, users=users))
    order = desk.incoming()
    desk.slow = True
    pressed = on(desk, order, begun(desk, order), "key", keys="1")
    onward = desk.first.router.onward(order.call, position(pressed.target))
    assert onward is not None
    again = desk.second.router.again(onward.call, onward.stages[0].id, BUSY)
    assert again is not None and again.stages == ()
    heard = Heard(call=order.call, script="", at=pressed.at, event="refused", code=480)
    for copy in (desk.first, desk.second):
        assert copy.player.next(heard).play == ("nl.in-gesprek", "nl.na-de-toon")


def test_any_copy_may_be_told_that_a_telephone_was_busy(desk: Desk) -> None:
    """It has the same stages left as the copy that ordered them; they count on over all copies."""
    desk.publish(
        pbx(*(user(each) for each in ("201", "202", "203")), group("201", "202", "203", number=NUMBER))
    )
    order, other = desk.incoming(), desk.incoming()
    there = desk.second.router.again(order.call, "s0", BUSY)
    here = desk.first.router.again(other.call, "s0", BUSY)
    assert there is not None and here is not None
    assert [(s.id, s.ms, s.rings) for s in there.stages] == [(s.id, s.ms, s.rings) for s in here.stages]
    assert there.stages[0].rings == {"user:202"}
    last = desk.first.router.again(order.call, there.stages[0].id, BUSY)
    assert last is not None and [stage.rings for stage in last.stages] == [{"user:203"}]
    assert {stage.id for stage in last.stages}.isdisjoint(
        stage.id for stage in (*order.stages, *there.stages)
    )
    assert desk.second.router.again(order.call, "s99", BUSY) is None
    assert desk.second.router.again("unknown", "s0", BUSY) is None


def test_who_waits_is_offered_to_who_becomes_free(desk: Desk) -> None:
    desk.publish(pbx(user("201"), group("201", number=NUMBER, wait_on=True, wait_seconds=60)))
    desk.db["calls"].insert_one(
        {"_id": "other", "up": True, "customer_id": CUSTOMER, "at": NOON, "talking": ["user:201"]}
    )
    order = desk.incoming()
    act = begun(desk, order)
    assert act.play[0] == "nl.wachten"
    act = on(desk, order, act)
    assert act.then == "next"
    desk.db["calls"].update_one({"_id": "other"}, {"$set": {"up": False}})
    offered = on(desk, order, act)
    assert offered.then == "transfer"
    onward = desk.first.router.onward(order.call, position(offered.target))
    assert onward is not None and onward.stages[0].targets[0].to == "sip201"


def voicemail(desk: Desk, **box: Any) -> tuple[Order, Act]:
    """A caller at the tone of somebody's voicemail."""
    values = {"always": True, "email": "jan@voorbeeld.example", **box}
    jan = user("211", number=NUMBER, voicemail=Voicemail(on=True, **values))
    desk.publish(pbx(jan))
    order = desk.incoming()
    act = begun(desk, order)
    assert act.then == "record"
    return order, act


def notified(desk: Desk) -> list[dict[str, Any]]:
    rows = desk.db["outbox"].find({"name": "pbx.notification.requested.v1"}).sort("_id")
    return [msgspec.json.decode(row["body"])["data"] for row in rows]


@pytest.mark.feature("PBX-07")
def test_a_message_that_is_handed_over_twice_is_mailed_once(desk: Desk) -> None:
    order, act = voicemail(desk, copy_email="archief@voorbeeld.example")
    first, second = (copy.player.record(order.call, act.at, SAID) for copy in (desk.first, desk.second))
    assert first == second
    (mail,) = notified(desk)
    assert mail["addresses"] == ["jan@voorbeeld.example", "archief@voorbeeld.example"]
    assert (mail["parameters"]["caller"], mail["parameters"]["seconds"]) == ("06-00 00 00 12", 3)
    assert mail["files"][0]["size"] == alaw.wav_size(len(SAID))
    assert desk.db["messages"].count_documents({"customer_id": CUSTOMER}) == 1
    thanks = on(desk, order, act, "recorded", recording=first)
    assert (thanks.play, thanks.then) == (("nl.bedankt",), "hangup")


@pytest.mark.feature("PBX-07")
@pytest.mark.parametrize("sound", [b"", b"\xd5" * 80_000, SAID[:15_000] + b"\xd5" * 80_000])
def test_what_is_shorter_than_two_seconds_or_silent_is_no_message(desk: Desk, sound: bytes) -> None:
    order, act = voicemail(desk)
    assert desk.first.player.record(order.call, act.at, sound) == ""
    assert (notified(desk), desk.db["messages"].count_documents({})) == ([], 0)


def mailed(desk: Desk, message: str, customer: str = CUSTOMER) -> bytes:
    """A message's WAV, as identity fetches it for its mail."""
    acting = Acting(kind="service", issuer="identity", customer_id=customer)
    return base64.b64decode(file_chunk(desk.store, acting, file_id=message, index=0)["data"])


@pytest.mark.feature("PBX-07", "TEL-03")
def test_a_message_that_is_removed_before_it_was_mailed_is_mailed_all_the_same(desk: Desk) -> None:
    """It is not heard any more, and has gone a day later; mails are not tried for so long."""
    desk.publish(pbx(line(NUMBER, voicemail=Voicemail(on=True, always=True, email="w@voorbeeld.example"))))
    order = desk.incoming()
    act = begun(desk, order)
    message = desk.first.player.record(order.call, act.at, SAID)
    listening = desk.first.router.route(Question("user", "sipline", "1233"))
    told = begun(desk, listening)
    for _ in range(2):  # asked twice
        assert on(desk, listening, told, "key", keys="3").play[:2] == ("nl.gewist", "nl.laatste-bericht")
    assert mailed(desk, message) == alaw.to_wav(SAID)
    with pytest.raises(NotFound):
        mailed(desk, message, "stranger")
    assert Sounds(desk.store).get(f"message.{CUSTOMER}.{message}") is None
    assert begun(desk, desk.first.router.route(Question("user", "sipline", "1233"))).play[0] == (
        "nl.geen-berichten"
    )
    assert sum(WAITS, timedelta(hours=1)) < desk.db["messages"].find_one({"_id": message})["gone_at"] - NOON
    assert desk.db["messages"].find_one({"_id": message})["gone_at"] == NOON + timedelta(days=1)

    assert desk.second.player.record(order.call, act.at, SAID) == message  # handed over once more
    assert (len(notified(desk)), desk.store.messages(CUSTOMER, "line:line")) == (1, [])


@pytest.mark.feature("TEL-03")
def test_a_line_s_messages_are_heard_and_removed_at_1233(desk: Desk) -> None:
    desk.publish(pbx(line(NUMBER, voicemail=Voicemail(on=True, always=True))))
    order = desk.incoming()
    act = begun(desk, order)
    message = desk.first.player.record(order.call, act.at, SAID)
    assert notified(desk) == []  # no address was filled in

    listening = desk.first.router.route(Question("user", "sipline", "1233"))
    told = begun(desk, listening)
    assert told.play[:2] == ("nl.u-hebt", "nl.een-bericht")
    assert Sounds(desk.store).get(f"message.{CUSTOMER}.{message}") == SAID
    assert desk.db["messages"].find_one({"_id": message})["heard_at"] == NOON
    removed = on(desk, listening, told, "key", keys="3")
    assert removed.play[0] == "nl.gewist"
    assert desk.store.messages(CUSTOMER, "line:line") == []
    (entry,) = desk.db["outbox"].find({"name": "pbx.audit.recorded.v1"})
    assert msgspec.json.decode(entry["body"])["data"]["action"] == "voicemail.removed"


def test_a_message_is_its_customer_s_only(desk: Desk) -> None:
    order, act = voicemail(desk)
    message = desk.first.player.record(order.call, act.at, SAID)
    sounds = Sounds(desk.store)
    assert sounds.get(f"message.{CUSTOMER}.{message}") == SAID
    assert sounds.get(f"message.stranger.{message}") is None
    assert sounds.get("nl.../texts") is None and sounds.get("message.a") is None


def test_what_is_not_known_is_not_answered(desk: Desk) -> None:
    desk.publish(with_menu(KEYS))
    order = desk.incoming()
    script = order.stages[0].targets[0].to
    with pytest.raises(NotYet):
        desk.second.player.next(Heard(call="unknown", script=script))
    with pytest.raises(NotYet):
        desk.second.player.next(Heard(call=order.call, script=script.replace("0", "7", 1)))
    with pytest.raises(ValueError):
        desk.second.player.next(Heard(call=order.call, script="menu"))
