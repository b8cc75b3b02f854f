"""What a published notice says, to the digit, and what is never kept of it."""

import datetime
import io
import json

import pytest

from casestudies.enums import NoticeKind
from casestudies.reading.kinds import notice_kind_of, printed_band_of, procurement_kind_of
from casestudies.reading.notices import RefusedNotice
from casestudies.reading.open_data import RecordEntry
from casestudies.reading.personal import without_personal_data
from casestudies.reading.sheets import guess_mapping, read_table_of, reading_notes, sheet_entries
from casestudies.reading.stated import stated_procurement_amount
from casestudies.reading.streams import NoticeFileError, read_records
from casestudies.reading.values import amount_of, day_of, plain
from common.errors import DomainError
from library.enums import Band, ProcurementKind
from tests.common.workbooks import xlsx, xlsx_rows

from .notice_files import AWARD, FAILED, RECORD, as_json, record


@pytest.fixture
def sample(shared_data):
    """The two notices of Taipei, and nothing of them changed."""
    return json.loads((shared_data / "tender_notices_sample.json").read_text(encoding="utf-8"))["records"]


def read(given, row=1):
    return RecordEntry(row, given).read()


def problems(given):
    with pytest.raises(RefusedNotice) as refused:
        read(given)
    return [(str(problem.field), problem.message) for problem in refused.value.problems]


# --- the real sample ----------------------------------------------------------------------------


def test_the_real_tender_to_the_digit(sample):
    notice = read(sample[0])
    assert (notice.unit_id, notice.agency_name, notice.number, notice.key) == (
        "3.79.56", "臺北市政府都市發展局", "1080107MH", "TIQ-3-52430794",
    )  # fmt: skip
    assert notice.title == "108年度臺北市健康公共住宅暨洲美、新興、大湖朕寶公共住宅戶委託管理維護案"
    assert (notice.kind, notice.published_on) == (NoticeKind.TENDER, datetime.date(2019, 1, 16))
    assert (notice.procurement_kind, notice.classification) == (ProcurementKind.SERVICES, "勞務類82-不動產服務")
    assert (notice.budget, notice.has_options, notice.options_amount) == (25_775_360, True, None)
    # said in its remarks, without any doubt: 「本案採購金額計新臺幣8,562萬2,593元整」
    assert notice.procurement_amount == 85_622_593
    assert printed_band_of(notice.printed_band) == Band.LARGE


def test_the_real_award_to_the_digit(sample):
    notice = read(sample[1])
    assert (notice.kind, notice.published_on, notice.key) == (
        NoticeKind.AWARD, datetime.date(2019, 3, 25), "BDM-1-52730204",
    )  # fmt: skip
    assert (notice.awarded_on, notice.award_amount) == (datetime.date(2019, 3, 21), 25_420_000)
    assert (notice.original_on, notice.tenders, notice.budget) == (datetime.date(2019, 1, 16), 3, 25_775_360)
    assert notice.classification == "<勞務類>82不動產服務"
    assert notice.procurement_kind == ProcurementKind.SERVICES


PLANTED = (
    "丁甲子", "丁乙丑", "丁丙寅", "丁丁卯", "戊辰子", "己巳午", "庚午未", "辛未申", "丁丙",
    "(04)2228-9111", "04-22289112", "0912-345-678", "０４－２２２８９１１３", "2217-7399", "0422289114",
    "+886-4-2228-9115", "ding@example.org", "B123456789", "A223456788", "西區民權路九十九號",
)  # fmt: skip


