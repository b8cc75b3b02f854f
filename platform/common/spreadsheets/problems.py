"""What is wrong with a file: each problem says where it is and what was expected."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.errors import DomainError

SHOWN_PROBLEMS = 50


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in `file`: `row` as the user sees it, `column` by its letter; None where neither fits."""

    file: str
    row: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"

    @property
    def place(self) -> str:
        """Where it is, for the reader: scores.ods, cell B5."""
        if self.row is not None and self.column is not None:
            return _("%(file)s, cell %(column)s%(row)d") % {"file": self.file, "column": self.column, "row": self.row}
        if self.row is not None:
            return _("%(file)s, row %(row)d") % {"file": self.file, "row": self.row}
        if self.column is not None:
            return _("%(file)s, column %(column)s") % {"file": self.file, "column": self.column}
        return self.file


class SpreadsheetError(DomainError):
    """The file cannot be taken as it is. `problems` holds every one that was found, in reading order."""

    def __init__(self, problems: Sequence[Problem], *, code: str) -> None:
        lines = [str(problem) for problem in problems[:SHOWN_PROBLEMS]]
        if len(problems) > SHOWN_PROBLEMS:
            lines.append(_("… and %(count)d more.") % {"count": len(problems) - SHOWN_PROBLEMS})
        super().__init__("\n".join(lines), code=code)
        self.problems = list(problems)


def column_letters(index: int) -> str:
    """The letters of the column with the 0-based `index`: A for 0, AA for 26."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
