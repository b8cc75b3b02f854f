"""Writes to agencies: the import of names, the rules that propose kind and superior, and edits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import IO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.audit import audit
from common.errors import DomainError
from common.names import name_key
from common.spreadsheets import ColumnSpec, Problem, SpreadsheetError, Table, read_table

from ..enums import AgencyKind, AgencyVerdict
from ..models import Agency, AgencyFormerName, AgencyImport, AgencyNameRule, District, User
from ..name_rules import DEFAULT_RULES, DISTRICTS
from ..selectors import agencies_by_name, canonical_name

COLUMNS = tuple(
    ColumnSpec(key, headings=headings, required=key == "name", is_text=True)
    for key, headings in (
        ("name", ("name", "機關名稱", "機關學校名稱", "名稱")),
        ("kind", ("kind", "類別", "機關類別")),
        ("parent", ("parent", "上級機關")),
        ("district", ("district", "行政區")),
        ("former_name", ("former_name", "原名稱", "舊名稱")),
    )
)
_Rules = list[tuple[re.Pattern[str], AgencyNameRule]]
MAX_NAME = Agency._meta.get_field("name").max_length or 0
_KIND_BY_LABEL = {
    **{kind.value: kind for kind in AgencyKind},
    "一級機關": AgencyKind.BUREAU,
    "二級機關": AgencyKind.SUBORDINATE,
    "區公所": AgencyKind.DISTRICT_OFFICE,
    "學校": AgencyKind.SCHOOL,
    "公營事業": AgencyKind.ENTERPRISE,
    "其他": AgencyKind.OTHER,
}


@dataclass(frozen=True)
class AgencyRow:
    """One row of the file, as it says: `number` is the row as the user sees it, names are canonical."""

    number: int
    name: str
    kind: str = ""
    parent: str = ""
    district: str = ""
    former_name: str = ""


@dataclass
class PlannedRow:
    """What applying the import would do with one row, and why."""

    row: AgencyRow
    verdict: AgencyVerdict
    agency: Agency | None = None
    kind: AgencyKind = AgencyKind.OTHER
    parent_name: str = ""
    district: District | None = None
    rule: AgencyNameRule | None = None
    remarks: list[str] = field(default_factory=list)

    @property
    def is_created(self) -> bool:
        """Whether applying this row makes a new agency."""
        return self.verdict in (AgencyVerdict.NEW, AgencyVerdict.UNCLEAR)

    @property
    def changes_something(self) -> bool:
        """Whether applying this row writes anything."""
        return self.is_created or self.verdict == AgencyVerdict.RENAMED


@dataclass
class AgencyPlan:
    """All rows of one file with their verdicts."""

    rows: list[PlannedRow]

    @property
    def counts(self) -> dict[AgencyVerdict, int]:
        """How many rows have which verdict, in the order of the verdicts; 0 is left out."""
        counted = Counter(planned.verdict for planned in self.rows)
        return {verdict: counted[verdict] for verdict in AgencyVerdict if counted[verdict]}

    @property
    def counts_by_rule(self) -> dict[AgencyNameRule, int]:
        """How many new rows each rule took, in the order of the rules."""
        counted = Counter(planned.rule for planned in self.rows if planned.rule is not None)
        return {rule: counted[rule] for rule in sorted(counted, key=lambda rule: rule.order)}

    @property
    def changes(self) -> int:
        """How many rows write something."""
        return sum(planned.changes_something for planned in self.rows)


def read_agencies(stream: IO[bytes], *, name: str) -> tuple[list[AgencyRow], list[str]]:
    """Read a .csv, .ods or .xlsx of agencies: its rows, and what the reader should know of the file.

    Raises SpreadsheetError naming file, cell and what was expected.
    """
    table = read_table(stream, name=name, columns=COLUMNS)
    rows = [
        AgencyRow(
            number=row.number,
            name=canonical_name(row.text_of("name")),
            kind=row.text_of("kind"),
            parent=canonical_name(row.text_of("parent")),
            district=canonical_name(row.text_of("district")),
            former_name=canonical_name(row.text_of("former_name")),
        )
        for row in table
    ]
    problems = [problem for row in rows for problem in _problems_of(row, table)]
    if problems:
        raise SpreadsheetError(problems, code="bad-agencies")
    return rows, list(table.notes)


def plan_agencies(rows: Sequence[AgencyRow]) -> AgencyPlan:
    """Say of every row what importing it would do. Writes nothing; the number of queries does not grow with rows."""
    rules = _compiled_rules()
    districts = {district.name: district for district in District.objects.all()}
    known = agencies_by_name([row.name for row in rows] + [row.former_name for row in rows if row.former_name])
    seen: dict[str, int] = {}
    renamed: dict[int, int] = {}
    plan = []
    for row in rows:
        planned = PlannedRow(row=row, verdict=AgencyVerdict.NEW)
        plan.append(planned)
        if row.name in seen:
            planned.verdict = AgencyVerdict.DOUBLED
            planned.remarks.append(_("Already in row %(row)d.") % {"row": seen[row.name]})
            continue
        seen[row.name] = row.number
        _match_with_records(planned, known, renamed)
        if planned.agency is None:
            _propose(planned, rules, districts)
    _remark_missing_superiors(plan)
    _remark_look_alikes(plan)
    return AgencyPlan(plan)


@transaction.atomic
def import_agencies(*, rows: Sequence[AgencyRow], by: User | None = None) -> AgencyPlan:
    """Create and rename what `plan_agencies` says, all or nothing; a second run changes nothing.

    Agencies that exist keep their kind, superior and district: those are corrected in the back office.
    What a rule proposed stays unconfirmed; what the file itself says of kind and superior is confirmed.
    """
    plan = plan_agencies(rows)
    Agency.objects.bulk_create(
        [
            Agency(
                name=planned.row.name,
                kind=planned.kind,
                district=planned.district,
                is_confirmed=bool(planned.row.kind),
            )
            for planned in plan.rows
            if planned.is_created
        ],
        batch_size=500,
    )
    today = timezone.localdate()
    for planned in plan.rows:
        if planned.verdict == AgencyVerdict.RENAMED and planned.agency is not None:
            _rename(planned.agency, planned.row.name, valid_to=today, by=by)
    _link_superiors(plan)
    if plan.changes:
        audit("agency.imported", by=by, rows={verdict.value: count for verdict, count in plan.counts.items()})
    return plan


@transaction.atomic
def prepare_agency_import(*, rows: Sequence[AgencyRow], notes: Sequence[str], file_name: str, by: User) -> AgencyImport:
    """Keep the rows of an uploaded file, and the notes on it, until somebody has looked at their verdicts."""
    return AgencyImport.objects.create(
        file_name=file_name[:200], rows=[asdict(row) for row in rows], notes=list(notes), created_by=by
    )


@transaction.atomic
def apply_agency_import(*, upload: AgencyImport, by: User) -> AgencyPlan:
    """Apply an uploaded file, all or nothing. Applying it again (a double click) changes nothing."""
    upload = AgencyImport.objects.select_for_update().get(pk=upload.pk)
    rows = [AgencyRow(**row) for row in upload.rows]
    if upload.applied_at is not None:
        return plan_agencies(rows)
    plan = import_agencies(rows=rows, by=by)
    upload.applied_at = timezone.now()
    upload.save(update_fields=["applied_at"])
    return plan


@transaction.atomic
def record_agency_edit(*, agency: Agency, by: User) -> Agency:
    """Save what an administrator entered about an agency, new or old.

    Somebody has looked, so kind and superior count as confirmed. A changed name leaves the old one behind as
    a former name until today. Raises DomainError when the superior is one of the agency's own subordinates.
    """
    agency.name = canonical_name(agency.name)
    former = Agency.objects.filter(pk=agency.pk).values_list("name", flat=True).first() if agency.pk else None
    _refuse_circle(agency)
    agency.is_confirmed = True
    agency.save()
    if former is not None and former != agency.name:
        AgencyFormerName.objects.get_or_create(agency=agency, name=former, defaults={"valid_to": timezone.localdate()})
        audit("agency.renamed", obj=agency, by=by, former_name=former)
    else:
        audit("agency.changed" if former else "agency.recorded", obj=agency, by=by)
    return agency


@transaction.atomic
def confirm_agencies(*, kind: AgencyKind, parent: Agency | None, by: User) -> int:
    """Confirm all proposals of one kind below one superior; return how many there were. Twice changes nothing."""
    proposals = Agency.objects.filter(kind=kind, parent=parent, is_confirmed=False)
    names = list(proposals.values_list("name", flat=True))
    if names:
        proposals.filter(name__in=names).update(is_confirmed=True)
        audit("agency.confirmed", obj=parent, by=by, kind=kind.value, names=names)
    return len(names)


@transaction.atomic
def record_name_rule_edit(*, rule: AgencyNameRule, by: User) -> AgencyNameRule:
    """Save a name rule, new or old; agencies that exist keep what they have."""
    rule.save()
    audit("agency_rule.changed", obj=rule, by=by, kind=rule.kind, parent_name=rule.parent_name)
    return rule


@transaction.atomic
def ensure_name_rules() -> int:
    """Lay the default name rules where there is none at all; return how many were laid."""
    if AgencyNameRule.objects.exists():
        return 0
    laid = AgencyNameRule.objects.bulk_create(
        AgencyNameRule(order=10 * place, **rule._asdict()) for place, rule in enumerate(DEFAULT_RULES, start=1)
    )
    return len(laid)


@transaction.atomic
def ensure_districts() -> int:
    """Lay the city's 29 districts where they are missing; return how many were laid."""
    known = set(District.objects.values_list("code", flat=True))
    laid = District.objects.bulk_create(
        District(code=code, name=name, name_en=name_en) for code, name, name_en in DISTRICTS if code not in known
    )
    return len(laid)