def test_nobody_is_left_in_what_is_kept(sample):
    detail = sample[1]["detail"]
    detail["機關資料:聯絡人"] = "丁甲子"
    detail["機關資料:聯絡電話"] = "(04)2228-9111 分機 123"
    detail["機關資料:傳真號碼"] = "04-22289112"
    detail["機關資料:電子郵件信箱"] = "ding@example.org"
    detail["機關資料:承辦人"] = "丁丙"
    for number, juror in enumerate(detail["最有利標:評選委員"][0]):
        juror["姓名"] = ("丁乙丑", "丁丙寅")[number % 2]
    detail["最有利標:專家學者"] = [[{"姓名": "丁丁卯", "職業": "教授"}]]
    # a supplier who is a person: the code is an identity number, and the name is that person's
    detail["投標廠商:投標廠商2:廠商代碼"] = "B123456789"
    detail["投標廠商:投標廠商2:廠商名稱"] = "戊辰子"
    detail["決標品項:第1品項:未得標廠商1:未得標廠商"] = "戊辰子"
    detail["投標廠商:投標廠商2:廠商地址"] = "臺中市西區民權路九十九號"
    companies = sample[1]["brief"]["companies"]
    companies["ids"].append("B123456789")
    companies["names"].append("戊辰子")
    companies["id_key"]["B123456789"] = ["投標廠商:投標廠商2:廠商代碼"]
    companies["name_key"]["戊辰子"] = ["投標廠商:投標廠商2:廠商名稱"]
    words = (
        "請洽丁甲子或丁丙（電話：2217-7399轉12），承辦人：己巳午，聯絡人: 庚午未，辛未申先生 0912-345-678、"
        "０４－２２２８９１１３、0422289114、+886-4-2228-9115，信箱 ding@example.org；"
        "身分證 A223456788；評選委員丁乙丑、丁丙寅、丁丁卯；地址：臺中市西區民權路九十九號，另戊辰子"
    )
    detail["決標資料:附加說明"] = words
    detail["無法決標公告:無法決標的理由"] = words
    detail["其他:開標備註"] = [[words], {"說明": words}]
    notice = read(sample[1])
    said = "\n".join([json.dumps(notice.raw, ensure_ascii=False), notice.note, notice.reason, str(notice)])
    assert [each for each in PLANTED if each in said] == []
    # what is no person stays
    assert [
        each for each in ("中工保全股份有限公司", "16,573,840元", "108/03/21", "住宅服務科") if each not in said
    ] == []


@pytest.mark.parametrize(
    "text",
    ["25,420,000元", "108/03/21", "1080107MH", "70576576", "統一編號 70576576", "第 04 次 2228 件", "104-113 年",
     "契約自 108.03.21 起至 109.12.31 止", "施工里程 0K+123~2K+456", "依採購法第22條第1項第9款",
     "公告序號 001-1080321"],
)  # fmt: skip
def test_numbers_that_are_nobodys_stay(text):
    assert without_personal_data(text) == text


# --- what is printed ----------------------------------------------------------------------------


def test_a_failed_notice_tells_its_reason_and_no_amount():
    notice = read(FAILED)
    assert (notice.kind, notice.reason) == (NoticeKind.FAILED, "流標(無廠商投標或未達法定開標家數)")
    assert (notice.will_continue, notice.original_on) == (True, datetime.date(2026, 3, 2))
    assert (notice.budget, notice.procurement_amount, notice.options_amount) == (None, None, None)
    assert notice.procurement_kind == ProcurementKind.WORKS


def test_an_amount_in_words_on_a_second_line_nested_lists_and_full_width_digits():
    assert amount_of("4,850,000元\r\n\t\t肆佰捌拾伍萬元") == 4_850_000
    assert amount_of([["４，８５０，０００元"]]) == 4_850_000
    assert amount_of([{"金額": "8,562萬2,593元"}]) == 85_622_593
    assert [amount_of(text) for text in ("", "未公開", "－", [], None)] == [None] * 5
    assert day_of("１０８／０１／１６") == day_of("20190116") == day_of(20190116) == datetime.date(2019, 1, 16)
    assert read(AWARD).award_amount == 4_850_000


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("<b>校舍</b>修繕&amp;補強", "校舍修繕&補強"),
        ("<script>alert(1)</script>校舍修繕", "校舍修繕"),
        ("&lt;i&gt;校舍&lt;/i&gt;修繕", "校舍修繕"),
        ("<勞務類>82不動產服務", "<勞務類>82不動產服務"),
        ("管徑<200mm之管線", "管徑<200mm之管線"),
        ("\x00校舍\ud800修繕", "校舍修繕"),
    ],
)
def test_tags_in_titles_become_plain_text(title, shown):
    assert plain(title) == shown
    assert read(record(detail={"採購資料:標案名稱": title})).title == shown


