"""CSV as it comes: characters people made themselves, other programs' quoting, titles above the table."""

import io

import pytest

from common.spreadsheets import ColumnSpec, Sheet, SpreadsheetError, read_raw, read_table, write
from common.spreadsheets.big5 import ETEN_CHARACTERS, decode_big5

COLUMNS = [ColumnSpec("day", ("日期",)), ColumnSpec("question", ("問題",)), ColumnSpec("caller", ("諮詢人",))]
TEXT = "日期,問題,諮詢人\r\n107/3/5,最有利標～統包,谷辣斯‧尤達卡\r\n"


def read(data, columns=COLUMNS):
    return read_table(io.BytesIO(data), name="a.csv", columns=columns)


def refused(data):
    with pytest.raises(SpreadsheetError) as error:
        read(data)
    return error.value


@pytest.mark.parametrize(
    ("pair", "code_point"),
    [
        ("fa40", 0xE000), ("fa41", 0xE001), ("fefe", 0xE310), ("8e40", 0xE311), ("a0fe", 0xEEB7),
        ("8140", 0xEEB8), ("8dfe", 0xF6B0), ("c8fe", 0xF848), ("c87e", 0xF7EA),
    ],
)  # fmt: skip
def test_a_self_made_character_gets_the_code_point_that_windows_gives_it(pair, code_point):
    assert decode_big5(bytes.fromhex(f"a4fd{pair}a9fa")) == f"王{chr(code_point)}明"


def test_every_other_character_of_the_file_stays_what_it_is_in_windows():
    data = TEXT.encode("cp950") + b"107/3/6,\xabO\xc3\xd2\xaa\xf7,\xb3\xaf\xfa\x40\xa9\xfa\r\n"
    table = read(data)
    assert [row.text_of("caller") for row in table] == ["谷辣斯‧尤達卡", "陳\ue000明"]
    assert table.rows[0].text_of("question") == "最有利標~統包"  # narrow, as everywhere
    (note,) = table.notes
    assert "C3" in note
    assert "U+E000" in note
    assert read_raw(io.BytesIO(data), name="a.csv").notes == table.notes


def test_the_numbers_in_circles_of_the_eten_system_are_read_and_remarked():
    table = read(TEXT.encode("cp950") + b"107/3/6,\xb2\xc4\xc6\xa1\xb1\xe8,x\r\n")
    assert table.rows[1].text_of("question") == "第1梯"  # ①, narrow
    (note,) = table.notes
    assert "B3" in note
    assert "①" in note


def test_what_eten_put_in_the_room_for_self_made_characters_comes_from_no_other_bytes():
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    pairs = (bytes((lead, trail)) for lead in [*range(0xA1, 0xC6), *range(0xC9, 0xFA)] for trail in trails)
    assert ETEN_CHARACTERS.isdisjoint(pair.decode("cp950", "ignore") for pair in pairs)
    assert decode_big5(bytes.fromhex("c6a1c6bfc740c7f2")) == "①丶すヶ"


@pytest.mark.parametrize(
    "text", ["日期,问题\n107/3/5,采购人员确认全部文件\n", "日期,問題\n107/3/5,採購人員確認全部檔案\n"]
)
def test_the_chinese_of_the_mainland_is_no_big5_with_self_made_characters(text):
    assert refused(text.encode("gb18030")).code == "encoding"


@pytest.mark.parametrize("place", [0, 1023, 1025, 5000])
def test_a_nul_is_refused_wherever_it_stands(place):
    data = TEXT.encode() + b"107/3/5,x,y\n" * 1000
    error = refused(data[:place] + b"\0" + data[place:])
    assert error.code == "encoding"
    assert len(error.problems) == 1


def test_a_control_character_is_a_problem_of_its_cell_and_the_end_mark_of_old_files_is_none():
    assert [(problem.row, problem.column) for problem in refused(f"{TEXT}107/3/6,x\x01y,z\n".encode()).problems] == [
        (3, "B")
    ]
    assert len(read(TEXT.encode() + b"\x1a")) == 1


def test_text_that_another_program_protected_from_becoming_a_number_is_taken_as_shown():
    table = read('日期,問題,諮詢人\n="107/3/5",="0912","=""臺中市""""府"""\n'.encode())
    assert dict(table.rows[0].cells) == {"day": "107/3/5", "question": "0912", "caller": '臺中市"府'}


def test_a_mark_in_place_of_a_lost_character_is_remarked():
    (note,) = read("日期,問題,諮詢人\n107/3/5,x,王\ufffd明\n".encode()).notes
    assert "C2" in note


def test_a_long_number_that_lost_its_last_digits_is_no_text():
    spec = [ColumnSpec("code", ("號",), is_text=True), ColumnSpec("other", ("他",))]
    with pytest.raises(SpreadsheetError) as error:
        read("號,他\n1.15E+10,x\n1E5,y\n".encode(), spec)
    assert [(problem.row, problem.column) for problem in error.value.problems] == [(2, "A")]


@pytest.mark.parametrize("text", [
    "臺中市政府,基本班,第1期\r\n日期\t問題\t諮詢人\r\n107/3/5\tx\ty\r\n",
    "紀錄;第1期\r\n日期,問題,諮詢人\r\n107/3/5,x,y\r\n",
    "紀錄,諮詢專線,第1期,其他\r\n日期;問題;諮詢人\r\n107/3/5;x;y\r\n",
])  # fmt: skip
def test_the_separator_is_the_one_that_yields_the_headings_whatever_stands_in_a_title(text):
    assert dict(read(text.encode()).rows[0].cells) == {"day": "107/3/5", "question": "x", "caller": "y"}


def test_without_known_headings_the_separator_is_the_one_that_most_rows_agree_on():
    text = "標題，共 3 列; 甲\n一\t二\t三\n1\t2,5\t3\n1\t2\t3\n"
    assert read_raw(io.BytesIO(text.encode()), name="a.csv").headings == ["一", "二", "三"]


NASTY = [
    "0012", "1E5", "107-03-1", "=1+1", "'=1", "''-1", "'a", '="0912"', "-5", "@a", "a\tb", "a\nb", "a  b", "_x0041_",
    "TRUE", "谷辣斯‧尤達卡", "𠮷", "\ue000", 'a"b', "a,b;c", "＝1", "12,345", "<b>&amp;", "‘=1",
]  # fmt: skip


@pytest.mark.parametrize("form", ["ods", "xlsx", "csv"])
def test_what_our_writers_write_our_readers_read_the_same(form):
    rows = [[text, "x"] for text in [*NASTY, "a\x00\x0b\ud800b"]]
    content = b"".join(write(form, Sheet("匯出", [("文字", "text"), ("號", "text")], rows)))
    table = read_raw(io.BytesIO(content), name=f"a.{form}")
    assert [row.cells[0] for row in table.rows] == [*NASTY, "ab"]
