"""Every write of the catalogue: courses and curricula, runs, sessions."""

from .curricula import ensure_standard_courses, save_curriculum, succeed_curriculum
from .runs import cancel_run, foresee_revision, open_run, revise_run
from .timetable import AFTERNOON, EVENING, MORNING, DayPart, lay_out_sessions

__all__ = [
    "AFTERNOON",
    "EVENING",
    "MORNING",
    "DayPart",
    "cancel_run",
    "ensure_standard_courses",
    "foresee_revision",
    "lay_out_sessions",
    "open_run",
    "revise_run",
    "save_curriculum",
    "succeed_curriculum",
]
