"""A user of the PBX: name and number, *Voicemail*, *Doorschakelen*, *Nachtschakeling* (manual 6.5, 6.6.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, validates_schema

from gateway.forms import pbx_elements as part
from gateway.forms.pbx_elements import Shown, ticked, written
from gateway.forms.people import LONGEST_EMAIL, Sheet, line, secret
from gateway.models.pbx_elements import Forwards, PbxUser, Voicemail
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

COPY = "voicemail.copies"
"""Ticked: a copy goes to a second address."""
SILENT = "voicemail.silent"
"""Ticked: a caller cannot leave a message."""

AFTER = {"hangup": _l("Verbinding verbreken"), "transfer": _l("Doorverbinden")}
"""What happens after the greeting when no message can be left."""

FORWARDS = {
    "always": ("direct", _l("Direct doorschakelen")),
    "busy": ("bezet", _l("Indien bezet")),
    "no_answer": ("geen-gehoor", _l("Bij geen gehoor")),
    "offline": ("geen-internet", _l("Indien geen internet")),
}
"""By pbx's name: the name on the page, and the manual's words."""

FORWARDED_TO = {
    "always": _l("Direct doorschakelen naar nummer"),
    "busy": _l("Indien bezet naar nummer"),
    "no_answer": _l("Bij geen gehoor naar nummer"),
    "offline": _l("Indien geen internet naar nummer"),
}


def user_form() -> Schema:
    """Everything of one user that a customer can change."""
    own = {
        "hide_number": part.tick("nummerweergave", _l("Nummerweergave blokkeren")),
        "call_waiting": part.tick("wisselgesprek", _l("Wisselgesprek")),
    }
    return part.form("UserForm", part.identity() | own | _voicemail() | _forwards() | part.night(False))


def _voicemail() -> dict[str, Any]:
    return {
        "voicemail.on": part.tick("voicemail-aan", _l("Gebruik voicemail")),
        "voicemail.always": part.tick("voicemail-direct", _l("Alle oproepen naar voicemail")),
        "voicemail.busy": part.tick("voicemail-bezet", _l("Voicemail bij in gesprek")),
        "voicemail.no_answer": part.tick("voicemail-geen-gehoor", _l("Voicemail bij geen gehoor")),
        "voicemail.rings": part.count("voicemail-na", _l("Na aantal keer overgaan"), part.MOST_RINGS, 5),
        "voicemail.email": _email("voicemail-email", _l("E-mailadres voor de voicemail")),
        COPY: part.tick(
            "voicemail-kopie", _l("Stuur een kopie van het voicemailbericht naar onderstaand e-mailadres")
        ),
        "voicemail.copy_email": _email("voicemail-kopie-email", _l("E-mailadres voor de kopie")),
        "voicemail.greeting_busy": part.sound("begroeting-bezet", _l("Begroeting bij ingesprek")),
        "voicemail.greeting_no_answer": part.sound(
            "begroeting-geen-gehoor", _l("Begroeting bij geen gehoor")
        ),
        SILENT: part.tick("geen-bericht", _l("Geen mogelijkheid om bericht inspreken")),
        "voicemail.after": part.one_of("na-begroeting", _l("Na de begroeting"), AFTER, "hangup"),
        "voicemail.transfer_to": part.destination("doorverbinden", _l("Doorverbinden met")),
    }


def _email(key: str, label: Any) -> Any:
    return part.needed(line(key, label, LONGEST_EMAIL))


def _forwards() -> dict[str, Any]:
    inner: dict[str, Any] = {}
    for name, (key, label) in FORWARDS.items():
        inner[f"forwards.{name}.on"] = part.tick(key, label)
        inner[f"forwards.{name}.to"] = part.destination(f"{key}-naar", FORWARDED_TO[name])
    rings = part.count("geen-gehoor-na", _l("Na aantal keer overgaan"), part.MOST_RINGS, 5)
    return inner | {"forwards.no_answer.rings": rings}


def shown(user: PbxUser) -> Shown:
    """What the form begins with."""
    own: Shown = {"hide_number": ticked(user.hide_number), "call_waiting": ticked(user.call_waiting)}
    answering = _shown_voicemail(user.voicemail) | _shown_forwards(user.forwards)
    return part.shown_identity(user) | own | answering | part.shown_night(user.night, False)


def _shown_voicemail(box: Voicemail) -> Shown:
    return {
        "voicemail.on": ticked(box.on),
        "voicemail.always": ticked(box.always),
        "voicemail.busy": ticked(box.busy),
        "voicemail.no_answer": ticked(box.no_answer),
        "voicemail.rings": str(box.rings),
        "voicemail.email": box.email,
        COPY: ticked(bool(box.copy_email)),
        "voicemail.copy_email": box.copy_email,
        "voicemail.greeting_busy": box.greeting_busy or "",
        "voicemail.greeting_no_answer": box.greeting_no_answer or "",
        SILENT: ticked(box.after != "record"),
        "voicemail.after": box.after if box.after in AFTER else "hangup",
        "voicemail.transfer_to": written(box.transfer_to),
    }


def _shown_forwards(forwards: Forwards) -> Shown:
    found: Shown = {}
    for name in FORWARDS:
        one = getattr(forwards, name)
        found[f"forwards.{name}.on"] = ticked(one.on)
        found[f"forwards.{name}.to"] = written(one.to)
    return found | {"forwards.no_answer.rings": str(forwards.no_answer.rings)}


def asked(values: Mapping[str, Any]) -> dict[str, Any]:
    """pbx's values. A copy that is not ticked goes nowhere."""
    box = dict(values["voicemail"])
    copies, silent = box.pop("copies"), box.pop("silent")
    box |= {
        "copy_email": box["copy_email"] if copies else "",
        "after": box["after"] if silent else "record",
        "greeting_busy": box["greeting_busy"] or None,
        "greeting_no_answer": box["greeting_no_answer"] or None,
    }
    return part.without_form({**values, "voicemail": box})


def missing(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """What only the form can know: a copy is asked for, but not to where."""
    box = values["voicemail"]
    if box["copies"] and not box["copy_email"]:
        return {"voicemail.copy_email": [_("Vul in waar de kopie heen gaat, of haal het vinkje weg.")]}
    return {}


class PasswordForm(Sheet):
    """*Wachtwoord*, for software and apps."""

    value = secret("wachtwoord", _l("Wachtwoord"), missing=_l("Vul een wachtwoord in."))
    repeat = secret("bevestig", _l("Bevestig wachtwoord"), missing=_l("Vul het wachtwoord nog een keer in."))

    @validates_schema
    def check_repeat(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Twice the same."""
        if data["value"] != data["repeat"]:
            raise ValidationError({"bevestig": [_("De twee wachtwoorden zijn niet hetzelfde.")]})


class PinForm(Sheet):
    """*Pincode*, of 4 to 8 digits."""

    value = secret("pincode", _l("Pincode"), missing=_l("Vul een pincode in."))

    @validates_schema
    def check_pin(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Digits only, and not too few."""
        pin = data["value"]
        if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
            raise ValidationError({"pincode": [_("Een pincode heeft 4 tot en met 8 cijfers.")]})
