"""Tender cases, the notices that they are made of, and the rules that tell how a tender failed."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Agency
from library.enums import Band, ProcurementKind

from ..enums import AmountState, CaseScope, CaseSource, Failure, NoticeKind


class FailureRule(models.Model):
    """A rule that tells from the printed reason of a notice how the tender failed; the first that matches wins.

    `pattern` is a regular expression, searched in the reason after NFKC. What no rule matches is `UNDECIDED` and
    waits for a person.
    """

    order = models.PositiveIntegerField(_("order"), unique=True)
    pattern = models.CharField(pgettext_lazy("of a rule", "pattern"), max_length=200)
    failure = models.CharField(
        _("failed how"), max_length=12,
        choices=[(value, label) for value, label in Failure.choices if value != Failure.UNDECIDED],
    )  # fmt: skip
    source = models.CharField(_("source"), max_length=250)

    class Meta:
        verbose_name = _("rule for printed reasons")
        verbose_name_plural = _("rules for printed reasons")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.pattern

    def clean(self) -> None:
        """Refuse what is no regular expression."""
        super().clean()
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValidationError({"pattern": _("This is no regular expression: %s") % error}) from error


class TenderCaseQuerySet(models.QuerySet["TenderCase"]):
    """Cases, in the words of their scope and fate."""

    def of_the_city(self) -> TenderCaseQuerySet:
        """Those that count in the city's figures."""
        return self.filter(scope=CaseScope.CITY)

    def failed(self) -> TenderCaseQuerySet:
        """Those that failed at least once."""
        return self.filter(failures__gt=0)

    def awarded(self) -> TenderCaseQuerySet:
        """Those that found a supplier in the end."""
        return self.filter(awarded_on__isnull=False)


