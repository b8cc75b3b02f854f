"""What is taught (Course), by which rules (Curriculum), when (CourseRun, Session); and its pages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from modelsearch import index

from accounts.models import District
from common.moments import first_moment
from faculty.models import Instructor
from library.models import Subject
from qualifications.enums import Level
from website.segmentation import SegmentedSearchField

from .enums import KINDS_WITH_EXAM, CompletionRule, CourseKind, Delivery, RunState
from .pages import CourseIndexPage, CoursePage

__all__ = [
    "Course",
    "CourseIndexPage",
    "CoursePage",
    "CourseRun",
    "Curriculum",
    "CurriculumSubject",
    "Paper",
    "Session",
]


class Course(models.Model):
    """What is taught, as catalogued; editors' words about it are on its `CoursePage`."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=CourseKind.choices, db_index=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    required_level = models.CharField(
        _("qualification demanded"), max_length=10, choices=Level.choices, blank=True,
        help_text=_("The advanced class demands the basic qualification (Regulations Art. 11)."),
    )  # fmt: skip
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["kind", "code"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name

    @property
    def has_exam(self) -> bool:
        """Whether this kind of course ends with an exam and counts in the pass-rate report."""
        return self.kind in KINDS_WITH_EXAM


class Curriculum(ClusterableModel):
    """The rules of a course from a day on: subjects and hours, bar of absence, exam, completion.

    A run keeps the curriculum that was in force when it was opened. Rules are data: nothing here is a
    constant of the code.
    """

    course = models.ForeignKey(Course, verbose_name=_("course"), on_delete=models.PROTECT, related_name="curricula")
    effective_from = models.DateField(_("effective from"))
    source = models.CharField(_("source"), max_length=250, help_text=_("The document this table comes from."))
    minutes_per_hour = models.PositiveSmallIntegerField(
        _("minutes per hour"), default=60, validators=[MinValueValidator(30), MaxValueValidator(60)]
    )
    completion_rule = models.CharField(
        _("rule of completion"), max_length=20, choices=CompletionRule.choices, default=CompletionRule.ATTENDANCE_SHARE
    )
    absence_numerator = models.PositiveSmallIntegerField(_("absence allowed, numerator"), default=1)
    absence_denominator = models.PositiveSmallIntegerField(
        _("absence allowed, denominator"), default=10, validators=[MinValueValidator(1)]
    )
    excused_counts_as_missed = models.BooleanField(
        _("excused minutes count as missed"), default=True,
        help_text=_("The regulation knows no exemption (Art. 15); untick only where a rule says otherwise."),
    )  # fmt: skip
    attendance_percent = models.PositiveSmallIntegerField(
        _("share of the minutes demanded, %"), default=90, validators=[MaxValueValidator(100)]
    )
    pass_percent = models.PositiveSmallIntegerField(
        _("pass mark, % of the full marks"), default=70, validators=[MaxValueValidator(100)]
    )
    zero_paper_fails = models.BooleanField(
        _("a paper with 0 points fails"), default=True, help_text=_("Art. 15 II, for exams held by subject.")
    )

    class Meta:
        verbose_name = _("curriculum")
        verbose_name_plural = _("curricula")
        ordering = ["course", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "effective_from"],
                name="curriculum_once_a_day",
                violation_error_message=_("This course already has a curriculum from this day."),
            ),
            models.CheckConstraint(
                condition=models.Q(absence_denominator__gte=1)
                & models.Q(absence_numerator__lte=models.F("absence_denominator")),
                name="curriculum_absence_is_a_share",
                violation_error_message=_("The absence allowed must be a share between 0 and 1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} {self.effective_from}"

    @property
    def has_bar(self) -> bool:
        """Whether absence closes an exam (資格辦法 §15): only where the rule of completion asks for one."""
        return self.completion_rule == CompletionRule.ABSENCE_AND_EXAM

    @property
    def absence_share(self) -> Fraction:
        """The share of all minutes that may be missed: 1/10 for the basic class (資格辦法 §15)."""
        return Fraction(self.absence_numerator, self.absence_denominator)

    @property
    def total_hours(self) -> Decimal:
        """Hours of all subjects together."""
        return sum((row.hours for row in self.subjects.all()), Decimal(0))

    @property
    def total_minutes(self) -> int:
        """Minutes of all subjects together: hours × minutes per hour."""
        return int(self.total_hours * self.minutes_per_hour)

    @property
    def full_marks(self) -> int:
        """Full marks of all papers together, in points."""
        return sum(paper.full_marks for paper in self.papers.all())


class Paper(models.Model):
    """One paper of the exam with its full marks in points (basic class: 115, 120, 95)."""

    curriculum = ParentalKey(Curriculum, verbose_name=_("curriculum"), on_delete=models.CASCADE, related_name="papers")
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    name = models.CharField(_("name"), max_length=40, help_text=_("Also the heading of its column in score files."))
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    full_marks = models.PositiveSmallIntegerField(_("full marks, points"), validators=[MinValueValidator(1)])
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=80)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["curriculum", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["curriculum", "name"],
                name="paper_once",
                violation_error_message=_("This curriculum already has a paper of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class CurriculumSubject(models.Model):
    """A subject of a curriculum with its hours."""

    curriculum = ParentalKey(
        Curriculum, verbose_name=_("curriculum"), on_delete=models.CASCADE, related_name="subjects"
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    subject = models.ForeignKey(
        Subject, verbose_name=_("subject"), on_delete=models.PROTECT, related_name="curriculum_rows"
    )
    hours = models.DecimalField(
        _("hours"), max_digits=5, decimal_places=1, validators=[MinValueValidator(Decimal("0.5"))]
    )
    paper_name = models.CharField(_("examined in paper"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("subject of a curriculum")
        verbose_name_plural = _("subjects of a curriculum")
        ordering = ["curriculum", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["curriculum", "subject"],
                name="curriculum_subject_once",
                violation_error_message=_("This subject is already in the table."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.hours}"


class CourseRun(index.Indexed, ClusterableModel):
    """One scheduled delivery of a course (期別), with a code such as 107-basic-1.

    Opened by `services.open_run`, edited by `services.revise_run`, ended early by `services.cancel_run`.
    Its state is derived from its dates and its first session (`state_on`). Seats are counted and changed only by
    `enrolment`, which locks this row. `timetable_version` is what calendars compare (SEQUENCE of RFC 5545).
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    course = models.ForeignKey(Course, verbose_name=_("course"), on_delete=models.PROTECT, related_name="runs")
    curriculum = models.ForeignKey(
        Curriculum, verbose_name=_("curriculum"), on_delete=models.PROTECT, related_name="runs"
    )
    roc_year = models.PositiveSmallIntegerField(
        _("ROC year"), validators=[MinValueValidator(80), MaxValueValidator(200)], db_index=True
    )
    term = models.PositiveSmallIntegerField(_("term"), validators=[MinValueValidator(1)])
    title = models.CharField(_("title"), max_length=160, blank=True, help_text=_("Where it differs from the course."))
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    starts_on = models.DateField(_("first day"), db_index=True)
    ends_on = models.DateField(_("last day"))
    seats = models.PositiveSmallIntegerField(_("seats"), validators=[MinValueValidator(1)])
    delivery = models.CharField(_("delivery"), max_length=10, choices=Delivery.choices, default=Delivery.ON_SITE)
    place = models.CharField(_("place"), max_length=160, blank=True)
    district = models.ForeignKey(
        District, verbose_name=_("district"), null=True, blank=True, on_delete=models.PROTECT, related_name="runs"
    )
    enrol_from = models.DateTimeField(_("enrolment opens"))
    enrol_until = models.DateTimeField(_("enrolment closes"))
    withdraw_until = models.DateTimeField(_("withdrawal until"))
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancellation_reason = models.CharField(_("reason of the cancellation"), max_length=250, blank=True)
    timetable_version = models.PositiveIntegerField(_("version of the timetable"), default=0, editable=False)
    timetable_changed_at = models.DateTimeField(_("timetable changed at"), default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("opened at"), auto_now_add=True)

    search_fields = [
        SegmentedSearchField("search_title", boost=2),
        SegmentedSearchField("place"),
        SegmentedSearchField("code"),
    ]

    class Meta:
        verbose_name = _("course run")
        verbose_name_plural = _("course runs")
        ordering = ["-starts_on", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "roc_year", "term"],
                name="run_once_a_term",
                violation_error_message=_("This course already has a run of this year and term."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="run_ends_after_it_starts",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=models.Q(enrol_until__gt=models.F("enrol_from")),
                name="run_enrolment_window",
                violation_error_message=_("Enrolment closes before it opens."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_title} ({self.code})"

    @property
    def display_title(self) -> str:
        """The title in the reader's language: the run's own, or the course's name."""
        if get_language() == "en":
            return self.title_en or self.course.name_en or self.title or self.course.name
        return self.title or self.course.name

    @property
    def search_title(self) -> str:
        """What the search finds the run by: both languages' titles and the year and term."""
        names = (self.title, self.title_en, self.course.name, self.course.name_en)
        return " ".join([*filter(None, names), f"{self.roc_year} 年第 {self.term} 期"])

    @property
    def begins_at(self) -> datetime:
        """The moment its first session starts; a run without sessions begins with its first day.

        Free of queries on runs from `selectors.with_beginning`; else one query, so that it is never out of date.
        """
        if "first_session_at" in self.__dict__:
            first = self.__dict__["first_session_at"]
        else:
            first = Session.objects.filter(run=self.pk).aggregate(first=models.Min("starts_at"))["first"]
        return first or first_moment(self.starts_on)

    def has_begun(self, now: datetime | None = None) -> bool:
        """Whether the run has begun by `now` (by default this moment); no session lies before its first day."""
        now = now or timezone.now()
        return timezone.localdate(now) >= self.starts_on and now >= self.begins_at

    @property
    def enrolment_closes_at(self) -> datetime:
        """The moment from which nobody enrols by themselves: the deadline, at the latest the beginning."""
        return min(self.enrol_until, self.begins_at)

    def state_on(self, day: date, now: datetime) -> RunState:
        """Return where the run stands on `day` at the moment `now` (both of Taipei)."""
        if self.cancelled_at:
            return RunState.CANCELLED
        if day > self.ends_on:
            return RunState.FINISHED
        if self.has_begun(now):
            return RunState.RUNNING
        if now < self.enrol_from:
            return RunState.ANNOUNCED
        return RunState.OPEN if now < self.enrol_until else RunState.CLOSED

    @property
    def state(self) -> RunState:
        """Where the run stands now."""
        return self.state_on(timezone.localdate(), timezone.now())


class FormerTimetable(models.Model):
    """What people were told of a run until a change replaced it: with it calendars take back what was dropped.

    Written by `services.runs.note_timetable_change`; `facts` is `timetables.Timetable` as JSON.
    """

    run = models.ForeignKey(
        CourseRun, verbose_name=_("course run"), on_delete=models.CASCADE, related_name="former_timetables"
    )
    version = models.PositiveIntegerField(_("version of the timetable"))
    replaced_at = models.DateTimeField(_("replaced at"))
    facts = models.JSONField(_("timetable"))

    class Meta:
        verbose_name = _("former timetable")
        verbose_name_plural = _("former timetables")
        ordering = ["run", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "version"],
                name="former_timetable_once",
                violation_error_message=_("This version of the timetable is already kept."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.version}"


class Session(models.Model):
    """One dated meeting of a run (節次); attendance is taken here, in minutes of teaching."""

    run = ParentalKey(CourseRun, verbose_name=_("course run"), on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField(_("number"))
    subject = models.ForeignKey(
        Subject, verbose_name=_("subject"), null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    title = models.CharField(_("title"), max_length=160, blank=True)
    starts_at = models.DateTimeField(_("starts"), db_index=True)
    ends_at = models.DateTimeField(_("ends"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes of teaching"), validators=[MinValueValidator(1)], help_text=_("Without breaks.")
    )
    room = models.CharField(_("room"), max_length=120, blank=True)
    video_url = models.URLField(_("video link"), blank=True)
    instructor = models.ForeignKey(
        Instructor, verbose_name=_("instructor"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="sessions",
    )  # fmt: skip

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "number"],
                name="session_number_once",
                violation_error_message=_("This run already has a session of this number."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="session_ends_after_it_starts",
                violation_error_message=_("The session ends before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number} {self.display_title}"

    @property
    def display_title(self) -> str:
        """The session's own title, or its subject."""
        return self.title or (str(self.subject) if self.subject else "")
