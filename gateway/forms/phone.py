"""Forms of *Telefoon* about one line (manual, 5.2). Their fields are named as pbx names them, with dots:
what is read is then as pbx takes it, and what pbx says of a field finds it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from gateway.forms.fields import NUMBER_FILLING, Choice
from gateway.forms.filled import Filled
from gateway.forms.form import Form
from gateway.forms.people import LONGEST_EMAIL, Sheet, line
from gateway.forms.telephony import rings, telephone, tick, ticked
from gateway.models.pbx_elements import BlockRule, Line
from gateway.models.pbx_settings import ALWAYS
from gateway.phone_numbers import party
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

FORWARDS = {
    "always": ("direct", _l("Direct doorschakelen")),
    "busy": ("bezet", _l("Indien bezet")),
    "no_answer": ("geen-gehoor", _l("Bij geen gehoor")),
    "offline": ("geen-internet", _l("Indien geen internet")),
}
"""By pbx's name: the name on the page and the manual's words."""

CALLERS = {"anoniem": "anonymous", "niet-beschikbaar": "unavailable", "nummers": "numbers"}
CALLER_NAMES = {
    "anonymous": _l("Anonieme bellers"),
    "unavailable": _l("Bellers van wie het nummer niet beschikbaar is"),
    "numbers": _l("Deze nummers"),
}
MOST_ALONG = 10
SIM_ROW = re.compile(r"mee-([0-9])", re.ASCII)
SEPARATORS = re.compile(r"[\n\r,;]+")
NUMBER = re.compile(r"\+?[0-9]{3,16}", re.ASCII)


def account_form() -> Schema:
    """*Accountgegevens*: of all of them one can be changed."""
    return Sheet.from_dict({"hide_number": tick("verberg", _l("Nummerweergave blokkeren"))})()


class _VoicemailForm(Sheet):
    @validates_schema
    def check_address(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A copy goes somewhere."""
        if data["copy"] and not data["voicemail"].get("email"):
            raise ValidationError({"email": [_("Vul in naar welk e-mailadres de kopie gaat.")]})

    @post_load
    def without_copy(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Without a copy there is no address to send to."""
        box = dict(data["voicemail"])
        return {"voicemail": box if data["copy"] else box | {"email": ""}}


def voicemail_form() -> Schema:
    """*Voicemail*."""
    found: dict[str, Any] = {
        "voicemail.on": tick("gebruik", _l("Gebruik voicemail")),
        "copy": tick("kopie", _l("Stuur een kopie van het voicemailbericht naar onderstaand e-mailadres")),
        "voicemail.email": line("email", _l("E-mailadres voor de voicemail"), LONGEST_EMAIL),
        "voicemail.always": tick("alle", _l("Alle oproepen doorsturen")),
        "voicemail.busy": tick("bezet", _l("Indien bezet doorsturen")),
        "voicemail.no_answer": tick("geen-gehoor", _l("Indien geen gehoor doorsturen")),
        "voicemail.rings": rings("aantal", _l("Na aantal keer overgaan")),
    }
    found["voicemail.email"].metadata["needed"] = True
    return _VoicemailForm.from_dict(found, name="VoicemailForm")()


class _ForwardsForm(Sheet):
    @validates_schema
    def check_numbers(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A forward that is on leads somewhere."""
        found = data.get("forwards", {})
        wrong = {
            f"{key}-nummer": [_("Vul in naar welk nummer.")]
            for name, (key, _label) in FORWARDS.items()
            if found.get(name, {}).get("on") and found[name].get("to") == ""
        }
        if wrong:
            raise ValidationError(wrong)


def forwards_form() -> Schema:
    """*Doorschakelen*."""
    found: dict[str, Any] = {}
    for name, (key, label) in FORWARDS.items():
        number = _l("%(cause)s naar nummer", cause=label)
        found[f"forwards.{name}.on"] = tick(key, label)
        found[f"forwards.{name}.to"] = telephone(f"{key}-nummer", number)
    found["forwards.no_answer.rings"] = rings("aantal", _l("Na aantal keer overgaan"))
    return _ForwardsForm.from_dict(found, name="ForwardsForm")()


def blocks_form() -> Schema:
    """*Blokkeren inkomende nummers*, but for the specific ones."""
    found: dict[str, Any] = {
        "blocks.all": tick("alle", _l("Blokkeer alle bellers")),
        "blocks.anonymous": tick("anoniem", _l("Blokkeer anonieme bellers")),
    }
    return Sheet.from_dict(found, name="BlocksForm")()


class _SimringForm(Sheet):
    @validates_schema
    def check_some(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Something rings along."""
        simring = data["simring"]
        if simring["on"] and not any(row.get("number") for row in simring["numbers"].values()):
            raise ValidationError({"mee-0": [_("Vul een of meer nummers in die mee overgaan.")]})

    @post_load
    def as_list(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """What pbx takes: the rows that have a number."""
        simring = dict(data["simring"])
        rows = sorted(simring["numbers"].items(), key=lambda item: int(item[0]))
        simring["numbers"] = [dict(row) for _n, row in rows if row["number"]]
        return {"simring": simring}


def simring_form(rows: int) -> Schema:
    """*Simring* with at most so many numbers."""
    found: dict[str, Any] = {
        "simring.on": tick("gebruik", _l("Gebruik Simring")),
        "simring.during_call": tick("tijdens", _l("Ook overgaan als u zelf in gesprek bent")),
    }
    for n in range(rows):
        found[f"simring.numbers.{n}.number"] = telephone(f"mee-{n}", _l("Nummer %(n)s", n=n + 1))
        found[f"simring.numbers.{n}.confirm"] = tick(f"bevestig-{n}", _l("Opnemen bevestigen met een toets"))
    return _SimringForm.from_dict(found, name="SimringForm")()


def sent_simring() -> Schema:
    """As many numbers as the sent form has."""
    found = [int(match[1]) for name in request.form if (match := SIM_ROW.fullmatch(name))]
    return simring_form(max(found, default=0) + 1)


def more_simring() -> Form | None:
    """When one more number was asked for: the form with what was typed, not judged."""
    if "meer" not in request.form:
        return None
    sent = Form.sent(sent_simring())
    rows = min(len(simring_rows(sent)) + 1, MOST_ALONG)
    return Form(simring_form(rows), Filled(sent.filled.typed, {}), sent.command)


def simring_rows(form: Form) -> list[int]:
    """The numbers of the rows of a form."""
    return list(range(sum(bool(SIM_ROW.fullmatch(name)) for name in form.labels)))


def kept_rows(form: Form) -> dict[str, str]:
    """The rows with a number, by the place they have in what goes to pbx."""
    kept = [n for n in simring_rows(form) if form.filled.first(f"mee-{n}")]
    return {f"simring.numbers.{place}.": f"simring.numbers.{n}." for place, n in enumerate(kept)}


class RuleForm(Sheet):
    """*Specifieke blokkering*: these callers, during this schedule. Numbers one per line or with commas."""

    callers = Choice(
        CALLERS,
        _l("Kies wie u wilt blokkeren."),
        data_key="filter",
        required=True,
        error_messages={"required": _l("Kies wie u wilt blokkeren.")},
        metadata={"label": _l("Filter")},
    )
    schedule = fields.String(
        data_key="schema",
        load_default=ALWAYS,
        validate=Length(max=32, error=_l("Kies een tijdschema.")),
        metadata={"label": _l("Tijdschema"), "needed": True},
    )
    numbers = fields.String(
        data_key="nummers", load_default="", metadata={"label": _l("Nummers"), "needed": True}
    )

    @validates_schema
    def check_numbers(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Where numbers are listed there are some, and each is one."""
        if data.get("callers") != "numbers":
            return
        found = listed(data.get("numbers", ""))
        wrong = [one for one in found if not NUMBER.fullmatch(NUMBER_FILLING.sub("", one))]
        if not found:
            raise ValidationError({"nummers": [_("Vul een of meer nummers in.")]})
        if wrong:
            sentence = _(
                "Dit is geen telefoonnummer: %(text)s. Zet elk nummer op een eigen regel.", text=wrong[0]
            )
            raise ValidationError({"nummers": [sentence]})

    @post_load
    def as_rule(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """What pbx takes."""
        numbers = listed(data["numbers"]) if data["callers"] == "numbers" else []
        return {**data, "numbers": numbers}


def listed(text: str) -> list[str]:
    """What was typed between commas and line ends."""
    return [one.strip() for one in SEPARATORS.split(text) if one.strip()]


def of_line(line: Line) -> dict[str, Form]:
    """The forms of a line's pages with what stands now, by view."""
    return {
        "account": Form.blank(account_form(), hide_number=ticked(line.hide_number)),
        "voicemail": _of_voicemail(line),
        "forwards": _of_forwards(line),
        "blocks": Form.blank(
            blocks_form(),
            **{
                "blocks.all": ticked(line.blocks.all),
                "blocks.anonymous": ticked(line.blocks.anonymous),
            },
        ),
        "simring": _of_simring(line),
    }


def of_rule(rule: BlockRule) -> Form:
    return Form.blank(
        RuleForm(),
        callers=_shown(CALLERS, rule.callers),
        schedule=rule.schedule,
        numbers="\n".join(party(number) for number in rule.numbers),
    )


def rule_fields(rule: BlockRule) -> dict[str, str]:
    """The form that makes this rule again."""
    numbers = "\n".join(rule.numbers)
    return {"filter": _shown(CALLERS, rule.callers), "schema": rule.schedule, "nummers": numbers}


def _of_voicemail(line: Line) -> Form:
    box = line.voicemail
    return Form.blank(
        voicemail_form(),
        **{
            "voicemail.on": ticked(box.on),
            "copy": ticked(bool(box.email)),
            "voicemail.email": box.email,
            "voicemail.always": ticked(box.always),
            "voicemail.busy": ticked(box.busy),
            "voicemail.no_answer": ticked(box.no_answer),
            "voicemail.rings": str(box.rings),
        },
    )


def _of_forwards(line: Line) -> Form:
    shown: dict[str, str] = {"forwards.no_answer.rings": str(line.forwards.no_answer.rings)}
    for name in FORWARDS:
        forward = getattr(line.forwards, name)
        shown[f"forwards.{name}.on"] = ticked(forward.on)
        shown[f"forwards.{name}.to"] = party(forward.to) if forward.to else ""
    return Form.blank(forwards_form(), **shown)


def _of_simring(line: Line) -> Form:
    shown = {
        "simring.on": ticked(line.simring.on),
        "simring.during_call": ticked(line.simring.during_call),
    }
    for n, along in enumerate(line.simring.numbers):
        shown[f"simring.numbers.{n}.number"] = party(along.number)
        shown[f"simring.numbers.{n}.confirm"] = ticked(along.confirm)
    return Form.blank(simring_form(min(len(line.simring.numbers) + 1, MOST_ALONG)), **shown)


def _shown(codes: Mapping[str, str], value: str) -> str:
    return next((name for name, code in codes.items() if code == value), "")


def renamed(said: Mapping[str, Sequence[str]], names: Mapping[str, str]) -> dict[str, list[str]]:
    """What pbx said of fields, where a field whose name begins as a key of ``names`` gets its value in the
    place of that."""
    found: dict[str, list[str]] = {}
    for name, sentences in said.items():
        old = next((begin for begin in names if name.startswith(begin)), "")
        new = names[old] + name.removeprefix(old) if old else name
        found.setdefault(new, []).extend(sentences)
    return found
