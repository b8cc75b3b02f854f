"""Files that ask for more than they show: refused before the reader unfolds them."""

import io
import resource
import time
import zipfile
from functools import partial

import pytest

from common.spreadsheets import SpreadsheetError, read_raw, read_table
from tests.common.workbooks import (
    COLUMNS,
    HEADINGS,
    heading_row,
    number_cell,
    ods,
    ods_table,
    row,
    text_cell,
    xlsx_rows,
    xlsx_with,
)

SHEET = "xl/worksheets/sheet1.xml"


def refusal(data, name):
    """The code of the refusal; and it must come quickly and without memory."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(SpreadsheetError) as refused:
        read_table(io.BytesIO(data), name=name, columns=COLUMNS)
    assert time.process_time() - start < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 * 1024
    return refused.value.code


@pytest.mark.parametrize(
    "table",
    [
        ods_table(heading_row(), row(number_cell(1, 'table:number-columns-repeated="16384"'))),
        ods_table(
            heading_row(),
            row(number_cell(1, 'table:number-columns-repeated="200"'), extra='table:number-rows-repeated="1048576"'),
        ),
        ods_table(heading_row(), "<table:table-row table:number-rows-repeated='1000000'/>", row(number_cell(1))),
        ods_table(
            heading_row(),
            row(
                text_cell("x" * 30_000, 'table:number-columns-repeated="200"'), extra='table:number-rows-repeated="900"'
            ),
        ),
        ods_table(heading_row(), row(number_cell(1), extra='table:number-rows-repeated="-5"')),
        ods_table(heading_row(), row(number_cell(1), extra=f'table:number-rows-repeated="{10**30}"')),
    ],
)
def test_repeated_cells_of_an_ods(table):
    data = ods(table)
    assert len(data) < 40_000
    assert refusal(data, "a.ods") in {"too_large", "too_many_rows", "damaged"}


def test_a_sheet_that_is_not_read_unfolds_to_nothing():
    bomb = ods_table(
        row(number_cell(1, 'table:number-columns-repeated="200"'), extra='table:number-rows-repeated="1048576"'),
        name="b",
    )
    data = ods(ods_table(heading_row(), row(number_cell(1), text_cell("王"))), bomb)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(read_table(io.BytesIO(data), name="a.ods", columns=COLUMNS)) == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.ods"])
@pytest.mark.parametrize(("rows", "columns", "code"), [(2, 16_000, "too_large"), (100_000, 1, "too_many_rows")])
def test_too_wide_or_too_long_is_refused_at_once_in_every_format(name, rows, columns, code):
    """A row of 200,000 columns once held a core for fifty seconds, its headings compared with ours one by one."""
    if name == "a.csv":
        wide = 200_000 if columns > 1 else 1
        data = (
            "學號,姓名," + "x," * wide + "\n" + ("1,王," + "y," * wide + "\n") * (rows if columns == 1 else 1)
        ).encode()
    elif name == "a.xlsx":
        data = xlsx_rows((*HEADINGS, *["x"] * columns), *([(1, "王", 2)] * rows))
    else:
        wide = text_cell("x", f'table:number-columns-repeated="{columns}"')
        data = ods(
            ods_table(
                heading_row(), row(wide), *([row(number_cell(1), text_cell("王"))] * (rows if columns == 1 else 1))
            )
        )
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    for read in (partial(read_table, columns=COLUMNS), read_raw):
        with pytest.raises(SpreadsheetError) as refused:
            read(io.BytesIO(data), name=name)
        assert refused.value.code == code
        assert len(refused.value.problems) == 1
    assert time.process_time() - start < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


@pytest.mark.parametrize("reference", ["XFD1048576", "A1048576", "XFD2"])
def test_a_far_away_cell_of_an_xlsx(reference):
    data = xlsx_with(xlsx_rows(HEADINGS, (1, "王")), SHEET, lambda text: text.replace('r="B2"', f'r="{reference}"'))
    assert refusal(data, "a.xlsx") in {"too_large", "too_many_rows"}


def test_a_long_shared_string_used_a_hundred_thousand_times():
    data = xlsx_rows(HEADINGS, *([(number, "長" * 30_000) for number in range(5_000)]))
    assert refusal(data, "a.xlsx") == "too_large"


def test_entities_that_multiply():
    billion = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        "<worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>"
    )
    assert refusal(xlsx_with(xlsx_rows(HEADINGS, (1, "王")), SHEET, lambda _text: billion), "a.xlsx") == "damaged"


def test_an_archive_that_unpacks_to_more_than_can_be_read():
    data = ods(ods_table(heading_row()), members=[("Pictures/big.bin", bytes(301 * 1024 * 1024))])
    assert len(data) < 1024 * 1024
    assert refusal(data, "a.ods") == "too_large"


def test_an_archive_that_lies_about_its_sizes():
    honest = ods(
        ods_table(heading_row(), row(number_cell(1), text_cell("王"))), members=[("big.bin", bytes(5_000_000))]
    )
    lying = honest.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest
    assert refusal(lying, "a.ods") == "damaged"


def test_a_torn_archive_and_one_with_two_members_of_one_name():
    whole = xlsx_rows(HEADINGS, (1, "王"))
    assert refusal(whole[: len(whole) // 2], "a.xlsx") == "wrong_type"
    out = io.BytesIO(ods(ods_table(heading_row(), row(number_cell(1), text_cell("王")))))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("content.xml", b"<x/>")
    assert refusal(out.getvalue(), "a.ods") == "damaged"


def test_a_workbook_protected_by_a_password():
    manifest = b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    data = ods(ods_table(heading_row()), members=[("META-INF/manifest.xml", manifest)])
    assert refusal(data, "a.ods") == "damaged"


def test_a_file_larger_than_an_upload_may_be():
    assert refusal(b"x," * (11 * 1024 * 1024), "a.csv") == "too_large"
