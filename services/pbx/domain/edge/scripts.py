"""The wire between the media server and pbx: what was heard of a caller, and what to do next.

The media server knows no menus and no voicemail. It tells what happened (`Heard`), in JSON by HTTP, and does
the one `Act` that it gets back. Which sound, key or telephone comes then is decided in pbx alone.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Event = Literal["began", "played", "key", "silence", "recorded", "refused", "gone"]
Then = Literal["next", "keys", "record", "transfer", "hangup"]

CALL_HEADER = "X-Tikker-Call"
"""The header in which the proxy tells the media server which call it is about."""


class Heard(Struct, frozen=True):
    """What happened in a call at the media server.

    `script` is the user of the address that was called; `at` is what the last act said, unchanged, and empty
    at first. `keys` are those pressed (event key); `code` is the SIP code of a refused transfer; `recording`
    is the ID that `/media/recording` answered, `seconds` its length.
    """

    call: str
    script: str
    at: str = ""
    event: Event = "began"
    keys: str = ""
    code: int = 0
    recording: str = ""
    seconds: float = 0.0


class Act(Struct, frozen=True):
    """What the media server does now; `at` is opaque to it and comes back with what happened.

    `play` names sounds, one after the other, with `loop` again and again until `then` is over. keys: at most
    `most`, ended by '#', or by `wait_ms` of silence after the sounds or after a key. record: at most
    `seconds`, after a tone with `beep`; three seconds of silence or a key end it too. transfer: a new INVITE
    to the user `target`; the caller hears `play` while it rings, or a ring back tone.
    """

    at: str
    play: tuple[str, ...] = ()
    loop: bool = False
    then: Then = "next"
    most: int = 1
    wait_ms: int = 5000
    seconds: int = 120
    beep: bool = True
    target: str = ""
