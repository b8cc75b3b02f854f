""".ods (ODF 1.3) by a stream of our own: every library that writes it holds the whole sheet in memory."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from common.zipstream import ZipStream

from .values import as_date, as_datetime, as_number, as_text, plain
from .writing import CONTENT_TYPES, PERCENT_DECIMALS, peek_widths, sheet_name

if TYPE_CHECKING:
    from .writing import Kind, Sheet

_PIECE = 64 * 1024
_MILLIMETRES_PER_CHARACTER = 2.1
NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "style": "style",
        "table": "table",
        "text": "text",
        "number": "datastyle",
        "fo": "xsl-fo-compatible",
        "manifest": "manifest",
        "config": "config",
    }.items()
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
MANIFEST = f"""{DECLARATION}<manifest:manifest {NAMESPACES} manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{CONTENT_TYPES["ods"]}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="settings.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""
_STYLES = f"""{DECLARATION}<office:document-styles {NAMESPACES} office:version="1.3">
<office:styles>
<style:style style:name="Default" style:family="table-cell"/>
</office:styles>
</office:document-styles>
"""
_CELL_STYLES = """
<number:date-style style:name="day"><number:year number:style="long"/><number:text>-</number:text>\
<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>
<number:date-style style:name="moment"><number:year number:style="long"/><number:text>-</number:text>\
<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>\
<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>\
<number:minutes number:style="long"/></number:date-style>
<number:percentage-style style:name="share"><number:number number:decimal-places="2" number:min-decimal-places="2" \
number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>
<number:percentage-style style:name="share1"><number:number number:decimal-places="1" number:min-decimal-places="1" \
number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>
<style:style style:name="header" style:family="table-cell" style:parent-style-name="Default">\
<style:table-cell-properties fo:border-bottom="0.5pt solid #000000" fo:wrap-option="wrap"/>\
<style:text-properties fo:font-weight="bold" style:font-weight-asian="bold"/></style:style>
<style:style style:name="date" style:family="table-cell" style:parent-style-name="Default" \
style:data-style-name="day"/>
<style:style style:name="datetime" style:family="table-cell" style:parent-style-name="Default" \
style:data-style-name="moment"/>
<style:style style:name="percent" style:family="table-cell" style:parent-style-name="Default" \
style:data-style-name="share"/>
<style:style style:name="percent1" style:family="table-cell" style:parent-style-name="Default" \
style:data-style-name="share1"/>
"""
_SPACES = re.compile(r"(?<= ) +|^ +| +$")


def write_ods(sheet: "Sheet") -> Iterator[bytes]:
    """The table as a spreadsheet of one sheet; the heading row stays in view."""
    archive = ZipStream()
    yield from archive.stored("mimetype", CONTENT_TYPES["ods"].encode())
    yield from archive.deflated("META-INF/manifest.xml", [MANIFEST.encode()])
    yield from archive.deflated("styles.xml", [_STYLES.encode()])
    yield from archive.deflated("settings.xml", [settings(sheet_name(sheet)).encode()])
    yield from archive.deflated("content.xml", pieces(_content(sheet)))
    yield from archive.end()


def pieces(parts: Iterable[str]) -> Iterator[bytes]:
    """The parts joined to pieces that are worth compressing."""
    held: list[str] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= _PIECE:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()


def _content(sheet: "Sheet") -> Iterator[str]:
    widths, rows = peek_widths(sheet)
    yield f'{DECLARATION}<office:document-content {NAMESPACES} office:version="1.3">\n<office:automatic-styles>'
    for width in sorted(set(widths)):
        yield (
            f'<style:style style:name="w{width}" style:family="table-column"><style:table-column-properties '
            f'style:column-width="{width * _MILLIMETRES_PER_CHARACTER:.1f}mm"/></style:style>\n'
        )
    yield f"{_CELL_STYLES}</office:automatic-styles>\n<office:body><office:spreadsheet>"
    yield f"<table:table table:name={quoteattr(sheet_name(sheet))}>\n"
    for width in widths:
        yield f'<table:table-column table:style-name="w{width}"/>'
    yield "<table:table-header-rows><table:table-row>"
    yield from (text_cell(str(heading), style="header") for heading, _kind in sheet.columns)
    yield "</table:table-row></table:table-header-rows>\n"
    kinds = [kind for _heading, kind in sheet.columns]
    yield from (_row(row, kinds) for row in rows)
    if sheet.notes:
        yield "<table:table-row><table:table-cell/></table:table-row>\n"
    for note in sheet.notes:
        yield f"<table:table-row>{text_cell(str(note))}</table:table-row>\n"
    yield "</table:table></office:spreadsheet></office:body></office:document-content>\n"


def _row(row: Sequence[Any], kinds: Sequence["Kind"]) -> str:
    cells = "".join(_cell(value, kind) for value, kind in zip(row, kinds, strict=True))
    return f"<table:table-row>{cells}</table:table-row>\n"


def _cell(value: Any, kind: "Kind") -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if kind == "number":
        number = plain(as_number(value))
        return valued("float", f'office:value="{number}"', number)
    if kind in PERCENT_DECIMALS:
        percentage = as_number(value)
        share = plain(percentage / Decimal(100))
        return valued("percentage", f'office:value="{share}"', f"{percentage:.{PERCENT_DECIMALS[kind]}f}%", style=kind)
    if kind == "date":
        day = as_date(value).isoformat()
        return valued("date", f'office:date-value="{day}"', day, style="date")
    if kind == "datetime":
        moment = as_datetime(value)
        return valued("date", f'office:date-value="{moment.isoformat()}"', f"{moment:%Y-%m-%d %H:%M}", style="datetime")
    return text_cell(str(value))


def valued(value_type: str, value: str, shown: str, *, style: str = "Default") -> str:
    """A cell of another type than text: its value for programs, and what people see of it."""
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="{value_type}" {value}>'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def text_cell(text: str, *, style: str = "Default") -> str:
    """Lines become paragraphs; runs of spaces and tabs have elements of their own, since XML would swallow them."""
    lines = as_text(text).splitlines() or [""]
    paragraphs = "".join(f"<text:p>{paragraph(line)}</text:p>" for line in lines)
    return f'<table:table-cell table:style-name="{style}" office:value-type="string">{paragraphs}</table:table-cell>'


def paragraph(line: str) -> str:
    """One line of text as XML."""
    spaced = _SPACES.sub(lambda found: f'<text:s text:c="{len(found[0])}"/>', escape(line))
    return spaced.replace("\t", "<text:tab/>")


def settings(title: str, *, rows_above: int = 1) -> str:
    """What keeps the first rows in view, the heading row the last of them."""
    items = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, kind, value in [
            ("VerticalSplitMode", "short", 2),
            ("VerticalSplitPosition", "int", rows_above),
            ("ActiveSplitRange", "short", 2),
            ("PositionBottom", "int", rows_above),
        ]
    )
    return (
        f'{DECLARATION}<office:document-settings {NAMESPACES} xmlns:ooo="http://openoffice.org/2004/office" '
        'office:version="1.3"><office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>'
        '<config:config-item-map-named config:name="Tables">'
        f"<config:config-item-map-entry config:name={quoteattr(title)}>{items}</config:config-item-map-entry>"
        "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>\n"
    )
