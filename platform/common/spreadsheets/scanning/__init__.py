"""A first pass over a workbook's XML, before the reader that holds whole sheets in memory is let near it.

It bounds what that reader would unfold (a kilobyte can ask for gigabytes) and finds what the reader cannot tell:
formulas without a result, errors, merged cells, truth values of .ods.
"""

from .archive import open_archive
from .ods import scan_ods
from .sheetscan import Limits, ScanRefused, SheetScan
from .xlsx import scan_xlsx

__all__ = ["Limits", "ScanRefused", "SheetScan", "open_archive", "scan_ods", "scan_xlsx"]
