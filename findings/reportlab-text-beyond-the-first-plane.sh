#!/bin/sh
# reportlab 5.1.0: a character beyond U+FFFF is drawn rightly, but the text layer says another one: its ToUnicode map
# writes the code point in five hex digits where PDF (ISO 32000-1, 9.10.3) wants UTF-16BE. A name such as 𠮷 is copied,
# searched and read aloud as a different character, or is lost, as here by pypdf 7.1.0. The font is made for the purpose:
# one glyph, two code points.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$work" \
  reportlab==5.1.0 fonttools==4.68.0 pypdf==7.1.0
PYTHONPATH="$work" python3 - "$work/made.ttf" <<'PY'
import io
import sys

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

pen = TTGlyphPen(None)
for number, point in enumerate([(0, 0), (0, 800), (800, 800), (800, 0)]):
    (pen.lineTo if number else pen.moveTo)(point)
pen.closePath()
box = pen.glyph()
font = FontBuilder(1000, isTTF=True)
font.setupGlyphOrder([".notdef", "box"])
font.setupCharacterMap({0x5409: "box", 0x20BB7: "box"})
font.setupGlyf({".notdef": box, "box": box})
font.setupHorizontalMetrics({".notdef": (1000, 0), "box": (1000, 0)})
font.setupHorizontalHeader(ascent=800, descent=-200)
font.setupNameTable({"familyName": "Made", "styleName": "Regular", "psName": "Made-Regular"})
font.setupOS2()
font.setupPost()
font.save(sys.argv[1])

pdfmetrics.registerFont(TTFont("Made", sys.argv[1]))
file = io.BytesIO()
canvas = Canvas(file)
for line, text in enumerate(["\u5409", "\U00020bb7"]):
    canvas.setFont("Made", 20)
    canvas.drawString(72, 700 - 40 * line, text)
canvas.save()
file.seek(0)
page = PdfReader(file).pages[0]
for made in page["/Resources"]["/Font"].values():
    if "/ToUnicode" in made:
        entries = made["/ToUnicode"].get_data().decode().split()
targets = [entry.strip("<>") for entry in entries if entry.strip("<>") in {"5409", "20BB7", "D842DFB7"}]
read = page.extract_text().split()
print(f"drawn: U+5409 and U+20BB7\nthe map says: {targets}\nread back by pypdf: {[f'U+{ord(c):04X}' for c in ''.join(read)]}")
assert targets == ["5409", "20BB7"] and "\U00020bb7" not in "".join(read), "the behaviour has changed"
PY
