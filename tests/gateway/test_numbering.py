"""What pages say of a PBX's numbers: free extensions, destinations, who cannot be called."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from gateway.models.numbering import candidates, free_extensions, free_in, left_out, targets
from gateway.models.pbx import Config
from gateway.models.pbx_elements import Group, PbxUser


def config(*extensions: str) -> Config:
    return Config(users=tuple(PbxUser(id=one, username=one, extension=one) for one in extensions))


@pytest.mark.feature("PBX-06")
@pytest.mark.parametrize(
    ("used", "near", "first"),
    [
        (("209", "210"), "209", ["211", "212"]),
        ((), "", ["200", "201"]),
        (("999",), "999", ["100", "101"]),
        (("111",), "111", ["114", "115"]),
        ((), "1233", ["1234", "1235"]),
        ((), "1399", ["1399", "1500"]),
        ((), "0800", ["200", "201"]),
        ((), "onzin", ["200", "201"]),
    ],
)
def test_free_extensions_are_near_and_have_no_other_meaning(
    used: tuple[str, ...], near: str, first: list[str]
) -> None:
    assert free_extensions(config(*used), near, 2) == first


@pytest.mark.feature("PBX-06")
@given(used=st.sets(st.from_regex(r"[1-9][0-9]{1,3}", fullmatch=True), max_size=60), near=st.text(max_size=5))
def test_what_is_offered_can_be_taken(used: set[str], near: str) -> None:
    offered = free_extensions(config(*used), near)
    assert len(offered) == len(set(offered)) == 10
    assert not used.intersection(offered)
    assert all(re.fullmatch(r"[1-9][0-9]{1,3}", one) for one in offered)
    assert not {"112", "113", "1233"}.intersection(offered)


@pytest.mark.feature("PBX-06", "GW-02")
def test_in_a_sentence_only_free_extensions_can_be_clicked() -> None:
    pieces = free_in("209 is al van Balie 12. Vrij zijn 210 en 211.", ["210", "211"], "209")
    assert [piece for piece, is_free in pieces if is_free] == ["210", "211"]
    assert "".join(piece for piece, _free in pieces) == "209 is al van Balie 12. Vrij zijn 210 en 211."


@pytest.mark.feature("PBX-08", "PBX-09")
def test_who_has_neither_number_nor_extension_is_no_destination_and_no_member(words: Flask) -> None:
    whole = Config(
        users=(
            PbxUser(id="a", username="zus", extension="202"),
            PbxUser(id="b", username="broer", number="+31850001611"),
            PbxUser(id="c", username="fax"),
        ),
        groups=(Group(id="g", name="Verkoop", extension="101", members=("a",)),),
    )
    with words.test_request_context():
        assert [(one.dialled, one.name) for one in targets(whole)] == [
            ("101", "Verkoop"),
            ("085-000 16 11", "broer"),
            ("202", "zus"),
        ]
    group = whole.groups[0]
    assert [user.id for user in candidates(whole, group)] == ["b"]
    assert [user.id for user in left_out(whole, group)] == ["c"]
