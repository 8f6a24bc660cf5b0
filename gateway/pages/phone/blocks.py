"""*Specifieke blokkeringen* of one number: made with a plus, changed, removed."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from gateway.clients.pbx import known
from gateway.forms.form import Form
from gateway.forms.phone import RuleForm, of_rule, rule_fields
from gateway.models.pbx import Pbx
from gateway.models.pbx_elements import BlockRule, Line
from gateway.models.pbx_settings import ALWAYS, TIME
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.pbx.frame import revision
from gateway.pages.phone.frame import Page, holders, name_of, page, pages, settings
from gateway.pages.phone.line import found_line, save_line
from gateway.pages.together import submit_together
from gateway.parts import parts
from gateway.toasts import Undo, toast
from gateway.words import gettext as _


@pages.get("/<id:line_id>/blokkeren/nieuw")
@holders
def new_block(line_id: str) -> Page:
    """The plus."""
    it = settings()
    line = found_line(it, line_id)
    return _drawn(it, line, None, _opened(line, None))


@pages.post("/<id:line_id>/blokkeren/nieuw")
@holders
def add_block(line_id: str) -> Response | Page:
    """Make it."""
    return _save(line_id, None)


@pages.get("/<id:line_id>/blokkeren/<id:rule_id>")
@holders
def block(line_id: str, rule_id: str) -> Page:
    """One, to change."""
    it = settings()
    line = found_line(it, line_id)
    return _drawn(it, line, _rule(line, rule_id), _opened(line, rule_id))


@pages.post("/<id:line_id>/blokkeren/<id:rule_id>")
@holders
def set_block(line_id: str, rule_id: str) -> Response | Page:
    """Change it."""
    return _save(line_id, rule_id)


@pages.post("/<id:line_id>/blokkeren/<id:rule_id>/verwijder")
@holders
def remove_block(line_id: str, rule_id: str) -> Response:
    """It goes; the message on the next page can bring it back."""
    line = found_line(settings(), line_id)
    rule = _rule(line, rule_id)
    left = [_plain(one) for one in line.blocks.rules if one.id != rule_id]

    def work(command: str) -> None:
        parts().pbx.save(acting(), command, "line", line_id, {"blocks": {"rules": left}}, revision())
        undo = Undo(url_for("phone.add_block", line_id=line_id), rule_fields(rule))
        toast(_("Blokkering verwijderd"), undo=undo)

    return at_once(work, _("Niet verwijderd"), url_for("phone.blocks", line_id=line_id))


def _save(line_id: str, rule_id: str | None) -> Response | Page:
    line = found_line(settings(), line_id)
    rule = _rule(line, rule_id) if rule_id else None

    def work(form: Form, base: int | None) -> Response:
        there = found_line(settings(), line_id)
        kept = [_plain(one) for one in there.blocks.rules]
        place = there.blocks.rules.index(_rule(there, rule_id)) if rule_id else len(kept)
        new = dict(form.values) | ({"id": rule_id} if rule_id else {})
        rules = [*kept[:place], new, *kept[place + 1 :]]
        begin = f"blocks.rules.{place}."
        names = {f"{begin}numbers.{n}": "numbers" for n in reversed(range(len(new["numbers"])))}
        values = {"blocks": {"rules": rules}}
        save_line(form, line_id, values, base, names | {begin: ""}, _("Blokkering opgeslagen"))
        return redirect(url_for("phone.blocks", line_id=line_id), 303)

    def now() -> tuple[Form, int]:
        it = settings()
        return _opened(found_line(it, line_id), rule_id), it.revision

    outcome = submit_together(RuleForm(), work, now)
    if not isinstance(outcome, Form):
        return outcome
    it = settings()
    return _drawn(it, found_line(it, line_id), rule, outcome)


def _opened(line: Line, rule_id: str | None) -> Form:
    """The form of a block as it stands, or of a new one."""
    return of_rule(_rule(line, rule_id)) if rule_id else Form.blank(RuleForm(), callers="nummers")


def _drawn(it: Pbx, line: Line, rule: BlockRule | None, form: Form) -> Page:
    always = {ALWAYS: _("Elke dag, de hele dag")}
    schedules = always | {one.id: one.name for one in it.config.schedules_of(TIME)}
    values = {"line": line, "line_name": name_of(line), "rule": rule, "shown": form, "schedules": schedules}
    return page("phone/block.html", it, "blocks", form, **values)


def _rule(line: Line, rule_id: str) -> BlockRule:
    found: BlockRule = known(next((one for one in line.blocks.rules if one.id == rule_id), None))
    return found


def _plain(rule: BlockRule) -> dict[str, object]:
    return {
        "id": rule.id,
        "callers": rule.callers,
        "schedule": rule.schedule,
        "numbers": list(rule.numbers),
    }
