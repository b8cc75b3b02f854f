"""Small TrueType fonts cut out of large ones.

fontTools' own subsetter unpacks every glyph of a font before it drops most of them: 0.4 s and 150 MB for the Kai
typeface. Of a TrueType font only the glyphs in use are read here, from where they lie in the file.
"""

import io
import struct
import unicodedata
from collections.abc import Collection
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.ttLib.tables._g_l_y_f import (
    ARG_1_AND_2_ARE_WORDS,
    MORE_COMPONENTS,
    WE_HAVE_A_SCALE,
    WE_HAVE_A_TWO_BY_TWO,
    WE_HAVE_AN_X_AND_Y_SCALE,
    WE_HAVE_INSTRUCTIONS,
    Glyph,
)
from xhtml2pdf.opentype import to_truetype

_KEPT_TABLES = frozenset({"head", "hhea", "hmtx", "maxp", "name", "OS/2", "post", "cmap", "glyf", "loca"})
_NOTDEF = 0
_HEADER = 10  # bytes of a glyph before its contours or components


# What a compiler would compute from the glyphs that are left: kept as the whole font says it, so that a document
# embeds the same bytes whatever other characters were cut along with its own.
_STEADY_VALUES = {
    "head": ("xMin", "yMin", "xMax", "yMax"),
    "hhea": ("advanceWidthMax", "minLeftSideBearing", "minRightSideBearing", "xMaxExtent"),
    "OS/2": ("xAvgCharWidth", "usFirstCharIndex", "usLastCharIndex", "ulUnicodeRange1", "ulUnicodeRange2",
             "ulUnicodeRange3", "ulUnicodeRange4"),
}  # fmt: skip
_ROOM = {"maxPoints": 4096, "maxContours": 512, "maxCompositePoints": 4096, "maxCompositeContours": 512}


def cut_font(path: Path, characters: Collection[str], *, spaces: Collection[str] = ()) -> bytes:
    """A TrueType font of those of the `characters` that the font at `path` has, without hints and layout tables.

    The same characters give the same bytes. OpenType (CFF) outlines are cut first and converted then. Each of `spaces`
    gets an empty glyph, as wide in every font: the renderer leaves a space in the typeface of the word before it,
    whether that has one or not (Ext-B has neither U+00A0 nor U+3000).
    """
    with TTFont(path, lazy=True, recalcTimestamp=False, recalcBBoxes=False) as font:
        steady = {
            tag: {field: getattr(font[tag], field) for field in fields if hasattr(font[tag], field)}
            for tag, fields in _STEADY_VALUES.items()
        }
        if "glyf" in font:
            _cut_outlines(font, {ord(character) for character in characters})
        else:
            _subset(font, characters)
        out = io.BytesIO()
        font.save(out)
    with TTFont(io.BytesIO(to_truetype(out.getvalue())), recalcTimestamp=False, recalcBBoxes=False) as font:
        _add_spaces(font, spaces)
        for tag, values in steady.items():
            vars(font[tag]).update(values)
        vars(font["maxp"]).update(_ROOM)
        font["OS/2"].updateFirstAndLastCharIndex = lambda _font: None
        out = io.BytesIO()
        font.save(out)
        return out.getvalue()


def _add_spaces(font: TTFont, spaces: Collection[str]) -> None:
    em = font["head"].unitsPerEm
    order = list(font.getGlyphOrder())
    for space in sorted(spaces):
        name = f"space{ord(space):04X}"
        order.append(name)
        font["glyf"].glyphs[name] = Glyph()
        font["hmtx"][name] = (em if unicodedata.east_asian_width(space) == "F" else em // 4, 0)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[ord(space)] = name
    font.setGlyphOrder(order)
    font["glyf"].glyphOrder = order


def _subset(font: TTFont, characters: Collection[str]) -> None:
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, glyph_names=False, recalc_timestamp=False
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(character) for character in characters])
    cutter.subset(font)


