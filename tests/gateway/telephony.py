"""pbx's answers, believable and in their contract's form: a bakery with a small PBX and two lines."""

from __future__ import annotations

from typing import Any

from shared.errors import Conflict, NotFound
from tests.gateway.fakes import FakeRpc

REVISION = 41
LINE, SECOND_LINE = "1a" * 16, "1b" * 16
JAN, KEES, RECEPTION, VOICEMAIL, FAX = "2a" * 16, "2b" * 16, "2c" * 16, "2d" * 16, "2e" * 16
SALES, SUPPORT = "3a" * 16, "3b" * 16
MENU = "4a" * 16
HOURS, HOLIDAYS, EVENING = "5a" * 16, "5b" * 16, "5c" * 16
MUSIC, GREETING, OTHER_MUSIC = "6a" * 16, "6b" * 16, "6c" * 16
RULE = "7a" * 16

MAIN, DIRECT, FREE, LINE_NUMBER, SECOND_NUMBER = (
    "+31850001600",
    "+31850001611",
    "+31850001615",
    "+31850001620",
    "+31850001621",
)


def user(id: str, first: str, last: str, extension: str | None, **more: Any) -> dict[str, Any]:
    name = {"first_name": first, "last_name": last} if last else {"first_name": first}
    return {"id": id, "username": f"{first.lower()}@bakkerij", **name, "extension": extension} | more


def line(**more: Any) -> dict[str, Any]:
    """A line of which only voicemail and one specific block are set."""
    return {
        "id": LINE,
        "number": LINE_NUMBER,
        "name": "Winkel",
        "main_number": MAIN,
        "extension": "20",
        "voicemail": {"on": True, "email": "winkel@bakkerij.example", "copy_email": ""},
        "forwards": {"busy": {"on": True, "to": "+31600123456"}},
        "blocks": {
            "anonymous": True,
            "rules": [
                {"id": RULE, "callers": "numbers", "schedule": EVENING, "numbers": ["+31850009999"]},
            ],
        },
        "simring": {"on": True, "numbers": [{"number": "+31600123456", "confirm": True}]},
    } | more


def schedules() -> list[dict[str, Any]]:
    week = [0, 1, 2, 3, 4]
    return [
        {"id": HOURS, "name": "Werktijden", "slots": [{"days": week, "start": "08:30", "end": "17:30"}]},
        {"id": EVENING, "name": "Weekend", "slots": [{"days": [5, 6]}]},
        {
            "id": HOLIDAYS,
            "name": "Vakantiedagen NL",
            "kind": "holiday",
            "dates": [{"first": "2026-12-25", "last": "2026-12-26", "name": "Kerstmis"}],
        },
    ]


def config(**more: Any) -> dict[str, Any]:
    """What stands at its default is left out, as on the bus."""
    return {
        "revision": REVISION,
        "company": {"name": "Bakkerij Voorbeeld", "number": MAIN, "show_name": True},
        "outgoing": {"service_0906": True},
        "night": {"state": "auto", "hours": HOURS, "holidays": HOLIDAYS},
        "schedules": schedules(),
        "music": MUSIC,
        "users": [
            user(JAN, "Jan", "Jansen", "211"),
            user(KEES, "Kees", "van de Heuvel", "213", number=FREE),
            user(RECEPTION, "Receptie", "", "209"),
            user(VOICEMAIL, "Bedrijf", "", "999"),
            user(FAX, "Fax", "", None),
        ],
        "groups": [
            {"id": SALES, "name": "Verkoop", "extension": "101", "members": [JAN, KEES]},
            {"id": SUPPORT, "name": "Support", "number": DIRECT, "extension": "102", "members": [JAN]},
        ],
        "menus": [
            {
                "id": MENU,
                "name": "Hoofdmenu",
                "number": MAIN,
                "extension": "555",
                "hours": HOURS,
                "open": {"keys": {"1": {"action": "transfer", "to": "101", "description": "Verkoop"}}},
            }
        ],
        "lines": [line(), {"id": SECOND_LINE, "number": SECOND_NUMBER}],
    } | more


