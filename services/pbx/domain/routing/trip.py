"""One call on its way: what has happened so far, and the rules that hold wherever it goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from services.pbx.domain.config import COMPANY_VOICEMAIL, AfterGreeting, Config, Element, Line, PbxUser
from services.pbx.domain.routing.classes import (
    ANONYMOUS,
    OutClass,
    is_blocked,
    is_emergency,
    is_outside,
    normalise,
    out_class,
)
from services.pbx.domain.routing.directory import Directory, directory, label, outside, ref
from services.pbx.domain.routing.values import (
    AnyStep,
    Busy,
    Call,
    Direction,
    End,
    Full,
    HangUp,
    Kind,
    Plan,
    Ref,
    Reject,
    State,
    Trace,
    Transfer,
    Voicemail,
)
from shared.phone_numbers import party
from shared.words import gettext as _
from shared.words import lazy_gettext as _l
from shared.words import ngettext

UNANSWERED_RINGS = 10
"""How often a telephone rings where nothing is set; then there is no answer."""

CLASS_NAMES: dict[OutClass, Any] = {
    OutClass.INTERNATIONAL: _l("internationale nummers"),
    OutClass.MOBILE: _l("mobiele nummers"),
    OutClass.SERVICE_0900: _l("zakelijke service nummers (0900)"),
    OutClass.SERVICE_0906: _l("erotische nummers (0906)"),
    OutClass.SERVICE_0909: _l("entertainment nummers (0909)"),
}


class Way(NamedTuple):
    """Where a call goes next: to an element, or to an outside number."""

    element: Element | None
    number: str
    sender: Element | None = None

    @property
    def name(self) -> str:
        return label(self.element) if self.element is not None else party(self.number)


class Trip:
    """A call under way. It is filled by the modules of this folder and ends as a Plan."""

    def __init__(self, config: Config, call: Call, now: datetime, state: State) -> None:
        self.config = config
        self.book: Directory = directory(config)
        self.call = call
        self.now = now
        self.state = state
        self.seconds = 0
        self.steps: list[AnyStep] = []
        self.trace: list[Trace] = []
        self.path: list[Ref] = []
        self.visited: set[int] = set()
        self.night_done = call.direction is not Direction.IN
        self.caller, self.caller_party = self._who(call)
        self.presses = list(call.key_presses)
        self._end: tuple[End, int, str] | None = None

    def _who(self, call: Call) -> tuple[PbxUser | Line | None, str]:
        if call.direction is Direction.IN:
            return None, normalise(call.caller)
        found, number = self.book.find(call.caller)
        return (found if isinstance(found, PbxUser | Line) else None), number

    def tell(
        self,
        what: str,
        why: str = "",
        element: Element | Ref | None = None,
        taken: bool = True,
        step: bool = False,
    ) -> None:
        """A line of the story; ``step``: it is about the step that was added last."""
        about = element if element is None or isinstance(element, Ref) else ref(element)
        self.trace.append(Trace(self.seconds, what, why, about, taken, len(self.steps) - 1 if step else None))

    def skip(self, what: str, why: str, element: Element | Ref | None = None) -> None:
        self.tell(what, why, element, taken=False)

    def add(self, step: AnyStep, seconds: int = 0) -> None:
        self.steps.append(step)
        self.seconds += seconds

    def rings(self, number: int) -> int:
        """Rings in seconds."""
        return max(number, 0) * self.config.ring_seconds

    def way(self, to: str, cause: str, sender: Element | None) -> Way | None:
        """The way to a destination; None, with the reason told, when it cannot or may not be reached."""
        found, number = self.book.find(to)
        if found is not None:
            return Way(found, number, sender)
        if not to.strip() or not is_outside(number):
            why = _("Er is geen bestemming ingevuld.") if not to.strip() else unknown(to)
            self.skip(_("%(cause)s kan niet", cause=cause), why, sender)
            return None
        if why := self.barred(number, sender):
            self.skip(_("%(cause)s mag niet", cause=cause), why, sender)
            return None
        return Way(None, number, sender)

    def payer(self, sender: Element | None) -> str:
        """The number that pays when this element sends a call outside, ``""`` when there is none."""
        return (sender.number if sender is not None else None) or self.config.company.number or ""

    def barred(self, number: str, sender: Element | None) -> str:
        """Why this element may not have an outside number called now; ``""`` when it may."""
        if is_blocked(self.config.outgoing, number):
            return blocked(number)
        if self.state.full is not None and out_class(number) is OutClass.INTERNATIONAL:
            return full(self.state.full)
        return "" if self.payer(sender) or is_emergency(number) else unpaid()

    @property
    def ended(self) -> bool:
        return self._end is not None

    def end(self, end: End, code: int, reason: str) -> None:
        self._end = (end, code, reason)

    def reject(self, code: int, reason: str, element: Element | Ref | None = None, why: str = "") -> None:
        self.add(Reject(at=self.seconds, code=code, reason=reason))
        self.tell(reason, why, element, step=True)
        self.end(End.REJECT, code, reason)

    def busy(self, reason: str, element: Element) -> None:
        self.add(Busy(at=self.seconds, reason=reason))
        self.tell(_("In-gesprektoon"), reason, element, step=True)
        self.end(End.BUSY, 486, reason)

    def hang_up(self, reason: str, element: Element) -> None:
        self.add(HangUp(at=self.seconds))
        self.tell(_("Verbinding verbroken"), reason, element, step=True)
        self.end(End.HANG_UP, 200, reason)

    def transfer(self, number: str, sender: Element | None) -> None:
        """The call of somebody leaves us by a forward, a menu or the like; its caller stays seen."""
        self.path.append(outside(number))
        shown: str | None = self.caller_party if self.caller_party.startswith("+") else ANONYMOUS
        name = ""
        if self.caller is not None:
            shown, name = shown_as(self.config, self.caller)
        own = self.payer(sender) or None
        self.add(Transfer(at=self.seconds, to=number, shown=shown, name=name, on_behalf=own))
        reason = _("%(number)s gaat over", number=party(number))
        self.tell(reason, _("Het gesprek gaat naar buiten."), outside(number), step=True)
        self.end(End.TRANSFER, 200, reason)

    def voicemail(self, owner: PbxUser | Line, busy: bool, why: str) -> Way | None:
        """The owner's voicemail answers; where it transfers after its greeting, that is the way on."""
        box = owner.voicemail
        greeting = box.greeting_busy if busy else box.greeting_no_answer
        record = box.after is AfterGreeting.RECORD
        self.add(Voicemail(at=self.seconds, user=owner.id, greeting=greeting, busy=busy, record=record))
        reason = _("Voicemail van %(name)s", name=ref(owner).name)
        self.tell(reason, f"{why} {after_greeting(box.after)}".strip(), owner, step=True)
        if box.after is AfterGreeting.TRANSFER:
            way = self.way(box.transfer_to, _("Doorverbinden na de begroeting"), owner)
            if way is not None:
                return way
        self.end(End.VOICEMAIL, 200, reason)
        return None

    def loop(self, element: Element) -> None:
        """The call came back to where it was: the company's voicemail takes it, or else 482."""
        why = _("Het gesprek is hier al geweest. Zonder dit einde zou het rond blijven gaan.")
        self.skip(_("Lus bij %(name)s", name=ref(element).name), why, element)
        box = self.book.company_voicemail
        if box is None or not box.voicemail.on:
            why = _("Er is geen bedrijfsvoicemail (%(extension)s) die aanstaat.", extension=COMPANY_VOICEMAIL)
            self.reject(482, _("Het gesprek eindigt: een lus"), element, why)
            return
        self.add(
            Voicemail(
                at=self.seconds,
                user=box.id,
                greeting=box.voicemail.greeting_no_answer,
                busy=False,
                record=box.voicemail.after is AfterGreeting.RECORD,
            )
        )
        reason = _("Voicemail van %(name)s", name=ref(box).name)
        self.tell(reason, _("Een lus eindigt bij de bedrijfsvoicemail."), box, step=True)
        self.end(End.VOICEMAIL, 200, reason)

    def plan(self) -> Plan:
        end, code, reason = self._end or (End.REJECT, 480, "")
        return Plan(
            steps=tuple(self.steps),
            end=end,
            code=code,
            reason=reason,
            trace=tuple(self.trace),
            path=tuple(self.path),
        )


