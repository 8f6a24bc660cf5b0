"""When a mail is tried again, and to whom it goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.identity.domain.mails import WAITS, Letter, mail_to, next_try
from services.identity.domain.users import User

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 5), (3, 30), (4, 120), (5, None), (6, None)])
def test_the_waits_grow_and_after_five_tries_it_has_failed(tries: int, minutes: int | None) -> None:
    expected = NOON + timedelta(minutes=minutes) if minutes else None
    assert next_try(tries, NOON) == expected
    assert len(WAITS) == 4


def test_a_mail_goes_to_the_users_address_in_their_language_and_can_name_them() -> None:
    nora = User(
        id="a" * 32,
        number=1001,
        customer_id="c" * 32,
        username="nora",
        password_hash="",
        email="nora@example.nl",
        first_name="Nora",
        infix="de",
        last_name="Wit",
        language="en",
    )
    mail = mail_to(nora, Letter.INVOICE, {"number": "2026-1", "name": "somebody else"}, "invoicing:1")
    assert (mail.to, mail.language, mail.user_id, mail.dedupe_key) == (
        "nora@example.nl",
        "en",
        nora.id,
        "invoicing:1",
    )
    assert mail.parameters == {"number": "2026-1", "name": "Nora de Wit", "username": "nora"}
