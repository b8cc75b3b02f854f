"""Tables in and out of .ods, .xlsx and .csv: read with every doubt named by row and column, written as a stream."""

from .problems import Problem, SpreadsheetError
from .reading import read_table
from .table import ColumnSpec, Row, Table
from .writing import CONTENT_TYPES, FORMATS, Column, Kind, Sheet, write

__all__ = [
    "CONTENT_TYPES",
    "FORMATS",
    "Column",
    "ColumnSpec",
    "Kind",
    "Problem",
    "Row",
    "Sheet",
    "SpreadsheetError",
    "Table",
    "read_table",
    "write",
]
