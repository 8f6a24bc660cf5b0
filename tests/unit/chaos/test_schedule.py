"""Which faults a seed deals: always the same ones, and all there are within twenty seeds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from chaos.injuring import DOING, VICTIMS, place_of
from chaos.schedule import BROKER, DATABASE, Kind, every, faults


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_twenty_seeds_in_a_row_deal_every_fault(first: int) -> None:
    dealt = {fault for seed in range(first, first + 20) for fault in faults(seed, VICTIMS)}

    assert dealt == every(VICTIMS)


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_a_seed_deals_the_same_each_time_and_hurts_database_and_broker_once(seed: int) -> None:
    dealt = faults(seed, VICTIMS)

    assert dealt == faults(seed, VICTIMS)
    assert [fault.target for fault in dealt].count(DATABASE) == 1
    assert [fault.target for fault in dealt].count(BROKER) == 1


def test_every_fault_can_be_done() -> None:
    assert {(fault.kind, place_of(fault)) for fault in every(VICTIMS)} == set(DOING)


def test_stand_ins_for_what_others_run_are_left_alone() -> None:
    assert "cdr-ingester" in VICTIMS
    assert not {"smtp-sink", "carrier-simulator"} & set(VICTIMS)
    assert {fault.target for fault in every(VICTIMS) if fault.kind is Kind.FREEZE} == {
        *VICTIMS,
        BROKER,
        DATABASE,
    }
