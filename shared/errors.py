"""The errors that cross a service's border, with a sentence a user may read.

A service raises them, the bus carries them as ``{"code", "message", "details"}`` and the caller
gets the same class back. Anything else that a handler raises is a fault of ours: it is logged with
its traceback and crosses the border as :class:`Fault`, without a word about its inside.
"""

from __future__ import annotations

from typing import Any, ClassVar

from shared.words import lazy_gettext as _l


class TikkerError(Exception):
    """Base of the errors that callers may see; ``str(error)`` is a sentence for the user, in the
    language of whoever is served when it is made."""

    code: ClassVar[str] = "error"
    sentence: ClassVar[Any] = _l("Dit lukt nu niet.")

    def __init__(self, message: str = "", **details: Any) -> None:
        super().__init__(str(message or self.sentence))
        self.details = details

    def to_wire(self) -> dict[str, Any]:
        return {"code": self.code, "message": str(self), "details": self.details}


class Invalid(TikkerError):
    """The input does not fit; ``fields`` maps a field's name to sentences to show beside it."""

    code = "invalid"
    sentence = _l("Niet alles is goed ingevuld.")

    def __init__(self, message: str = "", fields: dict[str, list[str]] | None = None) -> None:
        said = {name: [str(sentence) for sentence in found] for name, found in (fields or {}).items()}
        super().__init__(message, fields=said)

    @property
    def fields(self) -> dict[str, list[str]]:
        return dict(self.details["fields"])


class NotFound(TikkerError):
    """There is no such thing, or it is somebody else's: the two look the same."""

    code = "not_found"
    sentence = _l("Dit bestaat niet, of het is niet van u.")


class Forbidden(TikkerError):
    """The acting person lacks a role; ``role`` names it when one role would do."""

    code = "forbidden"
    sentence = _l("U hebt hier geen toegang toe.")


class Conflict(TikkerError):
    """What is asked collides with what stands (taken, changed meanwhile, in use)."""

    code = "conflict"
    sentence = _l("Dit is intussen gewijzigd of al in gebruik.")


USED = "used"
"""In ``details["command"]`` of the Conflict of a command's ID that its caller used for something else."""


class TooMany(TikkerError):
    """Too many tries; ``retry_after`` is in seconds."""

    code = "too_many"
    sentence = _l("Te vaak geprobeerd. Wacht even.")

    def __init__(self, message: str = "", retry_after: int = 60) -> None:
        super().__init__(message, retry_after=retry_after)

    @property
    def retry_after(self) -> int:
        return int(self.details["retry_after"])


class Unavailable(TikkerError):
    """The service, or what it stands on, does not answer now. A try later may work."""

    code = "unavailable"
    sentence = _l("Deze gegevens zijn nu niet op te halen. Probeer het over een minuut opnieuw.")


class Fault(TikkerError):
    """The service failed on a request; the log has the reason under the correlation ID."""

    code = "fault"
    sentence = _l("Deze gegevens zijn nu niet op te halen. Onze beheerders zien dit in hun logboek.")


_BY_CODE: dict[str, type[TikkerError]] = {
    cls.code: cls for cls in (Invalid, NotFound, Forbidden, Conflict, TooMany, Unavailable, Fault)
}


def from_wire(data: object) -> TikkerError:
    """Rebuild the error that a service sent; what we have no class for becomes a :class:`Fault`."""
    if not isinstance(data, dict):
        return Fault()
    error = _BY_CODE.get(str(data.get("code")), Fault)(str(data.get("message") or ""))
    if isinstance(data.get("details"), dict):
        error.details.update(data["details"])
    return error


class Transient(Exception):
    """A handler may raise this: the same message may well succeed later (5 s, 30 s, 2 min, 10 min)."""


class DependencyDown(Exception):
    """What a handler stands on is down: the consumer pauses and spends no attempts."""


class Permanent(Exception):
    """A handler may raise this: the message can never succeed; it goes to the dead letters."""
