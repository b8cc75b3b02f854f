"""The city's table 「臺中市政府採購流廢標類別、態樣暨原因及精進措施一覽表」, made from the current diagnoses.

`臺中市政府 108 年度施政計畫` 二十五(二) has it compiled and kept up to date. It counts cases, each once, by its current
diagnosis; reference cases of other cities never.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from common.pdf import render_pdf
from common.spreadsheets.ods_printing import PrintedColumn, PrintedTable, write_printed_ods
from common.templatetags.common_tags import rocdate
from common.typeddays import typed_day

from .diagnoses import told_diagnoses
from .enums import CaseScope
from .models import Diagnosis, Listing, TaxonomyEdition, TaxonomyEntry, TenderCase
from .taxonomies import current_edition

LANGUAGE = "zh-hant"
"""The files are in Chinese whatever the interface: the council gets them."""

EXAMPLES = 5
"""How many cases stand in one row of the files, the newest; the screen has them all."""

TITLE = "臺中市政府採購流廢標類別、態樣暨原因及精進措施一覽表"

_Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class SummaryCase:
    """A case that a row counts: `on` is the day of the notice that is the evidence."""

    pk: int
    number: str
    agency: str
    on: date | None
    is_invented: bool


@dataclass(frozen=True)
class SummaryRow:
    """One row: category × pattern × stage × cause, with the measures of its cases, the newest case first.

    `category_rows` and `pattern_rows` are how many rows share them from this one on; 0 in the rows that follow.
    """

    number: int
    category: str
    pattern: str
    stage: str
    cause: str
    measures: tuple[str, ...]
    cases: tuple[SummaryCase, ...]
    category_rows: int = 1
    pattern_rows: int = 1

    @property
    def count(self) -> int:
        """How many cases it counts."""
        return len(self.cases)

    @property
    def examples(self) -> tuple[SummaryCase, ...]:
        """The newest cases, as many as the files name."""
        return self.cases[:EXAMPLES]

    @property
    def others(self) -> tuple[SummaryCase, ...]:
        """Those beyond the examples."""
        return self.cases[EXAMPLES:]


@dataclass(frozen=True)
class SummaryTable:
    """The whole table: `cases` counts cases, `undiagnosed` the listed ones that are in no row yet."""

    rows: Sequence[SummaryRow]
    edition: TaxonomyEdition | None
    as_of: date
    cases: int
    invented: int
    of_other_editions: int
    undiagnosed: int

    @property
    def head(self) -> list[str]:
        """What stands under the title: edition, day, number of cases."""
        edition = _("Edition of the taxonomy: %(edition)s") % {"edition": self.edition} if self.edition else ""
        as_of = _("As of %(day)s") % {"day": rocdate(self.as_of)}
        cases = ngettext("%(number)d case in all", "%(number)d cases in all", self.cases) % {"number": self.cases}
        return [line for line in (edition, as_of, cases) if line]

    @property
    def notes(self) -> list[str]:
        """What a reader must know: what is counted, whence the words come, what is invented."""
        notes = [
            _(
                "Counted are cases of the city’s agencies and schools, each once, by its current diagnosis. Cases of"
                " other cities kept for reference are not counted."
            ),
            _("The cases are named with the notice that shows the cause: case number, agency, day of the notice."),
        ]
        if self.undiagnosed:
            words = ngettext(
                "%(number)d listed case is not diagnosed yet and is not counted.",
                "%(number)d listed cases are not diagnosed yet and are not counted.",
                self.undiagnosed,
            )
            notes.append(words % {"number": self.undiagnosed})
        if self.of_other_editions:
            words = ngettext(
                "%(number)d case was diagnosed by an earlier edition and stands under the same code.",
                "%(number)d cases were diagnosed by an earlier edition and stand under the same codes.",
                self.of_other_editions,
            )
            notes.append(words % {"number": self.of_other_editions})
        if self.edition:
            notes.append(_("Sources of the taxonomy: %(source)s") % {"source": self.edition.source})
        if self.invented:
            words = ngettext(
                "Demonstration: %(number)d of these cases is invented; it is no real tender.",
                "Demonstration: %(number)d of these cases are invented; they are no real tenders.",
                self.invented,
            )
            notes.append(words % {"number": self.invented})
        return notes


def summary_rows(edition: TaxonomyEdition | None = None) -> list[SummaryRow]:
    """Return the rows of the table, by category, then pattern, then stage and cause, in the order of the taxonomy.

    With an `edition` only what was diagnosed by it; without, every current diagnosis, in the words of the edition in
    force where it has the same code. A constant number of queries.
    """
    return list(summary_table(edition).rows)


def summary_table(edition: TaxonomyEdition | None = None) -> SummaryTable:
    """Return the table as of today; see `summary_rows`."""
    told = told_diagnoses().filter(is_current=True, case__scope=CaseScope.CITY)
    if edition is not None:
        told = told.filter(edition=edition)
    shown = edition or current_edition()
    diagnoses = list(told.order_by("-evidence__published_on", "-pk"))
    words = _Words(shown)
    groups: dict[_Key, list[Diagnosis]] = defaultdict(list)
    for diagnosis in diagnoses:
        groups[words.key(diagnosis)].append(diagnosis)
    rows = [words.row(number, groups[key]) for number, key in enumerate(sorted(groups, key=words.place), 1)]
    undiagnosed = Listing.objects.filter(case__scope=CaseScope.CITY).exclude(case__diagnoses__is_current=True)
    return SummaryTable(
        rows=_spanned(rows),
        edition=shown,
        as_of=timezone.localdate(),
        cases=len(diagnoses),
        invented=sum(diagnosis.case.is_invented for diagnosis in diagnoses),
        of_other_editions=sum(shown is not None and diagnosis.edition_id != shown.pk for diagnosis in diagnoses),
        undiagnosed=undiagnosed.count() if edition is None else 0,
    )


def summary_ods() -> Iterator[bytes]:
    """Return the table as .ods for print, A4 across, in pieces."""
    with override(LANGUAGE):
        table = summary_table()
        columns = [
            PrintedColumn(pgettext("column of the city's table", "No."), 10, is_number=True),
            PrintedColumn(pgettext("column of the city's table", "Category"), 27),
            PrintedColumn(pgettext("column of the city's table", "Pattern"), 33),
            PrintedColumn(pgettext("column of the city's table", "Stage"), 21),
            PrintedColumn(pgettext("column of the city's table", "Cause"), 40),
            PrintedColumn(pgettext("column of the city's table", "Measures"), 61),
            PrintedColumn(pgettext("column of the city's table", "Cases"), 12, is_number=True),
            PrintedColumn(pgettext("column of the city's table", "Examples (number, agency, day of the notice)"), 66),
        ]
        rows = [
            [row.number, row.category, row.pattern, row.stage, row.cause, _measures_in_words(row), row.count,
             _examples_in_words(row)]
            for row in table.rows
        ]  # fmt: skip
        notes = [_("Notes"), *(f"{number}. {note}" for number, note in enumerate(table.notes, 1))]
        printed = PrintedTable(
            title=TITLE, head=[_head_in_words(table)], columns=columns, rows=rows, notes=notes, grouped=(1, 2),
            footer=_("Page {page} of {pages}"),
        )  # fmt: skip
        return iter(list(write_printed_ods(printed)))


def summary_pdf() -> bytes:
    """Return the table as PDF, A4 across. Raises `PdfError` where it would not come out right."""
    with override(LANGUAGE):
        table = summary_table()
        context = {
            "title": TITLE,
            "table": table,
            "head": _head_in_words(table),
            "rows": [(row, _examples_in_words(row).splitlines()) for row in table.rows],
            "organisation": str(settings.ORGANISATION),
        }
        return render_pdf("casestudies/summary_paper.html", context, dated=table.as_of)


class _Words:
    """The entries of diagnoses in the words and the order of the edition that is shown, by their codes."""

    def __init__(self, edition: TaxonomyEdition | None) -> None:
        entries = TaxonomyEntry.objects.filter(edition=edition) if edition else TaxonomyEntry.objects.none()
        self._shown = {(entry.dimension, entry.code): entry for entry in entries}
        self._places: dict[_Key, tuple[tuple[int, str], ...]] = {}

    def key(self, diagnosis: Diagnosis) -> _Key:
        """Return the codes that a diagnosis is counted under."""
        entries = [diagnosis.category, diagnosis.pattern, diagnosis.stage, diagnosis.cause]
        key = (entries[0].code, entries[1].code, entries[2].code, entries[3].code)
        self._places.setdefault(key, tuple((self._entry(entry).order, entry.code) for entry in entries))
        return key

    def place(self, key: _Key) -> tuple[tuple[int, str], ...]:
        """Return where a group stands."""
        return self._places[key]

    def row(self, number: int, diagnoses: Sequence[Diagnosis]) -> SummaryRow:
        """Return the row of diagnoses that are counted together; the measures that most of them name come first."""
        first = diagnoses[0]
        named = Counter(measure.code for diagnosis in diagnoses for measure in diagnosis.measures.all())
        entries = {m.code: self._entry(m) for diagnosis in diagnoses for m in diagnosis.measures.all()}
        codes = sorted(entries, key=lambda code: (-named[code], entries[code].order, code))
        return SummaryRow(
            number=number,
            category=str(self._entry(first.category)),
            pattern=str(self._entry(first.pattern)),
            stage=str(self._entry(first.stage)),
            cause=str(self._entry(first.cause)),
            measures=tuple(str(entries[code]) for code in codes),
            cases=tuple(_case_of(diagnosis) for diagnosis in diagnoses),
        )

    def _entry(self, entry: TaxonomyEntry) -> TaxonomyEntry:
        return self._shown.get((entry.dimension, entry.code), entry)


def _case_of(diagnosis: Diagnosis) -> SummaryCase:
    case: TenderCase = diagnosis.case
    return SummaryCase(
        pk=case.pk,
        number=case.number,
        agency=str(case.agency or case.agency_name),
        on=diagnosis.evidence.published_on if diagnosis.evidence else case.last_failed_on,
        is_invented=case.is_invented,
    )


def _spanned(rows: Sequence[SummaryRow]) -> list[SummaryRow]:
    """Say how many rows share a category and a pattern, for cells that span them."""
    categories = Counter(row.category for row in rows)
    patterns = Counter((row.category, row.pattern) for row in rows)
    spanned, before = [], None
    for row in rows:
        is_new = before is None or before.category != row.category
        is_new_pattern = is_new or before is None or before.pattern != row.pattern
        spanned.append(
            replace(
                row,
                category_rows=categories[row.category] if is_new else 0,
                pattern_rows=patterns[row.category, row.pattern] if is_new_pattern else 0,
            )
        )
        before = row
    return spanned


def _head_in_words(table: SummaryTable) -> str:
    return "；".join(table.head)


def _measures_in_words(row: SummaryRow) -> str:
    return "\n".join(f"{number}. {measure}" for number, measure in enumerate(row.measures, 1))


def _examples_in_words(row: SummaryRow) -> str:
    lines = [f"{case.number} {case.agency} {typed_day(case.on)}".strip() for case in row.examples]
    if row.others:
        words = ngettext("and %(number)d more case", "and %(number)d more cases", len(row.others))
        lines.append(words % {"number": len(row.others)})
    return "\n".join(lines)