def _problems_of(row: AgencyRow, table: Table) -> list[Problem]:
    found: list[tuple[str, str]] = []
    if not row.name:
        found.append(("name", _("The name of the agency is missing.")))
    for key, value in (("name", row.name), ("former_name", row.former_name)):
        if len(value) > MAX_NAME:
            found.append((key, _("Expected a name of at most %(max)d characters.") % {"max": MAX_NAME}))
    if row.kind and row.kind not in _KIND_BY_LABEL:
        expected = "、".join(label for label in _KIND_BY_LABEL if not label.isascii())
        text = _("“%(value)s” is no kind of agency. Expected one of: %(expected)s.")
        found.append(("kind", text % {"value": row.kind, "expected": expected}))
    return [Problem(table.file, row.number, table.columns.get(key), message) for key, message in found]


def _match_with_records(planned: PlannedRow, known: dict[str, Agency], renamed: dict[int, int]) -> None:
    row = planned.row
    agency = known.get(row.name)
    if agency is not None:
        planned.agency = agency
        planned.verdict = AgencyVerdict.KNOWN if agency.name == row.name else AgencyVerdict.FORMER_NAME
        if planned.verdict == AgencyVerdict.FORMER_NAME:
            planned.remarks.append(_("Now called %(name)s.") % {"name": agency.name})
    elif row.former_name and (former := known.get(row.former_name)) is not None:
        if former.pk in renamed:
            planned.remarks.append(
                _("Row %(row)d already renames %(name)s.") % {"row": renamed[former.pk], "name": former.name}
            )
            planned.verdict = AgencyVerdict.DOUBLED
            planned.agency = former
            return
        renamed[former.pk] = row.number
        planned.agency = former
        planned.verdict = AgencyVerdict.RENAMED
        planned.remarks.append(_("Was called %(name)s.") % {"name": former.name})


