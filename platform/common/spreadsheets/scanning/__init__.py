"""One pass over a workbook's XML, under limits: a kilobyte can ask for gigabytes.

It yields the values of the sheet that is read, and what is doubtful: formulas without a result, errors, merged cells.
"""

from .archive import Package, open_archive
from .ods import is_spreadsheet, scan_ods
from .sheetscan import Limits, ScanRefused, SheetScan
from .xlsx import find_workbook, scan_xlsx

__all__ = [
    "Limits",
    "Package",
    "ScanRefused",
    "SheetScan",
    "find_workbook",
    "is_spreadsheet",
    "open_archive",
    "scan_ods",
    "scan_xlsx",
]
