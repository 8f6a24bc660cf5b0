"""pbx's answers about a number plan: the check, changes, versions, a tried call, the picture."""

from __future__ import annotations

from typing import Any

from shared.errors import NotFound
from tests.gateway.telephony import DIRECT, FREE, JAN, KEES, MAIN, MENU, RECEPTION, REVISION, SUPPORT

EARLIER = REVISION - 1


def finding(severity: str, sentence: str, kind: str, id: str, **more: Any) -> dict[str, Any]:
    element = {"kind": kind, "id": id, "name": "iets"}
    return {"code": "DEAD_END", "severity": severity, "element": element, "sentence": sentence} | more


WARNING = finding(
    "warning",
    "Belgroep Support: als niemand opneemt, eindigt het gesprek zonder antwoord.",
    "group",
    SUPPORT,
    field="overflow_to",
    mend="Stel *Doorschakelen na wachttijd* in",
)
ERROR = finding(
    "error",
    "Er is geen bedrijfsnummer ingesteld. Zonder bedrijfsnummer kan niemand bellen.",
    "company",
    "company",
    field="number",
    mend="Kies een bedrijfsnummer",
)


def difference(number: str, when: str, before: str, after: str) -> dict[str, Any]:
    sentence = f"{number}, {when}: eerst {before}; nu {after}."
    return {"number": number, "when": when, "before": before, "after": after, "sentence": sentence}


def version(revision: int, **more: Any) -> dict[str, Any]:
    at = "2026-11-20T13:00:00+00:00"
    return {"revision": revision, "kind": "publish", "at": at, "by": "Sanne de Wit", "note": ""} | more


def trace(at: int, what: str, why: str, kind: str, id: str, taken: bool = True) -> dict[str, Any]:
    return {"at": at, "what": what, "why": why, "element": {"kind": kind, "id": id}, "taken": taken}


STORY = [
    trace(0, "085-000 16 11 gebeld", "Hoort bij belgroep Support.", "number", DIRECT),
    trace(0, "Kees van de Heuvel (213) overgeslagen", "Toestel is niet aangemeld.", "user", KEES, False),
    trace(0, "Jan Jansen (211) gaat over", "4 keer, 20 seconden.", "user", JAN),
    trace(20, "Receptie (209) gaat over", "De wachttijd van 20 seconden is om.", "user", RECEPTION),
]


def tried(answered: bool = True, lines: int = 4) -> dict[str, Any]:
    said = "Receptie (209) neemt op na 20 seconden." if answered else "Niemand neemt op: geen gehoor."
    plan = {"steps": [], "end": "reject", "code": 480, "reason": "geen gehoor", "trace": STORY}
    heard = {"sentence": said, "at": 20, "lines": lines, "answered": answered}
    return {"at": "2026-11-23T13:05:00+00:00", "plan": plan, "reached": [], "heard": heard}


def node(id: str, column: str, name: str, **more: Any) -> dict[str, Any]:
    kind, _, element = id.partition(":")
    return {"id": id, "kind": kind, "element": element, "name": name, "column": column} | more


def picture(**more: Any) -> dict[str, Any]:
    """A number to the menu, key 1 to Support, whose members are Jan and Kees; reception nobody reaches."""
    columns = ("numbers", "Nummers"), ("menus", "Keuzemenu en toetsen"), ("groups", "Belgroepen")
    return {
        "columns": [*columns, ("users", "Gebruikers"), ("overflow", "Overloop")],
        "nodes": [
            node(f"number:{MAIN}", "numbers", "085-000 16 00"),
            node(
                f"menu:{MENU}",
                "menus",
                "Hoofdmenu",
                detail="555, Werktijden",
                follows_night=True,
                keys=[{"key": "1", "action": "transfer", "text": "Support"}],
            ),
            node(f"group:{SUPPORT}", "groups", "Support", detail="102"),
            node(f"user:{JAN}", "users", "Jan Jansen", detail="211"),
            node(f"user:{KEES}", "users", "Kees van de Heuvel", detail="213"),
            node(f"user:{RECEPTION}", "users", "Receptie", detail="209", reachable=False),
            node("outside:+31600123456", "overflow", "06-00 12 34 56", detail="buiten"),
        ],
        "edges": [
            {"source": f"number:{MAIN}", "target": f"menu:{MENU}", "cause": "Hoort bij"},
            {"source": f"menu:{MENU}", "target": f"group:{SUPPORT}", "cause": "Toets 1", "key": "1"},
            {"source": f"group:{SUPPORT}", "target": f"user:{JAN}", "cause": "Lid", "rings_only": True},
            {"source": f"group:{SUPPORT}", "target": f"user:{KEES}", "cause": "Lid", "rings_only": True},
            {"source": f"group:{SUPPORT}", "target": "outside:+31600123456", "cause": "na 60 s"},
        ],
        "closed": False,
        "night": "Buiten Werktijden (ma–vr 08:30–17:30) gaat alles naar Bedrijf (999).",
    } | more


TEST, CALL = "7b" * 16, "proef-1"


def test_call(**more: Any) -> dict[str, Any]:
    """Saved: by day the menu's number rings Jan when 2 is pressed."""
    call = {"caller": "0600123456", "called": MAIN, "direction": "in", "key_presses": ["2"]}
    return {
        "id": TEST,
        "name": "Overdag naar support",
        "call": call,
        "at": "2026-11-23T13:05:00+00:00",
        "expect": f"rings:{JAN}",
        "outcome": {"end": "reject", "code": 480, "reason": "Niemand neemt op"},
        "reached": [],
        "holds": True,
    } | more


test_call.__test__ = False  # type: ignore[attr-defined]  # pytest takes the name for a test's


