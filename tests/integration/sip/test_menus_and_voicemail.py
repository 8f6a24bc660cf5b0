"""Calls that are spoken to (PBX-16), as a caller hears them: proxy, media server, pbx, mail."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from services.pbx.domain import alaw
from services.pbx.media import tones
from services.pbx.sounds import standard
from shared.ids import new_id
from tests.integration.sip.conftest import COMPANY, LINE_NUMBER, SUPPORT, Edge, start
from tests.support import loops
from tests.support.processes import Process, until
from tests.support.sip_caller import LOUD
from tests.support.sipp import Phones
from tests.support.telephone import BUSY, RINGS, Telephone

pytestmark = [pytest.mark.xdist_group("sip"), pytest.mark.feature("PBX-16")]

JAN, KEES, SANDRA = "user-211", "user-212", "user-213"
MOBILE = "+31600123456"
ALWAYS = {"on": True, "always": True, "email": "jan@voorbeeld.example"}
QUIET = b"\xd5" * 160
MENU = {
    "id": "main",
    "name": "Hoofdmenu",
    "number": COMPANY,
    "extension": "555",
    "first_key_seconds": 1,
    "open": {
        "keys": {
            "1": {"action": "transfer", "to": "102"},
            "3": {"action": "transfer", "to": "+31600999888"},
            "9": {"action": "operator", "to": "213"},
        }
    },
}
Open = Callable[..., Coroutine[Any, Any, Telephone]]


def heard(name: str) -> bytes:
    """A piece out of the middle of a standard sound."""
    sound = standard(name) or b""
    middle = len(sound) // 2
    return sound[middle : middle + 1600]


def talk(edge: Edge, story: Callable[[Open], Coroutine[Any, Any, None]]) -> None:
    """Run a story with telephones that are closed afterwards."""

    async def run() -> None:
        async with AsyncExitStack() as stack:

            async def opened(port: int, name: str = MOBILE, password: str = "", **more: Any) -> Telephone:
                phone = await Telephone(edge.house.ports.sip, name, password, **more).open(port)
                stack.callback(phone.close)
                return phone

            await asyncio.wait_for(story(opened), 60)

    loops.run(run())


@pytest.fixture(scope="session")
def post(edge: Edge) -> Iterator[Path]:
    """The folder where mails arrive: identity sends them, nothing of it leaves this machine."""
    started: list[Process] = []
    try:
        for name in ("smtp-sink", "identity"):
            started.append(start(edge.house, name, edge.folder))
        for each in started:
            each.wait_ready()
        yield Path(edge.house.mail)
    finally:
        for each in started:
            each.popen.terminate()
            each.popen.wait(30)


def mails(folder: Path, to: str, count: int = 1) -> list[EmailMessage]:
    """Those to an address, once there are so many and nothing waits to be sent."""

    def found() -> list[EmailMessage]:
        read = [
            email.message_from_bytes(f.read_bytes(), policy=email.policy.SMTP) for f in folder.glob("*.eml")
        ]
        return [mail for mail in read if to in str(mail["To"])]

    until(lambda: len(found()) >= count, what=f"{count} mails to {to}")
    return found()


def said(mail: EmailMessage) -> bytes:
    """What is heard in the sound that came with it."""
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "audio/wav"
    return alaw.from_wav(attached.get_content())


def answered(edge: Edge, who: str) -> dict[str, Any]:
    """The newest call, once it is known who answered: of its two halves either may be told last."""
    until(lambda: edge.calls(1)[0]["answered_by"] == who, what=f"a call that {who} answered")
    return edge.calls(1)[0]


async def leave(caller: Telephone, seconds: float, frame: bytes = LOUD, hang_up: bool = True) -> None:
    """Leave a message, past the greeting; faster than people speak, but not before the tone is over."""
    caller.say(0.1, QUIET)
    await caller.speech.hears(len)
    caller.press("5")
    await caller.hears(tones.beep())
    for _ in range(int(seconds * 10)):
        caller.say(0.1, frame)
        await asyncio.sleep(0.01)
    if hang_up:
        caller.hang_up()


def test_a_menu_greets_takes_a_key_and_connects(edge: Edge, phones: Phones, ports: list[int]) -> None:
    edge.publish(menus=[MENU])
    edge.register(phones, JAN, ports[0])

    async def story(opened: Open) -> None:
        jan = await opened(ports[0], *edge.accounts[JAN])
        caller = await opened(edge.house.ports.trunk)
        await caller.call(COMPANY)
        caller.say(0.1)
        await caller.hears(heard("welkom"))
        caller.press("1")
        await jan.until(lambda: jan.talking and jan.far[1] == caller.speech.port, "way to the caller")
        jan.say(0.2, LOUD[::-1])
        await caller.hears(LOUD[::-1])
        await caller.until(lambda: caller.far[1] == jan.speech.port, "way to Jan")
        caller.say(0.2)
        await jan.hears(LOUD)
        assert jan.shown.startswith('"Support" <sip:0600123456@tikker>')
        caller.hang_up()
        await jan.until(lambda: jan.over, "end")

    talk(edge, story)
    row = answered(edge, "Jan (211)")
    assert (row["outcome"], row["direction"]) == ("answered", "in")
    whole = edge.ask("explain_call", call_id=row["id"])
    assert any("Toets 1" in line for line in whole["story"])
    assert edge.ask("calls", user_id=JAN, limit=1)["rows"][0]["id"] == row["id"]


def test_no_key_takes_the_way_of_silence(edge: Edge, phones: Phones, ports: list[int]) -> None:
    edge.publish(menus=[MENU])
    edge.register(phones, SANDRA, ports[0])

    async def story(opened: Open) -> None:
        sandra = await opened(ports[0], *edge.accounts[SANDRA])
        caller = await opened(edge.house.ports.trunk)
        await caller.call(COMPANY)
        await sandra.until(lambda: sandra.talking, "call for the reception")
        caller.hang_up()
        await sandra.until(lambda: sandra.over, "end")

    talk(edge, story)
    answered(edge, "Sandra (213)")


def test_a_key_that_leads_outside_is_paid_by_the_customer(
    edge: Edge, phones: Phones, ports: list[int]
) -> None:
    edge.publish(menus=[MENU])
    edge.register(phones, KEES, ports[0])

    async def story(opened: Open) -> None:
        outside = await opened(edge.house.ports.trunk)
        kees = await opened(ports[0], *edge.accounts[KEES])
        await kees.call("555")
        kees.press("3")
        await outside.until(lambda: outside.talking, "call for the trunk")
        kees.hang_up()
        await outside.until(lambda: outside.over, "end")

    talk(edge, story)
    usage = edge.usage("+31600999888")
    assert (usage["charged"], usage["direction"]) == (COMPANY, "out")
    answered(edge, "06-00 99 98 88")


def test_nobody_answers_and_the_voicemail_follows(
    edge: Edge, phones: Phones, ports: list[int], post: Path
) -> None:
    """After a menu, and after a telephone that rang: in one call all the same."""
    box = {"on": True, "rings": 1, "email": "sandra.voicemail@voorbeeld.example"}
    edge.publish(menus=[MENU], sandra={"voicemail": box})
    edge.register(phones, SANDRA, ports[0])

    async def story(opened: Open) -> None:
        sandra = await opened(ports[0], *edge.accounts[SANDRA], does=RINGS)
        caller = await opened(edge.house.ports.trunk)
        await caller.call(COMPANY)
        caller.press("9")
        await sandra.until(lambda: sandra.rung, "call")
        await leave(caller, 0.5)

    talk(edge, story)
    until(lambda: edge.calls(1)[0]["duration"] is not None, what="the end of the call")
    found = edge.ask("explain_call", call_id=edge.calls(1)[0]["id"])
    assert [(leg["who"], leg["result"]) for leg in found["legs"]] == [(["Sandra (213)"], "time")]
    assert edge.database["messages"].count_documents({"owner": "user:user-213"}) == 0  # half a second is none


def test_who_waits_and_is_refused_comes_where_the_group_leads(
    edge: Edge, phones: Phones, ports: list[int]
) -> None:
    """Jan becomes free and his telephone says *busy* all the same: the wait ends when it was set to."""
    wait = {"members": [JAN], "wait_on": True, "wait_seconds": 6, "overflow_to": "213"}
    edge.publish(support=wait)
    edge.register(phones, JAN, ports[0])
    edge.register(phones, SANDRA, ports[1])
    other = {"_id": new_id(), "up": True, "customer_id": edge.customer_id, "talking": [f"user:{JAN}"]}
    edge.database["calls"].insert_one({**other, "at": datetime.now(UTC)})

    async def story(opened: Open) -> None:
        jan = await opened(ports[0], *edge.accounts[JAN], does=BUSY)
        sandra = await opened(ports[1], *edge.accounts[SANDRA])
        caller = await opened(edge.house.ports.trunk)
        await caller.call(SUPPORT)
        caller.say(0.1)
        await caller.hears(heard("wachten"))
        await asyncio.to_thread(edge.database["calls"].delete_one, {"_id": other["_id"]})
        await jan.until(lambda: jan.rung, "offer")
        jan.rung = False  # he says so each time
        await sandra.until(lambda: sandra.talking, "call after the wait")
        assert not jan.rung
        caller.hang_up()
        await sandra.until(lambda: sandra.over, "end")

    talk(edge, story)
    answered(edge, "Sandra (213)")


def test_a_message_in_a_voicemail_is_mailed_once(
    edge: Edge, phones: Phones, ports: list[int], post: Path
) -> None:
    """To the owner and to the second address; the sound is what was said."""
    jan, archive = (f"{name}.{new_id()[:8]}@voorbeeld.example" for name in ("jan", "archief"))
    box = {
        "on": True,
        "always": True,
        "email": jan,
        "copy_email": archive,
    }
    edge.publish(jan={"voicemail": box, "number": SUPPORT}, support={"number": None})

    async def story(opened: Open) -> None:
        caller = await opened(edge.house.ports.trunk)
        await caller.call(SUPPORT)
        caller.say(0.1)
        await caller.hears(heard("geen-gehoor"))
        await leave(caller, 3)

    talk(edge, story)
    (mail,) = mails(post, jan)
    (copy,) = mails(post, archive)
    assert mail["Subject"] == "Voicemail van 06-00 12 34 56 voor Jan (211)"
    assert LOUD * 100 in said(mail)
    assert said(mail) == said(copy)
    answered(edge, "Voicemail van Jan (211)")
    assert edge.database["messages"].count_documents({"owner": "user:user-211"}) == 1


@pytest.mark.feature("TEL-03")
def test_1233_plays_messages_and_records_the_greeting(edge: Edge, phones: Phones, ports: list[int]) -> None:
    line = {
        "id": "line-1",
        "number": LINE_NUMBER,
        "name": "Winkel",
        "voicemail": {"on": True, "always": True},
    }
    edge.publish(lines=[line])
    edge.device("line-1", line=True)
    edge.register(phones, "line-1", ports[0])

    async def story(opened: Open) -> None:
        caller = await opened(edge.house.ports.trunk)
        await caller.call(LINE_NUMBER)
        await leave(caller, 3)
        await asyncio.to_thread(until, lambda: edge.database["messages"].find_one({"owner": "line:line-1"}))

        owner = await opened(ports[0], *edge.accounts["line-1"])
        await owner.call("1233")
        owner.say(0.1)
        await owner.hears(heard("een-bericht"))
        await owner.hears(LOUD * 20)
        owner.press("9")
        await leave(owner, 3, LOUD[::-1], hang_up=False)
        owner.press("1")  # ends the recording
        await owner.hears(heard("dit-is-uw-begroeting"))
        owner.press("1")
        await owner.hears(heard("begroeting-bewaard"))
        owner.hang_up()

    talk(edge, story)
    (kept,) = edge.ask("files")["rows"]
    assert kept["name"].startswith("Ingesproken op ")
    box = edge.ask("config", which="published")["config"]["lines"][0]["voicemail"]
    assert box["greeting_no_answer"] == box["greeting_busy"] == kept["id"]

    async def greeted(opened: Open) -> None:
        caller = await opened(edge.house.ports.trunk)
        await caller.call(LINE_NUMBER)
        caller.say(0.1)
        await caller.hears(LOUD[::-1] * 20)
        caller.hang_up()

    talk(edge, greeted)


def test_without_the_media_server_calls_go_as_they_did(edge: Edge, phones: Phones, ports: list[int]) -> None:
    """A menu counts as silence: the reception rings; a voicemail is not available."""
    edge.publish(
        menus=[MENU],
        jan={"number": SUPPORT, "voicemail": ALWAYS},
        support={"number": None},
    )
    edge.register(phones, SANDRA, ports[0])
    edge.started["pbx-media"].kill()
    try:

        async def story(opened: Open) -> None:
            sandra = await opened(ports[0], *edge.accounts[SANDRA])
            caller = await opened(edge.house.ports.trunk)
            await caller.call(COMPANY)
            assert sandra.talking
            caller.hang_up()
            await sandra.until(lambda: sandra.over, "end")

        async def refused(opened: Open) -> None:
            caller = await opened(edge.house.ports.trunk)
            await caller.call(SUPPORT)
            assert caller.refused == 480

        talk(edge, story)
        talk(edge, refused)
    finally:
        edge.started["pbx-media"].start()
        edge.started["pbx-media"].wait_ready()
        edge.rpc("htable.flush", "state")
    whole = edge.ask("explain_call", call_id=edge.calls(2)[1]["id"])
    told = whole["legs"][0]["sentence"]
    assert told.startswith("keuzemenu Hoofdmenu kwam niet aan het woord")