def test_options_are_never_guessed():
    assert read(record(detail={"採購資料:後續擴充": "是"})).options_amount is None
    with_amount = read(record(detail={"採購資料:後續擴充": "是", "採購資料:後續擴充:金額": "2,000,000元"}))
    assert (with_amount.has_options, with_amount.options_amount) == (True, 2_000_000)
    assert read(record(detail={"採購資料:採購金額": "7,000,000元"})).procurement_amount == 7_000_000


@pytest.mark.parametrize(
    ("note", "amount"),
    [
        ("本案採購金額計新臺幣8,562萬2,593元整。", 85_622_593),
        ("採購金額為7,000,000元，採購金額：7,000,000元", 7_000_000),
        ("採購金額計6,000,000元；第二期採購金額計7,000,000元", None),
        ("採購金額計5,000萬元以上者應報上級機關", None),
        ("採購金額級距：巨額", None),
        ("採購金額為1,000,000元", None),  # below the budget that it would include
        ("擴充金額共計新臺幣5,984萬7,233元整", None),
    ],
)
def test_an_amount_in_a_sentence_is_taken_only_without_any_doubt(note, amount):
    assert stated_procurement_amount(note, 5_000_000) == amount


def test_printed_types_kinds_and_bands():
    kinds = {
        "公開招標公告": "tender", "公開取得報價單或企劃書公告": "tender",
        "限制性招標(經公開評選或公開徵求)公告": "tender",
        "選擇性招標(建立合格廠商名單後續邀標)公告": "tender", "公開招標更正公告": "correction",
        "公開取得報價單或企劃書更正公告": "correction", "無法決標公告": "failed", "更正無法決標公告": "other",
        "決標公告": "award", "更正決標公告": "award", "定期彙送": "award", "公開徵求廠商提供參考資料": "other",
        "招標文件公開閱覽公告資料公告": "other", "財物變賣公告": "other", "拒絕往來廠商": "other",
    }  # fmt: skip
    assert {printed: notice_kind_of(printed).value for printed in kinds} == kinds
    printed = ("<工程類>511建築物", "財物類45-辦公機器", "勞務類82-不動產服務", "82不動產服務")
    assert [procurement_kind_of(text) for text in printed] == [
        ProcurementKind.WORKS, ProcurementKind.GOODS, ProcurementKind.SERVICES, None,
    ]  # fmt: skip
    bands = ("巨額", "查核金額以上未達巨額", "公告金額以上未達查核金額", "未達公告金額", "")
    assert [printed_band_of(text) for text in bands] == [Band.LARGE, Band.INSPECTION, Band.PUBLICATION, None, None]


# --- what is refused ----------------------------------------------------------------------------


def test_a_bad_notice_is_refused_with_field_and_what_was_expected():
    assert problems(record(detail={"招標資料:公告日": "108/02/30"})) == [
        ("公告日期", "「108/02/30」不是曆法上的日子。"),
    ]  # fmt: skip
    assert problems(record(AWARD, detail={"決標資料:總決標金額": "-5,000元"})) == [
        ("決標金額，新臺幣元", "「-5,000元」是負數；應為 0 以上的金額，例如 25,775,360元。"),
    ]  # fmt: skip
    nothing = "沒有內容，應填寫。"
    missing = record(job_number="", detail={"採購資料:標案案號": None, "採購資料:標案名稱": None})
    missing["brief"]["title"] = " "
    assert problems(missing) == [("標案案號", nothing), ("標案名稱", nothing)]
    assert problems(record(date="", detail={"招標資料:公告日": None})) == [
        ("公告日期", "沒有內容，應為日期，例如 108/01/16 或 2019-01-16。"),
    ]  # fmt: skip
    assert problems(record(date=29990101, detail={"招標資料:公告日": None}))[0][0] == "公告日期"
    assert [field for field, _message in problems(["no record"])] == ["紀錄"]


