"""The log of the hotline: one question with its answer is one case."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from modelsearch import index
from wagtail.models import RevisionMixin

from accounts.models import Agency, Person
from library.models import Article, Subject
from website.segmentation import SegmentedAutocompleteField, SegmentedSearchField

from ..enums import COUNTED_STATES, Channel, ConsultationState
from .roster import HotlineOfficer


class ErrorPattern(models.Model):
    """A way in which procurement goes wrong (錯誤態樣): a list that is data, kept in the back office."""

    code = models.CharField(_("number"), max_length=12, unique=True)
    category = models.CharField(_("category"), max_length=60)
    category_en = models.CharField(_("English category"), max_length=100, blank=True)
    name = models.CharField(_("name"), max_length=120, unique=True)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    basis = models.CharField(_("basis"), max_length=200, blank=True, help_text=_("As in 採購法第 26 條."))
    subject = models.ForeignKey(
        Subject, verbose_name=_("subject that teaches it"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="error_patterns",
    )  # fmt: skip
    source = models.CharField(_("source"), max_length=200, blank=True)
    is_active = models.BooleanField(_("offered for new cases"), default=True)

    class Meta:
        verbose_name = _("error pattern")
        verbose_name_plural = _("error patterns")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Cases, in the words of their states."""

    def counted(self) -> ConsultationQuerySet:
        """Those that count: everything but drafts."""
        return self.filter(state__in=COUNTED_STATES)

    def waiting(self) -> ConsultationQuerySet:
        """Those that wait for an answer."""
        return self.filter(state=ConsultationState.OPEN)

    def answered(self) -> ConsultationQuerySet:
        """Those that have one."""
        return self.filter(state=ConsultationState.ANSWERED)