def _cut_outlines(font: TTFont, points: Collection[int]) -> None:
    """Leave in the font the glyphs of `points`, and those that they are composed of."""
    mapping = {point: name for point, name in font.getBestCmap().items() if point in points}
    outlines = _read_outlines(font, {font.getGlyphID(name) for name in mapping.values()})
    order = sorted(outlines)
    positions = {old: new for new, old in enumerate(order)}
    names = {old: font.getGlyphName(old) for old in order}
    metrics = {names[old]: font["hmtx"][names[old]] for old in order}

    for tag in [tag for tag in font.keys() if tag not in _KEPT_TABLES and tag != "GlyphOrder"]:  # noqa: SIM118  no dict
        del font[tag]
    glyf = newTable("glyf")
    glyf.glyphOrder = [names[old] for old in order]
    glyf.glyphs = {names[old]: Glyph(_renumbered(outlines[old], positions)) for old in order}
    font["glyf"], font["loca"] = glyf, newTable("loca")
    font["hmtx"].metrics = metrics
    font["cmap"].tables = [_character_map(mapping)]
    font["post"].formatType = 3.0
    font.setGlyphOrder(glyf.glyphOrder)


def _read_outlines(font: TTFont, wanted: Collection[int]) -> dict[int, bytes]:
    """The glyphs by their number, straight from the file, with the parts of composed ones and the one for nothing."""
    offsets, start, file = font["loca"].locations, font.reader.tables["glyf"].offset, font.reader.file
    found: dict[int, bytes] = {}
    waiting = {_NOTDEF, *wanted}
    while waiting:
        number = waiting.pop()
        file.seek(start + offsets[number])
        found[number] = file.read(offsets[number + 1] - offsets[number])
        waiting |= {part for _place, _flags, part in _components(found[number])} - found.keys()
    return found


def _components(data: bytes) -> list[tuple[int, int, int]]:
    """The place, the flags and the glyph number of each part of a composed glyph; none for another."""
    found: list[tuple[int, int, int]] = []
    if not data or struct.unpack_from(">h", data)[0] >= 0:
        return found
    place, flags = _HEADER, MORE_COMPONENTS
    while flags & MORE_COMPONENTS:
        flags, part = struct.unpack_from(">HH", data, place)
        found.append((place, flags, part))
        place += 4 + _size_of_arguments(flags)
    return found


def _size_of_arguments(flags: int) -> int:
    size = 4 if flags & ARG_1_AND_2_ARE_WORDS else 2
    if flags & WE_HAVE_A_SCALE:
        return size + 2
    if flags & WE_HAVE_AN_X_AND_Y_SCALE:
        return size + 4
    return size + 8 if flags & WE_HAVE_A_TWO_BY_TWO else size


def _renumbered(data: bytes, positions: dict[int, int]) -> bytes:
    """The glyph with its parts under their new numbers, and without hints: their programs stay behind."""
    if not data:
        return data
    components = _components(data)
    if not components:
        contours = struct.unpack_from(">h", data)[0]
        hints = _HEADER + 2 * contours
        length = struct.unpack_from(">H", data, hints)[0]
        return data[:hints] + b"\0\0" + data[hints + 2 + length :]
    changed = bytearray(data)
    for place, flags, part in components:
        struct.pack_into(">HH", changed, place, flags & ~WE_HAVE_INSTRUCTIONS, positions[part])
    place, flags, _part = components[-1]
    return bytes(changed[: place + 4 + _size_of_arguments(flags)])


def _character_map(mapping: dict[int, str]) -> CmapSubtable:
    """A map of format 12, which reaches beyond U+FFFF."""
    table = CmapSubtable.newSubtable(12)
    table.platformID, table.platEncID, table.language, table.format = 3, 10, 0, 12
    table.reserved = table.length = table.nGroups = 0
    table.cmap = mapping
    return table
