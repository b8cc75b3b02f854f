#!/bin/sh
# xhtml2pdf 0.2.28: `-pdf-word-wrap: CJK`, which Chinese text needs to wrap at all, makes every <br/> of the paragraph
# vanish: three lines are set as one, with err 0 and warn 0.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$work" \
  xhtml2pdf==0.2.28 reportlab==5.1.0 pypdf==7.1.0
PYTHONPATH="$work" python3 - <<'PY'
import io

from pypdf import PdfReader
from xhtml2pdf import pisa


def printed(style):
    file = io.BytesIO()
    html = f"<html><head><style>p {{ {style} }}</style></head><body><p>one<br/>two<br/>three</p></body></html>"
    done = pisa.CreatePDF(html, dest=file)
    assert (done.err, done.warn) == (0, 0)
    file.seek(0)
    return PdfReader(file).pages[0].extract_text().strip()


plain, wrapped = printed(""), printed("-pdf-word-wrap: CJK")
print(f"without the property: {plain!r}\nwith it:              {wrapped!r}")
assert plain == "one\ntwo\nthree" and wrapped == "onetwothree", "the behaviour has changed"
PY