def draft(changes: int = 2, *problems: str) -> dict[str, Any]:
    where = {"kind": "group", "id": SUPPORT, "name": "belgroep Support"}
    return {"changes": changes, "problems": [{"sentence": one, "where": where} for one in problems]}


def reply(draft: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """``pbx.config``; ``more`` replaces parts of the configuration."""
    used = {MAIN: ("menu", MENU, "Hoofdmenu"), DIRECT: ("group", SUPPORT, "Support")}
    used |= {LINE_NUMBER: ("line", LINE, "Winkel"), SECOND_NUMBER: ("line", SECOND_LINE, "")}
    numbers = [{"number": number, "used_by": _owner(used.get(number))} for number in (*used, FREE)]
    return {
        "enabled": True,
        "config": config(**more),
        "revision": REVISION,
        "draft": draft,
        "numbers": numbers,
        "files": [
            sound(MUSIC, "Rustig.wav", "music", 62, used_by=[PLAYED]),
            sound(OTHER_MUSIC, "Vrolijk.wav", "music", 90),
            sound(GREETING, "Welkom.wav", "greeting", 8),
        ],
        "fraud_blocks": [],
    }


PLAYED = {"kind": "company", "id": "music", "name": "de wachtmuziek"}


def sound(id: str, name: str, kind: str, seconds: int, **more: Any) -> dict[str, Any]:
    """A file: 8 kHz, 16 bits."""
    size = seconds * 16_000 + 44
    return {"id": id, "name": name, "kind": kind, "seconds": seconds, "size": size, "used_by": []} | more


def _owner(found: tuple[str, str, str] | None) -> dict[str, str] | None:
    return dict(zip(("kind", "id", "name"), found, strict=True)) if found else None


IDS = frozenset({LINE, SECOND_LINE, JAN, KEES, RECEPTION, VOICEMAIL, FAX, SALES, SUPPORT, MENU})
IDS |= {HOURS, HOLIDAYS, EVENING, MUSIC, GREETING, OTHER_MUSIC}


def save(part: str, id: str | None, values: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """``pbx.save`` and ``remove``: know what is in :func:`config`."""
    if id is not None and id.partition(":")[0] not in IDS:
        raise NotFound()
    return {"revision": REVISION + 1}


def remove(part: str, id: str, **fields: Any) -> dict[str, Any]:
    return save(part, id, {})


def chunk(file_id: str, index: int) -> dict[str, Any]:
    """``pbx.file_chunk``: a sound of two pieces."""
    if file_id not in IDS:
        raise NotFound()
    return {"data": ("UklG", "RkFB")[index], "last": index == 1}


def remove_file(file_id: str, command_id: str) -> dict[str, Any]:
    if file_id not in IDS:
        raise NotFound()
    return {}


def in_use(**fields: Any) -> dict[str, Any]:
    """Any ``remove`` of what something else needs."""
    raise Conflict("Werktijden is in gebruik bij Nachtschakeling en Hoofdmenu.")


def answers() -> dict[tuple[str, str], Any]:
    """Every method on a quiet day."""
    return {
        ("pbx", "config"): reply(),
        ("pbx", "save"): save,
        ("pbx", "add"): {"id": "8a" * 16, "revision": REVISION + 1},
        ("pbx", "remove"): remove,
        ("pbx", "move_member"): {"revision": REVISION + 1},
        ("pbx", "set_secret"): {},
        ("pbx", "discard"): {},
        ("pbx", "set_night"): {},
        ("pbx", "file_chunk"): chunk,
        ("pbx", "remove_file"): remove_file,
        ("pbx", "upload"): {"file": sound(GREETING, "Welkom.wav", "greeting", 8)},
    }


def saved(rpc: FakeRpc) -> dict[str, Any]:
    """What the newest ``save`` was about, without its command."""
    fields = rpc.last("save").fields
    return {name: fields[name] for name in ("part", "id", "values", "base_revision")}
