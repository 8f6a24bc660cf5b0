"""What the proxy makes of a password that is no password: a nonce from before, an HA1 that can be guessed."""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from shared.ids import new_id
from tests.integration.sip.conftest import Edge
from tests.support.sipp import REALM

pytestmark = [pytest.mark.xdist_group("sip"), pytest.mark.feature("PBX-11")]

KEES = "user-212"
WRONG_BEFORE_SILENCE = 20
NOBODY = "nobodynobody"
GUESSES = ("", "!", "0", "<null>", "0" * 32, hashlib.md5(b"").hexdigest(), hashlib.md5(b"::").hexdigest())
"""What may stand in the place of the HA1 of somebody who has none."""


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


@dataclass
class Telephone:
    """Registers by hand, header by header."""

    sock: socket.socket
    proxy: int
    sip_user: str
    sequence: int = 0

    def ask(self, authorization: str = "") -> str:
        """The answer to a REGISTER; TimeoutError when there is none."""
        self.sequence += 1
        here = f"127.0.0.1:{self.sock.getsockname()[1]}"
        lines = (
            f"REGISTER sip:{REALM} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{new_id()};rport",
            f"From: <sip:{self.sip_user}@{REALM}>;tag=1",
            f"To: <sip:{self.sip_user}@{REALM}>",
            f"Call-ID: {new_id()}",
            f"CSeq: {self.sequence} REGISTER",
            f"Contact: <sip:{self.sip_user}@{here}>;expires=60",
            "Max-Forwards: 70",
            *([f"Authorization: {authorization}"] if authorization else []),
            "Content-Length: 0",
        )
        self.sock.sendto("\r\n".join((*lines, "", "")).encode(), ("127.0.0.1", self.proxy))
        return self.sock.recv(4096).decode()

    def nonce(self) -> str:
        return nonce_in(self.ask())

    def proof(self, ha1: str, nonce: str) -> str:
        """That one knows the HA1, as RFC 2617 has it (qop auth, the nonce's first use)."""
        uri, cnonce = f"sip:{REALM}", "0a4f113b"
        right = md5(f"{ha1}:{nonce}:00000001:{cnonce}:auth:{md5(f'REGISTER:{uri}')}")
        return (
            f'Digest username="{self.sip_user}", realm="{REALM}", nonce="{nonce}", uri="{uri}", '
            f'qop=auth, nc=00000001, cnonce="{cnonce}", response="{right}", algorithm=MD5'
        )


def nonce_in(challenge: str) -> str:
    found = re.search(r'nonce="([^"]+)"', challenge)
    assert found, challenge
    return found[1]


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(5)
        yield sock


def test_a_nonce_of_before_is_asked_for_anew_and_is_no_wrong_password(
    edge: Edge, sock: socket.socket
) -> None:
    """A telephone that keeps its nonce for long would be silenced otherwise, with the right password."""
    sip_user, password = edge.accounts[KEES]
    telephone = Telephone(sock, edge.house.ports.sip, sip_user)
    ha1 = md5(f"{sip_user}:{REALM}:{password}")
    proof = telephone.proof(ha1, telephone.nonce())
    assert telephone.ask(proof).startswith("SIP/2.0 200")
    for _ in range(WRONG_BEFORE_SILENCE + 1):
        again = telephone.ask(proof)
        assert again.startswith("SIP/2.0 401") and "stale=true" in again
    assert telephone.ask(telephone.proof(ha1, nonce_in(again))).startswith("SIP/2.0 200")


def test_nobody_is_somebody_whatever_stands_in_the_place_of_a_password(
    edge: Edge, sock: socket.socket
) -> None:
    telephone = Telephone(sock, edge.house.ports.sip, NOBODY)
    for guess in GUESSES:
        answer = telephone.ask(telephone.proof(guess, telephone.nonce()))
        assert answer.startswith("SIP/2.0 401"), guess
        assert "stale=true" not in answer
    assert edge.rpc("ul.lookup", "location", NOBODY) is None
