"""Text documents to edit (.odt) from plain structures: a title, paragraphs, tables. ODF by odfdo.

The document is set as Taiwan's offices set theirs: A4, Kai typeface, page numbers at the foot, headings of tables
repeated on every page, rows that are not torn apart.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from odfdo import Document, Element, Header
from odfdo import Paragraph as OdfParagraph
from odfdo import Table as OdfTable

CONTENT_TYPE = "application/vnd.oasis.opendocument.text"

_EARLIEST = date(2000, 1, 1)
_WIDTH_MM = {False: 174, True: 261}  # between the margins of 18 mm, upright and lying
# the first that a computer has
_KAI = "標楷體;TW-Kai;全字庫正楷體;BiauKai;AR PL UKai TW;Noto Serif CJK TC;Noto Serif TC"
_SERIF = "Times New Roman;Liberation Serif;Noto Serif"


@dataclass(frozen=True)
class Heading:
    """A heading below the title; `level` 2 or 3."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a line break within it stays. `is_quiet` sets it small, for notes."""

    text: str
    is_quiet: bool = False


@dataclass(frozen=True)
class Table:
    """A table with `headings` (none: no heading row) and rows of as many cells; line breaks in cells stay.

    `widths` are relative to each other; without them the columns are alike. `is_form` sets each row as pairs of a
    label and what is written beside it.
    """

    rows: Sequence[Sequence[str]]
    headings: Sequence[str] = ()
    caption: str = ""
    widths: Sequence[float] = field(default_factory=tuple)
    is_form: bool = False


Block = Heading | Paragraph | Table


def write_odt(
    *,
    title: str,
    blocks: Iterable[Block],
    subtitle: str = "",
    author: str = "",
    is_landscape: bool = False,
    dated: date | None = None,
) -> bytes:
    """Return the document as the bytes of an .odt; the same arguments give the same words and styles.

    `dated` is the date of creation that the file states. Raises ValueError when the rows of a table are not as
    long as its headings or widths.
    """
    document = Document("text")
    _set_styles(document, is_landscape=is_landscape)
    _set_meta(document, title, author, dated or _EARLIEST)
    body = document.body
    body.clear()
    body.append(OdfParagraph(title, style="Title"))
    if subtitle:
        body.append(OdfParagraph(subtitle, style="Subtitle"))
    for number, block in enumerate(blocks, start=1):
        if isinstance(block, Heading):
            body.append(_heading(block))
        elif isinstance(block, Paragraph):
            body.append(OdfParagraph(block.text, style="Quiet" if block.is_quiet else "Text_20_body"))
        else:
            for element in _table(document, block, number, _WIDTH_MM[is_landscape]):
                body.append(element)
    out = io.BytesIO()
    document.save(out)
    return _undated(out)


