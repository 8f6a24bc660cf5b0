"""``python -m cli.smtp_sink``: takes every mail of this machine's Tikker and keeps it as a file.

Development only: nothing is ever sent on. The files (``<moment>-<number>.eml``) open in a mail program.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from prometheus_client import Counter

from shared.config import setting
from shared.health import health_app, serve_health
from shared.logging import get_logger, setup_logging

LARGEST_MAIL_BYTES = 30_000_000

MAILS = Counter("tikker_mails_kept_total", "Mails taken and kept as a file")


class Keeper:
    """aiosmtpd's handler: one file per mail."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{next(self._numbers)}.eml"
        unfinished = self._folder / f".{name}"
        unfinished.write_bytes(_with_envelope(envelope))
        unfinished.rename(self._folder / name)
        MAILS.inc()
        get_logger(__name__).info("mail kept", file=name, to=envelope.rcpt_tos)
        return "250 OK"


def _with_envelope(envelope: Envelope) -> bytes:
    """The mail with the addresses of its envelope on top, as a mail server would note them."""
    content: Any = envelope.content
    recipients = ", ".join(envelope.rcpt_tos)
    return f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {recipients}\r\n".encode() + bytes(
        content
    )


async def serve(folder: Path, host: str, port: int, stopping: asyncio.Event) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keeper = Keeper(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, data_size_limit=LARGEST_MAIL_BYTES, enable_SMTPUTF8=True, loop=loop), host, port
    )

    def is_listening() -> None:
        if not server.is_serving():
            raise RuntimeError("does not listen")

    serve_health(health_app(live={"smtp": is_listening}, ready={}))
    async with server:
        await stopping.wait()


async def main() -> None:
    setup_logging("smtp-sink")
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await serve(Path(setting("MAIL_FOLDER")), setting("SMTP_HOST"), int(setting("SMTP_PORT")), stopping)


if __name__ == "__main__":
    asyncio.run(main())
    sys.exit(0)