def _compiled_rules() -> _Rules:
    return [(re.compile(rule.pattern), rule) for rule in AgencyNameRule.objects.all()]


def _rule_for(name: str, rules: _Rules) -> tuple[AgencyNameRule | None, str]:
    for pattern, rule in rules:
        if (match := pattern.search(name)) is not None:
            return rule, canonical_name(match.expand(rule.parent_name)) if rule.parent_name else ""
    return None, ""


def _propose(planned: PlannedRow, rules: _Rules, districts: dict[str, District]) -> None:
    row = planned.row
    planned.district = districts.get(row.district) or _district_in_name(row.name, districts)
    if row.district and row.district not in districts:
        planned.remarks.append(_("The district “%(name)s” is unknown.") % {"name": row.district})
    planned.rule, planned.parent_name = _rule_for(row.name, rules)
    if planned.rule is not None:
        planned.kind = AgencyKind(planned.rule.kind)
    if row.kind:
        planned.kind = _KIND_BY_LABEL[row.kind]
        planned.parent_name = row.parent
    elif row.parent:
        planned.parent_name = row.parent
    if planned.rule is None and not row.kind:
        planned.verdict = AgencyVerdict.UNCLEAR
        planned.remarks.append(_("Choose its kind and superior in the back office."))


def _district_in_name(name: str, districts: dict[str, District]) -> District | None:
    body = name.removeprefix("臺中市")
    for length in (3, 2):
        if (district := districts.get(body[:length])) is not None:
            return district
    return None


