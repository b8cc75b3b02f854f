#!/bin/sh
# python-calamine 0.9.1: text that belongs to something anchored in an .ods cell joins the cell's own text.
# A seal over a name, a drawn box, a reading in ruby or a footnote turns "王" into another value, unmarked. The note
# of a cell (office:annotation) is left out, as one would expect of the others.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$work" python-calamine==0.9.1
PYTHONPATH="$work" python3 - <<'PY'
import io
import zipfile

from python_calamine import CalamineWorkbook

SPACES = {"office": "office", "table": "table", "text": "text", "draw": "drawing", "svg": "svg-compatible"}
NAMES = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in SPACES.items())
KIND = "application/vnd.oasis.opendocument.spreadsheet"


def value(inside):
    content = (
        f'<office:document-content {NAMES} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3"><office:body>'
        f'<office:spreadsheet><table:table table:name="S"><table:table-row><table:table-cell office:value-type="string">'
        f"{inside}</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        f"</office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{KIND}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("mimetype", KIND)
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", manifest)
    file.seek(0)
    return CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()[0][0]


seen = {
    "the text alone": value("<text:p>王</text:p>"),
    "a note of the cell": value("<office:annotation><text:p>remark</text:p></office:annotation><text:p>王</text:p>"),
    "a picture with a title": value(
        '<draw:frame><draw:image xlink:href="Pictures/a.png"/><svg:title>seal</svg:title></draw:frame><text:p>王</text:p>'
    ),
    "a drawn box": value("<text:p>王</text:p><draw:custom-shape><text:p>box</text:p></draw:custom-shape>"),
    "a reading in ruby": value(
        "<text:p><text:ruby><text:ruby-base>王</text:ruby-base><text:ruby-text>ㄨㄤˊ</text:ruby-text></text:ruby></text:p>"
    ),
}
for what, came in seen.items():
    print(f"{what:25} {came!r}")
assert seen == {
    "the text alone": "王",
    "a note of the cell": "王",
    "a picture with a title": "seal王",
    "a drawn box": "王\nbox",
    "a reading in ruby": "王ㄨㄤˊ",
}, "the behaviour has changed"
PY
