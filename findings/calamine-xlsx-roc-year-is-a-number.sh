#!/bin/sh
# python-calamine 0.9.1 with xlsxwriter 3.3.1: the same day is a date under most formats, but a bare number where the
# format shows only the year of the Republic ([$-404]e) or only the weekday in Chinese (aaaa; dddd is read).
# Excel shows a day in every one of these cells.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$work" python-calamine==0.9.1 xlsxwriter==3.3.1
PYTHONPATH="$work" python3 - <<'PY'
import io

import xlsxwriter
from python_calamine import CalamineWorkbook

FORMATS = ["yyyy-mm-dd", "dddd", "[$-404]e/mm/dd", "aaaa", "[$-404]e"]
file = io.BytesIO()
book = xlsxwriter.Workbook(file)
sheet = book.add_worksheet()
for column, shown in enumerate(FORMATS):
    sheet.write(0, column, 45413, book.add_format({"num_format": shown}))
book.close()
file.seek(0)
row = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[0]
for shown, came in zip(FORMATS, row):
    print(f"{shown:16} {came!r}")
assert [type(came).__name__ for came in row] == ["date", "date", "date", "float", "float"], "the behaviour has changed"
PY