def _undated(package: io.BytesIO) -> bytes:
    """Return the package without the time at which its parts were written: the same text gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(package) as written, zipfile.ZipFile(out, "w") as undated:
        for part in written.infolist():
            info = zipfile.ZipInfo(part.filename)
            info.compress_type = part.compress_type  # the first part, which names the kind, is stored as it is
            undated.writestr(info, written.read(part))
    return out.getvalue()


def _heading(block: Heading) -> Element:
    heading = Header(block.level, block.text)
    heading.set_attribute("text:style-name", f"Heading_20_{block.level}")
    return heading


def _table(document: Document, table: Table, number: int, width_mm: int) -> list[Element]:
    columns = len(table.headings) or len(table.rows[0])
    widths = list(table.widths) or [1.0] * columns
    if {len(row) for row in table.rows} - {columns} or len(widths) != columns:
        raise ValueError("the rows of a table are as long as its headings and widths")
    elements: list[Element] = []
    if table.caption:
        elements.append(OdfParagraph(table.caption, style="Table_20_caption"))
    grid = OdfTable(f"Table{number}", style="Grid")
    for index, width in enumerate(widths):
        name = f"Column{number}_{index + 1}"
        millimetres = width_mm * width / sum(widths)
        document.insert_style(_column_style(name, millimetres), automatic=True)
        grid.append(Element.from_tag(f'<table:table-column table:style-name="{name}"/>'))
    if table.headings:
        head = Element.from_tag("<table:table-header-rows/>")
        head.append(_row(table.headings, ["Table_20_heading"] * columns))
        grid.append(head)
    for row in table.rows:
        looks = ["Table_20_heading" if table.is_form and not n % 2 else "Table_20_text" for n in range(columns)]
        grid.append(_row(row, looks))
    elements += [grid, OdfParagraph("", style="Quiet")]  # room for the cursor below the table
    return elements


def _row(cells: Sequence[str], styles: Sequence[str]) -> Element:
    row = Element.from_tag('<table:table-row table:style-name="Line"/>')
    for text, style in zip(cells, styles, strict=True):
        look = "Head" if style == "Table_20_heading" else "Cell"
        cell = Element.from_tag(f'<table:table-cell table:style-name="{look}" office:value-type="string"/>')
        for line in text.split("\n"):
            cell.append(OdfParagraph(line, style=style))
        row.append(cell)
    return row


def _column_style(name: str, millimetres: float) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{millimetres:.1f}mm"/></style:style>'
    )


def _set_meta(document: Document, title: str, author: str, dated: date) -> None:
    noon = datetime.combine(dated, time(12))  # ODF's dates have no zone
    meta = document.meta
    meta.title = title
    meta.generator = "odfdo"
    meta.creation_date = noon
    meta.date = noon
    if author:
        meta.creator = author
        meta.initial_creator = author


# --- styles -------------------------------------------------------------------------------------

_FONT_FACES = (
    f'<style:font-face style:name="Kai" svg:font-family="{_KAI}" style:font-family-generic="script"/>',
    f'<style:font-face style:name="Serif" svg:font-family="{_SERIF}" style:font-family-generic="roman"/>',
)


def _text(points: float, *, bold: bool = False, colour: str = "#17282b") -> str:
    weight = "bold" if bold else "normal"
    return (
        '<style:text-properties style:font-name="Serif" style:font-name-asian="Kai" style:font-name-complex="Serif" '
        f'fo:font-size="{points}pt" style:font-size-asian="{points}pt" fo:color="{colour}" '
        f'fo:font-weight="{weight}" style:font-weight-asian="{weight}" fo:font-style="normal" '
        'style:font-style-asian="normal" fo:language="zh" fo:country="TW" style:language-asian="zh" '
        'style:country-asian="TW"/>'
    )


def _paragraph_style(name: str, text: str, layout: str) -> str:
    display = name.replace("_20_", " ")
    return (
        f'<style:style style:name="{name}" style:display-name="{display}" style:family="paragraph" '
        f'style:class="text"><style:paragraph-properties {layout}/>{text}</style:style>'
    )


_KEEP = 'fo:keep-with-next="always"'
_PARAGRAPH_STYLES = [
    _paragraph_style("Standard", _text(12), 'fo:line-height="150%"'),
    _paragraph_style("Title", _text(18, bold=True), f'fo:text-align="center" fo:margin-bottom="2mm" {_KEEP}'),
    _paragraph_style("Subtitle", _text(11), 'fo:text-align="center" fo:margin-bottom="3mm"'),
    _paragraph_style("Heading_20_2", _text(14, bold=True), f'fo:margin-top="5mm" fo:margin-bottom="2mm" {_KEEP}'),
    _paragraph_style("Heading_20_3", _text(12, bold=True), f'fo:margin-top="3mm" fo:margin-bottom="1mm" {_KEEP}'),
    _paragraph_style("Text_20_body", _text(12), 'fo:line-height="150%" fo:margin-bottom="2mm"'),
    _paragraph_style("Quiet", _text(9.5, colour="#4a5d60"), 'fo:line-height="140%" fo:margin-bottom="1mm"'),
    _paragraph_style("Table_20_caption", _text(11, bold=True), f'fo:margin-top="3mm" fo:margin-bottom="1mm" {_KEEP}'),
    _paragraph_style("Table_20_heading", _text(11, bold=True), 'fo:line-height="130%"'),
    _paragraph_style("Table_20_text", _text(11), 'fo:line-height="130%"'),
    _paragraph_style("Footer", _text(9, colour="#4a5d60"), 'fo:text-align="center"'),
]

_CELL = '<style:style style:name="{}" style:family="table-cell"><style:table-cell-properties {}/></style:style>'
_BORDER = 'fo:padding="1.6mm" fo:border="0.5pt solid #17282b"'
_GRID = 'table:align="margins" table:border-model="collapsing" style:rel-width="100%"'
_LINE = 'fo:keep-together="always" style:min-row-height="9mm"'
_AUTOMATIC_STYLES = [
    f'<style:style style:name="Grid" style:family="table"><style:table-properties {_GRID}/></style:style>',
    f'<style:style style:name="Line" style:family="table-row"><style:table-row-properties {_LINE}/></style:style>',
    _CELL.format("Head", f'{_BORDER} fo:background-color="#eef3f1" style:vertical-align="middle"'),
    _CELL.format("Cell", f'{_BORDER} style:vertical-align="top"'),
]
_FOOTER = (
    '<style:footer><text:p text:style-name="Footer"><text:page-number text:select-page="current">1</text:page-number>'
    " / <text:page-count>1</text:page-count></text:p></style:footer>"
)


def _set_styles(document: Document, *, is_landscape: bool) -> None:
    """Give the document its own fonts, styles and page, in place of the template's."""
    styles = document.styles.root
    _set_fonts(document)
    _only(styles, "//text:outline-style").delete()  # headings are not numbered by themselves
    common = _only(styles, "//office:styles")
    for old in common.get_elements("style:style"):
        old.delete()  # those of the template, in another language and other fonts
    for style in _PARAGRAPH_STYLES:
        common.append(Element.from_tag(style))
    for style in _AUTOMATIC_STYLES:
        document.insert_style(style, automatic=True)
    page = _only(styles, "//style:page-layout/style:page-layout-properties")
    width, height = ("297mm", "210mm") if is_landscape else ("210mm", "297mm")
    page.set_attribute("fo:page-width", width)
    page.set_attribute("fo:page-height", height)
    page.set_attribute("style:print-orientation", "landscape" if is_landscape else "portrait")
    for side in ("left", "right", "top", "bottom"):
        page.set_attribute(f"fo:margin-{side}", "18mm")
    _only(styles, "//style:master-page").append(Element.from_tag(_FOOTER))


def _set_fonts(document: Document) -> None:
    styles = document.styles.root
    for root in (styles, document.content.root):
        faces = _only(root, "//office:font-face-decls")
        for face in faces.children:
            face.delete()
        for xml in _FONT_FACES:
            faces.append(Element.from_tag(xml))
    for default in styles.get_elements("//style:default-style/style:text-properties"):
        for script in ("", "-asian", "-complex"):
            default.set_attribute(f"style:font-name{script}", "Kai" if script == "-asian" else "Serif")
        for prefix, script in (("fo", ""), ("style", "-asian")):
            default.set_attribute(f"{prefix}:language{script}", "zh")
            default.set_attribute(f"{prefix}:country{script}", "TW")


def _only(root: Element, path: str) -> Element:
    found = root.get_element(path)
    if found is None:
        raise LookupError(path)
    return found
