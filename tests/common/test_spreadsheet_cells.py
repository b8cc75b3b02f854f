"""Cells of .ods and .xlsx as LibreOffice, Excel and others write them: what people see in them, or a doubt."""

import io
import re
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from common.spreadsheets import ColumnSpec, Held, SpreadsheetError, read_raw, read_table
from tests.common.workbooks import (
    HEADINGS,
    archive,
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

SHEET = "xl/worksheets/sheet1.xml"
_DRAW = 'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
_SVG = 'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'


def cells_of(data, name):
    """The cells of the second row."""
    return list(read_raw(io.BytesIO(data), name=name).rows[0].cells)


def typed_cell(value_type, value, shown=""):
    """A cell of .ods whose value stands in an attribute; `value` is that attribute without its prefix."""
    return (
        f'<table:table-cell office:value-type="{value_type}" office:{value}><text:p>{shown}</text:p></table:table-cell>'
    )


def rows_of(data, name):
    return [list(found.cells) for found in read_raw(io.BytesIO(data), name=name).rows]


def ods_row(*cells):
    return ods(ods_table(row(*[text_cell(f"h{index}") for index in range(len(cells))]), row(*cells)))


def formatted(*pairs, **options):
    """An .xlsx with a row of numbers, each under its number format."""

    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [f"h{index}" for index in range(len(pairs))])
        for index, (value, shown) in enumerate(pairs):
            sheet.write_number(1, index, value, book.add_format({"num_format": shown}))

    return xlsx(fill)


def test_a_formula_of_libreoffice_that_answers_with_no_text_is_blank_and_one_never_computed_is_a_doubt():
    data = ods_row(
        text_cell("王"),
        '<table:table-cell table:formula="of:=IF([.H2]=1;&quot;是&quot;;&quot;&quot;)"><text:p/></table:table-cell>',
        '<table:table-cell table:formula="of:=1+1"/>',
    )
    table = read_raw(io.BytesIO(data), name="a.ods")
    assert list(table.rows[0].cells) == ["王", "", ""]
    assert table.doubts == {(2, 2): "not_computed"}


def test_pictures_shapes_comments_and_readings_are_no_part_of_a_cells_text():
    anchored = (
        f"<draw:frame {_DRAW} {_SVG}><draw:text-box><text:p>盒</text:p></draw:text-box>"
        f"<svg:title>機關印章</svg:title></draw:frame>"
        f"<draw:custom-shape {_DRAW}><text:p>圖形</text:p></draw:custom-shape>"
    )
    ruby = "<text:ruby><text:ruby-base>陳</text:ruby-base><text:ruby-text>ㄔㄣˊ</text:ruby-text></text:ruby>"
    data = ods_row(
        f'<table:table-cell office:value-type="string"><text:p>王大同</text:p>{anchored}</table:table-cell>',
        f"<table:table-cell>{anchored}</table:table-cell>",
        f'<table:table-cell office:value-type="string"><text:p>{ruby}大<text:span>同</text:span></text:p>'
        "<office:annotation><text:p>請補</text:p></office:annotation></table:table-cell>",
        f'<table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p>{anchored}</table:table-cell>',
    )
    assert cells_of(data, "a.ods") == ["王大同", "", "陳大同", "5"]


def test_lines_spaces_and_tabs_of_ods_come_as_they_are_shown():
    cell = (
        '<table:table-cell office:value-type="string"><text:p>一 <text:s text:c="2"/>二<text:tab/>三</text:p>'
        "<text:p>四<text:line-break/>五\n  六</text:p></table:table-cell>"
    )
    assert cells_of(ods_row(cell, text_cell("x")), "a.ods")[0] == "一   二\t三\n四\n五 六"


def test_rich_text_of_xlsx_is_one_text_without_its_readings_and_with_its_escapes_undone():
    data = xlsx_with(
        xlsx_rows(("h0", "h1"), ("RICH", "x")),
        "xl/sharedStrings.xml",
        lambda text: text.replace(
            "<t>RICH</t>",
            '<r><t>王</t></r><r><t xml:space="preserve">大_x000D_\n同</t></r><rPh sb="0" eb="1"><t>ㄨ</t></rPh>',
        ),
    )
    assert cells_of(data, "a.xlsx")[0] == "王大\n同"


@pytest.mark.parametrize("escape", ["_x0000_", "_x0001_", "_xD800_"])
def test_a_character_that_no_text_has_is_a_doubt_of_its_cell(escape):
    data = xlsx_with(
        xlsx_rows(HEADINGS, (1, "王NUL")), "xl/sharedStrings.xml", lambda text: text.replace("NUL", escape)
    )
    assert read_raw(io.BytesIO(data), name="a.xlsx").doubts == {(2, 1): "unwritable"}


