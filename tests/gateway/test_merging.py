"""Two people change the same thing at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.forms.merging import Shown, merge, read_back, written

Fields = st.dictionaries(
    st.sampled_from(["naam", "plaats", "product"]),
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3, unique=True),
)


@pytest.mark.feature("ID-12")
@pytest.mark.parametrize(
    ("began", "mine", "theirs", "becomes", "taken", "both"),
    [
        ("a", "a", "a", "a", False, False),
        ("a", "b", "a", "b", False, False),
        ("a", "a", "b", "b", True, False),
        ("a", "b", "b", "b", False, False),
        ("a", "b", "c", "b", False, True),
        ("a", "", "b", "", False, True),
        ("a", "a", "", "", True, False),
        ("", "", "b", "b", True, False),
    ],
)
def test_what_becomes_of_a_field(
    began: str, mine: str, theirs: str, becomes: str, taken: bool, both: bool
) -> None:
    def shown(text: str) -> Shown:
        return {"naam": [text]} if text else {}

    merged = merge(shown(began), shown(mine), shown(theirs))
    assert merged.typed == shown(becomes)
    assert (merged.taken, merged.both) == (("naam",) if taken else (), ("naam",) if both else ())


@given(Fields, Fields)
def test_who_changed_nothing_gets_what_the_other_made(began: Shown, theirs: Shown) -> None:
    merged = merge(began, began, theirs)
    assert {n: sorted(v) for n, v in merged.typed.items()} == {n: sorted(v) for n, v in theirs.items()}
    assert merged.both == ()


@given(Fields, Fields, Fields)
def test_nothing_is_lost(began: Shown, mine: Shown, theirs: Shown) -> None:
    """Every field is either as I typed it, or as the other saved it and I left it alone."""
    merged = merge(began, mine, theirs)
    for name in {*began, *mine, *theirs}:
        now = sorted(merged.typed.get(name, []))
        if name in merged.taken:
            assert now == sorted(theirs.get(name, []))
            assert sorted(mine.get(name, [])) == sorted(began.get(name, []))
        else:
            assert now == sorted(mine.get(name, []))


@given(Fields)
def test_the_form_carries_what_it_began_with(shown: Shown) -> None:
    assert read_back(written(shown)) == shown


@pytest.mark.parametrize("text", ["", "x", "[]", "1", '{"naam": 1}', "null"])
def test_what_a_browser_made_of_it_is_harmless(text: str) -> None:
    assert read_back(text) == {}
