"""Telephones that know only an address of their own network, through the proxy that says where they are."""

from __future__ import annotations

import asyncio

import pytest

from tests.integration.sip.conftest import COMPANY, Edge
from tests.integration.sip.test_menus_and_voicemail import JAN, MENU, Open, heard, talk
from tests.support.sip_caller import GIVE_UP_SECONDS, LOUD
from tests.support.sipp import Phones
from tests.support.telephone import Telephone

pytestmark = [pytest.mark.xdist_group("sip"), pytest.mark.feature("PBX-16")]

THEIR_OWN, STRANGER = "127.0.0.8", "127.0.0.9"


async def heard_by(ear: Telephone, mouth: Telephone, frame: bytes) -> None:
    """Somebody speaks, as people do, until the other hears it: nobody says when the way is there."""
    async with asyncio.timeout(GIVE_UP_SECONDS):
        while frame not in b"".join(ear.speech.heard):
            mouth.say(0.02, frame)
            await asyncio.sleep(0.02)


def test_both_sides_are_heard_from_where_their_sip_came_from_whatever_they_say_of_it(
    edge: Edge, phones: Phones, ports: list[int]
) -> None:
    """What they claim themselves about where they are is taken away: else they would not be heard."""
    edge.publish(menus=[MENU])
    edge.register(phones, JAN, ports[0])

    async def story(opened: Open) -> None:
        jan = await opened(ports[0], *edge.accounts[JAN])
        caller = await opened(edge.house.ports.trunk)
        for phone in (jan, caller):
            phone.speech.believes = THEIR_OWN
            phone.claims = (f"X-Tikker-Source: {STRANGER}",)
        await caller.call(COMPANY)
        caller.say(0.1)
        await caller.hears(heard("welkom"))
        caller.press("1")
        await jan.until(lambda: jan.talking, "call")
        await heard_by(caller, jan, LOUD[::-1])
        await heard_by(jan, caller, LOUD)
        caller.hang_up()
        await jan.until(lambda: jan.over, "end")

    talk(edge, story)