def test_what_is_nested_without_end_is_refused():
    deep = {}
    inner = deep
    for _level in range(100):
        inner["a"] = {}
        inner = inner["a"]
    assert [field for field, _message in problems(record(detail={"其他:x": deep}))] == ["紀錄"]


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        as_json(RECORD, FAILED),
        b"\xef\xbb\xbf" + as_json(RECORD, FAILED),
        b"[" + as_json(RECORD) + b"," + as_json(FAILED) + b"]",
        json.dumps([RECORD, FAILED]).encode(),
    ],
)
def test_the_shapes_of_open_data(data):
    assert [(entry.row, entry.key) for entry in read_records(io.BytesIO(data))] == [
        (1, RECORD["filename"]), (2, FAILED["filename"]),
    ]  # fmt: skip
    assert [entry.key for entry in read_records(io.BytesIO(json.dumps(AWARD).encode()))] == [AWARD["filename"]]


def test_a_cut_file_says_after_which_record_it_breaks():
    data = as_json(*(record(job_number=f"115D{n:04}") for n in range(1, 6)))
    seen = []
    with pytest.raises(NoticeFileError) as error:
        seen.extend(entry.row for entry in read_records(io.BytesIO(data[: data.index(b"115D0004")])))
    assert (error.value.code, seen) == ("cut", [1, 2, 3])
    assert "第 3 筆" in str(error.value)
    assert "115D0003" in str(error.value)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"), (b" \n", "empty"), (b"[]", "empty"), (b'{"records": []}', "empty"), (b'{"a": 1}', "shape"),
        (b"hello", "broken"), (b"[" * 100_000, "too_deep"), (b'[{"job_number": "\xa4\xa4"}]', "encoding"),
        (b"\xff\xfe[\x00]\x00", "encoding"), (as_json(RECORD)[:-2] + b",]}", "broken"),
        (b'[{"records": [{"job_number": "1"}]}, {"job_number": "2"}]', "shape"),
    ],
)  # fmt: skip
def test_a_file_without_notices_is_refused_in_words(data, code):
    with pytest.raises(NoticeFileError) as error:
        list(read_records(io.BytesIO(data)))
    assert error.value.code == code


SHEET = """採購資料:標案案號,標案名稱,機關名稱,公告類型,公告日,標的分類,採購資料:預算金額,後續擴充,無法決標的理由,其他
115D0001,校舍修繕工程,臺中市政府教育局,公開招標公告,115/3/2,工程類,"5,000,000元",否,,x
115D0001,校舍修繕工程,臺中市政府教育局,無法決標公告,2026-03-20,工程類,,,流標,x
115D0002,,臺中市政府教育局,公開招標公告,115/2/30,工程類,-3,,,x
"""


BUDGETED = ["標案案號", "標案名稱", "機關名稱", "公告類型", "公告日期", "預算金額"]


def budgets(heading, *cells, above=()):
    """The budgets that a table of notices tells, with a heading of its own and lines above."""
    rows = [[f"115T-{count}", "道路工程", "臺中市政府建設局", "公開招標公告", "115/3/5", cell]
            for count, cell in enumerate(cells, 1)]  # fmt: skip
    table = read_table_of(
        io.BytesIO(xlsx_rows(*[[line] for line in above], [*BUDGETED[:5], heading], *rows)), name="k.xlsx"
    )
    mapping = guess_mapping(table.headings)
    found = []
    for item in sheet_entries(table, mapping):
        try:
            found.append(item.read().budget)
        except RefusedNotice as refused:
            found.append([str(problem.field) for problem in refused.problems])
    return found, len(reading_notes(table, mapping))


@pytest.mark.parametrize(
    ("heading", "above", "unit"),
    [
        ("預算金額", [], 1), ("預算金額(元)", [], 1), ("預算金額(千元)", [], 1000), ("預算金額（仟元）", [], 1000),
        ("預算金額\n（單位：新臺幣千元）", [], 1000), ("預算金額_萬元", [], 10_000),
        ("預算金額(百萬元)", [], 1_000_000), ("採購資料:預算金額 單位：千元", [], 1000),
        ("預算金額", ["115 年度採購一覽表", "單位：新臺幣千元"], 1000), ("預算金額(元)", ["單位：千元"], 1),
        ("預算金額", ["115 年度 100 萬元以上採購一覽表", "單位：建設局"], 1), ("預算金額", ["(金額以千元計)"], 1000),
    ],
)  # fmt: skip
def test_amounts_are_in_the_unit_that_their_heading_or_a_line_above_names(heading, above, unit):
    assert budgets(heading, 60000, "1,000千元", above=above) == ([60000 * unit, 1_000_000], int(unit != 1))