def _remark_look_alikes(plan: Sequence[PlannedRow]) -> None:
    """Say of a new agency that one is on record whose name only writes a character another way (霧峯, 霧峰)."""
    new = [planned for planned in plan if planned.is_created]
    known = {name_key(name): name for name in Agency.objects.values_list("name", flat=True)} if new else {}
    for planned in new:
        if (alike := known.get(name_key(planned.row.name))) is not None:
            planned.remarks.append(_("“%(name)s” is on record: is it the same agency?") % {"name": alike})


def _remark_missing_superiors(plan: list[PlannedRow]) -> None:
    in_file = {planned.row.name for planned in plan}
    wanted = {planned.parent_name for planned in plan if planned.parent_name} - in_file
    known = agencies_by_name(wanted)
    for planned in plan:
        if planned.parent_name in wanted and planned.parent_name not in known:
            planned.remarks.append(
                _("Its superior %(name)s is not among the agencies yet.") % {"name": planned.parent_name}
            )


def _link_superiors(plan: AgencyPlan) -> None:
    """Give the new agencies their superiors, and earlier ones whose superior was missing until now."""
    wanted = {planned.row.name: planned.parent_name for planned in plan.rows if planned.is_created}
    if not wanted:
        return
    rules = _compiled_rules()
    for orphan in Agency.objects.filter(parent__isnull=True, is_confirmed=False).exclude(name__in=wanted):
        _rule, wanted[orphan.name] = _rule_for(orphan.name, rules)
    agencies = agencies_by_name([*wanted, *filter(None, wanted.values())])
    to_link = []
    for name, parent_name in wanted.items():
        agency, parent = agencies[name], agencies.get(parent_name)
        if parent is not None and parent.pk != agency.pk and agency.parent_id is None:
            agency.parent = parent
            to_link.append(agency)
    Agency.objects.bulk_update(to_link, ["parent"], batch_size=500)
    for agency in to_link:
        _refuse_circle(agency)


def _rename(agency: Agency, name: str, *, valid_to: date, by: User | None) -> None:
    former, agency.name = agency.name, name
    agency.save(update_fields=["name"])
    AgencyFormerName.objects.get_or_create(agency=agency, name=former, defaults={"valid_to": valid_to})
    audit("agency.renamed", obj=agency, by=by, former_name=former)


def _refuse_circle(agency: Agency) -> None:
    seen = {agency.pk}
    above = agency.parent
    while above is not None:
        if above.pk in seen:
            raise DomainError(
                _("%(name)s cannot stand below one of its own subordinates.") % {"name": agency.name}, code="circle"
            )
        seen.add(above.pk)
        above = above.parent
