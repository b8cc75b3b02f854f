"""What comes out of reading: rows of cells under the keys that the caller asked for."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.rocdates import parse_date

Cell = str | Decimal | date | None

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))


def normalise(text: str) -> str:
    """`text` with full-width letters and digits made narrow (NFKC), without invisible marks and outer spaces."""
    return unicodedata.normalize("NFKC", text).translate(INVISIBLE).strip()


def normalise_heading(text: str) -> str:
    """`text` as headings are compared: without any space or line break, whatever its case."""
    return re.sub(r"\s+", "", normalise(text)).casefold()


@dataclass(frozen=True)
class ColumnSpec:
    """A column that the caller wants as `key`; any of `headings` may stand above it, the first is the one we write.

    Of an `is_text` column a cell that its program has made into a day, a time or a formatted number is a problem, and a
    number is remarked: names and numbers of papers are not for reckoning.
    """

    key: str
    headings: tuple[str | Promise, ...]
    required: bool = True
    is_text: bool = False

    @property
    def heading(self) -> str:
        """The heading that messages and templates use."""
        return str(self.headings[0])

    @property
    def known(self) -> set[str]:
        """The headings that mean this column, as headings are compared."""
        return {normalise_heading(str(known)) for known in self.headings}


@dataclass(frozen=True)
class Row:
    """One row: `number` as the user sees it, `cells` by key (None where blank or where the column is absent)."""

    number: int
    cells: Mapping[str, Cell]

    def text_of(self, key: str) -> str:
        """The cell as text: "" where blank, numbers without a needless decimal point, dates as ISO."""
        value = self.cells[key]
        if value is None:
            return ""
        if isinstance(value, Decimal):
            return f"{value:f}"
        return value.isoformat() if isinstance(value, date) else value

    def date_of(self, key: str) -> date | None:
        """The cell as a date, ROC dates too; None where blank. Raises `ValueError` in words."""
        value = self.cells[key]
        return None if value is None else parse_date(value)

    def number_of(self, key: str) -> Decimal | None:
        """The cell as a number, also where it was typed as text (1,234); None where blank. Raises `ValueError`."""
        value = self.cells[key]
        if value is None or isinstance(value, Decimal):
            return value
        try:
            number = Decimal(self.text_of(key).replace(",", ""))
        except InvalidOperation:
            number = Decimal("NaN")
        if isinstance(value, date) or not number.is_finite():
            raise ValueError(_("“%(value)s” is not a number.") % {"value": self.text_of(key)})
        return number


@dataclass(frozen=True)
class Table:
    """The rows of the first visible sheet of `file`.

    `columns` tells by key which columns were found and by which letter, so that the caller's own problems can name
    the cell. `notes` hold what the reader should know before they trust the table, such as other sheets left out.
    """

    file: str
    rows: Sequence[Row]
    columns: Mapping[str, str]
    notes: Sequence[str] = field(default=())

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)
