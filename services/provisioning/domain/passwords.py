"""The password with which a phone fetches its configuration (manual 6.6.1)."""

from __future__ import annotations

from shared.words import gettext as _

SHORTEST, LONGEST = 6, 64


def broken_rules(password: str) -> list[str]:
    """A sentence per rule that the password breaks; none: it will do."""
    rules = (
        (len(password) >= SHORTEST, _("Gebruik minimaal %(least)s tekens.", least=SHORTEST)),
        (len(password) <= LONGEST, _("Gebruik ten hoogste %(most)s tekens.", most=LONGEST)),
        (any(c.isascii() and c.isupper() for c in password), _("Er ontbreekt een hoofdletter.")),
        (any(c.isascii() and c.islower() for c in password), _("Er ontbreekt een kleine letter.")),
        (any(c.isascii() and c.isdigit() for c in password), _("Er ontbreekt een cijfer.")),
        (any(is_special(c) for c in password), _("Er ontbreekt een speciaal teken, zoals ! of #.")),
        (
            all("!" <= c <= "~" for c in password),
            _("Gebruik alleen letters zonder accent, cijfers en leestekens, en geen spaties."),
        ),
    )
    return [sentence for holds, sentence in rules if not holds]


def is_special(character: str) -> bool:
    return "!" <= character <= "~" and not character.isalnum()
