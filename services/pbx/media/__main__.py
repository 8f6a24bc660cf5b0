"""``python -m services.pbx.media``: one process, one thread for SIP and speech, and a few that ask pbx."""

from __future__ import annotations

import asyncio
import signal

from services.pbx.media.asking import Pbx
from services.pbx.media.server import MediaServer
from services.pbx.media.settings import Settings
from shared.handling import begin
from shared.health import health_app, serve_health
from shared.logging import get_logger

log = get_logger("services.pbx.media")


async def serve(settings: Settings) -> bool:
    """Until SIGTERM or SIGINT, and until the calls that run then are over. False when it ended because no
    call can go on: whoever started it has to do so again."""
    pbx = Pbx(settings.pbx, settings.token)
    server = MediaServer(settings, pbx)
    await server.start()
    ready = {"pbx": pbx.check, "calls": server.taking_calls}
    serve_health(health_app({"clock": server.turning}, ready))
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    log.info("started", port=settings.port)
    broken, asked = loop.create_task(server.broken()), loop.create_task(stopping.wait())
    await asyncio.wait((broken, asked), return_when=asyncio.FIRST_COMPLETED)
    if broken.done():
        log.critical("the clock has ended, and every call with it", exc_info=broken.result())
        await server.drain(seconds=0)
        return False
    log.info("draining", calls=len(server.calls))
    await server.drain()
    log.info("stopped")
    return True


def main() -> None:
    begin("pbx-media")
    if not asyncio.run(serve(Settings.from_environment())):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
