"""A table meant for paper as .ods: a title over it, wrapped cells, landscape A4, its heading row on every page.

`writing.write` is for data that goes on into other programs; this is for what a council or a meeting reads. No cells of
the table are merged, so that it can still be sorted, filtered and read aloud: a value that repeats the one above is
written again in a quiet colour and without the line between them.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import quoteattr

from common.zipstream import ZipStream

from .ods_writing import DECLARATION, MANIFEST, NAMESPACES, paragraph, pieces, settings, text_cell, valued
from .values import as_number, plain
from .writing import CONTENT_TYPES, Sheet, sheet_name

# As in `common.odt`: Kai for Chinese with serif letters and figures, each the first that a computer has.
_KAI = "標楷體;TW-Kai;全字庫正楷體;BiauKai;AR PL UKai TW;Noto Serif CJK TC;Noto Serif TC"
_SERIF = "Times New Roman;Liberation Serif;Noto Serif"
_MARGIN = 12
_POINTS, _MM_PER_POINT = 10, 0.3528
_BOLD = 'fo:font-weight="bold" style:font-weight-asian="bold"'
_LATIN_EM, _CAUTION = 0.56, 0.96  # the width of a letter, and what is kept free in a line
_WORDS = re.compile(r"[^\u1100-\U0010ffff\s]+|\s|[\u1100-\U0010ffff]")
_LINE, _PADDING = 5.2, 0.8  # mm: one line of text with its space, and what is left free around it

_SPACE = f'{NAMESPACES} xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
_FONTS = (
    "<office:font-face-decls>"
    f'<style:font-face style:name="Kai" svg:font-family="{_KAI}" style:font-family-generic="script"/>'
    f'<style:font-face style:name="Serif" svg:font-family="{_SERIF}" style:font-family-generic="roman"/>'
    "</office:font-face-decls>"
)


@dataclass(frozen=True)
class PrintedColumn:
    """A column: its heading, its width in millimetres, and whether its cells are numbers."""

    heading: str
    width: int
    is_number: bool = False


@dataclass(frozen=True)
class PrintedTable:
    """A table for paper. `head` stands under the title, `notes` under the table, each in lines of their own.

    `grouped` are the columns, from 0 and from the outermost group inwards, whose cells may repeat the one above.
    """

    title: str
    columns: Sequence[PrintedColumn]
    rows: Sequence[Sequence[Any]]
    head: Sequence[str] = ()
    notes: Sequence[str] = ()
    grouped: Sequence[int] = field(default=())
    footer: str = "{page} / {pages}"

    @property
    def width(self) -> int:
        """The width of all columns together, in millimetres."""
        return sum(column.width for column in self.columns)


def write_printed_ods(table: PrintedTable) -> Iterator[bytes]:
    """The table as .ods in pieces; the heading row stays in view and returns on every printed page."""
    name = sheet_name(Sheet(title=table.title, columns=[], rows=[]))
    archive = ZipStream()
    yield from archive.stored("mimetype", CONTENT_TYPES["ods"].encode())
    yield from archive.deflated("META-INF/manifest.xml", [MANIFEST.encode()])
    yield from archive.deflated("styles.xml", [_styles(table).encode()])
    yield from archive.deflated("settings.xml", [settings(name, rows_above=2 + len(table.head)).encode()])
    yield from archive.deflated("content.xml", pieces(_content(table, name)))
    yield from archive.end()


def _styles(table: PrintedTable) -> str:
    """The page: A4 across, as wide as the table, its number at the foot."""
    before, page, rest = table.footer.partition("{page}")
    between, pages, after = rest.partition("{pages}")
    number = "<text:page-number>1</text:page-number>" if page else ""
    count = "<text:page-count>1</text:page-count>" if pages else ""
    return f"""{DECLARATION}<office:document-styles {_SPACE} office:version="1.3">{_FONTS}
