"""An old log of the hotline as it was kept: a title, dates as text of every kind, a date merged over three rows."""

import csv
import io

from tests.common.workbooks import number_cell, ods, ods_table, row, text_cell, xlsx

TITLE = "107 年度採購諮詢專線紀錄表"
HEADINGS = ("日期", "諮詢內容", "處理情形", "機關名稱", "值班人員", "分鐘", "方式", "法條", "電話號碼")
BUREAU = "臺中市政府教育局"
ROWS = (
    # row 3; the date of rows 3 to 5 is one merged cell
    ("107/3/5", "公開招標只有兩家投標，可以開標嗎？", "第一次開標未達三家，應予流標。", "台中市政府教育局", "詢甲範", 5,
     "電話", "採購法 48", "04-22220000"),
    (None, "小額採購可以不訂底價嗎？", "可以。", BUREAU, "詢甲範", 3, "電話", "", ""),
    (None, "底價何時訂定？", "開標前定之。", "不存在的機關", "查無此人", 4, "電子郵件", "採購法 999", ""),
    ("1070306", "驗收逾期怎麼辦？", "", "", "", "十分", "電話", "", ""),
    ("民國107年3月7日", "押標金如何退還？", "依規定無息發還。", BUREAU, "詢甲範", "10分", "親洽", "", ""),
    ("2018-03-08", "契約變更需要哪些程序？", "依契約約定辦理。", BUREAU, "", 7, "公文", "", ""),
    (43168, "共同供應契約一定要用嗎？", "適用機關應利用。", BUREAU, "", 2, "電話", "", ""),
    ("107/2/30", "這一天不存在", "是。", BUREAU, "", 1, "電話", "", ""),
    ("107.03.10", "", "沒有問題只有答覆", BUREAU, "", 1, "電話", "", ""),
)  # fmt: skip
"""Beginning with row 3, under a title in row 1 and the headings in row 2."""


def as_xlsx() -> bytes:
    def fill(book):
        sheet = book.add_worksheet("諮詢紀錄")
        sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, TITLE)
        sheet.write_row(1, 0, HEADINGS)
        for index, values in enumerate(ROWS, 2):
            sheet.write_row(index, 0, ["" if value is None else value for value in values])
        sheet.merge_range(2, 0, 4, 0, ROWS[0][0])

    return xlsx(fill)


def as_ods() -> bytes:
    def cell(index, column, value):
        if (index, column) == (0, 0):
            return text_cell(value, 'table:number-rows-spanned="3" table:number-columns-spanned="1"')
        if value is None:
            return "<table:covered-table-cell/>"
        if isinstance(value, int):
            return number_cell(value)
        return text_cell(value) if value else "<table:table-cell/>"

    return ods(
        ods_table(
            row(text_cell(TITLE, f'table:number-columns-spanned="{len(HEADINGS)}" table:number-rows-spanned="1"')),
            row(*map(text_cell, HEADINGS)),
            *(
                row(*(cell(index, column, value) for column, value in enumerate(values)))
                for index, values in enumerate(ROWS)
            ),
        )
    )


def as_csv(encoding: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([TITLE, *[""] * (len(HEADINGS) - 1)])
    writer.writerow(HEADINGS)
    writer.writerows(ROWS)
    return out.getvalue().encode(encoding)


FILES = {
    "old.ods": as_ods,
    "old.xlsx": as_xlsx,
    "utf8.csv": lambda: as_csv("utf-8-sig"),
    "big5.csv": lambda: as_csv("cp950"),
}
