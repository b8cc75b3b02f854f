"""Reading tables: what people send comes in whole, and each trap is named by row and column."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest

from common.spreadsheets import ColumnSpec, Problem, SpreadsheetError, read_table
from tests.common.workbooks import (
    COLUMNS,
    HEADINGS,
    heading_row,
    number_cell,
    ods,
    ods_table,
    row,
    text_cell,
    xlsx,
    xlsx_rows,
    xlsx_with,
)


def read(data, name, columns=COLUMNS, **options):
    return read_table(io.BytesIO(data), name=name, columns=columns, **options)


def problems(data, name, columns=COLUMNS, **options):
    with pytest.raises(SpreadsheetError) as refused:
        read(data, name, columns, **options)
    return refused.value.code, [(problem.row, problem.column) for problem in refused.value.problems]


ROWS = [(1, "王小明", 82.5), (2, "陳𠮷", 70)]
EXPECTED = [
    {"number": Decimal(1), "name": "王小明", "score": Decimal("82.5")},
    {"number": Decimal(2), "name": "陳𠮷", "score": Decimal(70)},
]


def test_the_same_table_comes_out_of_ods_and_xlsx():
    workbook = ods(
        ods_table(
            heading_row(),
            *[row(number_cell(number), text_cell(name), number_cell(score)) for number, name, score in ROWS],
        )
    )
    for data, name in ((workbook, "a.ods"), (xlsx_rows(HEADINGS, *ROWS), "a.xlsx")):
        table = read(data, name)
        assert [dict(found.cells) for found in table] == EXPECTED
        assert [found.number for found in table] == [2, 3]
        assert table.columns == {"number": "A", "name": "B", "score": "C"}
        assert table.notes == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_in_every_encoding_and_with_every_separator(encoding, sign):
    lines = [sign.join(cells) for cells in (HEADINGS, ("001", "王小明", "82.5"))]
    table = read("\r\n".join(lines).encode(encoding), "a.csv")
    assert [dict(found.cells) for found in table] == [{"number": "001", "name": "王小明", "score": "82.5"}]


def test_headings_match_whatever_their_width_case_and_line_breaks():
    table = read("Ｎumber,姓\u3000名,其他\n１２,ＡＢ \u3000王\u200b,x\n".encode(), "a.csv")
    assert dict(table.rows[0].cells) == {"number": "12", "name": "AB  王", "score": None}
    table = read(xlsx_rows(("學\n號", " 姓名 "), (1, "王")), "a.xlsx")
    assert table.columns == {"number": "A", "name": "B"}


def test_rows_keep_the_numbers_the_user_sees_below_a_title_and_blank_rows():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.merge_range("C3:E3", "107 年基礎班成績")
        for row_index, values in ((4, HEADINGS), (5, ROWS[0]), (8, ROWS[1])):
            sheet.write_row(row_index, 2, values)

    blank = "<table:table-cell table:number-columns-repeated='2'/>"
    workbook = ods(
        ods_table(
            "<table:table-row table:number-rows-repeated='2'><table:table-cell/></table:table-row>",
            row(blank, text_cell("107 年基礎班成績", "table:number-columns-spanned='3'")),
            "<table:table-row><table:table-cell/></table:table-row>",
            row(blank, *map(text_cell, HEADINGS)),
            row(blank, number_cell(1), text_cell("王小明"), number_cell(82.5)),
            "<table:table-row table:number-rows-repeated='2'><table:table-cell/></table:table-row>",
            row(blank, number_cell(2), text_cell("陳𠮷"), number_cell(70)),
            "<table:table-row table:number-rows-repeated='1048000'>"
            "<table:table-cell table:number-columns-repeated='16384'/></table:table-row>",
        )
    )
    for data, name in ((xlsx(fill), "a.xlsx"), (workbook, "a.ods")):
        table = read(data, name)
        assert [found.number for found in table] == [6, 9]
        assert [dict(found.cells) for found in table] == EXPECTED
        assert table.columns == {"number": "C", "name": "D", "score": "E"}


def test_dates_times_and_truth_values():
    columns = [ColumnSpec(key, (key,)) for key in ("day", "moment", "absent")]

    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("day", "moment", "absent"))
        style = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_datetime(1, 0, datetime(2018, 1, 5), style)  # noqa: DTZ001  a cell has no zone
        sheet.write_datetime(1, 1, datetime(2018, 1, 5, 13, 30), style)  # noqa: DTZ001
        sheet.write_boolean(1, 2, True)

    workbook = ods(
        ods_table(
            row(text_cell("day"), text_cell("moment"), text_cell("absent")),
            row(
                '<table:table-cell office:value-type="date" office:date-value="2018-01-05"/>',
                '<table:table-cell office:value-type="date" office:date-value="2018-01-05T13:30:00"/>',
                '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>',
            ),
        )
    )
    for data, name in ((xlsx(fill), "a.xlsx"), (workbook, "a.ods")):
        cells = read(data, name, columns).rows[0].cells
        assert cells == {"day": date(2018, 1, 5), "moment": date(2018, 1, 5), "absent": "TRUE"}


def test_a_row_gives_its_cells_as_text_number_and_date():
    table = read('學號,姓名,成績\n１,民國107年1月5日,"1,234.50"\n'.encode(), "a.csv")
    found = table.rows[0]
    assert (found.text_of("number"), found.date_of("name"), found.number_of("score")) == (
        "1",
        date(2018, 1, 5),
        Decimal("1234.50"),
    )
    assert read(xlsx_rows(HEADINGS, (7, "x", None)), "a.xlsx").rows[0].text_of("number") == "7"
    with pytest.raises(ValueError, match="民國107年1月5日"):
        found.number_of("name")


def test_a_formula_without_a_result_and_an_error_are_problems_of_their_cells():
    def formula(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, (1, "王"))
        sheet.write_formula(1, 2, "=40+42", None, "")
        sheet.write_row(2, 0, (2, "陳"))
        sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")
        sheet.write_row(3, 0, (3, "林"))
        sheet.write_formula(3, 2, "=40+42", None, 82)

    workbook = ods(
        ods_table(
            heading_row(),
            row(number_cell(1), text_cell("王"), '<table:table-cell table:formula="of:=40+42"/>'),
            row(
                number_cell(2),
                text_cell("陳"),
                '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error">'
                "<text:p>#DIV/0!</text:p></table:table-cell>",
            ),
            row(number_cell(3), text_cell("林"), number_cell(82, 'table:formula="of:=40+42"')),
        )
    )
    sheet_path = "xl/worksheets/sheet1.xml"
    uncomputed = xlsx_with(xlsx(formula), sheet_path, lambda text: text.replace("<v></v>", ""))
    for data, name in ((uncomputed, "a.xlsx"), (workbook, "a.ods")):
        assert problems(data, name) == ("cells", [(2, "C"), (3, "C")])
    assert problems("學號,姓名\n#N/A,王\n".encode(), "a.csv") == ("cells", [(2, "A")])


def test_a_formula_that_answers_with_no_text_is_a_blank_cell():
    def formula(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, (1, "王"))
        sheet.write_formula(1, 2, '=""', None, "")

    data = xlsx_with(
        xlsx(formula), "xl/worksheets/sheet1.xml", lambda text: text.replace('<c r="C2"', '<c r="C2" t="str"')
    )
    assert read(data, "a.xlsx").rows[0].cells["score"] is None


def test_merged_cells_in_the_columns_are_problems():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, (*HEADINGS, "備註"))
        sheet.write_row(1, 0, (1, "王", 80))
        sheet.write_row(2, 0, (2, "陳"))
        sheet.merge_range("C2:C3", 80)
        sheet.merge_range("D2:D3", "都好")  # a column that nobody asked for

    workbook = ods(
        ods_table(
            row(*map(text_cell, (*HEADINGS, "備註"))),
            row(
                number_cell(1),
                text_cell("王"),
                number_cell(80, 'table:number-rows-spanned="2" table:number-columns-spanned="1"'),
                text_cell("都好", 'table:number-rows-spanned="2" table:number-columns-spanned="1"'),
            ),
            row(number_cell(2), text_cell("陳"), "<table:covered-table-cell/><table:covered-table-cell/>"),
        )
    )
    for data, name in ((xlsx(fill), "a.xlsx"), (workbook, "a.ods")):
        assert problems(data, name) == ("cells", [(2, "C")])


def test_only_the_first_visible_sheet_is_read_and_the_others_are_named():
    def fill(book):
        hidden, shown, empty, other = (book.add_worksheet(name) for name in ("藏", "成績", "空白", "名冊"))
        shown.activate()
        shown.set_first_sheet()
        hidden.hide()
        hidden.write(0, 0, "secret")
        for index, values in enumerate((HEADINGS, *ROWS)):
            shown.write_row(index, 0, values)
        other.write(0, 0, "x")
        assert empty.name == "空白"

    workbook = ods(
        ods_table(row(text_cell("secret")), name="藏", style='table:style-name="ta2"'),
        ods_table(heading_row(), *[row(number_cell(a), text_cell(b), number_cell(c)) for a, b, c in ROWS]),
        ods_table(row("<table:table-cell/>"), name="空白"),
        ods_table(row(text_cell("x")), name="名冊"),
        styles='<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>",
    )
    for data, name in ((xlsx(fill), "a.xlsx"), (workbook, "a.ods")):
        table = read(data, name)
        assert [dict(found.cells) for found in table] == EXPECTED
        assert len(table.notes) == 1
        assert "成績" in table.notes[0]
        assert table.notes[0].endswith("名冊。") or table.notes[0].endswith("名冊.")


def test_hidden_rows_are_read_and_counted():
    def fill(book):
        sheet = book.add_worksheet()
        for index, values in enumerate((HEADINGS, *ROWS)):
            sheet.write_row(index, 0, values)
        sheet.set_row(1, None, None, {"hidden": True})

    workbook = ods(
        ods_table(
            heading_row(),
            row(number_cell(1), text_cell("王小明"), number_cell(82.5), extra='table:visibility="filter"'),
            row(number_cell(2), text_cell("陳𠮷"), number_cell(70)),
        )
    )
    for data, name in ((xlsx(fill), "a.xlsx"), (workbook, "a.ods")):
        table = read(data, name)
        assert [dict(found.cells) for found in table] == EXPECTED
        assert len(table.notes) == 1
        assert "1" in table.notes[0]


def test_a_comment_is_no_value():
    note = "<office:annotation><text:p>請補</text:p></office:annotation>"
    workbook = ods(
        ods_table(heading_row(), row(number_cell(1), text_cell("王"), f"<table:table-cell>{note}</table:table-cell>"))
    )
    assert read(workbook, "a.ods").rows[0].cells == {"number": Decimal(1), "name": "王", "score": None}


def test_a_number_too_long_to_be_exact_is_a_problem():
    assert problems(xlsx_rows(HEADINGS, (12345678901234567, "王")), "a.xlsx") == ("cells", [(2, "A")])


def test_missing_and_doubled_columns_are_all_named_at_once():
    with pytest.raises(SpreadsheetError) as refused:
        read("姓名,number,學號\n王,1,2\n".encode(), "a.csv")
    assert refused.value.code == "columns"
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [(1, "C")]
    with pytest.raises(SpreadsheetError) as refused:
        read("成績\n80\n".encode(), "a.csv")
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [(1, None), (1, None)]
    assert "學號" in str(refused.value.problems[0])
    assert "number" in str(refused.value.problems[0])


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "empty"),
        (b" \r\n\t", "a.csv", "empty"),
        (b"", "a.ods", "empty"),
        (b"\n,,\n", "a.csv", "empty"),
        (ods(ods_table()), "a.ods", "empty"),
        (xlsx_rows(), "a.xlsx", "empty"),
        ("學號,姓名\n".encode(), "a.csv", "no_rows"),
        ("學號,姓名\n,\n".encode(), "a.csv", "no_rows"),
        (xlsx_rows(HEADINGS), "a.xlsx", "no_rows"),
        ("學號,姓名\n1,王\n".encode("utf-16"), "a.csv", "encoding"),
        ("學號,姓名\n1,王\n".encode("utf-16-le"), "a.csv", "encoding"),
        (b"\xef\xbb\xbf\xff\xfe\xfd", "a.csv", "encoding"),
        ("學號,姓名\n1,".encode("cp950") + b"\xff\xff\n", "a.csv", "encoding"),
        ('學號,姓名\n1,"王\n'.encode(), "a.csv", "damaged"),
    ],
)
def test_files_with_nothing_in_them_or_nothing_legible(data, name, code):
    assert problems(data, name)[0] == code


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods", "a.csv"])
@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n...",
        b"<!DOCTYPE html><table><tr><td>1",
        b"\xef\xbb\xbf\r\n<html>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
    ],
)
def test_a_wrong_type_under_a_right_name(data, name):
    assert problems(data, name) == ("wrong_type", [(None, None)])


def test_a_workbook_under_the_other_workbooks_name_and_names_we_do_not_take():
    assert problems(xlsx_rows(HEADINGS, *ROWS), "a.ods")[0] == "wrong_type"
    assert problems(ods(ods_table(heading_row())), "a.xlsx")[0] == "wrong_type"
    assert problems("學號,姓名\n1,王\n".encode(), "a.xlsx")[0] == "wrong_type"
    assert problems(b"anything", "a.xls")[0] == "wrong_type"
    assert problems(b"anything", "scores")[0] == "wrong_type"


def test_a_row_with_more_cells_than_headings_is_a_problem_and_not_shifted():
    assert problems("學號,姓名\n1,臺中市政府,秘書處\n".encode(), "a.csv") == ("cells", [(2, "C")])


def test_too_many_rows_name_the_first_one_too_many():
    lines = "".join(f"{number},王\n" for number in range(1, 7))
    assert problems(f"學號,姓名\n{lines}".encode(), "a.csv", max_rows=5) == ("too_many_rows", [(7, None)])
    assert len(read(f"學號,姓名\n{lines}".encode(), "a.csv", max_rows=6)) == 6


def test_a_hundred_thousand_rows_are_refused_in_every_format():
    rows = 100_000
    many = ods(
        ods_table(heading_row(), row(number_cell(1), text_cell("王"), extra=f'table:number-rows-repeated="{rows}"'))
    )
    assert problems(many, "a.ods")[0] == "too_many_rows"
    many = xlsx_rows(HEADINGS, *([(1, "王")] * rows))
    assert problems(many, "a.xlsx")[0] == "too_many_rows"
    assert problems(("學號,姓名\n" + "1,王\n" * rows).encode(), "a.csv")[0] == "too_many_rows"


def test_a_problem_says_file_cell_and_what_was_expected():
    problem = Problem("scores.ods", 5, "B", "Expected a number.")
    assert "scores.ods" in str(problem)
    assert "B5" in str(problem)
    assert "Expected a number." in str(problem)


def test_a_file_of_many_problems_shows_the_first_and_counts_the_rest():
    lines = "#N/A,王\n" * 60
    with pytest.raises(SpreadsheetError) as refused:
        read(f"學號,姓名\n{lines}".encode(), "a.csv")
    assert len(refused.value.problems) == 60
    assert len(str(refused.value).splitlines()) == 51