class TenderCase(models.Model):
    """A tender under one number (標案), with the notices published of it.

    Known by `unit_id` (機關代碼) and `number` (標案案號); where no unit is known, by the agency's printed name and
    the number. Everything from `kind` to `awarded_on` is what its notices say, computed by
    `services.chains.refresh_cases` and never edited; a person decides only `agency`, `follows`,
    `change_before_award` and `remark`. A renewed tender under a new number `follows` the old one, set by hand.

    Amounts are whole NT$. The amount that the band goes by (採購金額) includes options (後續擴充):
    `procurement_amount` where a notice prints it, else budget and options. `band` is ours, by the thresholds in
    force on `first_notice_on` (empty: unknown, never guessed); `printed_band` is the notice's own.
    `first_notice_on` is the day of the earliest tender notice; where none is on record (`has_first_notice`), the
    earliest day that the other notices tell. `failures` counts notices of no award.
    """

    scope = models.CharField(_("whose"), max_length=10, choices=CaseScope.choices, default=CaseScope.UNCLEAR)
    unit_id = models.CharField(_("unit"), max_length=40, blank=True)
    number = models.CharField(pgettext_lazy("of a tender", "case number"), max_length=80)
    agency_name = models.CharField(_("agency as printed"), max_length=120)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT, related_name="tender_cases"
    )
    title = models.CharField(_("title"), max_length=500)
    follows = models.ForeignKey(
        "self", verbose_name=_("follows the case"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="followed_by",
    )  # fmt: skip

    kind = models.CharField(_("kind of procurement"), max_length=10, choices=ProcurementKind.choices, blank=True)
    classification = models.CharField(_("classification as printed"), max_length=120, blank=True)
    method = models.CharField(_("tender method as printed"), max_length=80, blank=True)
    first_notice_on = models.DateField(_("first notice"), null=True, blank=True)
    has_first_notice = models.BooleanField(_("first notice on record"), default=False)
    budget = models.PositiveBigIntegerField(_("budget, NT$"), null=True, blank=True)
    options_amount = models.PositiveBigIntegerField(_("options, NT$"), null=True, blank=True)
    procurement_amount = models.PositiveBigIntegerField(_("amount with options, NT$"), null=True, blank=True)
    amount_state = models.CharField(
        _("amount"), max_length=16, choices=AmountState.choices, default=AmountState.UNKNOWN
    )
    band = models.CharField(_("band"), max_length=20, choices=Band.choices, blank=True)
    printed_band = models.CharField(_("band as printed"), max_length=60, blank=True)
    failures = models.PositiveSmallIntegerField(_("times failed"), default=0)
    first_failed_on = models.DateField(_("first failed on"), null=True, blank=True)
    last_failed_on = models.DateField(_("last failed on"), null=True, blank=True)
    awarded_on = models.DateField(_("awarded on"), null=True, blank=True)
    award_amount = models.PositiveBigIntegerField(_("awarded for, NT$"), null=True, blank=True)

    change_before_award = models.TextField(_("what was changed before the award"), max_length=2000, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    source = models.CharField(_("source"), max_length=14, choices=CaseSource.choices, default=CaseSource.API)
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = TenderCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("tender case")
        verbose_name_plural = _("tender cases")
        ordering = ["-first_notice_on", "-pk"]
        indexes = [
            models.Index(fields=["scope", "first_notice_on", "kind", "band"], name="tender_case_counted"),
            models.Index(fields=["number"], name="tender_case_number"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit_id", "number"], condition=~Q(unit_id=""), name="tender_case_once_a_unit"
            ),
            models.UniqueConstraint(
                fields=["agency_name", "number"], condition=Q(unit_id=""), name="tender_case_once_an_agency"
            ),
            models.CheckConstraint(
                condition=Q(follows__isnull=True) | ~Q(follows=F("pk")),
                name="tender_case_not_after_itself",
                violation_error_message=_("A case cannot follow itself."),
            ),
            models.CheckConstraint(
                condition=Q(band="") | ~Q(amount_state=AmountState.UNKNOWN), name="tender_case_band_needs_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def days_to_award(self) -> int | None:
        """Days from the first notice to the award; None while either is unknown."""
        if self.awarded_on is None or self.first_notice_on is None:
            return None
        return (self.awarded_on - self.first_notice_on).days

    @property
    def is_invented(self) -> bool:
        """Whether it was invented for the demonstration."""
        return self.source == CaseSource.DEMONSTRATION


class TenderNotice(models.Model):
    """One published notice of a case (公告). Written by `services.notices` and `services.applying`.

    `key` is what a notice is known by within its case: the file name of the open data, or for other sources its
    kind and day. `digest` is over everything it says: a notice that comes again unchanged changes nothing.
    `raw` is what was published, without contact persons, jurors, phones, mails and addresses. Amounts are NT$.
    """

    case = models.ForeignKey(TenderCase, verbose_name=_("case"), on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(_("known by"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=NoticeKind.choices)
    printed_type = models.CharField(_("type as printed"), max_length=80)
    published_on = models.DateField(_("published on"))
    title = models.CharField(_("title"), max_length=500, blank=True)
    procurement_kind = models.CharField(
        _("kind of procurement"), max_length=10, choices=ProcurementKind.choices, blank=True
    )
    classification = models.CharField(_("classification as printed"), max_length=120, blank=True)
    method = models.CharField(_("tender method as printed"), max_length=80, blank=True)
    original_on = models.DateField(_("names a tender notice of"), null=True, blank=True)
    reason = models.TextField(_("reason as printed"), max_length=2000, blank=True)
    failure = models.CharField(_("failed how"), max_length=12, choices=Failure.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    will_continue = models.BooleanField(_("goes on under this number"), null=True, blank=True)
    budget = models.PositiveBigIntegerField(_("budget, NT$"), null=True, blank=True)
    options_amount = models.PositiveBigIntegerField(_("options, NT$"), null=True, blank=True)
    has_options = models.BooleanField(_("has options"), null=True, blank=True)
    procurement_amount = models.PositiveBigIntegerField(_("amount with options, NT$"), null=True, blank=True)
    printed_band = models.CharField(_("band as printed"), max_length=60, blank=True)
    tenders = models.PositiveSmallIntegerField(_("tenderers"), null=True, blank=True)
    awarded_on = models.DateField(_("awarded on"), null=True, blank=True)
    award_amount = models.PositiveBigIntegerField(_("awarded for, NT$"), null=True, blank=True)
    note = models.TextField(_("additional remarks as printed"), blank=True)
    url = models.URLField(_("address"), max_length=300, blank=True)
    raw = models.JSONField(_("as published"), default=dict)
    digest = models.CharField(_("fingerprint"), max_length=64)
    source = models.CharField(_("source"), max_length=14, choices=CaseSource.choices, default=CaseSource.API)
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["published_on", "pk"]
        indexes = [
            models.Index(fields=["failure", "published_on"], name="tender_notice_failed"),
            models.Index(fields=["published_on"], name="tender_notice_published"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key"],
                name="tender_notice_once",
                violation_error_message=_("This notice is already on record."),
            ),
            models.CheckConstraint(
                condition=(Q(kind=NoticeKind.FAILED) & ~Q(failure="")) | (~Q(kind=NoticeKind.FAILED) & Q(failure="")),
                name="tender_notice_failed_somehow",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.printed_type} {self.published_on}"
