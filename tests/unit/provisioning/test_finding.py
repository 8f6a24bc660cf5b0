"""What staff type to find a telephone, and what that may mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.provisioning.domain.finding import Sought, sought


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("00:1A:2b-3c.4D5E", Sought(mac="001a2b3c4d5e", words="00:1A:2b-3c.4D5E")),
        ("2b3c", Sought(mac="2b3c", words="2b3c")),
        ("Bakkerij  Voorbeeld", Sought(words="Bakkerij Voorbeeld")),
        ("201", Sought(number="201", extension="201", customer=201, words="201")),
        ("085-000 16 11", Sought(mac="0850001611", number="850001611", words="085-000 16 11")),
        ("+31 85 000 16 11", Sought(number="850001611", words="+31 85 000 16 11")),
        ("0031850001611", Sought(number="850001611", words="0031850001611")),
        ("", Sought()),
    ],
)
def test_any_notation_finds_it(typed: str, meant: Sought) -> None:
    found = sought(typed)
    wanted = {name: value for name, value in meant._asdict().items() if value}
    assert {name: getattr(found, name) for name in wanted} == wanted
    assert found.anything == bool(typed)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read(typed: str) -> None:
    found = sought(typed)
    assert found.words == " ".join(typed.split())
    assert found.customer < 10**9
