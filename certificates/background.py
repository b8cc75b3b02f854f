"""The ground of the certificate, drawn as vectors: border, rays of the rising sun, emblem and seal.

Nothing here is text: the four characters of the seal (陽光採購, the city's motto) are drawn as outlines.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from common.fontcutting import cut_font
from common.fonts import font_files

Point = tuple[float, float]

WIDTH, HEIGHT = landscape(A4)
TEAL, TEAL_SOFT = HexColor("#0e5a60"), HexColor("#a9c9c6")
GOLD, GOLD_SOFT, RAY = HexColor("#c08a1e"), HexColor("#ead9b0"), HexColor("#fdf8ec")
VERMILION, PAPER = HexColor("#b3261e"), HexColor("#ffffff")

OUTER, BAND, INNER = 9 * mm, 11 * mm, 16 * mm  # from the edge of the page
HORIZON = 49 * mm
SEAL_TEXT = "陽光採購"
SEAL_SIZE, SEAL_RIGHT, SEAL_BOTTOM = 23 * mm, 26 * mm, 20 * mm


def background_pdf() -> bytes:
    """Return one page in A4 landscape; with the same fonts the same bytes, in every process."""
    return _background(tuple(font_files()))


@lru_cache(maxsize=2)
def _background(fonts: tuple[Path, ...]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=True, pageCompression=1)
    # a form of its own: the renderer lays it under each page without reading what is in it
    canvas.beginForm("ground", 0, 0, WIDTH, HEIGHT)
    _draw_rays(canvas)
    _draw_border(canvas)
    _draw_emblem(canvas, WIDTH / 2, HEIGHT - 34 * mm, 8 * mm)
    _draw_seal(canvas, fonts)
    canvas.endForm()
    canvas.doForm("ground")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw_rays(canvas: Canvas) -> None:
    """Rays and arcs of a sun that rises behind the words, so pale that they never disturb."""
    canvas.saveState()
    clip = canvas.beginPath()
    clip.rect(INNER, INNER, WIDTH - 2 * INNER, HEIGHT - 2 * INNER)
    canvas.clipPath(clip, stroke=0, fill=0)
    centre = WIDTH / 2
    canvas.setFillColor(RAY)
    step = math.pi / 30
    for index in range(0, 30, 2):
        ray = canvas.beginPath()
        ray.moveTo(centre, HORIZON)
        for angle in (index * step, (index + 1) * step):
            ray.lineTo(centre + 2 * WIDTH * math.cos(angle), HORIZON + 2 * WIDTH * math.sin(angle))
        ray.close()
        canvas.drawPath(ray, stroke=0, fill=1)
    canvas.setStrokeColor(GOLD_SOFT)
    for number in range(5):
        radius = (58 + 17 * number) * mm
        canvas.setLineWidth(0.5 - 0.07 * number)
        canvas.arc(centre - radius, HORIZON - radius, centre + radius, HORIZON + radius, 0, 180)
    canvas.setLineWidth(0.6)
    canvas.line(INNER, HORIZON, WIDTH - INNER, HORIZON)
    canvas.restoreState()


def _draw_border(canvas: Canvas) -> None:
    canvas.setStrokeColor(TEAL)
    canvas.setLineWidth(2)
    canvas.rect(OUTER, OUTER, WIDTH - 2 * OUTER, HEIGHT - 2 * OUTER)
    _draw_band(canvas)
    canvas.setStrokeColor(GOLD)
    canvas.setLineWidth(0.6)
    for inset in (BAND, INNER):
        canvas.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)
    for x in (OUTER, WIDTH - OUTER):
        for y in (OUTER, HEIGHT - OUTER):
            _draw_corner(canvas, x, y)


def _draw_band(canvas: Canvas) -> None:
    """Waves that cross, between the two gold lines: hard to copy by hand, easy on the eye."""
    middle, height = (BAND + INNER) / 2, (INNER - BAND) / 2 - 0.7 * mm
    left, right, bottom, top = middle, WIDTH - middle, middle, HEIGHT - middle
    canvas.setLineWidth(0.35)
    for length, place in (
        (right - left, lambda along, off: (left + along, bottom + off)),
        (right - left, lambda along, off: (left + along, top + off)),
        (top - bottom, lambda along, off: (left + off, bottom + along)),
        (top - bottom, lambda along, off: (right + off, bottom + along)),
    ):
        for color, swing in ((TEAL_SOFT, 0.45), (GOLD_SOFT, -0.45), (TEAL, 1.0), (GOLD, -1.0)):
            canvas.setStrokeColor(color)
            _draw_wave(canvas, length, height * swing, place)


def _draw_wave(canvas: Canvas, length: float, height: float, place: Callable[[float, float], Point]) -> None:
    """Draw half waves of about 3 mm along `length`; each cubic comes close enough to a sine."""
    halves = 2 * round(length / (6 * mm))
    step = length / halves
    path = canvas.beginPath()
    path.moveTo(*place(0, 0))
    for number in range(halves):
        start, pull = number * step, height * (4 / 3 if number % 2 == 0 else -4 / 3)
        ends = (start + 0.364 * step, pull), (start + 0.636 * step, pull), (start + step, 0)
        path.curveTo(*(value for end in ends for value in place(*end)))
    canvas.drawPath(path)


def _draw_corner(canvas: Canvas, x: float, y: float) -> None:
    """A square with a quarter sun, over the crossing of the bands."""
    size = INNER - OUTER
    x0, y0 = min(x, x + size if x < WIDTH / 2 else x - size), min(y, y + size if y < HEIGHT / 2 else y - size)
    canvas.setFillColor(PAPER)
    canvas.setStrokeColor(TEAL)
    canvas.setLineWidth(1)
    canvas.rect(x0, y0, size, size, fill=1)
    start = {(False, False): 0, (True, False): 90, (True, True): 180, (False, True): 270}[x > WIDTH / 2, y > HEIGHT / 2]
    for radius, width, color in ((5.4 * mm, 0.6, GOLD), (4.1 * mm, 0.6, GOLD), (2.6 * mm, 1.3, TEAL)):
        canvas.setLineWidth(width)
        canvas.setStrokeColor(color)
        canvas.arc(x - radius, y - radius, x + radius, y + radius, start, 90)


def _draw_emblem(canvas: Canvas, x: float, y: float, size: float) -> None:
    """The sun over a line, as on the site; `y` is the line, `size` half its width."""
    canvas.saveState()
    canvas.setLineCap(1)
    canvas.setStrokeColor(GOLD)
    canvas.setLineWidth(size * 0.26)
    radius = size * 0.68
    base = y + size * 0.28
    canvas.setLineCap(0)
    canvas.arc(x - radius, base - radius, x + radius, base + radius, 0, 180)
    canvas.setLineCap(1)
    canvas.setLineWidth(size * 0.13)
    for angle in (45, 90, 135):
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        canvas.line(*(v for r in (1.02, 1.27) for v in (x + size * r * cos, base + size * r * sin)))
    canvas.setStrokeColor(TEAL)
    canvas.setLineWidth(size * 0.16)
    canvas.line(x - size, y, x + size, y)
    canvas.restoreState()


def _draw_seal(canvas: Canvas, fonts: tuple[Path, ...]) -> None:
    """A vermilion square with the motto in white, two columns read from the right, as seals are."""
    left, bottom = WIDTH - SEAL_RIGHT - SEAL_SIZE, SEAL_BOTTOM
    canvas.saveState()
    canvas.setFillColor(VERMILION)
    canvas.setStrokeColor(VERMILION)
    canvas.roundRect(left, bottom, SEAL_SIZE, SEAL_SIZE, 1.6 * mm, stroke=0, fill=1)
    canvas.setStrokeColor(PAPER)
    canvas.setLineWidth(0.7)
    inset = 1.2 * mm
    canvas.roundRect(left + inset, bottom + inset, SEAL_SIZE - 2 * inset, SEAL_SIZE - 2 * inset, 0.9 * mm)
    cell = (SEAL_SIZE - 2 * inset - 1.4 * mm) / 2
    canvas.setFillColor(PAPER)
    for number, character in enumerate(SEAL_TEXT):
        column, row = divmod(number, 2)
        x = left + inset + 0.7 * mm + (1 - column) * cell
        y = bottom + inset + 0.7 * mm + (1 - row) * cell
        _draw_character(canvas, fonts, character, x, y, cell)
    canvas.restoreState()


class _CanvasPen(BasePen):
    """Draws a glyph's outline on a path of the canvas."""

    def __init__(self, glyphs: object, path: PDFPathObject, x: float, y: float, scale: float) -> None:
        super().__init__(glyphs)
        self.path, self.x, self.y, self.scale = path, x, y, scale

    def _at(self, point: Point) -> Point:
        return self.x + point[0] * self.scale, self.y + point[1] * self.scale

    def _moveTo(self, pt: Point) -> None:  # noqa: N802  fontTools' name
        self.path.moveTo(*self._at(pt))

    def _lineTo(self, pt: Point) -> None:  # noqa: N802  fontTools' name
        self.path.lineTo(*self._at(pt))

    def _curveToOne(self, pt1: Point, pt2: Point, pt3: Point) -> None:  # noqa: N802  fontTools' name
        self.path.curveTo(*self._at(pt1), *self._at(pt2), *self._at(pt3))

    def _closePath(self) -> None:  # noqa: N802  fontTools' name
        self.path.close()


def _draw_character(canvas: Canvas, fonts: tuple[Path, ...], character: str, x: float, y: float, size: float) -> None:
    """Draw the outline of a character into the square at x, y, a little bolder than the typeface has it."""
    for file in fonts:
        # cut first: the outlines of a whole font take 200 MB
        with TTFont(io.BytesIO(cut_font(file, character))) as font:
            name = font.getBestCmap().get(ord(character))
            if name is None:
                continue
            glyphs = font.getGlyphSet()
            scale = size / font["head"].unitsPerEm
            path = canvas.beginPath()
            descent = font["hhea"].descent
            glyphs[name].draw(_CanvasPen(glyphs, path, x, y - descent * scale * 0.8, scale))
            canvas.setStrokeColor(PAPER)
            canvas.setLineWidth(size * 0.022)
            canvas.drawPath(path, stroke=1, fill=1, fillMode=1)
            return