class Consultation(RevisionMixin, index.Indexed, models.Model):
    """One question to the hotline with its answer (諮詢紀錄).

    draft → open → answered (→ open again when it is reopened). Written by `services.log` (the officer's screen),
    `services.asking` (buyers' questions) and `services.importing` (old spreadsheets); only `services.log`
    changes the state. The number (115-0042: ROC year and running number) is given when the entry stops being a draft.

    Two officers: whoever opens a case holds it (`held_by` from `held_since` to `held_until`, which is renewed while
    the screen is open); the other sees so at once. `lock_version` rises with every save, so that a save over
    somebody else's is refused.
    `articles` are what `articles_named` means: the officer types, the platform looks them up.
    """

    number = models.CharField(_("case number"), max_length=12, unique=True, null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ConsultationState.choices, default=ConsultationState.DRAFT
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.PHONE)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now, db_index=True)
    question = models.TextField(_("question"), max_length=4000, blank=True)
    answer = models.TextField(pgettext_lazy("of a case", "answer"), max_length=8000, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    subject = models.ForeignKey(
        Subject, verbose_name=_("subject"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="consultations",
    )  # fmt: skip
    error_pattern = models.ForeignKey(
        ErrorPattern, verbose_name=_("error pattern"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="consultations",
    )  # fmt: skip
    articles_named = models.CharField(
        _("articles of law"), max_length=250, blank=True, help_text=_("As in 採購法 22、48；細則 55.")
    )
    articles = models.ManyToManyField(Article, verbose_name=_("articles"), blank=True, related_name="consultations")

    # who asks
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT, related_name="consultations"
    )
    caller = models.ForeignKey(
        Person, verbose_name=_("caller, if known"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="consultations",
    )  # fmt: skip
    caller_name = models.CharField(_("caller"), max_length=80, blank=True)
    caller_contact = models.CharField(
        _("how to reach the caller"), max_length=120, blank=True, help_text=_("Only where an answer was promised.")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked from the account"), null=True, blank=True,
        on_delete=models.SET_NULL, related_name="questions_asked",
    )  # fmt: skip
    asks_on = models.ForeignKey(
        "self", verbose_name=_("asks on after"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="asked_on",
    )  # fmt: skip
    language = models.CharField(_("language of the asker"), max_length=10, default="zh-hant")

    # who answers
    officer = models.ForeignKey(
        HotlineOfficer, verbose_name=_("officer"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="consultations",
    )  # fmt: skip
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    follow_up = models.CharField(_("follow-up"), max_length=250, blank=True)
    promised_for = models.DateField(_("answer promised for"), null=True, blank=True)
    reminded_on = models.DateField(_("reminded on"), null=True, blank=True)

    # what the asker got, and says of it
    answer_seen_at = models.DateTimeField(_("answer first read at"), null=True, blank=True)
    mailed_answer = models.CharField(_("fingerprint of the answer last mailed"), max_length=64, blank=True)
    has_helped = models.BooleanField(_("helped"), null=True, blank=True)
    helped_at = models.DateTimeField(_("said so at"), null=True, blank=True)
    helped_note = models.CharField(_("what was missing"), max_length=500, blank=True)

    # who is writing
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("being written by"), null=True, blank=True,
        on_delete=models.SET_NULL, related_name="+",
    )  # fmt: skip
    held_since = models.DateTimeField(_("held since"), null=True, blank=True)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    lock_version = models.PositiveIntegerField(_("saves"), default=0)

    import_key = models.CharField(
        _("fingerprint of the imported row"), max_length=64, unique=True, null=True, blank=True
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    _revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="content_type",
        object_id_field="object_id",
        related_query_name="consultation",
        for_concrete_model=False,
    )

    objects = ConsultationQuerySet.as_manager()

    search_fields: ClassVar[list[Any]] = [
        SegmentedSearchField("question", boost=2),
        SegmentedSearchField("answer"),
        index.SearchField("number"),
        SegmentedAutocompleteField("question"),
        index.FilterField("state"),
        index.FilterField("channel"),
        index.FilterField("subject"),
        index.FilterField("error_pattern"),
        index.FilterField("agency"),
        index.FilterField("officer"),
        index.FilterField("asked_at"),
        index.FilterField("promised_for"),
        index.FilterField("has_helped"),
        index.FilterField("id"),
    ]

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "asked_at"], name="consultation_counted"),
            models.Index(fields=["officer", "state"], name="consultation_of_officer"),
            models.Index(fields=["promised_for"], name="consultation_promised", condition=Q(state="open")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ConsultationState.DRAFT) | (~Q(question="") & Q(number__isnull=False)),
                name="consultation_has_question",
                violation_error_message=_("A case needs its question."),
            ),
            models.CheckConstraint(
                condition=~Q(state=ConsultationState.ANSWERED) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="consultation_answered_has_answer",
                violation_error_message=_("An answered case needs its answer."),
            ),
        ]

    def __str__(self) -> str:
        # never the question: labels are kept in the audit trail, which outlives the case
        return self.number or f"{ConsultationState.DRAFT.label} {self.pk}"

    def get_absolute_url(self) -> str:
        """Address for the one who asked; officers work at `consultations_log:edit`."""
        return reverse("consultations:my_question", args=[self.pk])

    @property
    def revisions(self) -> Any:
        """The history that Wagtail keeps."""
        return self._revisions


class ConsultationCounter(models.Model):
    """The last case number given in a ROC year; its row is locked while a number is given."""

    roc_year = models.PositiveSmallIntegerField(_("ROC year"), primary_key=True)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("counter of cases")
        verbose_name_plural = _("counters of cases")
        ordering = ["roc_year"]

    def __str__(self) -> str:
        return f"{self.roc_year}: {self.last}"


class HandOver(models.Model):
    """An open case went from one officer to another. Written by `services.log.hand_over`."""

    consultation = models.ForeignKey(
        Consultation, verbose_name=_("consultation"), on_delete=models.CASCADE, related_name="hand_overs"
    )
    from_officer = models.ForeignKey(
        HotlineOfficer, verbose_name=_("from"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to_officer = models.ForeignKey(HotlineOfficer, verbose_name=_("to"), on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=250, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.consultation}: {self.from_officer} → {self.to_officer}"


class QuestionTerm(models.Model):
    """A word (a pair of Han characters, a Latin word, a number) of an answered case, for finding similar ones.

    Written by `services.suggesting` when a case is answered. The databases' own full-text ranking does not know how
    rare a word is; these rows do, on PostgreSQL and SQLite alike.
    """

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="terms")
    term = models.CharField(max_length=40)
    weight = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("word of a case")
        verbose_name_plural = _("words of cases")
        ordering = ["pk"]
        indexes = [models.Index(fields=["term", "consultation", "weight"], name="question_term_lookup")]
        constraints = [models.UniqueConstraint(fields=["consultation", "term"], name="question_term_once")]

    def __str__(self) -> str:
        return self.term
