#!/bin/sh
# python-calamine 0.9.1 with xlsxwriter 3.3.1: a day before 1900 in a date cell is read as a time of day, and the day is
# gone without a word: -654709 comes as 00:00. Such cells are ordinary in Taiwan: LibreOffice takes a typed 107/6/20
# for a day of the year 107 and stores it with a negative number.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$work" python-calamine==0.9.1 xlsxwriter==3.3.1
PYTHONPATH="$work" python3 - <<'PY'
import io

import xlsxwriter
from python_calamine import CalamineWorkbook

DAYS = [43271, -654709, -654708.5]
file = io.BytesIO()
book = xlsxwriter.Workbook(file)
sheet = book.add_worksheet()
for column, day in enumerate(DAYS):
    sheet.write_number(0, column, day, book.add_format({"num_format": "yyyy/m/d"}))
book.close()
file.seek(0)
row = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[0]
for day, came in zip(DAYS, row):
    print(f"{day:>10} {came!r}")
assert [type(came).__name__ for came in row] == ["date", "time", "time"], "the behaviour has changed"
PY