def shown_as(config: Config, caller: PbxUser | Line, emergency: bool = False) -> tuple[str | None, str]:
    """(the number that others see, the name) when this caller calls outside; 112 always sees a number that
    can be called back, for a line that has none the company's."""
    if caller.hide_number and not emergency:
        return ANONYMOUS, ""
    company = config.company
    if isinstance(caller, Line):
        own = caller.number or (company.number if emergency else None)
        return normalise(own) if own else None, caller.name
    personal = caller.number if company.shown_number == "personal" else None
    number = personal or company.number or caller.number
    return normalise(number) if number else None, company.name if company.show_name else caller.name


def blocked(number: str) -> str:
    return _(
        "%(number)s is geblokkeerd: *Blokkeren uitgaand bellen* staat aan voor %(kind)s.",
        number=party(number),
        kind=CLASS_NAMES[out_class(number)],
    )


def unpaid() -> str:
    """Why a call that nobody can pay for does not go outside, and what to do."""
    return _(
        "Er is geen telefoonnummer van u waarop dit gesprek in rekening kan komen. Kies een bedrijfsnummer."
    )


def full(found: Full) -> str:
    """Why no call more may go abroad, and what to do."""
    if found.most is None:
        return _(
            "Hoeveel internationale gesprekken er zijn, was niet te tellen. Zolang gaat er geen bij. "
            "Probeer het straks opnieuw."
        )
    if not found.most:
        return _(
            "Internationaal bellen staat voor uw bedrijf uit. Vraag uw leverancier om het aan te zetten."
        )
    return ngettext(
        "Er is al %(most)s internationaal gesprek, en meer dan dat mag niet tegelijk. "
        "Wacht tot het klaar is, of vraag uw leverancier om een hogere grens.",
        "Er zijn al %(most)s internationale gesprekken, en meer dan dat mag niet tegelijk. "
        "Wacht tot er een klaar is, of vraag uw leverancier om een hogere grens.",
        found.most,
        most=found.most,
    )


def unknown(to: str) -> str:
    return _("%(to)s bestaat niet in uw telefooncentrale en is geen telefoonnummer.", to=to)


def after_greeting(after: AfterGreeting) -> str:
    if after is AfterGreeting.RECORD:
        return _("De beller kan een bericht inspreken.")
    if after is AfterGreeting.HANG_UP:
        return _("Na de begroeting wordt de verbinding verbroken.")
    return _("Na de begroeting wordt het gesprek doorverbonden.")


def emergency(trip: Trip, number: str) -> None:
    """An emergency call: out at once, whatever else is set."""
    assert is_emergency(number)
    own = trip.caller
    shown, name = shown_as(trip.config, own, emergency=True) if own else (trip.caller_party or None, "")
    trip.path.append(Ref(Kind.OUTSIDE, number, party(number)))
    trip.add(Transfer(at=trip.seconds, to=number, shown=shown, name=name, on_behalf=shown))
    reason = _("%(number)s gaat over", number=party(number))
    trip.tell(reason, _("Noodnummers gaan altijd door."), outside(number), step=True)
    trip.end(End.TRANSFER, 200, reason)
