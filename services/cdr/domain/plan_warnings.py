"""What is odd about a plan that can be read: lines that never count, numbers without a price."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

from services.cdr.domain.dutch_numbers import find_range, short_type
from services.cdr.domain.plan_table import LineError
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.tariff import Entry
from shared.words import gettext, lazy_gettext

SHOWN = 500
_LONGEST_SHORT = 6
_SHORT_BEGINS = ("11", "12", "13", "14", "18")
_SAMPLES = (
    (lazy_gettext("het alarmnummer 112"), "nl:112"),
    (lazy_gettext("vaste nummers in Nederland"), "+31101234567"),
    (lazy_gettext("085-nummers"), "+31850001611"),
    (lazy_gettext("088-nummers"), "+31880001611"),
    (lazy_gettext("mobiele nummers in Nederland"), "+31612345678"),
    (lazy_gettext("0800-nummers"), "+318000000"),
    (lazy_gettext("0900-nummers"), "+319000000"),
    (lazy_gettext("gemeenten (14…)"), "nl:14020"),
    (lazy_gettext("inlichtingen (18…)"), "nl:1888"),
    (lazy_gettext("toestellen van het eigen bedrijf"), "ext:201"),
)


@dataclass
class Warnings:
    """The first :data:`SHOWN` of them, and how many there are."""

    found: list[LineError] = field(default_factory=list)
    total: int = 0

    def add(self, one: LineError) -> None:
        self.total += 1
        if len(self.found) < SHOWN:
            self.found.append(one)


def warnings_of(plan: RatePlan, moment: int) -> Warnings:
    """All of a plan, those of the whole first (line 0), then by line. ``moment`` is an epoch second at which
    prices are tried."""
    warnings = Warnings()
    for one in _without_price(plan, moment):
        warnings.add(one)
    groups = _grouped(plan.entries)
    by_line = [*_overruled(groups), *_superfluous(groups), *_unreachable(plan.entries)]
    for one in sorted(by_line, key=lambda one: one.line):
        warnings.add(one)
    return warnings


_Groups = dict[tuple[str, str], list[Entry]]


def _grouped(entries: Iterable[Entry]) -> _Groups:
    groups: _Groups = {}
    for entry in entries:
        groups.setdefault((entry.kind, entry.prefix), []).append(entry)
    for group in groups.values():
        group.sort(key=lambda entry: -entry.priority)
    return groups


def _without_price(plan: RatePlan, moment: int) -> Iterator[LineError]:
    for words, party in _SAMPLES:
        chosen, _until = plan.match("voice", "out", party, None).at(moment)
        if chosen is None:
            problem = gettext("Er is geen tarief voor %(numbers)s.", numbers=words)
            yield LineError(
                0, None, problem, gettext("Zulke gesprekken wachten in quarantaine tot er een tarief is.")
            )
        elif party == "nl:112" and (chosen.price or chosen.fee):
            problem = gettext("Bellen naar 112 kost in dit plan geld.")
            yield LineError(chosen.entry.line, None, problem, gettext("Zet het tarief op 0."))


def _overruled(groups: _Groups) -> Iterator[LineError]:
    """Lines below one of the same prefix that counts always, and goes first."""
    for (_kind, prefix), group in groups.items():
        first = next((n for n, entry in enumerate(group) if entry.always), len(group))
        for entry in group[first + 1 :]:
            problem = gettext(
                "Deze regel telt nooit: regel %(line)s heeft hetzelfde prefix, geldt altijd en gaat voor.",
                line=group[first].line,
            )
            advice = gettext("Verlaag daar de prioriteit, of laat deze regel weg.")
            yield LineError(entry.line, "prefix", problem, advice, prefix)


def _superfluous(groups: _Groups) -> Iterator[LineError]:
    """Lines that say what a shorter prefix says already."""
    for (kind, prefix), group in groups.items():
        shorter = _next_shorter(groups, kind, prefix)
        if len(group) != 1 or shorter is None or len(shorter) != 1:
            continue
        one, other = group[0], shorter[0]
        if one.always and other.always and _says(one) == _says(other):
            problem = gettext(
                "Deze regel zegt hetzelfde als %(prefix)s op regel %(line)s.",
                prefix=other.prefix,
                line=other.line,
            )
            yield LineError(
                one.line, "prefix", problem, gettext("Zonder deze regel verandert er niets."), prefix
            )


def _next_shorter(groups: _Groups, kind: str, prefix: str) -> list[Entry] | None:
    found = (groups.get((kind, prefix[:length])) for length in range(len(prefix) - 1, 0, -1))
    return next((group for group in found if group), None)


def _says(entry: Entry) -> tuple[object, ...]:
    return entry.destination, entry.call_type, entry.tariff


def _unreachable(entries: Iterable[Entry]) -> Iterator[LineError]:
    for entry in entries:
        party = entry.prefix.rpartition("in:")[2].rpartition("fwd:")[2]
        party = party if party.startswith(("+", "nl:", "ext:", "alpha:")) else _after_zone(party)
        if _is_nobodys(party, entry.kind):
            problem = gettext("Geen enkel nummer begint zo: geen gesprek komt bij deze regel.")
            advice = gettext("Controleer het prefix, of laat de regel weg.")
            yield LineError(entry.line, "prefix", problem, advice, entry.prefix)


def _after_zone(prefix: str) -> str:
    """What follows "mob:" and "roam:eu:"."""
    rest = prefix.removeprefix("mob:")
    return rest.split(":", 2)[2] if rest.startswith("roam:") and rest.count(":") >= 2 else rest


def _is_nobodys(party: str, kind: str) -> bool:
    if party.startswith("+31") and len(party) > len("+31"):
        return _no_dutch_number(party.removeprefix("+31"))
    if party.startswith("nl:"):
        return kind == "voice" and party.removeprefix("nl:") not in _begins_of_short_numbers()
    if party.startswith("ext:"):
        return party.startswith("ext:0") or kind == "sms"
    return party.startswith("alpha:") and kind == "voice"


def _no_dutch_number(national: str) -> bool:
    found = find_range(national)
    return found is None or len(national) > max(found[1].lengths)


@lru_cache(maxsize=1)
def _begins_of_short_numbers() -> frozenset[str]:
    """All that a short number can begin with, from nothing to the whole of it."""
    found: set[str] = set()
    for begin in _SHORT_BEGINS:
        for more in range(1, _LONGEST_SHORT - 1):
            rests = ("".join(digits) for digits in product("0123456789", repeat=more))
            found.update(begin + rest for rest in rests if short_type(begin + rest))
    return frozenset(number[:length] for number in found for length in range(len(number) + 1))