<office:styles><style:style style:name="Default" style:family="table-cell"><style:text-properties {_type(_POINTS)}/>\
</style:style></office:styles>
<office:automatic-styles><style:page-layout style:name="across"><style:page-layout-properties \
fo:page-width="297mm" fo:page-height="210mm" style:print-orientation="landscape" fo:margin-top="{_MARGIN}mm" \
fo:margin-bottom="{_MARGIN}mm" fo:margin-left="{_MARGIN}mm" fo:margin-right="{_MARGIN}mm" \
style:table-centering="horizontal" style:scale-to-X="1" style:scale-to-Y="0" style:print="headers-none"/>\
<style:footer-style><style:header-footer-properties fo:min-height="7mm" fo:margin-top="2mm"/></style:footer-style>\
</style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Default" style:page-layout-name="across">\
<style:header style:display="false"/><style:footer><text:p>{paragraph(before)}{number}{paragraph(between)}{count}\
{paragraph(after)}</text:p></style:footer></style:master-page></office:master-styles>
</office:document-styles>
"""


def _content(table: PrintedTable, name: str) -> Iterator[str]:
    yield f'{DECLARATION}<office:document-content {_SPACE} office:version="1.3">{_FONTS}\n<office:automatic-styles>'
    yield '<style:style style:name="page" style:family="table" style:master-page-name="Default"/>'
    for width in sorted({column.width for column in table.columns}):
        yield (
            f'<style:style style:name="w{width}" style:family="table-column"><style:table-column-properties '
            f'style:column-width="{width}mm"/></style:style>'
        )
    heights = {_lines(text, table.width) for text in (*table.head, *table.notes)}
    heights |= {_height(table, row) for row in table.rows} | {_height(table, [c.heading for c in table.columns])}
    yield from (_row_style(f"h{lines}", lines * _LINE + 2 * _PADDING) for lines in sorted(heights))
    yield _row_style("title", 11)
    yield _cell_style("headline", "", _BOLD, "center", points=16)
    yield _cell_style("under", "", align="center")
    yield _cell_style("line", "")
    yield _cell_style("heading", _border("all"), _BOLD, "center")
    yield _cell_style("cell", _border("all"))
    yield _cell_style("number", _border("all"), align="center")
    yield _cell_style("repeated", _border("sides"), 'fo:color="#767676"')
    yield "</office:automatic-styles>\n<office:body><office:spreadsheet>"
    yield f'<table:table table:name={quoteattr(name)} table:style-name="page">\n'
    for column in table.columns:
        yield f'<table:table-column table:style-name="w{column.width}"/>'
    yield _across(table, table.title, row_style="title", style="headline")
    for line in table.head:
        yield _across(table, line, row_style=f"h{_lines(line, table.width)}", style="under")
    heading = _height(table, [column.heading for column in table.columns])
    yield f'<table:table-header-rows><table:table-row table:style-name="h{heading}">'
    yield from (text_cell(column.heading, style="heading") for column in table.columns)
    yield "</table:table-row></table:table-header-rows>\n"
    above: Sequence[Any] | None = None
    for row in table.rows:
        yield _row(table, row, above)
        above = row
    yield "<table:table-row><table:table-cell/></table:table-row>\n"
    for note in table.notes:
        yield _across(table, note, row_style=f"h{_lines(note, table.width)}")
    yield "</table:table></office:spreadsheet></office:body></office:document-content>\n"


def _row(table: PrintedTable, row: Sequence[Any], above: Sequence[Any] | None) -> str:
    cells = []
    repeated = _repeated(table, row, above)
    for index, (value, column) in enumerate(zip(row, table.columns, strict=True)):
        if column.is_number:
            number = plain(as_number(value))
            cells.append(valued("float", f'office:value="{number}"', number, style="number"))
        else:
            cells.append(text_cell(str(value), style="repeated" if index in repeated else "cell"))
    return f'<table:table-row table:style-name="h{_height(table, row)}">{"".join(cells)}</table:table-row>\n'


def _repeated(table: PrintedTable, row: Sequence[Any], above: Sequence[Any] | None) -> set[int]:
    """The grouped columns that repeat the row above; an inner group ends where an outer one does."""
    found: set[int] = set()
    for index in table.grouped:
        if above is None or row[index] != above[index]:
            break
        found.add(index)
    return found


def _across(table: PrintedTable, text: str, *, row_style: str, style: str = "line") -> str:
    """A line over or under the table, as wide as it."""
    span = len(table.columns)
    cell = text_cell(text, style=style).replace(
        "<table:table-cell ", f'<table:table-cell table:number-columns-spanned="{span}" ', 1
    )
    covered = f'<table:covered-table-cell table:number-columns-repeated="{span - 1}"/>' if span > 1 else ""
    return f'<table:table-row table:style-name="{row_style}">{cell}{covered}</table:table-row>\n'


def _height(table: PrintedTable, row: Sequence[Any]) -> int:
    """How many lines the highest cell of a row takes."""
    return max(_lines(str(value), column.width) for value, column in zip(row, table.columns, strict=True))


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a cell of `width` mm, rather one too many than one too few.

    Heights are set since programs measure the rows of a sheet for the screen, where a line may hold a character more
    than on paper, and cells that span others not at all.
    """
    room = (width - 2 * _PADDING) / (_POINTS * _MM_PER_POINT) * _CAUTION
    return max(1, sum(_lines_of(line, room) for line in text.splitlines()))


def _lines_of(line: str, room: float) -> int:
    """Fill lines of `room` ems word by word; Chinese characters are words of their own."""
    lines, used = 1, 0.0
    for word in _WORDS.findall(line):
        needed = sum(_LATIN_EM if ord(character) < 0x1100 else 1.0 for character in word)
        if used and used + needed > room:
            lines, used = lines + 1, 0.0
        lines += math.ceil(needed / room) - 1 if needed > room else 0
        used += needed
    return lines


def _row_style(name: str, height: float) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-row"><style:table-row-properties '
        f'style:row-height="{height:.1f}mm" style:use-optimal-row-height="false"/></style:style>'
    )


def _border(which: str) -> str:
    line = "0.5pt solid #444444"
    if which == "all":
        return f'fo:border="{line}"'
    return f'fo:border-left="{line}" fo:border-right="{line}" fo:border-bottom="{line}" fo:border-top="none"'


def _cell_style(name: str, border: str, text: str = "", align: str = "start", points: float = _POINTS) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="Default">'
        '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top" '
        f'fo:padding="{_PADDING}mm" {border}/>'
        f'<style:paragraph-properties fo:text-align="{align}"/>'
        f"<style:text-properties {_type(points)} {text}/></style:style>"
    )


def _type(points: float) -> str:
    return (
        'style:font-name="Serif" style:font-name-asian="Kai" '
        f'fo:font-size="{points}pt" style:font-size-asian="{points}pt"'
    )
