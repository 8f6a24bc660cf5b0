"""What changes for callers when a configuration is published instead of another.

Every number is called at every hour of a week in both, with silence and with each key of the menu that
answers; what differs is told once for all hours at which it differs alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from services.pbx.domain.config import Config
from services.pbx.domain.moments import Regime, monday, regime, week
from services.pbx.domain.routing.directory import everybody
from services.pbx.domain.routing.engine import plan
from services.pbx.domain.routing.trip import CLASS_NAMES
from services.pbx.domain.routing.values import Call, Plan, Prompt, State
from services.pbx.domain.schedules import days_in_words
from services.pbx.domain.stories import in_short
from services.pbx.domain.week import CALLER
from shared.days import ZONE
from shared.phone_numbers import party
from shared.words import gettext as _


class Difference(Struct, frozen=True):
    """One change. ``number`` is the called one, ``""`` for calls by the customer's own people; ``when`` in
    words; ``hours`` of the week that it is about; ``before`` and ``after``: what the caller meets."""

    number: str
    when: str
    before: str
    after: str
    sentence: str
    hours: float = 0


def differences(old: Config, new: Config, owned_numbers: Collection[str], now: datetime) -> list[Difference]:
    """All changes, by number; ``now`` says which week."""
    cuts = list(week(monday(now), old, new))
    before = [regime(old, start) for start, _end in cuts]
    after = [regime(new, start) for start, _end in cuts]
    found: list[Difference] = []
    for number in _numbers(old, new, owned_numbers):
        ask_old, ask_new = _Asked(old, number), _Asked(new, number)
        changed: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
        pairs: dict[tuple[Regime, Regime], list[tuple[str, str]]] = {}
        for (start, end), was, is_now in zip(cuts, before, after, strict=True):
            if (was, is_now) not in pairs:
                pairs[was, is_now] = list(_changed(ask_old.at(was, start), ask_new.at(is_now, start)))
            for pair in pairs[was, is_now]:
                changed.setdefault(pair, []).append((start, end))
        found.extend(_difference(number, pair, times) for pair, times in changed.items())
    return [*found, *_outgoing(old, new), *_holidays(old, new)]


def _numbers(old: Config, new: Config, owned: Collection[str]) -> list[str]:
    used = {element.number for config in (old, new) for element in config.elements() if element.number}
    return sorted({*owned, *used})


class _Asked:
    """The plans of one number, made once for each regime."""

    def __init__(self, config: Config, number: str) -> None:
        self.config = config
        self.number = number
        self.state: State = everybody(config)
        self.known: dict[Regime, dict[str, tuple[bytes, str]]] = {}

    def at(self, now: Regime, moment: datetime) -> dict[str, tuple[bytes, str]]:
        """By what the caller presses ("" is nothing): (the whole of the plan, in words)."""
        if now not in self.known:
            silent = self._plan(moment, ())
            prompt = next((step for step in silent.steps if isinstance(step, Prompt)), None)
            keys = sorted(prompt.keys) if prompt is not None else []
            plans = {"": silent, **{key: self._plan(moment, (key,)) for key in keys}}
            self.known[now] = {
                key: (_whole(found), in_short(self.config, found)) for key, found in plans.items()
            }
        return self.known[now]

    def _plan(self, moment: datetime, presses: tuple[str, ...]) -> Plan:
        return plan(
            self.config, Call(caller=CALLER, called=self.number, key_presses=presses), moment, self.state
        )


def _whole(found: Plan) -> bytes:
    return msgspec.json.encode((found.steps, found.code))


def _changed(
    old: dict[str, tuple[bytes, str]], new: dict[str, tuple[bytes, str]]
) -> Iterator[tuple[str, str]]:
    """(before, after) in words for every press that leads elsewhere; one line when silence does so as well,
    and the menu itself is another."""
    if set(old) != set(new) and (len(old) == 1 or len(new) == 1):
        yield old[""][1], new[""][1]
        return
    nothing = (b"", _("deze toets doet niets"))
    for key in sorted({*old, *new}):
        (was, was_words), (is_now, now_words) = old.get(key, nothing), new.get(key, nothing)
        if was == is_now or (key and was_words == now_words):
            continue
        if was_words == now_words:
            now_words = _("%(story)s, met een andere begroeting of weergave", story=now_words)
        if key:
            was_words = _("toets %(key)s: %(story)s", key=key, story=was_words)
            now_words = _("toets %(key)s: %(story)s", key=key, story=now_words)
        yield was_words, now_words


def _difference(number: str, pair: tuple[str, str], times: list[tuple[datetime, datetime]]) -> Difference:
    when, (before, after) = in_words(times), pair
    sentence = _(
        "%(number)s, %(when)s: eerst %(before)s; nu %(after)s.",
        number=party(number),
        when=when,
        before=before,
        after=after,
    )
    hours = sum(((end - start) / timedelta(hours=1) for start, end in times), 0.0)
    return Difference(number, when, before, after, sentence, hours)


def in_words(times: list[tuple[datetime, datetime]]) -> str:
    """Stretches of one week in words: ``ma–vr 17:00–18:00``, ``de hele week``."""
    joined: list[list[datetime]] = []
    for start, end in times:
        if joined and joined[-1][1] == start and not _is_midnight(start):
            joined[-1][1] = end
        else:
            joined.append([start, end])
    by_hours: dict[tuple[str, str], list[int]] = {}
    for start, end in joined:
        clock = f"{end.astimezone(ZONE):%H:%M}"
        hours = (f"{start.astimezone(ZONE):%H:%M}", "24:00" if clock == "00:00" else clock)
        by_hours.setdefault(hours, []).append(start.astimezone(ZONE).weekday())
    if list(by_hours) == [("00:00", "24:00")] and len(by_hours["00:00", "24:00"]) == 7:
        return _("de hele week")
    return ", ".join(
        f"{days_in_words(days)} {_('de hele dag') if hours == ('00:00', '24:00') else '–'.join(hours)}"
        for hours, days in by_hours.items()
    )


def _is_midnight(moment: datetime) -> bool:
    return moment.astimezone(ZONE).strftime("%H:%M") == "00:00"


def _outgoing(old: Config, new: Config) -> Iterator[Difference]:
    """What the customer's own people can call, and what the others see."""
    can, cannot = _("mag"), _("mag niet")
    for kind, name in CLASS_NAMES.items():
        was, is_now = getattr(old.outgoing, kind.value), getattr(new.outgoing, kind.value)
        if was != is_now:
            sentence = (
                _("Niemand kan meer %(kind)s bellen.", kind=name)
                if is_now
                else _("Iedereen kan weer %(kind)s bellen.", kind=name)
            )
            before, after = (can, cannot) if is_now else (cannot, can)
            yield Difference("", "", before, after, sentence)
    if old.company.number != new.company.number:
        none = _("geen")
        before, after = (party(c.company.number) if c.company.number else none for c in (old, new))
        sentence = _("Het bedrijfsnummer wordt %(after)s; het was %(before)s.", before=before, after=after)
        if not new.company.number:
            sentence = _("Er is geen bedrijfsnummer meer: niemand kan bellen.")
        yield Difference("", "", before, after, sentence)


def _holidays(old: Config, new: Config) -> Iterator[Difference]:
    """Holidays outside this week change calls as well."""
    known = {schedule.id: schedule for schedule in old.schedules}
    for schedule in new.schedules:
        was = known.get(schedule.id)
        if was is not None and was.dates != schedule.dates:
            before, after = str(len(was.dates)), str(len(schedule.dates))
            sentence = _("De dagen van %(name)s zijn anders.", name=schedule.name)
            yield Difference("", "", before, after, sentence)
