"""Writes of the amounts that divide procurement into bands. What has been in force is never changed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.audit import audit
from common.errors import DomainError
from common.templatetags.common_tags import rocdate

from ..enums import ProcurementKind, ThresholdKind
from ..models import Article, Threshold
from ..thresholds import amounts_on

if TYPE_CHECKING:
    from accounts.models import User

ACT_IN_FORCE = date(1999, 5, 27)  # 採購法第 114 條: one year after its promulgation on 87/05/27
RAISED = date(2023, 1, 1)
_ORDER = "行政院公共工程委員會 111 年 12 月 23 日工程企字第 1110100798 號令"
_SINCE_THE_ACT = "起始日為採購法施行日（第 114 條），係由該法推定"
_LOCAL = "地方政府得另定，但不得逾公告金額十分之一（採購法第 47 條第 3 項）"
_LARGE = "投標廠商資格與特殊或巨額採購認定標準第 8 條（88 年 5 月 27 日施行，該條其後未修正）"
_INSPECTION = f"111 年調整公告金額時未變動（工程企字第 1110100798 號令）；{_SINCE_THE_ACT}"

ARTICLES = {
    ThresholdKind.SMALL: ("A0030057", "47"),
    ThresholdKind.PUBLICATION: ("A0030057", "13"),
    ThresholdKind.INSPECTION: ("A0030057", "12"),
    ThresholdKind.LARGE: ("A0030099", "8"),
}
"""The article behind each kind of amount: number of the law in the national database, and the article."""

STATUTORY_THRESHOLDS: tuple[tuple[ThresholdKind, str, int, date, str], ...] = (
    (ThresholdKind.SMALL, "", 100_000, ACT_IN_FORCE, f"中央機關至 111 年 12 月 31 日止；{_LOCAL}；{_SINCE_THE_ACT}"),
    (ThresholdKind.SMALL, "", 150_000, RAISED, f"{_ORDER}（中央機關）；{_LOCAL}"),
    (ThresholdKind.PUBLICATION, "", 1_000_000, ACT_IN_FORCE, f"至 111 年 12 月 31 日止；{_SINCE_THE_ACT}"),
    (ThresholdKind.PUBLICATION, "", 1_500_000, RAISED, _ORDER),
    (ThresholdKind.INSPECTION, ProcurementKind.WORKS, 50_000_000, ACT_IN_FORCE, _INSPECTION),
    (ThresholdKind.INSPECTION, ProcurementKind.GOODS, 50_000_000, ACT_IN_FORCE, _INSPECTION),
    (ThresholdKind.INSPECTION, ProcurementKind.SERVICES, 10_000_000, ACT_IN_FORCE, _INSPECTION),
    (ThresholdKind.LARGE, ProcurementKind.WORKS, 200_000_000, ACT_IN_FORCE, _LARGE),
    (ThresholdKind.LARGE, ProcurementKind.GOODS, 100_000_000, ACT_IN_FORCE, _LARGE),
    (ThresholdKind.LARGE, ProcurementKind.SERVICES, 20_000_000, ACT_IN_FORCE, _LARGE),
)
"""Kind, kind of procurement, NT$, first day, source: what the law says of all agencies."""


@transaction.atomic
def ensure_thresholds() -> list[Threshold]:
    """Make sure that the statutory amounts exist, and return them; idempotent.

    A row that is there stays as it is, but gets the article behind it once that is in the library.
    """
    rows = [
        Threshold.objects.get_or_create(
            kind=kind,
            procurement_kind=procurement_kind,
            effective_from=first,
            defaults={"amount": amount, "source": source},
        )[0]
        for kind, procurement_kind, amount, first, source in STATUTORY_THRESHOLDS
    ]
    link_thresholds()
    return rows


def link_thresholds() -> int:
    """Give the amounts without an article the one that stands behind their kind, where the library has it."""
    linked = 0
    for kind, (pcode, number) in ARTICLES.items():
        article = Article.objects.filter(law__pcode=pcode, number=number).first()
        if article is not None:
            linked += Threshold.objects.filter(kind=kind, article__isnull=True).update(article=article)
    return linked


def add_threshold(
    *,
    kind: ThresholdKind,
    procurement_kind: str = "",
    amount: int,
    effective_from: date,
    source: str,
    article: Article | None = None,
    by: User | None,
) -> Threshold:
    """Add an amount (NT$) from a day on: an amendment, or what a local government has set for itself.

    The history that is there is not disturbed: the new row is later than every row of its kind. Raises
    DomainError: `amount`, `no_source`, `not_newest`, `above_tenth` (a small purchase above a tenth of the
    publication threshold, 採購法第 47 條第 3 項), `order` (公告金額應低於查核金額, 採購法第 13 條第 3 項).
    """
    row = Threshold(
        kind=kind, procurement_kind=procurement_kind, amount=amount, effective_from=effective_from,
        source=source.strip(), article=article,
    )  # fmt: skip
    with transaction.atomic():
        _save(row)
        audit(
            "threshold.added", obj=row, by=by, kind=kind, procurement_kind=procurement_kind, amount=amount,
            effective_from=effective_from.isoformat(),
        )  # fmt: skip
    return row


def change_threshold(
    *, threshold: Threshold, amount: int, effective_from: date, source: str, article: Article | None, by: User | None
) -> Threshold:
    """Correct an amount that is not in force yet. Raises DomainError as `add_threshold`, and `in_force`."""
    with transaction.atomic():
        row = Threshold.objects.select_for_update().get(pk=threshold.pk)
        _refuse_in_force(row)
        before = {"amount": row.amount, "effective_from": row.effective_from.isoformat()}
        row.amount, row.effective_from, row.source, row.article = amount, effective_from, source.strip(), article
        _save(row)
        audit(
            "threshold.changed", obj=row, by=by, before=before, amount=amount, effective_from=effective_from.isoformat()
        )
    return row


def remove_threshold(*, threshold: Threshold, by: User | None) -> Threshold:
    """Take back an amount that is not in force yet. Raises DomainError `in_force` for all others."""
    with transaction.atomic():
        row = Threshold.objects.select_for_update().get(pk=threshold.pk)
        _refuse_in_force(row)
        audit("threshold.removed", obj=row, by=by, amount=row.amount, effective_from=row.effective_from.isoformat())
        Threshold.objects.filter(pk=row.pk).delete()
    return row


def _save(row: Threshold) -> None:
    if row.amount <= 0:
        raise DomainError(_("An amount is more than 0."), code="amount")
    if not row.source:
        raise DomainError(_("Please name the source: who set the amount, when, under which number."), code="no_source")
    _refuse_older(row)
    row.save()
    link_thresholds()
    _refuse_contradictions(row.effective_from)
    row.refresh_from_db()


def _refuse_in_force(row: Threshold) -> None:
    if row.effective_from <= timezone.localdate():
        raise DomainError(
            _("This amount is or was in force and stays as it is; an amendment is a new row."), code="in_force"
        )


def _refuse_older(row: Threshold) -> None:
    same_kind = Threshold.objects.filter(kind=row.kind).exclude(pk=row.pk)
    if row.procurement_kind:
        same_kind = same_kind.filter(procurement_kind__in=("", row.procurement_kind))
    newest = same_kind.order_by("-effective_from").first()
    if newest is not None and row.effective_from <= newest.effective_from:
        raise DomainError(
            _("An amendment begins later than the amount it replaces, which begins on %(day)s.")
            % {"day": rocdate(newest.effective_from)},
            code="not_newest",
        )


def _refuse_contradictions(day: date) -> None:
    for amounts in amounts_on(day).values():
        small, publication = amounts.get(ThresholdKind.SMALL), amounts.get(ThresholdKind.PUBLICATION)
        inspection = amounts.get(ThresholdKind.INSPECTION)
        if small and publication and small.amount * 10 > publication.amount:
            raise DomainError(
                _("A small purchase is at most a tenth of the publication threshold (Article 47 of the Act)."),
                code="above_tenth",
            )
        if publication and inspection and publication.amount >= inspection.amount:
            raise DomainError(
                _("The publication threshold is lower than the inspection threshold (Article 13 of the Act)."),
                code="order",
            )
