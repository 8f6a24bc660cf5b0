"""Set-up on a real broker: what each account may do, tried with that account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import amqp
import pytest
from amqp.exceptions import AccessRefused, NotAllowed

from cli import broker, topology
from cli.house import House
from cli.testbed import Testbed
from cli.topology import Vhosts
from shared.publisher import Message, Publisher, open_connection

Channel = Any
Enter = Callable[[str], Channel]


@pytest.fixture
def enter() -> Iterator[Enter]:
    """``enter(uri)`` is a channel on a connection that is closed after the test."""
    opened: list[amqp.Connection] = []

    def make(uri: str) -> Channel:
        opened.append(open_connection(uri))
        return opened[-1].channel()

    yield make
    for connection in opened:
        connection.collect()


def publish(uri: str, exchange: str, key: str = "") -> None:
    publisher = Publisher(uri)
    try:
        publisher.publish([Message(exchange, key, b"{}")])
    finally:
        publisher.close()


def test_a_carriers_message_comes_to_the_ingester_and_to_nobody_else(house: House, enter: Enter) -> None:
    publish(house.ingest_uri("vasco"), "carrier.vasco", "v1")
    found = enter(house.ingest_uri("cdr-ingester")).basic_get("usage", no_ack=True)
    assert found.delivery_info["exchange"] == "carrier.vasco"
    with pytest.raises(AccessRefused, match="usage"):
        enter(house.ingest_uri("vasco")).basic_get("usage")


@pytest.mark.parametrize("exchange", ["carrier.mobi", "amq.default", "amq.topic", "dlx"])
def test_a_carrier_can_write_to_its_own_exchange_only(house: House, enter: Enter, exchange: str) -> None:
    channel = enter(house.ingest_uri("vasco"))
    channel.queue_declare("commands.vasco", passive=True)
    with pytest.raises(AccessRefused):
        channel.basic_publish(amqp.Message("{}"), "" if exchange == "amq.default" else exchange, "usage")
        channel.queue_declare("commands.vasco", passive=True)  # the refusal comes with the next answer


def test_a_carrier_reads_its_own_commands_only(house: House, enter: Enter) -> None:
    assert enter(house.ingest_uri("vasco")).basic_get("commands.vasco") is None
    with pytest.raises(AccessRefused):
        enter(house.ingest_uri("vasco")).basic_get("commands.mobi")


def test_a_carrier_can_declare_and_delete_nothing(house: House, enter: Enter) -> None:
    with pytest.raises(AccessRefused):
        enter(house.ingest_uri("vasco")).queue_declare("mine")
    with pytest.raises(AccessRefused):
        enter(house.ingest_uri("vasco")).exchange_delete("carrier.vasco")


@pytest.mark.parametrize("stranger", ["vasco", "cdr-ingester"])
def test_strangers_do_not_come_into_the_vhost_of_the_services(house: House, stranger: str) -> None:
    with pytest.raises((NotAllowed, AccessRefused)):
        open_connection(house.amqp_uri(stranger))


def test_services_do_not_come_into_the_vhost_of_the_carriers(house: House) -> None:
    with pytest.raises((NotAllowed, AccessRefused)):
        open_connection(house.ingest_uri("cdr"))


def test_the_services_queue_is_not_readable_by_another(house: House, enter: Enter) -> None:
    enter(house.amqp_uri("mobile")).queue_declare("mobile.on_rated", durable=True, auto_delete=False)
    with pytest.raises(AccessRefused):
        enter(house.amqp_uri("cdr")).basic_get("mobile.on_rated")
    with pytest.raises(AccessRefused):
        enter(house.amqp_uri("cdr")).queue_delete("mobile.on_rated")


def test_a_service_listens_to_anothers_events_and_cannot_forge_them(house: House, enter: Enter) -> None:
    cdr = enter(house.amqp_uri("cdr"))
    cdr.queue_declare("cdr.on_number_changed", durable=True, auto_delete=False)
    cdr.queue_bind("cdr.on_number_changed", "pbx.events", "pbx.number.changed.v1")
    publish(house.amqp_uri("pbx"), "pbx.events", "pbx.number.changed.v1")
    assert cdr.basic_get("cdr.on_number_changed", no_ack=True) is not None
    with pytest.raises(AccessRefused):
        cdr.basic_publish(amqp.Message("{}"), "pbx.events", "pbx.number.changed.v1")
        cdr.queue_declare("cdr.on_number_changed", passive=True)


def test_an_event_that_nothing_is_bound_to_is_kept(house: House, testbed: Testbed, enter: Enter) -> None:
    publish(house.amqp_uri("identity"), "identity.events", "identity.nobody.asked.v1")
    admin = enter(house_uri(testbed, house.portal_vhost))
    message = admin.basic_get("unrouted", no_ack=True)
    assert message.delivery_info["routing_key"] == "identity.nobody.asked.v1"


def test_a_caller_asks_and_reads_its_own_answers(house: House, enter: Enter) -> None:
    gateway = enter(house.amqp_uri("gateway"))
    gateway.queue_declare("rpc.reply-gateway-1", exclusive=True)
    gateway.queue_bind("rpc.reply-gateway-1", "nameko-rpc", "1")
    publish(house.amqp_uri("cdr"), "nameko-rpc", "1")
    assert gateway.basic_get("rpc.reply-gateway-1", no_ack=True) is not None
    with pytest.raises(AccessRefused):
        gateway.queue_declare("rpc.reply-cli-1", exclusive=True)


def test_poison_ends_in_the_dead_letters_after_the_delivery_limit(
    house: House, testbed: Testbed, enter: Enter
) -> None:
    """A message that its consumer hands back (or dies of) for ever does not stay for ever."""
    pbx = enter(house.amqp_uri("pbx"))
    arguments = {"x-queue-type": "quorum"}
    pbx.queue_declare("pbx.on_poison", durable=True, auto_delete=False, arguments=arguments)
    pbx.queue_bind("pbx.on_poison", "pbx.queues", "pbx.on_poison")
    publish(house.amqp_uri("pbx"), "pbx.queues", "pbx.on_poison")
    deliveries = 0
    while (message := pbx.basic_get("pbx.on_poison")) is not None:
        deliveries += 1
        pbx.basic_reject(message.delivery_tag, requeue=True)
        assert deliveries <= 30
    assert deliveries == 21
    admin = enter(house_uri(testbed, house.portal_vhost))
    died = wait_for_message(admin, "dead")
    assert died.headers["x-first-death-queue"] == "pbx.on_poison"


def wait_for_message(channel: Channel, queue: str) -> Any:
    """At-least-once dead-lettering takes its moment."""
    channel.basic_consume(queue, no_ack=True, callback=(found := []).append)
    while not found:
        channel.connection.drain_events(timeout=5)
    return found[0]


def house_uri(testbed: Testbed, vhost: str) -> str:
    """The administrator's way into a house."""
    return testbed.amqp_uri.rpartition("/")[0] + "/" + vhost.replace("/", "%2F")


def test_setting_up_twice_changes_nothing(house: House, testbed: Testbed) -> None:
    before = testbed.api("GET", "/definitions")
    document = topology.definitions(house.keys.amqp, vhosts=Vhosts(house.portal_vhost, house.ingest_vhost))
    broker.post_definitions(testbed.api_uri, document)
    after = testbed.api("GET", "/definitions")
    own = (house.portal_vhost, house.ingest_vhost)
    for part in ("permissions", "policies", "exchanges", "queues", "bindings"):
        kept = [[e for e in d[part] if e["vhost"] in own] for d in (before, after)]
        assert sorted(map(str, kept[0])) == sorted(map(str, kept[1])), part
