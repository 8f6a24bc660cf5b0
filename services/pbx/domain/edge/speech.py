"""What the media server plays, by name. ``nl.…`` are standard sounds of ours (services/pbx/sounds),
``file.…`` what customers uploaded, ``music.…`` a piece of it, ``message.…`` and ``taken.…`` what was said.

A name says all of what is heard, so that a sound of that name never changes.
"""

from __future__ import annotations

from datetime import datetime

from shared.days import ZONE

MOST_COUNTED = 59
MUSIC_SECONDS = 5
"""Length of a piece of music: so often pbx looks whether somebody has become free."""
MUSIC_ROUND = 300
"""Seconds after which pieces begin anew; no sound is longer."""
NAMES = (
    "welkom",
    "fout",
    "toestel",
    "geen-toestel",
    "naam",
    "geen-naam",
    "meer-namen",
    "kies",
    "voor-toestel",
    "doorschakelen",
    "wachten",
    "niemand",
    "tot-ziens",
    "geen-gehoor",
    "in-gesprek",
    "na-de-toon",
    "later",
    "bedankt",
    "geen-bericht-opgenomen",
    "u-hebt",
    "geen-berichten",
    "een-bericht",
    "berichten",
    "meer-dan",
    "bericht",
    "vandaag",
    "gisteren",
    "om",
    "uur",
    "bericht-toetsen",
    "berichten-beluisteren",
    "begroeting-inspreken",
    "gewist",
    "laatste-bericht",
    "begroeting-na-de-toon",
    "dit-is-uw-begroeting",
    "begroeting-toetsen",
    "begroeting-bewaard",
    "niets-opgenomen",
    "bezettoon",
    "muziek",
    *(f"maand-{month}" for month in range(1, 13)),
    *(f"getal-{number}" for number in range(MOST_COUNTED + 1)),
)
"""All standard sounds."""

Sounds = tuple[str, ...]


def say(*names: str) -> Sounds:
    """Standard sounds, one after the other."""
    assert set(names) <= set(NAMES), names
    return tuple(f"nl.{name}" for name in names)


def upload(customer_id: str, file_id: str) -> Sounds:
    """A sound that the customer uploaded."""
    return (f"file.{customer_id}.{file_id}",)


def music(customer_id: str, file_id: str | None, second: int) -> Sounds:
    """The piece of waiting music that begins at ``second``; ours where the customer has chosen none."""
    begin = second % MUSIC_ROUND
    return (f"music.{customer_id}.{file_id or ''}.{begin}",)


def message(customer_id: str, message_id: str) -> Sounds:
    """A message in a voicemail."""
    return (f"message.{customer_id}.{message_id}",)


def taken(customer_id: str, recording_id: str) -> Sounds:
    """A greeting that was just spoken and is not kept yet."""
    return (f"taken.{customer_id}.{recording_id}",)


def counted(number: int) -> Sounds:
    """A whole number from 0; of large ones only that they are."""
    if number > MOST_COUNTED:
        return say("meer-dan", f"getal-{MOST_COUNTED}")
    return say(f"getal-{number}")


def digits(text: str) -> Sounds:
    """A number digit by digit; what is no digit is not said."""
    return say(*(f"getal-{digit}" for digit in text if digit in "0123456789"))


def moment(at: datetime, now: datetime) -> Sounds:
    """*vandaag om 14 uur 5*, by the clock of Amsterdam."""
    local, today = at.astimezone(ZONE), now.astimezone(ZONE).date()
    days = (today - local.date()).days
    day = ("vandaag",) if days == 0 else ("gisteren",) if days == 1 else _date(local)
    minutes = (f"getal-{local.minute}",) if local.minute else ()
    return say(*day, "om", f"getal-{local.hour}", "uur", *minutes)


def _date(local: datetime) -> Sounds:
    return (f"getal-{local.day}", f"maand-{local.month}")