@pytest.mark.parametrize(
    ("shown", "value", "text"),
    [
        ("aaaa", 45413, "2024-05-01"), ("[$-404]e", 45413, "2024-05-01"), ("[$-404]e/m/d;@", 45413, "2024-05-01"),
        ("[$-404]e年m月d日", 45413.5, "2024-05-01 12:00"), ('yyyy"年"m"月"', 45413, "2024-05-01"),
        ("m/d", 45413, "2024-05-01"), ("[$-F800]dddd, mmmm dd, yyyy", 45413, "2024-05-01"),
        ("上午/下午 h:mm", 0.75, "18:00"), ("h:mm", 0.75, "18:00"), ("[h]:mm", 1.25, "30:00"),
        ('"$"#,##0', 45413, "45413"), ("0.00E+00", 45413, "45413"), ("[紅色]0.0", 2.5, "2.5"),
        ('G/通用格式"元"', 45413, "45413"), ("#,##0_ ;[Red]-#,##0 ", 45413, "45413"), ("General", 45413, "45413"),
    ],
)  # fmt: skip
def test_a_number_is_a_day_or_a_time_where_its_format_shows_one(shown, value, text):
    assert cells_of(formatted((value, shown), (1, "0")), "a.xlsx")[0] == text


@pytest.mark.parametrize("number", [27, 36, 50, 57, 58])
def test_the_days_of_roc_years_that_excel_knows_by_number_alone(number):
    def styles(text):
        return text.replace("164", str(number)).replace(f'<numFmt numFmtId="{number}"', '<numFmt numFmtId="199"')

    data = xlsx_with(formatted((45413, "yyyy"), (1, "0")), "xl/styles.xml", styles)
    assert cells_of(data, "a.xlsx")[0] == "2024-05-01"


def test_days_that_count_from_1904():
    data = xlsx_with(
        formatted((43951, "yyyy-mm-dd"), (1, "0")),
        "xl/workbook.xml",
        lambda text: text.replace("<workbookPr", '<workbookPr date1904="1"'),
    )
    assert cells_of(data, "a.xlsx")[0] == "2024-05-01"


def test_a_length_of_a_day_and_more_is_hours_and_minutes():
    data = ods_row(
        typed_cell("time", 'time-value="PT30H15M00S"', "30:15"), typed_cell("time", 'time-value="PT14H30M00S"', "14:30")
    )
    assert cells_of(data, "a.ods") == ["30:15", "14:30"]


def test_an_roc_day_that_libreoffice_took_for_antiquity_is_the_day_that_was_typed():
    """107/6/20, and with 14:30 behind it; the file counts by the Gregorian calendar, the screen by the Julian."""
    day = ods_row(
        typed_cell("date", 'date-value="0107-06-19"', "107/6/20"),
        typed_cell("date", 'date-value="0107-06-19T14:30:00"'),
    )
    serial = -654709
    assert date(1899, 12, 30) + timedelta(days=serial) == date(107, 6, 19)
    workbook = formatted((serial, "yyyy/m/d"), (serial + 0.604166666667, "yyyy/m/d h:mm"))
    for data, name in ((day, "a.ods"), (workbook, "a.xlsx")):
        table = read_raw(io.BytesIO(data), name=name)
        assert list(table.rows[0].cells) == ["2018-06-20", "2018-06-20 14:30"]
        (note,) = table.notes
        assert "A2" in note
        spec = [ColumnSpec("day", ("h0",)), ColumnSpec("moment", ("h1",))]
        typed = read_table(io.BytesIO(data), name=name, columns=spec).rows[0]
        assert (typed.date_of("day"), typed.date_of("moment")) == (date(2018, 6, 20), date(2018, 6, 20))


def names(data, name):
    """What a column for text makes of the first column: its problems, or its values with the notes."""
    spec = [ColumnSpec("code", ("h0",), is_text=True), ColumnSpec("other", ("h1",))]
    try:
        table = read_table(io.BytesIO(data), name=name, columns=spec)
    except SpreadsheetError as error:
        return [(problem.row, problem.column) for problem in error.problems]
    return [found.text_of("code") for found in table], len(table.notes)


def test_a_day_a_time_or_a_formatted_number_is_no_text_and_a_plain_number_is_remarked():
    for value, shown in ((46357, "m-d"), (0.5, "h:mm"), (12, "0000000"), (3.1, "0.00"), (100000, "0.00E+00")):
        assert names(formatted((value, shown), (1, "0")), "a.xlsx") == [(2, "A")]
    for value, shown in ((100000, "General"), (100000, "0"), (100000, "@"), (100000, "0_ ")):
        assert names(formatted((value, shown), (1, "0")), "a.xlsx") == (["100000"], 1)
    assert names(xlsx_rows(("h0", "h1"), ("0012", 1)), "a.xlsx") == (["0012"], 0)
    shown_otherwise = typed_cell("float", 'value="12"', "0012")
    assert names(ods_row(shown_otherwise, number_cell(1)), "a.ods") == [(2, "A")]
    assert names(ods_row(number_cell(12), number_cell(1)), "a.ods") == (["12"], 1)
    day = '<table:table-cell office:value-type="date" office:date-value="2026-12-01"/>'
    assert names(ods_row(day, number_cell(1)), "a.ods") == [(2, "A")]
    assert names(b"h0,h1\n0012,1\n", "a.csv") == (["0012"], 0)


