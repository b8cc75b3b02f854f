#!/bin/sh
# xhtml2pdf 0.2.28: a table cell higher than a page is not divided but drawn smaller until it fits, without limit and
# without a word: 1,000 lines come out on one page at half a point, with err 0 and warn 0.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$work" \
  xhtml2pdf==0.2.28 reportlab==5.1.0 pypdf==7.1.0
PYTHONPATH="$work" python3 - <<'PY'
import io

from pypdf import PdfReader
from xhtml2pdf import pisa


def printed(lines):
    file = io.BytesIO()
    text = "<br/>".join(f"line {number}" for number in range(lines))
    done = pisa.CreatePDF(f"<table><tr><td>{text}</td></tr></table>", dest=file)
    assert (done.err, done.warn) == (0, 0)
    file.seek(0)
    pages = PdfReader(file).pages
    sizes = set()

    def note(text, matrix, text_matrix, font, size):
        if text.strip():
            sizes.add(round(abs(matrix[3] * text_matrix[3]) * size, 2))

    for page in pages:
        page.extract_text(visitor_text=note)
    return len(pages), sorted(sizes)


for lines in (10, 1000):
    print(f"{lines} lines: pages and sizes of letters in points {printed(lines)}")
assert printed(10) == (1, [7.5]) and printed(1000) == (1, [0.52]), "the behaviour has changed"
PY