@pytest.mark.parametrize("line", [["註：本表金額單位為新臺幣千元"], ["", "", "", "", "單位", "千元"]])
def test_a_unit_named_below_the_table_counts_as_well(line):
    row = ["115T-1", "道路工程", "臺中市政府建設局", "公開招標公告", "115/3/5", 60000]
    nameless = ["", *row[1:5], "新臺幣1,000元"]  # no unit
    table = read_table_of(io.BytesIO(xlsx_rows(BUDGETED, row, nameless, line)), name="k.xlsx")
    assert next(sheet_entries(table, guess_mapping(table.headings))).read().budget == 60_000_000


def test_an_amount_that_names_another_unit_than_its_column_is_refused():
    assert budgets("預算金額(千元)", "60,000元", "1,000仟元")[0] == [["預算金額，新臺幣元（儲存格 F2）"], 1_000_000]


@pytest.mark.parametrize(("heading", "above"), [
    ("預算金額(美元)", []), ("預算金額(千元)(元)", []), ("預算金額", ["單位：千元", "單位：萬元"]),
    ("預算金額(USD)", []),
])  # fmt: skip
def test_a_table_that_leaves_its_unit_open_is_refused_before_its_first_row(heading, above):
    with pytest.raises(DomainError) as refused:
        budgets(heading, 60000, above=above)
    assert refused.value.code == "unit_unclear"


def test_what_a_program_made_of_a_case_number_is_refused_with_its_cell_and_a_number_is_remarked():
    """LibreOffice takes 107-03-1 for a day; 12 is shown as 0000012, and 3.1 as 3.10."""
    headings = ["標案案號", "機關代碼", *BUDGETED[1:5]]
    rest = ["案名", "臺中市政府秘書處", "無法決標公告", "107/3/5"]

    def fill(book):
        sheet = book.add_worksheet()
        for index, values in enumerate([headings, *[["115D1", "3.87.1", *rest]] * 6]):
            sheet.write_row(index, 0, values)
        for index, (column, value, shown) in enumerate(
            [(0, 46357, "m-d"), (0, -654820, "yyyy/m/d"), (0, 12, "0000000"), (1, 3.1, "0.00"), (0, 100000, "General")],
            1,
        ):
            sheet.write_number(index, column, value, book.add_format({"num_format": shown}))

    table = read_table_of(io.BytesIO(xlsx(fill)), name="n.xlsx")
    mapping = guess_mapping(table.headings)
    outcomes = []
    for item in sheet_entries(table, mapping):
        try:
            outcomes.append(item.read().number)
        except RefusedNotice as refused:
            outcomes.append([str(problem.field)[-4:-1] for problem in refused.problems])
    assert outcomes == [[" A2"], [" A3"], [" A4"], [" B5"], "100000", "115D1"]
    assert any("A6" in note for note in reading_notes(table, mapping))


def test_a_spreadsheet_with_the_headings_of_notices():
    table = read_table_of(io.BytesIO(SHEET.encode()), name="notices.csv")
    mapping = guess_mapping(table.headings)
    assert mapping == {
        "number": 0, "title": 1, "agency_name": 2, "printed_type": 3, "published_on": 4, "classification": 5,
        "budget": 6, "has_options": 7, "reason": 8,
    }  # fmt: skip
    tender, failed, bad = sheet_entries(table, mapping)
    assert (tender.read().budget, tender.read().has_options, tender.read().procurement_kind) == (
        5_000_000, False, ProcurementKind.WORKS,
    )  # fmt: skip
    assert (failed.read().kind, failed.read().known_by) == (NoticeKind.FAILED, "failed-2026-03-20")
    with pytest.raises(RefusedNotice) as refused:
        bad.read()
    assert [str(problem.field) for problem in refused.value.problems] == [
        "標案名稱（儲存格 B4）", "預算金額，新臺幣元（儲存格 G4）", "公告日期（儲存格 E4）",
    ]  # fmt: skip