def test_the_raw_reader_tells_what_each_cell_was():
    data = formatted((46357, "m-d"), (0.5, "h:mm"), (12, "0000000"), (100000, "General"))
    assert read_raw(io.BytesIO(data), name="a.xlsx").rows[0].held == "".join(
        (Held.DAY, Held.TIME, Held.FORMATTED, Held.NUMBER)
    )


def test_what_lies_under_merged_cells_is_seen_by_nobody_and_not_read():
    """LibreOffice keeps it unless told otherwise."""
    covered = '<table:covered-table-cell office:value-type="string"><text:p>舊</text:p></table:covered-table-cell>'
    spans = 'table:number-rows-spanned="2" table:number-columns-spanned="2"'
    data = ods(
        ods_table(
            heading_row(),
            row(text_cell("王", spans), covered, text_cell("x")),
            row(covered, covered, text_cell("y")),
        )
    )

    def fill(book):
        sheet = book.add_worksheet()
        for index, values in enumerate((HEADINGS, ("王", "舊", "x"), ("舊", "舊", "y"))):
            sheet.write_row(index, 0, values)

    merged = xlsx_with(
        xlsx(fill),
        SHEET,
        lambda text: text.replace("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A2:B3"/></mergeCells>'),
    )
    for content, name in ((data, "a.ods"), (merged, "a.xlsx")):
        assert rows_of(content, name) == [["王", "", "x"], ["", "", "y"]]


def test_a_sheet_of_nothing_but_errors_names_them():
    data = xlsx(lambda book: book.add_worksheet().write_formula(1, 2, "=1/0", None, "#DIV/0!"))
    with pytest.raises(SpreadsheetError) as refused:
        rows_of(data, "a.xlsx")
    assert [(problem.row, problem.column) for problem in refused.value.problems] == [(2, "C")]


def test_blank_text_to_the_bottom_of_the_sheet_is_no_row():
    filler = '<table:table-cell office:value-type="string"><text:p> </text:p></table:table-cell>'
    data = ods(
        ods_table(
            heading_row(),
            row(number_cell(1), text_cell("王")),
            row(filler, extra='table:number-rows-repeated="1048574"'),
        )
    )
    assert rows_of(data, "a.ods") == [["1", "王", ""]]

    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, (1, "王"))
        for index in range(2, 25_000):
            sheet.write_formula(index, 2, '=IF(A1="","","")', None, "")

    blank = xlsx_with(xlsx(fill), SHEET, lambda text: re.sub(r'<c r="(C\d+)"><f>', r'<c r="\1" t="str"><f>', text))
    assert rows_of(blank, "a.xlsx") == [["1", "王", ""]]


def renamed(data, change, **contents):
    """The same package with its members under other names; a content of None leaves a member out."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = [(info.filename, contents.get(info.filename, old.read(info))) for info in old.infolist()]
    return archive(*[(change(name), content) for name, content in members if content is not None])


def test_an_xlsx_is_known_by_its_relations_whatever_the_case_and_the_slashes_of_its_names():
    data = xlsx_rows(HEADINGS, (1, "王"))
    assert rows_of(renamed(data, lambda name: name.replace("/", "\\")), "a.xlsx") == [["1", "王", ""]]
    assert rows_of(renamed(data, lambda name: name.replace("xl/workbook", "xl/Workbook")), "a.xlsx") == [
        ["1", "王", ""]
    ]
    assert rows_of(renamed(data, str.upper), "a.xlsx") == [["1", "王", ""]]
    moved = xlsx_with(data, "_rels/.rels", lambda text: text.replace("xl/workbook.xml", "/book/main.xml"))
    moved = renamed(
        moved,
        lambda name: {"xl/workbook.xml": "book/main.xml", "xl/_rels/workbook.xml.rels": "book/_rels/main.xml.rels"}.get(
            name, name
        ),
    )
    moved = xlsx_with(
        moved, "book/_rels/main.xml.rels", lambda text: text.replace('Target="', 'Target="../xl/')
    )  # fmt: skip
    assert rows_of(moved, "a.xlsx") == [["1", "王", ""]]


def test_an_ods_is_known_without_its_mimetype_or_with_a_soiled_one_and_a_text_is_none():
    data = ods(ods_table(heading_row(), row(number_cell(1), text_cell("王"))))
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    for mimetype in (None, b"", kind + b"\r\n", b"\xef\xbb\xbf" + kind):
        assert rows_of(renamed(data, str, mimetype=mimetype), "a.ods") == [["1", "王", ""]]
    with pytest.raises(SpreadsheetError) as refused:
        rows_of(renamed(data, str, mimetype=b"application/vnd.oasis.opendocument.text"), "a.ods")
    assert refused.value.code == "wrong_type"


def test_numbers_and_days_of_both_formats_are_read_as_before():
    table = read_table(
        io.BytesIO(formatted((0.1, "General"), (45413.6041666, "yyyy-mm-dd hh:mm"))),
        name="a.xlsx",
        columns=[ColumnSpec("number", ("h0",)), ColumnSpec("day", ("h1",))],
    )
    assert dict(table.rows[0].cells) == {"number": Decimal("0.1"), "day": datetime(2024, 5, 1).date()}  # noqa: DTZ001
