"""Kinds of courses, states of runs, rules of completion."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CourseKind(models.TextChoices):
    """What kind of training a course is."""

    BASIC = "basic", _("basic class")
    ADVANCED = "advanced", _("advanced class")
    LECTURE = "lecture", _("lecture")
    SEED = "seed", _("seed-teacher training")
    WORKSHOP = "workshop", _("workshop")


KINDS_WITH_EXAM = (CourseKind.BASIC, CourseKind.ADVANCED)


class RunState(models.TextChoices):
    """Where a run stands on a given day: derived from its dates, never stored."""

    CANCELLED = "cancelled", _("cancelled")
    ANNOUNCED = "announced", _("enrolment not yet open")
    OPEN = "open", _("enrolment open")
    CLOSED = "closed", _("enrolment closed")
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")


class CompletionRule(models.TextChoices):
    """What a trainee must do to complete a run."""

    ABSENCE_AND_EXAM = "absence_and_exam", _("absence within the bar and exam passed")
    ATTENDANCE_SHARE = "attendance_share", _("a share of the minutes attended")


class Delivery(models.TextChoices):
    """In person, by video, or both (資格辦法 §11)."""

    ON_SITE = "on_site", _("in person")
    VIDEO = "video", _("by video")
    HYBRID = "hybrid", _("in person and by video")
