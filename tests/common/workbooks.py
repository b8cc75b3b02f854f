"""Workbooks as other programs write them, made by hand so that each trap is really in them."""

import io
import zipfile

import xlsxwriter

from common.spreadsheets import ColumnSpec

COLUMNS = [
    ColumnSpec("number", ("學號", "number")),
    ColumnSpec("name", ("姓名", "name")),
    ColumnSpec("score", ("成績", "score"), required=False),
]
HEADINGS = ("學號", "姓名", "成績")

_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)
_CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    b'<manifest:file-entry manifest:full-path="/" manifest:media-type="' + ODS_TYPE + b'"/></manifest:manifest>'
)


def text_cell(text, extra=""):
    return f'<table:table-cell office:value-type="string" {extra}><text:p>{text}</text:p></table:table-cell>'


def number_cell(value, extra=""):
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}" {extra}>'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def row(*cells, extra=""):
    return f"<table:table-row {extra}>{''.join(cells)}</table:table-row>"


def heading_row():
    return row(*map(text_cell, HEADINGS))


def ods_table(*rows, name="成績", style=""):
    return f'<table:table table:name="{name}" {style}>{"".join(rows)}</table:table>'


def ods(*tables, styles="", members=()):
    """An .ods of these tables; `styles` go into its automatic styles, `members` (name, data) into the archive."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} {_CALC} office:version="1.3">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    given = {"META-INF/manifest.xml": MANIFEST, **dict(members)}
    return archive(("mimetype", ODS_TYPE), ("content.xml", content.encode()), *given.items())


def archive(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members:
            made.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def xlsx(fill):
    """An .xlsx that `fill(workbook)` has filled."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        fill(book)
    return out.getvalue()


def xlsx_rows(*rows):
    """An .xlsx of one sheet with these rows."""

    def fill(book):
        sheet = book.add_worksheet()
        for index, values in enumerate(rows):
            sheet.write_row(index, 0, values)

    return xlsx(fill)


def xlsx_with(data, member, change):
    """The .xlsx with one of its members changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content.decode()).encode() if info.filename == member else content)
    return out.getvalue()
