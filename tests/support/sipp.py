"""SIP telephones and a trunk that nobody here wrote: sipp, of Debian's package sip-tester, with scenarios."""

from __future__ import annotations

import re
import socket
import subprocess
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

from tests.support.processes import until

LOCALHOST = "127.0.0.1"
REALM = "tikker"
GIVE_UP_SECONDS = 25
DOCTYPE = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n'
VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"


def _send(head: str, *lines: str, again: bool = True) -> str:
    text = "\n".join((head, *lines, "Content-Length: 0"))
    retrans = ' retrans="500"' if again else ""
    return f"<send{retrans}><![CDATA[\n{text}\n\n]]></send>\n"


def _same_branch(back: int) -> str:
    """The Via of so many steps of the scenario ago: that of an INVITE that was refused."""
    return VIA.replace("[branch]", f"[branch-{back}]")


def _reply(status: str, tag: str = "", *lines: str, again: bool = False, cseq: str = "[last_CSeq:]") -> str:
    to = f"[last_To:];tag=[pid]{tag}[call_number]" if tag else "[last_To:]"
    same = ("[last_Via:]", "[last_From:]", to, "[last_Call-ID:]", cseq)
    return _send(f"SIP/2.0 {status}", *same, *lines, again=again)


def _scenario(*parts: str) -> str:
    return f'{DOCTYPE}<scenario name="tikker">\n{"".join(parts)}</scenario>\n'


_HERE = "Contact: <sip:[local_ip]:[local_port]>"
_RINGING = _reply("180 Ringing", "t", "[last_Record-Route:]", _HERE)


def _answered(after_ms: int) -> str:
    return _scenario(
        '<recv request="INVITE" rrs="true"/>\n',
        _RINGING,
        f'<pause milliseconds="{after_ms}"/>\n',
        _reply("200 OK", "t", "[last_Record-Route:]", _HERE, again=True),
        '<recv request="ACK"/>\n<recv request="BYE"/>\n',
        _reply("200 OK"),
    )


def _refused(status: str, after_ms: int = 0) -> str:
    pause = f'<pause milliseconds="{after_ms}"/>\n' if after_ms else ""
    refusal = _reply(status, "t", again=True)
    return _scenario('<recv request="INVITE"/>\n', pause, refusal, '<recv request="ACK"/>\n')


_INVITED = (
    '<recv request="INVITE">\n<action><ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="1"/>'
    "</action>\n</recv>\n"
)
_TO_INVITE = "CSeq: [$1] INVITE"
"""A reply to the INVITE, when another request came last."""

ANSWER = _answered(100)
"""A telephone that is answered, until the caller hangs up."""

ANSWER_LATER = _answered(700)
"""The same, after others had time to refuse."""

BUSY = _refused("486 Busy Here")
"""A telephone whose owner is in a call."""

BUSY_TWICE = _scenario(
    _INVITED,
    _reply("486 Busy Here", "t", again=True),
    '<recv request="ACK"/>\n<pause milliseconds="300"/>\n',
    _reply("486 Busy Here", cseq=_TO_INVITE),
)
"""The same, whose answer arrives once more when others already ring."""

BUSY_LATER = _refused("486 Busy Here", after_ms=700)
"""The same, after that."""

DECLINE = _refused("603 Decline")
"""A telephone whose owner pushes the call away."""

DO_NOT_DISTURB = _refused("480 Temporarily Unavailable")
"""A telephone whose owner wants no calls now."""

RING = _scenario(
    _INVITED,
    _RINGING,
    '<recv request="CANCEL"/>\n',
    _reply("200 OK"),
    _reply("487 Request Terminated", "t", again=True, cseq=_TO_INVITE),
    '<recv request="ACK"/>\n',
)
"""A telephone that nobody answers: it rings until it is told to stop."""

NOTIFIED = _scenario('<recv request="NOTIFY"/>\n', _reply("200 OK"))
"""A telephone that is told to fetch its configuration."""


def register(sip_user: str, right: bool = True, seconds: int = 120) -> str:
    """A telephone that registers (or goes: 0 seconds); the wrong password is asked for again."""
    about = (
        f"From: <sip:{sip_user}@{REALM}>;tag=[pid]r",
        f"To: <sip:{sip_user}@{REALM}>",
        "Call-ID: [call_id]",
    )
    more = (f"Contact: <sip:{sip_user}@[local_ip]:[local_port]>;expires={seconds}", "Max-Forwards: 70")
    head = f"REGISTER sip:{REALM} SIP/2.0"
    return _scenario(
        _send(head, VIA, *about, "CSeq: 1 REGISTER", *more, "User-Agent: Yealink SIP-T54W 96.86.0.100"),
        '<recv response="401" auth="true"/>\n',
        _send(head, VIA, *about, "CSeq: 2 REGISTER", *more, "[authentication]"),
        f'<recv response="{200 if right else 401}"/>\n',
    )


