"""Two people change the same thing at once: what both typed is put together, and nothing is lost.

A form carries what it began with. When somebody else has saved in between, each field is compared with
that: what only the other changed is taken over, what only this user changed stays, and where both did
it is said beside the field what stands there now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gateway.forms.form import Form
from gateway.models.answer import Answer
from gateway.words import gettext as _
from shared.ids import new_id

Shown = Mapping[str, list[str]]
"""What stands in a form, by the names on the page."""


@dataclass(frozen=True)
class Merged:
    """``taken`` are fields that the other changed alone, ``both`` those that both did."""

    typed: dict[str, list[str]]
    taken: tuple[str, ...]
    both: tuple[str, ...]


def merge(began: Shown, mine: Shown, theirs: Shown) -> Merged:
    """Three versions of the same fields as one; a field that is absent is empty."""
    typed: dict[str, list[str]] = {}
    taken, both = [], []
    for name in sorted({*began, *mine, *theirs}):
        was, typed_here, now = (sorted(version.get(name, [])) for version in (began, mine, theirs))
        chosen = mine
        if now != was and now != typed_here:
            if typed_here == was:
                chosen = theirs
                taken.append(name)
            else:
                both.append(name)
        if chosen.get(name):
            typed[name] = list(chosen[name])
    return Merged(typed, tuple(taken), tuple(both))


def written(shown: Shown) -> str:
    """For the hidden field of the form."""
    return json.dumps({name: values for name, values in shown.items() if values}, separators=(",", ":"))


def read_back(text: str) -> dict[str, list[str]]:
    """What :func:`written` wrote; empty for what a browser made of it."""
    try:
        found = json.loads(text)
        return {str(name): [str(value) for value in values] for name, values in dict(found).items()}
    except (ValueError, TypeError):
        return {}


def again(form: Form, fresh: Form, revision: str, own: frozenset[str]) -> Form:
    """The form after somebody else was first. ``fresh`` is how it would be opened now; fields of
    ``own`` (hidden ones, the reason) are no part of the comparison."""
    mine = {n: v for n, v in form.filled.typed.items() if n not in own}
    theirs = {n: v for n, v in fresh.filled.typed.items() if n not in own}
    merged = merge(read_back(form.filled.first("begin")), mine, theirs)
    typed = merged.typed | {"reden": form.filled.all("reden")}
    typed |= {"revisie": [revision], "begin": [written(theirs)]}
    said = {name: [_now(theirs.get(name, []))] for name in merged.both if name in form.labels}
    filled = replace(form.filled, typed=typed, errors=said)
    return replace(form, filled=filled, command=new_id(), answer=_answer(form, merged))


def _answer(form: Form, merged: Merged) -> Answer:
    sentences = [_("Er is nog niets van u opgeslagen.")]
    if names := _names(form, merged.taken):
        sentences.append(_("Hun wijziging van %(fields)s staat hieronder al ingevuld.", fields=names))
    if names := _names(form, merged.both):
        sentences.append(_("U wijzigde allebei %(fields)s: kies wat het wordt.", fields=names))
    sentences.append(_("Controleer het en sla opnieuw op."))
    return Answer(_("Een ander heeft dit intussen gewijzigd."), " ".join(sentences), 409, serious=False)


def _names(form: Form, names: tuple[str, ...]) -> str:
    return ", ".join(str(form.labels[name]) for name in names if name in form.labels)


def _now(values: list[str]) -> str:
    if not values:
        return _("De ander heeft dit leeggemaakt.")
    return _("De ander vulde in: %(value)s.", value=", ".join(values))