def cell(start: str, end: str, rings: str = "", closed: bool = False) -> dict[str, Any]:
    """Hours of Monday 23 November 2026 in UTC, an hour behind the Dutch clock."""
    who = [{"kind": "user", "id": JAN, "name": rings}] if rings else []
    first = {"kind": "user", "id": JAN, "name": "Bedrijf (999)"} if closed else None
    day = {"start": f"2026-11-{start}:00+00:00", "end": f"2026-11-{end}:00+00:00", "day": 0}
    story = f"{rings} 20 s" if rings else "meldtekst" if closed else "niemand"
    return {**day, "first": first, "rings": who, "story": story, "closed": closed}


def week(**more: Any) -> dict[str, Any]:
    """Night until 08:30, Jan until 12:00, nobody until 13:00."""
    cells = [
        cell("22T23:00", "23T07:00", closed=True),
        cell("23T07:00", "23T07:30", closed=True),
        cell("23T07:30", "23T11:00", "Jan Jansen (211)"),
        cell("23T11:00", "23T12:00"),
        cell("23T12:00", "23T23:00", "Jan Jansen (211)"),
    ]
    return {"number": MAIN, "first": "2026-11-23", "cells": cells} | more


def item(code: str, label: str, done: bool, optional: bool = False, **more: Any) -> dict[str, Any]:
    return {"code": code, "label": label, "done": done, "optional": optional} | more


def checklist() -> dict[str, Any]:
    """Two of four done: Kees has no device, the menu does not speak; a group there is not."""
    kees = {"kind": "user", "id": KEES, "name": "Kees van de Heuvel (213)"}
    menu = {"kind": "menu", "id": MENU, "name": "keuzemenu Hoofdmenu"}
    company = {"kind": "company", "id": "company", "name": ""}
    number = item("company_number", "Toewijzen bedrijfsnummer", True, where=company, field="number")
    names = item("user_names", "Instellen naam", True, ready=2, of=2, where=kees)
    device = item(
        "devices", "Toestel configureren", False, ready=1, of=2, open=[kees], where=kees, field="device"
    )
    welcome = item(
        "open_greeting", "Inspreken welkomsboodschap", False, of=1, open=[menu], where=menu,
        field="open.greeting", heading="Keuzemenu onder werktijd",
    )  # fmt: skip
    voicemail = item("user_voicemail", "Instellen voicemail", False, optional=True, of=2, where=kees)
    return {
        "sections": [
            {"kind": "company", "title": "Algemene instellingen", "items": [number]},
            {"kind": "user", "title": "Medewerkers", "items": [names, voicemail]},
            {"kind": "device", "title": "Toestellen", "items": [device]},
            {"kind": "group", "title": "Belgroepen", "items": [], "wanted": False},
            {"kind": "menu", "title": "Keuzemenu", "items": [welcome]},
        ],
        "done": 2,
        "total": 4,
    }


def past_call(**more: Any) -> dict[str, Any]:
    known = {"id": CALL, "at": "2026-11-22T13:05:00+00:00", "caller": "06-00 12 34 56"}
    return {**known, "called": "belgroep Support", "direction": "in", "answered_by": None} | {
        "duration": None, "outcome": "missed", "code": 480,
    } | more  # fmt: skip


def explained(call_id: str, user_id: str | None = None) -> dict[str, Any]:
    """Why Kees' telephone did not ring."""
    if call_id != CALL:
        raise NotFound()
    said = ["Het toestel van Kees van de Heuvel (213) ging niet over. Het toestel is niet aangemeld."]
    leg = {"who": ["Jan Jansen (211)"], "result": "time", "sentence": "Jan Jansen (211) nam niet op."}
    moments = {"from": "2026-11-22T13:05:00+00:00", "until": "2026-11-22T13:05:20+00:00"}
    plan = {"steps": [], "trace": STORY, "reason": "", "code": 480}
    return {"call": past_call(), "plan": plan, "story": said if user_id else ["…"], "legs": [leg | moments]}


def roll_back(revision: int, command_id: str) -> dict[str, Any]:
    if revision not in (REVISION, EARLIER):
        raise NotFound()
    return {"revision": REVISION + 1, "broken": []}


def known_test_call(id: str | None, **_fields: Any) -> dict[str, Any]:
    """``pbx.save_test_call`` and ``remove_test_call``: know the one there is."""
    if id not in (None, TEST):
        raise NotFound()
    return {"id": TEST}


def answers() -> dict[tuple[str, str], Any]:
    changed = [
        difference(MAIN, "ma–vr 08:30–17:30", "Jan Jansen (211) 20 s", "Receptie (209) 20 s"),
        difference(FREE, "ma–vr 08:30–17:30", "niemand", "Receptie (209) 20 s"),
    ]
    return {
        ("pbx", "checks"): {"findings": [WARNING], "problems": []},
        ("pbx", "differences"): {"rows": changed},
        ("pbx", "publish"): {"revision": REVISION + 1, "broken": []},
        ("pbx", "history"): {"rows": [version(REVISION, note="Receptie erbij"), version(EARLIER)]},
        ("pbx", "roll_back"): roll_back,
        ("pbx", "simulate"): tried(),
        ("pbx", "picture"): picture(),
        ("pbx", "week"): week(),
        ("pbx", "test_calls"): {"rows": [test_call()]},
        ("pbx", "save_test_call"): known_test_call,
        ("pbx", "remove_test_call"): known_test_call,
        ("pbx", "checklist"): checklist(),
        ("pbx", "calls"): {"rows": [past_call()], "next": None},
        ("pbx", "explain_call"): explained,
    }