def call(sender: str, to: str, end: str = "200", password: bool = True, seconds: float = 1.0) -> str:
    """Somebody calls: with a password (a telephone) or without (the trunk). Answered (200) they talk, and
    the caller hangs up; any other ``end`` is how the call must be refused."""
    about = (
        f'From: "Beller" <sip:{sender}@{REALM}>;tag=[pid]c',
        f"To: <sip:{to}@{REALM}>",
        "Call-ID: [call_id]",
    )
    mine = f"Contact: <sip:{sender}@[local_ip]:[local_port]>"
    head, hops = f"INVITE sip:{to}@{REALM} SIP/2.0", "Max-Forwards: 70"
    known = (f'From: "Beller" <sip:{sender}@{REALM}>;tag=[pid]c', "[last_To:]", "Call-ID: [call_id]", hops)
    parts = [_send(head, VIA, *about, "CSeq: 1 INVITE", mine, hops)]
    acked = f"ACK sip:{to}@{REALM} SIP/2.0"
    number = 1
    if password:
        number = 2
        parts += [
            '<recv response="407" auth="true"/>\n',
            _send(acked, _same_branch(2), *known, "CSeq: 1 ACK", again=False),
            _send(head, VIA, *about, "CSeq: 2 INVITE", mine, hops, "[authentication]"),
        ]
    parts += ['<recv response="100" optional="true"/>\n', *['<recv response="180" optional="true"/>\n'] * 5]
    if end != "200":
        parts += [
            f'<recv response="{end}"/>\n',
            _send(acked, _same_branch(8), *known, f"CSeq: {number} ACK", again=False),
        ]
        return _scenario(*parts)
    return _scenario(
        *parts,
        '<recv response="200" rrs="true"/>\n',
        _send("ACK [next_url] SIP/2.0", VIA, "[routes]", *known, f"CSeq: {number} ACK", again=False),
        f'<pause milliseconds="{int(seconds * 1000)}"/>\n',
        _send("BYE [next_url] SIP/2.0", VIA, "[routes]", *known, f"CSeq: {number + 1} BYE"),
        '<recv response="200"/>\n',
    )


def lasted(told: int, seconds: float) -> bool:
    """Whether a call of so many seconds is told as such: in started seconds, with what hanging up took on a
    machine that has more to do."""
    return ceil(seconds) <= told <= ceil(seconds + 5)


@dataclass
class Sipp:
    """One run of sipp; ``messages`` is what went over the wire."""

    popen: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> Sipp:
        """Until the scenario is over. Fails the test when it did not go as written."""
        code = self.popen.wait(GIVE_UP_SECONDS)
        assert code == 0, f"sipp ended with {code}:\n{self.messages[-6000:]}"
        return self

    @property
    def messages(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @property
    def invited(self) -> bool:
        return "\nINVITE sip:" in self.messages

    def header(self, name: str, of: str = "INVITE") -> str:
        """A header of the first request of that kind."""
        request = self.messages.split(f"\n{of} ", 1)[1]
        found = re.search(rf"^{name}: (.*?)\r?$", request, re.MULTILINE)
        return found.group(1).strip() if found else ""


@dataclass
class Phones:
    """Runs sipp against one proxy; ``end`` ends what still runs."""

    port: int
    folder: Path
    runs: list[Sipp] = field(default_factory=list)

    def run(self, scenario: str, local_port: int, account: tuple[str, str] | None = None) -> Sipp:
        """Start a scenario on a local port."""
        number = len(self.runs)
        file, log = self.folder / f"{number}.xml", self.folder / f"{number}.log"
        file.write_text(scenario)
        command = [
            "sipp",
            f"{LOCALHOST}:{self.port}",
            "-sf",
            str(file),
            "-i",
            LOCALHOST,
            "-p",
            str(local_port),
        ]
        command += [
            "-m",
            "1",
            "-nostdin",
            "-timeout",
            f"{GIVE_UP_SECONDS}s",
            "-timeout_error",
            "-max_retrans",
            "5",
        ]
        command += ["-trace_msg", "-message_file", str(log)]
        command += ["-au", account[0], "-ap", account[1]] if account else []
        popen = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder
        )
        self.runs.append(Sipp(popen, log))
        return self.runs[-1]

    def register(self, account: tuple[str, str], port: int) -> None:
        self.run(register(account[0]), port, account).wait()

    def answering(self, scenario: str, port: int) -> Sipp:
        """A telephone (or trunk) that waits for a request on this port."""
        started = self.run(scenario, port)
        until(lambda: not _is_free(port), what=f"sipp on port {port}")
        return started

    def end(self) -> None:
        for each in self.runs:
            if each.popen.poll() is None:
                each.popen.kill()
                each.popen.wait(5)


def free_ports(count: int) -> list[int]:
    """Ports that are free on UDP now, each another."""
    probes = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for probe in probes:
        probe.bind((LOCALHOST, 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((LOCALHOST, port))
        except OSError:
            return False
        return True
