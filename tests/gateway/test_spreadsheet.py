"""The CSV file: what Dutch Excel opens right, and what never becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from gateway import spreadsheet
from gateway.models.usage_csv import number_cell

FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")


@given(st.text())
def test_no_text_cell_starts_a_formula(value: str) -> None:
    assert not FORMULA.match(spreadsheet.text(value))


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00\r\n")))
def test_harmless_text_comes_back_as_it_was(value: str) -> None:
    cell = spreadsheet.text(value)
    assert cell == value or cell == f"'{value}"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_formula_starts_with_gets_an_apostrophe(start: str) -> None:
    assert spreadsheet.text(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


@given(
    st.lists(st.lists(st.text(alphabet=st.characters(blacklist_categories=("Cs",))), min_size=2), min_size=1)
)
def test_cells_come_back_whatever_is_in_them(rows: list[list[str]]) -> None:
    cleaned = [[spreadsheet.text(cell) for cell in row] for row in rows]
    text = spreadsheet.write(cleaned).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=";")) == cleaned


def test_the_file_has_a_bom_semicolons_and_crlf() -> None:
    assert spreadsheet.write([["a;b", 'c"d'], ["€", "2"]]) == '\ufeff"a;b";"c""d"\r\n€;2\r\n'.encode()


@pytest.mark.parametrize(
    ("value", "decimals", "cell"),
    [("0.378", 4, "0,3780"), ("-0.0975", 4, "-0,0975"), ("1234.5", 2, "1234,50"), ("-0.001", 2, "0,00")],
)
def test_amounts_are_numbers_for_excel(value: str, decimals: int, cell: str) -> None:
    assert spreadsheet.decimal(Decimal(value), decimals) == cell


NUMBERS = st.one_of(
    st.from_regex(r"\+31[1-9][0-9]{4,10}", fullmatch=True),
    st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True),
)


@given(NUMBERS)
def test_excel_keeps_a_telephone_number_as_text(value: str) -> None:
    cell = number_cell(value)
    assert not FORMULA.match(cell)
    assert not re.fullmatch(r"[0-9.,]+", cell), "Excel would read a number and drop the zero"
    assert not re.fullmatch(r"\d{1,2}-\d{1,4}", cell), "Excel would read a month"
    digits = "".join(c for c in cell if c.isdigit())
    assert value[1:].removeprefix("31") in digits


def test_numbers_in_the_file(words: Flask) -> None:
    with words.test_request_context():
        cells = [number_cell(v) for v in ("+31850001611", "+3220000012", "ext:201", "anon", "data", None)]
    assert cells == ["085-000 16 11", "0032 2 000 00 12", "201", "anoniem", "", ""]


def test_a_sender_name_that_is_a_formula_is_disarmed() -> None:
    assert number_cell("alpha:=cmd|' /C calc'!A0") == "'=cmd|' /C calc'!A0"
