"""``./tikker carrier send``: packing, what is said, and the exit code."""

from __future__ import annotations

import gzip
import io
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.carrier_file import BadLine, read_events
from cli.commands.carrier import (
    MESSAGE_BYTES,
    UNCONFIRMED_MESSAGES,
    Delivery,
    command,
    deliver,
)
from shared.errors import DependencyDown
from shared.publisher import Message


class Broker:
    """Takes messages."""

    def __init__(self) -> None:
        self.windows: list[list[Message]] = []

    def publish(self, messages: list[Message]) -> None:
        self.windows.append(list(messages))

    @property
    def messages(self) -> list[Message]:
        return [message for window in self.windows for message in window]


def lines(count: int) -> list[bytes | BadLine]:
    return [f'{{"record":"{n}"}}'.encode() for n in range(count)]


def sent(events: list[bytes | BadLine], pack: int = 200, packed: bool = False) -> tuple[list[Any], Delivery]:
    """The messages' bodies as Python values, and the account of it."""
    broker, delivery = Broker(), Delivery()
    deliver(events, broker.publish, "carrier.vasco", pack, packed, delivery)
    bodies = [gzip.decompress(m.body) if packed else m.body for m in broker.messages]
    return [json.loads(body) for body in bodies], delivery


def test_events_are_packed_and_a_single_one_goes_bare() -> None:
    bodies, delivery = sent(lines(5), pack=2)
    assert bodies == [
        {"events": [{"record": "0"}, {"record": "1"}]},
        {"events": [{"record": "2"}, {"record": "3"}]},
        {"record": "4"},
    ]
    assert delivery == Delivery(events=5, messages=3)


def test_pack_1_sends_single_events() -> None:
    assert sent(lines(2), pack=1)[0] == [{"record": "0"}, {"record": "1"}]


def test_messages_say_how_they_are_packed_and_to_whom_they_go() -> None:
    for packed in (False, True):
        broker = Broker()
        deliver(lines(3), broker.publish, "carrier.mobi", 200, packed, Delivery())
        (message,) = broker.messages
        assert (message.exchange, message.routing_key) == ("carrier.mobi", "usage.v1")
        assert message.properties == ({"content_encoding": "gzip"} if packed else {})
    assert sent(lines(3), packed=True)[0] == sent(lines(3))[0]


def test_large_events_never_make_a_message_that_the_broker_refuses() -> None:
    large: list[bytes | BadLine] = [b'{"record":"' + b"x" * 90_000 + b'"}'] * 25
    broker, delivery = Broker(), Delivery()
    deliver(large, broker.publish, "carrier.vasco", 1000, False, delivery)
    assert max(len(message.body) for message in broker.messages) <= MESSAGE_BYTES + 100
    assert delivery.events == 25


def test_bad_lines_are_counted_and_the_rest_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = lines(2)
    bodies, delivery = sent([first, BadLine(2, "not JSON"), second])
    assert bodies == [{"events": [{"record": "0"}, {"record": "1"}]}]
    assert delivery == Delivery(events=2, messages=1, bad_lines=1)
    assert capsys.readouterr().err == "line 2: not JSON\n"


def test_a_file_without_end_is_sent_in_windows_as_it_is_read() -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"{}"

    broker, delivery = Broker(), Delivery()

    def publish(messages: list[Message]) -> None:
        if len(broker.windows) == 3:
            raise DependencyDown("enough seen")
        broker.publish(messages)

    with pytest.raises(DependencyDown):
        deliver(endless(), publish, "carrier.vasco", 1, False, delivery)
    assert [len(window) for window in broker.windows] == [UNCONFIRMED_MESSAGES] * 3
    assert delivery.events == 3 * UNCONFIRMED_MESSAGES
    assert read <= 4 * UNCONFIRMED_MESSAGES + 1


def test_what_the_reader_gives_is_what_is_sent() -> None:
    bodies, _ = sent(list(read_events(io.BytesIO(b"record,duration\na,1\nb,\n"))))
    assert bodies == [{"events": [{"record": "a", "duration": 1}, {"record": "b"}]}]


def send(tmp_path: Path, *options: str, text: str = '{"record":"a"}\n') -> Result:
    file = tmp_path / "usage.jsonl"
    file.write_text(text)
    return CliRunner().invoke(command, ["send", str(file), *options])


def test_a_broker_that_is_away_is_one_sentence_and_an_exit_code(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        port = nobody.getsockname()[1]
        result = send(tmp_path, "--uri", f"amqp://vasco:pw@127.0.0.1:{port}/%2Fingest")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"tikker: the broker at 127.0.0.1:{port} did not take it (")
    assert "Confirmed before that: 0 events." in result.stderr and "counts once" in result.stderr
    assert "Traceback" not in result.output and "pw" not in result.output


class Recorder(Broker):
    """Stands for the publisher; remembers to whom it would have connected."""

    made: list[Recorder]

    def __init__(self, uri: str, seconds: float) -> None:
        super().__init__()
        self.uri = uri
        self.made.append(self)

    def close(self) -> None:
        """There is nothing to close."""


@pytest.mark.parametrize(
    ("options", "exchange"),
    [([], "carrier.mobi"), (["--carrier", "vasco"], "carrier.vasco")],
)
def test_the_user_in_the_address_is_the_carrier_unless_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], exchange: str
) -> None:
    monkeypatch.setattr(Recorder, "made", [], raising=False)
    monkeypatch.setattr("cli.commands.carrier.Publisher", Recorder)
    uri = "amqp://mobi:pw@broker.example.net:5672/%2Fingest"
    result = send(tmp_path, "--uri", uri, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    (publisher,) = Recorder.made
    assert publisher.uri == uri
    assert [message.exchange for message in publisher.messages] == [exchange]
    assert result.stdout.startswith(f"1 events in 1 messages handed over to {exchange} in ")


@pytest.mark.parametrize("uri", ["127.0.0.1:5672", "http://127.0.0.1/x", "amqp:///x"])
def test_an_address_that_is_none_is_said(tmp_path: Path, uri: str) -> None:
    result = send(tmp_path, "--uri", uri)
    assert result.exit_code == 1 and "is no address such as amqp://" in result.stderr


def test_without_a_system_that_runs_here_the_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKKER_STATE", str(tmp_path / "none"))
    assert "start it with  ./tikker up" in send(tmp_path).stderr
    result = send(tmp_path, "--carrier", "nobody")
    assert result.exit_code == 1 and "there is no carrier nobody; there is: vasco, mobi" in result.stderr
