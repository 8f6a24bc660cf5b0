"""What a caller meets, in one line: *keuzemenu Hoofdmenu, daarna Jan Jansen (211) 24 s, daarna …*"""

from __future__ import annotations

from services.pbx.domain.config import Config
from services.pbx.domain.routing.directory import directory, label
from services.pbx.domain.routing.values import (
    Announce,
    AnyStep,
    Busy,
    HangUp,
    Mailbox,
    Plan,
    Prompt,
    Reject,
    Ring,
    Target,
    Transfer,
    Voicemail,
    Wait,
)
from shared.phone_numbers import party
from shared.words import gettext as _


def in_short(config: Config, plan: Plan) -> str:
    """The steps of a plan as one sentence without its full stop."""
    phrases: list[str] = []
    for step in plan.steps:
        phrase = _phrase(config, step)
        if phrase and phrase not in phrases:
            phrases.append(phrase)
    text = phrases[0] if phrases else _("niets")
    for phrase in phrases[1:]:
        text = _("%(first)s, daarna %(then)s", first=text, then=phrase)
    return text


def _phrase(config: Config, step: AnyStep) -> str:
    book = directory(config)
    match step:
        case Ring():
            names = " + ".join(target_name(config, target) for target in step.targets)
            return _("%(names)s %(seconds)s s", names=names, seconds=step.seconds)
        case Prompt():
            menu = book.by_id.get(f"menu:{step.menu}")
            name = label(menu) if menu is not None else ""
            return name if step.side == "open" else _("%(name)s buiten werktijd", name=name)
        case Voicemail():
            owner = book.by_id.get(f"user:{step.user}") or book.by_id.get(f"line:{step.user}")
            name = label(owner) if owner is not None else ""
            return (
                _("voicemail van %(name)s", name=name)
                if step.record
                else _("meldtekst van %(name)s", name=name)
            )
        case Transfer():
            return party(step.to)
        case Wait():
            return _("%(seconds)s s wachtmuziek", seconds=step.seconds)
        case Busy():
            return _("in-gesprektoon")
        case Reject():
            return _("niemand") if step.code in (404, 480) else step.reason
        case HangUp():
            return _("verbinding verbroken")
        case Announce() | Mailbox():
            return ""


def target_name(config: Config, target: Target) -> str:
    """Whose telephone rings."""
    if target.number is not None:
        return party(target.number)
    book = directory(config)
    found = book.by_id.get(f"user:{target.user}") or book.by_id.get(f"line:{target.user}")
    return label(found) if found is not None else ""


class Heard:
    """What a caller went through until somebody answered, or to the end."""

    def __init__(self, config: Config, plan: Plan, answers: frozenset[str]) -> None:
        self.config = config
        self.plan = plan
        self.index, self.target = self._answered(answers)

    def _answered(self, answers: frozenset[str]) -> tuple[int | None, Target | None]:
        for index, step in enumerate(self.plan.steps):
            if isinstance(step, Ring):
                for target in step.targets:
                    if (target.user or target.number) in answers:
                        return index, target
        return None, None

    @property
    def at(self) -> int:
        """Seconds from the start to the answer or the end."""
        steps = self.plan.steps
        return steps[self.index if self.index is not None else -1].at if steps else 0

    @property
    def trace(self) -> int:
        """How many lines of the plan's trace have happened by then."""
        if self.index is None:
            return len(self.plan.trace)
        lines = enumerate(self.plan.trace, 1)
        told = (number for number, line in lines if line.step == self.index)
        later = (
            n
            for n, line in enumerate(self.plan.trace)
            if line.step is not None and line.step > (self.index or 0)
        )
        return next(told, next(later, len(self.plan.trace)))

    @property
    def sentence(self) -> str:
        """*Receptie (209) neemt op na 51 seconden.*"""
        if self.target is None:
            if self.plan.code == 200:
                return _("%(reason)s na %(seconds)s seconden.", reason=self.plan.reason, seconds=self.at)
            return _("Niemand neemt op: %(reason)s.", reason=self.plan.reason.rstrip("."))
        name = target_name(self.config, self.target)
        return _("%(name)s neemt op na %(seconds)s seconden.", name=name, seconds=self.at)
