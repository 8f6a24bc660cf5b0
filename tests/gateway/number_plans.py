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


def roll_back(revision: int, command_id: str) -> dict[str, Any]:
    if revision not in (REVISION, EARLIER):
        raise NotFound()
    return {"revision": REVISION + 1, "broken": []}


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
    }
