"""Written tables: numbers stay numbers, dates dates, text text; and memory does not grow with the rows."""

import io
import shutil
import subprocess
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from django.utils.translation import gettext_lazy
from python_calamine import CalamineWorkbook

from common.spreadsheets import CONTENT_TYPES, FORMATS, ColumnSpec, Sheet, read_table, write

COLUMNS = [("姓名", "text"), ("分數", "number"), ("及格率", "percent"), ("日期", "date"), ("時間", "datetime")]
DAY = date(2026, 11, 20)
MOMENT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)  # 09:30 in Taipei
ROWS = [
    ("陳𠮷", 7, Decimal("91.43"), DAY, MOMENT),
    ("=1+1", Fraction(63, 2), 87, MOMENT, None),
    ("007", 0.1, None, None, None),
]


def sheet(rows=ROWS, **options):
    return Sheet("成績/107 年", COLUMNS, rows, **options)


def written(format, made):  # noqa: A002
    return b"".join(write(format, made))


@pytest.mark.parametrize("format", ["ods", "xlsx"])
def test_a_workbook_gives_back_the_values_it_was_given(format):  # noqa: A002
    book = CalamineWorkbook.from_filelike(io.BytesIO(written(format, sheet())))
    assert book.sheet_names == ["成績 107 年"]
    assert book.get_sheet_by_index(0).to_python() == [
        ["姓名", "分數", "及格率", "日期", "時間"],
        ["陳𠮷", 7.0, 0.9143, DAY, datetime(2026, 11, 20, 9, 30)],  # noqa: DTZ001  a cell has no zone
        ["=1+1", 31.5, 0.87, DAY, ""],
        ["007", 0.1, "", "", ""],
    ]


def test_csv_has_a_byte_order_mark_and_neither_formulas_nor_notes():
    lines = written("csv", sheet(notes=["統計至今天"])).decode("utf-8")
    assert lines == (
        "\ufeff姓名,分數,及格率,日期,時間\r\n"
        "陳𠮷,7,91.43%,2026-11-20,2026-11-20 09:30:00\r\n"
        "'=1+1,31.5,87.00%,2026-11-20,\r\n"
        "007,0.1,,,\r\n"
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_text_that_begins_like_a_formula_stays_text_and_comes_back_unchanged(start):
    text = f'{start}HYPERLINK("http://x")'
    for format in FORMATS:  # noqa: A001
        data = written(format, Sheet("t", [("a", "text"), ("b", "number")], [(text, -5)]))
        back = read_table(
            io.BytesIO(data), name=f"t.{format}", columns=[ColumnSpec("a", ("a",)), ColumnSpec("b", ("b",))]
        )
        assert back.rows[0].text_of("a").startswith(start.strip().translate(str.maketrans("＝＋－＠", "=+-@")))
        assert back.rows[0].number_of("b") == -5
    raw = written("csv", Sheet("t", [("a", "text"), ("b", "number")], [(text, -5)])).decode("utf-8-sig")
    assert raw.split("\r\n", 1)[1].lstrip('"').startswith(f"'{start}")


def test_an_ods_is_a_valid_package():
    data = written("ods", sheet(notes=["統計至今天"]))
    assert data[30:38] == b"mimetype"
    assert data[38 : 38 + len(CONTENT_TYPES["ods"])] == CONTENT_TYPES["ods"].encode()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        first = archive.infolist()[0]
        assert (first.compress_type, first.flag_bits & 0x08, first.extra) == (zipfile.ZIP_STORED, 0, b"")
        manifest = ElementTree.fromstring(archive.read("META-INF/manifest.xml"))
        listed = {entry.get(f"{manifest.tag.partition('}')[0]}}}full-path") for entry in manifest}
        assert listed == {"/", *archive.namelist()} - {"mimetype", "META-INF/manifest.xml"}
        for name in archive.namelist()[1:]:
            ElementTree.fromstring(archive.read(name))


def test_an_ods_keeps_spaces_lines_and_tabs_and_drops_what_xml_cannot_hold():
    data = written("ods", Sheet("t", [("a", "text")], [("  a  b\n第二行\x0b\x00 ",), ("a\tb",)]))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[1] == ["  a  b\n第二行 "]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<text:p>a<text:tab/>b</text:p>" in archive.read("content.xml")  # which calamine leaves out


def test_the_same_table_gives_the_same_bytes():
    assert written("ods", sheet()) == written("ods", sheet())
    assert written("csv", sheet()) == written("csv", sheet())


@pytest.mark.parametrize("format", FORMATS)
def test_a_value_of_the_wrong_kind_is_an_error_and_not_a_guess(format):  # noqa: A002
    for value in ("91", True, float("nan"), DAY):
        with pytest.raises(TypeError):
            written(format, Sheet("t", [("a", "number")], [(value,)]))
    with pytest.raises(TypeError):
        written(format, Sheet("t", [("a", "date")], [("2026-11-20",)]))
    with pytest.raises(ValueError, match="zip"):
        written(format, Sheet("t", [("a", "text"), ("b", "text")], [("one",)]))


def test_headings_and_titles_may_be_lazy_and_titles_may_hold_anything():
    for format in FORMATS:  # noqa: A001
        data = written(format, Sheet(gettext_lazy("a/b:c?[x]'"), [(gettext_lazy("Name"), "text")], []))
        assert data
    assert CalamineWorkbook.from_filelike(
        io.BytesIO(written("xlsx", Sheet("[]", [("a", "text")], [])))
    ).sheet_names == ["1"]


def test_what_an_xlsx_cannot_hold_is_said_and_not_left_out():
    with pytest.raises(ValueError, match="row 2, column 1"):
        written("xlsx", Sheet("t", [("a", "text")], [("x" * 32_768,)]))
    early = written("xlsx", Sheet("t", [("a", "date")], [(date(1899, 12, 31),)]))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(early)).get_sheet_by_index(0).to_python()
    assert rows == [["a"], ["1899-12-31"]]


def test_another_format_is_refused():
    with pytest.raises(ValueError, match="ods, xlsx, csv"):
        write("xls", sheet())


@pytest.mark.parametrize("format", FORMATS)
def test_memory_does_not_grow_with_the_rows(format):  # noqa: A002
    def peak(count):
        rows = (("王小明", number, Decimal("91.43"), DAY, MOMENT) for number in range(count))
        tracemalloc.start()
        for _piece in write(format, sheet(rows)):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(100)
    assert peak(8_000) < peak(1_000) + 700_000


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_libreoffice_opens_the_ods(tmp_path):
    (tmp_path / "t.ods").write_bytes(written("ods", sheet()))
    command = ["soffice", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "t.ods"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120, capture_output=True)
    assert (tmp_path / "t.csv").read_text().splitlines()[1] == "陳𠮷,7,91.43%,2026-11-20,2026-11-20 09:30"
