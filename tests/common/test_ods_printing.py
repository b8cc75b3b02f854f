"""A table for paper: well formed, its heading row repeated, nothing merged in it, lines around it as wide as it."""

import io
import zipfile
from xml.etree import ElementTree

from common.spreadsheets.ods_printing import PrintedColumn, PrintedTable, write_printed_ods

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def content_of(table: PrintedTable) -> ElementTree.Element:
    """The table as a program reads it; every part of the file is well formed."""
    with zipfile.ZipFile(io.BytesIO(b"".join(write_printed_ods(table)))) as archive:
        parts = {
            name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith("xml")
        }
    assert set(parts) == {"META-INF/manifest.xml", "content.xml", "settings.xml", "styles.xml"}
    found = parts["content.xml"].find(f".//{TABLE}table")
    assert found is not None
    return found


def printed(rows: list[list[object]]) -> PrintedTable:
    columns = [PrintedColumn("項次", 10, is_number=True), PrintedColumn("類別", 30), PrintedColumn("態樣", 30)]
    return PrintedTable(
        title="一覽表 & <標題>", columns=columns, rows=rows, head=["截至今日"], notes=["備註"], grouped=(1, 2)
    )


def styles(table: ElementTree.Element) -> list[list[str]]:
    return [
        [cell.get(f"{TABLE}style-name", "") for cell in row.findall(f"{TABLE}table-cell")]
        for row in table.findall(f"{TABLE}table-row")
    ]


def test_what_repeats_the_row_above_is_written_again_but_quietly() -> None:
    table = content_of(printed([[1, "甲", "子"], [2, "甲", "子"], [3, "甲", "丑"], [4, "乙", "丑"]]))
    rows = [row for row in styles(table) if row[0] == "number"]
    assert rows == [
        ["number", "cell", "cell"],
        ["number", "repeated", "repeated"],
        ["number", "repeated", "cell"],
        ["number", "cell", "cell"],  # an inner group ends where the outer one does
    ]


def test_the_heading_row_returns_on_every_page_and_no_cell_of_the_table_is_merged() -> None:
    table = content_of(printed([[1, "甲", "子"]]))
    heading = table.findall(f"{TABLE}table-header-rows/{TABLE}table-row/{TABLE}table-cell")
    assert ["".join(cell.itertext()) for cell in heading] == ["項次", "類別", "態樣"]
    spanned = [
        "".join(cell.itertext())
        for cell in table.iter(f"{TABLE}table-cell")
        if cell.get(f"{TABLE}number-columns-spanned") == "3"
    ]
    assert spanned == ["一覽表 & <標題>", "截至今日", "備註"]


def test_what_looks_like_a_formula_stays_text() -> None:
    table = content_of(printed([[1, "=1+1", "@x"]]))
    cells = {"".join(cell.itertext()): cell for cell in table.iter(f"{TABLE}table-cell")}
    kind = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
    assert cells["=1+1"].get(kind) == cells["@x"].get(kind) == "string"
