"""Tables in and out of .ods, .xlsx and .csv: read with every doubt named by row and column, written as a stream."""

from .guessing import guess_columns
from .matching import doubt_text
from .problems import Problem, SpreadsheetError, column_letters
from .raw import RawRow, RawTable
from .rawsheet import Area, Doubt
from .reading import read_raw, read_table
from .table import ColumnSpec, Row, Table
from .typedcells import Held, not_text, numbers_note
from .writing import CONTENT_TYPES, FORMATS, Column, Kind, Sheet, write

__all__ = [
    "CONTENT_TYPES",
    "FORMATS",
    "Area",
    "Column",
    "ColumnSpec",
    "Doubt",
    "Held",
    "Kind",
    "Problem",
    "RawRow",
    "RawTable",
    "Row",
    "Sheet",
    "SpreadsheetError",
    "Table",
    "column_letters",
    "doubt_text",
    "guess_columns",
    "not_text",
    "numbers_note",
    "read_raw",
    "read_table",
    "write",
]
